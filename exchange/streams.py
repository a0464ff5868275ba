"""Media Streams: the messages the carrier sends and understands, and how its playing buffer answers marks.

Pure but for the JSON it writes. Source: the carrier's "Media Streams - WebSocket messages". sequenceNumber, chunk and
timestamp travel as text, sampleRate and channels as numbers; a mark comes back when the audio before it was played, and
all of them at once after `clear`.
"""

import base64
import binascii
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.playback import Playback
from exchange.sound import decode

FRAME_SECONDS = 0.02
BYTES_A_SECOND = 8000
LEAD = timedelta(milliseconds=120)
"""How long a stream has been counting when its first frame is sent: captures never begin at 0."""
SILENCE = base64.b64encode(b"\xff" * 160).decode()
"""20 ms of µ-law silence."""


class BadMessage(Exception):
    """The application sent something that is no message of the protocol."""


@dataclass(slots=True)
class Stream:
    """One bidirectional stream of a call, begun at `began`; `parameters` are those of the document, `playback` is where
    its audio goes."""

    sid: str
    account: str
    call: str
    began: datetime
    name: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    sequence: int = 0
    chunk: int = 0
    played_until: datetime | None = None
    marks: deque[tuple[datetime, str]] = field(default_factory=deque)
    playback: Playback | None = None

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self) -> str:
        return self._message(
            "start",
            {
                "accountSid": self.account,
                "streamSid": self.sid,
                "callSid": self.call,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": dict(self.parameters),
            },
        )

    def media(self, now: datetime, payload: str = SILENCE) -> str:
        self.chunk += 1
        timestamp = round((now - self.began + LEAD).total_seconds() * 1000)
        return self._message(
            "media", {"track": "inbound", "chunk": str(self.chunk), "timestamp": str(timestamp), "payload": payload}
        )

    def dtmf(self, digit: str) -> str:
        return self._message("dtmf", {"track": "inbound_track", "digit": digit})

    def stop(self) -> str:
        return self._message("stop", {"accountSid": self.account, "callSid": self.call})

    def take(self, text: str, now: datetime) -> float:
        """Understand one message of the application; seconds of audio it holds. Raises BadMessage."""
        try:
            message = json.loads(text)
            event = message["event"]
            if message["streamSid"] != self.sid:
                raise BadMessage(f"streamSid {message['streamSid']!r} is not this stream")
            if event == "media":
                return self._play(base64.b64decode(message["media"]["payload"], validate=True), now)
            if event == "mark":
                self.marks.append((max(self.played_until or now, now), str(message["mark"]["name"])))
            elif event == "clear":
                self._clear(now)
            else:
                raise BadMessage(f"no event {event!r}")
        except (KeyError, TypeError, ValueError, binascii.Error) as wrong:
            raise BadMessage(f"not a message of the protocol: {text[:200]!r}") from wrong
        return 0.0

    def _play(self, audio: bytes, now: datetime) -> float:
        begin, seconds = max(self.played_until or now, now), len(audio) / BYTES_A_SECOND
        self.played_until = begin + timedelta(seconds=seconds)
        if self.playback is not None and audio:
            self.playback.add(begin, decode(audio))
        return seconds

    def _clear(self, now: datetime) -> None:
        self.played_until = now
        if self.playback is not None:
            self.playback.cut(now)
        self.marks = deque((now, name) for _, name in self.marks)

    def due_marks(self, now: datetime) -> Iterator[str]:
        """The marks whose audio has been played by `now`."""
        while self.marks and self.marks[0][0] <= now:
            yield self._message("mark", {"name": self.marks.popleft()[1]})

    def status(self, event: str, now: datetime, error: str = "") -> dict[str, str]:
        """The form of a stream status callback; its time is RFC 3339 with nanoseconds."""
        fields = {
            "AccountSid": self.account,
            "CallSid": self.call,
            "StreamEvent": event,
            "StreamName": self.name or self.sid,
            "StreamSid": self.sid,
            "Timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond * 1000:09d}Z",
        }
        return {**fields, "StreamError": error} if error else fields

    def _message(self, event: str, content: Mapping[str, object]) -> str:
        self.sequence += 1
        return json.dumps({"event": event, "sequenceNumber": str(self.sequence), event: content, "streamSid": self.sid})
