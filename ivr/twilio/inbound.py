"""From the carrier's form to our words. Pure: a decoder remembers nothing and asks nobody.

Law: what the carrier may leave out, send blank or invent later never breaks a decoder; only what an event cannot exist
without raises BadWebhook, and its message names the field, never its value (values are personal). Sources: the
carrier's parameter tables and captured requests; `docs/carrier.md` lists what surprised us.
"""

import re
from collections.abc import Mapping
from math import isfinite

from callbacks.model import NotReached
from ivr.calls.ports import Said
from ivr.errors import BadWebhook
from ivr.flow.model import (
    AgentLeft,
    CallEnded,
    Caller,
    Pressed,
    QueueGaveUp,
    QueueNews,
    Recorded,
    Silence,
    Started,
    TransferEnded,
)
from routing.model import AgentEntered, AgentGone, CallerEntered, TalkEnded

Form = Mapping[str, str]
"""One value a name; of a repeated name the last."""

E164 = re.compile(r"\+[1-9]\d{6,14}")
CALL = re.compile(r"CA[0-9a-fA-F]{32}")
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE spelled on a telephone's keys: what the carrier sends for a
withheld number where it does not send the word."""

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Values of CallStatus behind which no other comes."""
LOST_PLACE = frozenset({"queue-full", "error", "system-error"})
"""Values of QueueResult with which the caller never got, or lost, the place in the carrier's queue."""
NOT_REACHED: Mapping[str, str] = {"busy": "busy", "no-answer": "no_answer", "canceled": "no_answer", "failed": "failed"}


def call_of(form: Form) -> str:
    """The carrier's id of the call that this request is about."""
    call = form.get("CallSid", "")
    if CALL.fullmatch(call) is None:
        raise BadWebhook("CallSid is missing or is no call's id")
    return call


def number(raw: str) -> str:
    """E.164, or "" for whatever is no telephone number: anonymous, unknown, client:, sip:, national, blank."""
    return raw if E164.fullmatch(raw) and raw not in WITHHELD else ""


def outgoing(form: Form) -> bool:
    """Whether we rang this leg: then To is the person and From is us."""
    return form.get("Direction", "").startswith("outbound")


def started(form: Form) -> Started:
    """A call came in. Who calls is only a guess; what more is known about the number is read elsewhere."""
    person, ours = ("To", "From") if outgoing(form) else ("From", "To")
    return Started(Caller(number(form.get(person, ""))), form.get(ours, ""))


def over(form: Form) -> CallEnded | None:
    """The call has ended: also actions of Record and Enqueue arrive with such a status, after the caller hung up."""
    status = form.get("CallStatus", "")
    return CallEnded(status) if status in OVER else None


def answered(turn: int, form: Form) -> Said | Pressed | Silence:
    """The action of a Gather: the answer to the question of `turn`. Absent and blank both mean nothing."""
    if digits := form.get("Digits", "").strip():
        return Pressed(turn, digits)
    if words := form.get("SpeechResult", "").strip():
        return Said(turn, words, confidence(form))
    return Silence(turn)


def confidence(form: Form) -> float | None:
    """The carrier's own, 0 to 1; None where it gave none that could be read (it often leaves it out)."""
    try:
        given = float(form.get("Confidence", ""))
    except ValueError:
        return None
    return min(1.0, max(0.0, given)) if isfinite(given) else None


def count(form: Form, name: str) -> int:
    """A whole number of a form, 0 when it is absent, blank or something else."""
    given = form.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else 0  # noqa: PLR2004 - no overflow


def queue_news(turn: int, form: Form) -> QueueNews:
    """The carrier asks what a waiting caller should hear. Position counts from 1; waited in seconds."""
    return QueueNews(turn, count(form, "QueuePosition"), float(count(form, "QueueTime")))


def left_queue(turn: int, form: Form) -> QueueGaveUp | CallEnded | None:
    """The action of an Enqueue. None: nothing changes (we moved the caller, or let them go, ourselves)."""
    result = form.get("QueueResult", "")
    if (ended := over(form)) is not None or result == "hangup":
        return ended or CallEnded("completed")
    return QueueGaveUp(turn, result) if result in LOST_PLACE else None


def left_talk(offer: int, form: Form) -> AgentLeft | CallEnded:
    """The action of the caller's Dial into a conference: the talk is over, and the caller is gone or still here."""
    ended = over(form)
    return ended or AgentLeft(offer, "failed" if dial_failed(form) else "hung_up")


def dial_failed(form: Form) -> bool:
    return form.get("DialCallStatus", "") in ("failed", "busy", "no-answer", "canceled")


def transferred(turn: int, form: Form) -> TransferEnded:
    """The action of a Dial to somebody else. Picked up without ever being bridged counts as not answered."""
    outcome = form.get("DialCallStatus", "") or "failed"
    unbridged = outcome == "completed" and form.get("DialBridged", "") == "false"
    return TransferEnded(turn, "no-answer" if unbridged else outcome)


def recorded(turn: int, form: Form) -> Recorded:
    """The action of a Record. The sound itself may be ready only later, when the recording's status says so."""
    return Recorded(turn, form.get("RecordingUrl", ""), float(count(form, "RecordingDuration")))


def in_conference(offer: int, form: Form) -> AgentEntered | CallerEntered | AgentGone | TalkEnded | None:
    """Who came to or went from the conference of an offer. None: an event or a participant that we do not follow."""
    match form.get("StatusCallbackEvent", ""), form.get("ParticipantLabel", ""):
        case "participant-join", "agent":
            return AgentEntered(offer, form.get("CallSid", ""))
        case "participant-join", "caller":
            return CallerEntered(offer)
        case "participant-leave", "agent":
            return AgentGone(offer, "failed" if form.get("ParticipantCallStatus", "") == "failed" else "hung_up")
        case "participant-leave", "caller":
            return TalkEnded(offer, form.get("ReasonParticipantLeft", "") or "left", inside=True)
        case _:
            return None


def conference_cause(offer: int, form: Form) -> str:
    """The name of a conference's event: the same when the carrier repeats it, another when somebody comes back."""
    conference, place = form.get("ConferenceSid", ""), form.get("SequenceNumber", "")
    if conference and place:
        return f"conference:{offer}:{conference}:{place}"
    return f"conference:{offer}:{form.get('CallSid', '')}:{form.get('StatusCallbackEvent', '')}"


def not_reached(attempt: int, form: Form) -> NotReached | None:
    """The last status of a leg that we rang for a promise: why nobody was reached. None: somebody was, or it still
    rings."""
    outcome = NOT_REACHED.get(form.get("CallStatus", ""))
    return NotReached(attempt, outcome) if outcome else None
