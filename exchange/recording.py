"""Recordings: what was recorded, for how long, the callbacks that say so, and the sound itself.

The sound is read off the legs' tracks when somebody asks for it; a recording only keeps its spans.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from exchange.call import Call, rfc2822
from exchange.conference import Conference
from exchange.sound import Samples, silence
from exchange.stage import resolve
from exchange.track import Mix, Track
from exchange.twiml import Document, Verb
from exchange.world import World


@dataclass(eq=False, slots=True)
class Span:
    """From one sample to another, or so far; `silent` was paused with silence in its place."""

    start: int
    end: int | None = None
    silent: bool = False


@dataclass(eq=False, slots=True)
class Recording:
    """`status` is in-progress, paused, stopped, completed or absent; `pauses` are the seconds not recorded; `tracks`
    are what each channel records."""

    sid: str
    call: Call
    source: str
    started: datetime
    updated: datetime
    channels: int = 1
    track: str = "both"
    conference: str | None = None
    status: str = "in-progress"
    ended: datetime | None = None
    paused_at: datetime | None = None
    pauses: float = 0.0
    callback: str = ""
    callback_method: str = "POST"
    events: frozenset[str] = field(default_factory=lambda: frozenset({"completed"}))
    tracks: tuple[Track | Mix, ...] = ()
    spans: list[Span] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.ended is not None

    @property
    def seconds(self) -> int:
        if self.ended is None:
            return 0
        return round((self.ended - self.started).total_seconds() - self.pauses)


def sound_of(recording: Recording) -> list[Samples]:
    """The samples of each channel."""
    return [_read(track, recording.spans) for track in recording.tracks]


def _read(track: Track | Mix, spans: list[Span]) -> Samples:
    closed = [(span.start, span.end, span.silent) for span in spans if span.end is not None]
    parts = [silence(end - start) if silent else track.read(start, end) for start, end, silent in closed]
    return np.concatenate(parts) if parts else silence(0)


def _tracks(call: Call, source: str, channels: int, track: str) -> tuple[Track | Mix, ...]:
    handset = call.handset
    if source == "RecordVerb" or track == "inbound":
        return (handset.mouth,) * channels
    if track == "outbound":
        return (handset.hearing,) * channels
    return (handset.both,) if channels == 1 else (handset.mouth, handset.hearing)


class Recorder:
    """Starts, pauses and ends recordings, and tells of it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def start(self, call: Call, source: str, *, channels: int = 1, track: str = "both") -> Recording:
        now = self.world.clock.now
        recording = Recording(self.world.sids.sid("RE"), call, source, now, now, channels, track)
        recording.tracks = _tracks(call, source, channels, track)
        recording.spans.append(Span(self.world.clock.position()))
        self.world.recordings[recording.sid] = recording
        self.world.log(call, "recording", source, recording=recording.sid)
        return recording

    def begun(self, recording: Recording) -> None:
        self._tell(recording, "in-progress")

    def of_conference(self, conference: Conference, call: Call, noun: Verb, document: Document) -> None:
        """Record a conference once, from now to its end."""
        if any(known.conference == conference.sid for known in self.world.recordings.values()):
            return
        recording = self.start(call, "Conference")
        recording.conference, recording.tracks = conference.sid, (conference.sound,)
        listen(recording, noun.attributes, document)
        self.begun(recording)

    def pause(self, recording: Recording, behaviour: str) -> None:
        """Pause; with `skip` the pause is cut out of the recording, with `silence` it stays in as silence."""
        recording.status = "paused"
        recording.paused_at = self.world.clock.now if behaviour == "skip" else None
        recording.updated = self.world.clock.now
        self._close_span(recording)
        if behaviour != "skip":
            recording.spans.append(Span(self.world.clock.position(), silent=True))

    def resume(self, recording: Recording) -> None:
        self._count_pause(recording)
        recording.status, recording.updated = "in-progress", self.world.clock.now
        self._close_span(recording)
        recording.spans.append(Span(self.world.clock.position()))

    def finish(self, recording: Recording) -> None:
        """End it; the recording is complete at once."""
        if recording.over:
            return
        self._count_pause(recording)
        self._close_span(recording)
        recording.status, recording.ended = "completed", self.world.clock.now
        recording.updated = recording.ended
        self.world.log(recording.call, "recorded", recording.source, seconds=recording.seconds, recording=recording.sid)
        self._tell(recording, "completed")

    def finish_all_of(self, call: Call) -> None:
        """The call is over, and so are its recordings."""
        for recording in tuple(self.world.recordings.values()):
            if recording.call is call and recording.conference is None:
                self.finish(recording)

    def finish_conference(self, conference: str) -> None:
        for recording in tuple(self.world.recordings.values()):
            if recording.conference == conference:
                self.finish(recording)

    def url(self, recording: Recording) -> str:
        """Where the carrier keeps the recording."""
        account = self.world.settings.account
        return f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{recording.sid}"

    def fields(self, recording: Recording) -> dict[str, str]:
        """What the callbacks of calls and verbs say about a recording."""
        return {
            "RecordingUrl": self.url(recording),
            "RecordingSid": recording.sid,
            "RecordingDuration": str(recording.seconds),
        }

    def _close_span(self, recording: Recording) -> None:
        if recording.spans and recording.spans[-1].end is None:
            recording.spans[-1].end = self.world.clock.position()

    def _count_pause(self, recording: Recording) -> None:
        if recording.paused_at is not None:
            recording.pauses += (self.world.clock.now - recording.paused_at).total_seconds()
            recording.paused_at = None

    def _tell(self, recording: Recording, event: str) -> None:
        if not recording.callback or event not in recording.events:
            return
        fields = {
            "AccountSid": self.world.settings.account,
            "CallSid": recording.call.sid,
            "ErrorCode": "0",
            "RecordingChannels": str(recording.channels),
            "RecordingSid": recording.sid,
            "RecordingSource": recording.source,
            "RecordingStartTime": rfc2822(recording.started),
            "RecordingStatus": event,
            "RecordingTrack": recording.track,
            "RecordingUrl": self.url(recording),
        }
        if event == "completed":
            fields["RecordingDuration"] = str(recording.seconds)
        if recording.conference is not None:
            fields["ConferenceSid"] = recording.conference
        self.world.notify_with(
            recording.call, recording.callback, tuple(sorted(fields.items())), recording.callback_method
        )


def listen(recording: Recording, attributes: Mapping[str, str], document: Document) -> None:
    """Take a verb's recordingStatusCallback attributes over."""
    if url := attributes.get("recordingStatusCallback"):
        recording.callback = resolve(document, url)
        recording.callback_method = attributes.get("recordingStatusCallbackMethod", "POST")
        recording.events = frozenset(attributes.get("recordingStatusCallbackEvent", "completed").split())
