"""Conferences: who is in them, when they start and end, and what their callbacks say.

Source: the carrier's <Conference> page. A conference starts with its second participant, once one of them may start
it; until then, or on hold, one hears the wait or hold document. The callback URL and its events are those of the first
participant only. It ends with its last participant, with one whose endConferenceOnExit is true, or by REST.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange.call import Call, rfc2822
from exchange.clock import Interrupt
from exchange.track import Mix
from exchange.world import World


class CutMusic(Interrupt):
    """What a waiting or held participant hears has lost its occasion."""


@dataclass(eq=False, slots=True)
class Participant:
    """One call in a conference. `reason` is why it left, for the callback."""

    call: Call
    joined: datetime
    label: str = ""
    muted: bool = False
    hold: bool = False
    hold_url: str = ""
    hold_method: str = "GET"
    starts: bool = True
    ends: bool = False
    beep_on_exit: bool = True
    coach: str | None = None
    wait_url: str | None = None
    wait_method: str = "POST"
    playing: str | None = None
    removed: bool = False
    kicked: bool = False
    reason: str = "participant_hung_up"


@dataclass(eq=False, slots=True)
class Conference:
    """`status` is init, in-progress or completed, as REST shows it."""

    sid: str
    name: str
    created: datetime
    updated: datetime
    status: str = "init"
    callback: str = ""
    callback_method: str = "POST"
    events: frozenset[str] = frozenset()
    sequence: int = 0
    participants: list[Participant] = field(default_factory=list)
    reason_ended: str | None = None
    ended_by: str | None = None
    sound: Mix = field(default_factory=Mix)

    def state_of(self, participant: Participant) -> str:
        """gone, hold, alone (nothing has started yet, or nobody is left to talk to) or talking."""
        if self.status == "completed" or participant.removed:
            return "gone"
        if participant.hold:
            return "hold"
        return "talking" if self.status == "in-progress" and len(self.participants) > 1 else "alone"

    def hears(self, listener: Participant | None) -> list[Call]:
        """Whom a participant hears; for None, what is heard in the room. A coach is heard by the coached alone."""
        if listener is not None and self.state_of(listener) != "talking":
            return []
        return [
            one.call
            for one in self.participants
            if one is not listener
            and not one.muted
            and self.state_of(one) == "talking"
            and (one.coach is None or (listener is not None and self.of(one.coach) is listener))
        ]

    def of(self, call_sid: str) -> Participant | None:
        """The participant with this call sid or label."""
        for participant in self.participants:
            if call_sid and call_sid in (participant.call.sid, participant.label):
                return participant
        return None


def conference_named(world: World, name: str) -> Conference | None:
    """The conference of this name that is not over yet."""
    for conference in world.conferences.values():
        if conference.name == name and conference.status != "completed":
            return conference
    return None


def open_conference(world: World, name: str) -> Conference:
    now = world.clock.now
    conference = Conference(world.sids.sid("CF"), name, now, now)
    world.conferences[conference.sid] = conference
    return conference


def enter(world: World, conference: Conference, participant: Participant) -> None:
    """Let a participant in, tell of it, and start the conference if this makes it possible."""
    call = participant.call
    conference.participants.append(participant)
    call.participant = participant
    world.log(call, "joined_conference", conference.name, conference=conference.sid, label=participant.label)
    world.move_to(call, "conference")
    tell(world, conference, "participant-join", participant)
    if (
        conference.status == "init"
        and len(conference.participants) > 1
        and any(p.starts for p in conference.participants)
    ):
        conference.status = "in-progress"
        tell(world, conference, "conference-start", participant)
    refresh(world, conference)


def leave(world: World, conference: Conference, participant: Participant) -> None:
    """A participant goes; the conference may end with them."""
    call = participant.call
    conference.participants.remove(participant)
    participant.removed = True
    call.participant = None
    call.peers.clear()
    call.listen_to(())
    reason = participant.reason if conference.status != "completed" else conference.reason_ended or participant.reason
    world.log(call, "left_conference", conference.name, conference=conference.sid, reason=reason)
    left = {"ParticipantCallStatus": call.status, "ReasonParticipantLeft": reason}
    tell(world, conference, "participant-leave", participant, left)
    if conference.status != "completed":
        how = "kicked" if participant.kicked else "left"
        if participant.ends:
            end(world, conference, f"participant-with-end-conference-on-exit-{how}", participant)
        elif not conference.participants:
            end(world, conference, f"last-participant-{how}", participant)
    refresh(world, conference)


def end(world: World, conference: Conference, reason: str, participant: Participant | None = None) -> None:
    """End it for everybody who is still in."""
    conference.status, conference.reason_ended = "completed", reason
    who = f"Participant with label {participant.label} left the conference" if participant else "Ended by REST"
    fields = {"ReasonConferenceEnded": reason, "Reason": who}
    if participant is not None:
        conference.ended_by = participant.call.sid
        fields["CallSidEndingConference"] = participant.call.sid
        fields["ParticipantLabelEndingConference"] = participant.label
    tell(world, conference, "conference-end", None, fields)
    refresh(world, conference)


def refresh(world: World, conference: Conference) -> None:
    """Work out anew who hears whom, and stop music whose occasion is over."""
    conference.updated = world.clock.now
    conference.sound.choose(world.clock.position(), [call.handset.mouth for call in conference.hears(None)])
    talking = [p.call for p in conference.participants if conference.state_of(p) == "talking"]
    for participant in tuple(conference.participants):
        call, state = participant.call, conference.state_of(participant)
        call.peers = [peer for peer in talking if peer is not call] if state == "talking" else []
        call.listen_to(conference.hears(participant))
        if participant.playing is not None and participant.playing != state:
            participant.playing = None
            call.process.interrupt(CutMusic())
        call.signal.fire()


EVENT_OF = {
    "participant-join": "join",
    "participant-leave": "leave",
    "conference-start": "start",
    "conference-end": "end",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "announcement-end": "announcement",
}


def tell(
    world: World, conference: Conference, event: str, who: Participant | None, more: Mapping[str, str] | None = None
) -> None:
    """Send a conference callback, if the first participant asked for this event."""
    if not conference.callback or EVENT_OF[event] not in conference.events:
        return
    conference.sequence += 1
    fields: dict[str, str] = {
        "AccountSid": world.settings.account,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
        "SequenceNumber": str(conference.sequence),
        "StatusCallbackEvent": event,
        "Timestamp": rfc2822(world.clock.now),
    }
    if who is not None:
        fields.update(_about(who))
    fields.update(more or {})
    anyone = who.call if who is not None else next(iter(world.calls.values()))
    world.notify_with(anyone, conference.callback, tuple(sorted(fields.items())), conference.callback_method)


def _about(participant: Participant) -> dict[str, str]:
    def flag(value: bool) -> str:
        return str(value).lower()

    fields = {
        "CallSid": participant.call.sid,
        "Coaching": flag(participant.coach is not None),
        "EndConferenceOnExit": flag(participant.ends),
        "Hold": flag(participant.hold),
        "Muted": flag(participant.muted),
        "StartConferenceOnEnter": flag(participant.starts),
    }
    if participant.label:
        fields["ParticipantLabel"] = participant.label
    return fields
