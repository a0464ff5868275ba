"""What the caller gets: a call's actions as one TwiML document. Pure.

Law: a document either ends the call or comes back to us. Every URL is absolute, every Gather reports silence too,
nothing stands behind a verb that never returns, and a document that would be empty redirects to the current turn.

A document is every Speak, in order, and then the one thing the call waits for: the last Listen, Fetch, JoinQueue, Join,
Transfer, Record or EndCall. Words before a Listen stand inside its Gather, so that the caller may interrupt them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from ivr.flow.model import (
    Action,
    EndCall,
    Fetch,
    Join,
    JoinQueue,
    Listen,
    Record,
    Speak,
    Transfer,
)

from .markup import TONGUES, clean, dial_number, document, element, escape, fit, hang_up, hints, pause, redirect

Parked = Literal["no", "waiting", "leaving"]

END_OF_SPEECH = 2
"""Seconds of silence that end what a caller says. A whole number: "auto" cuts at the first pause for breath."""
POLL = 1
"""Seconds between two looks at something that is not ready."""
HOLD = 10
"""Seconds of the hold sound (`ivr/web/hold.py`), and so between two documents of somebody who is asked nothing."""
HOLD_MOST = 60
"""Repetitions of the hold sound in one document: ten minutes."""
TRANSFER_RINGS = 30
RECORD_SILENCE = 5
QUEUE_NAME = 64
"""The carrier's longest name of a queue."""
CONFERENCE_EVENTS = "start end join leave"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a document is played. `base` is the public URL, `turn` the call's current one. `parked`: "waiting" while
    the carrier plays this to somebody in its queue, "leaving" when that caller no longer stands in our line; `round`
    counts the documents of one wait."""

    base: str
    turn: int
    parked: Parked = "no"
    round: int = 0

    def url(self, path: str) -> str:
        return f"{self.base}/twilio/{path}"


Ending = Listen | Fetch | JoinQueue | Join | Transfer | Record | EndCall


def render(actions: Sequence[Action], where: Where) -> str:
    """TwiML that does `actions`. Never empty, at most 64 kB, nothing unreachable."""
    said = fit([(one.text, one.language, one.pace) for one in actions if isinstance(one, Speak)])
    ending = next((one for one in reversed(actions) if isinstance(one, Ending)), None)
    match where.parked:
        case "no":
            return document(spoken_to(said, ending, where))
        case "waiting":
            return document(waiting(said, ending, where))
        case "leaving":
            return document(leaving(said, ending))


def spoken_to(said: Sequence[str], ending: Ending | None, where: Where) -> list[str]:
    if ending is None:
        return [*(said or [pause(POLL)]), redirect(where.url("resume"))]
    if isinstance(ending, Listen):
        return [gather(ending, said, where.url(f"answer/{ending.turn}"))]
    return [*said, *ENDINGS[type(ending)](ending, where)]


def waiting(said: Sequence[str], ending: Ending | None, where: Where) -> list[str]:
    """The next stretch of a wait. It asks again under another URL: the same one would be taken for a repetition."""
    if isinstance(ending, Listen):
        heard = [*said, hold(ending.patience, where)]
        return [gather(replace(ending, patience=1.0), heard, where.url(f"wait/{ending.turn}/{where.round}/answer"))]
    if isinstance(ending, EndCall):
        return [*said, hang_up()]
    return [*said, hold(HOLD, where), redirect(where.url(f"wait/{where.turn}/{where.round + 1}"))]


def hold(seconds: float, where: Where) -> str:
    """The hold sound for about `seconds`: on a telephone silence sounds like a broken line."""
    return element("Play", {"loop": min(max(1, round(seconds / HOLD)), HOLD_MOST)}, escape(f"{where.base}/hold.wav"))


def leaving(said: Sequence[str], ending: Ending | None) -> list[str]:
    """Out of the carrier's queue. The Enqueue's action then asks for the current turn, which says again what led up to
    it: said here too, it would be heard twice."""
    if isinstance(ending, EndCall):
        return [*said, hang_up()]
    return [element("Leave")]


def gather(listen: Listen, said: Sequence[str], action: str) -> str:
    """Keys and speech; the first to come wins. Silence reaches the action too, or the call would fall through."""
    tongue = TONGUES.get(listen.language)
    single = listen.digits is None and all(len(key) == 1 for key in listen.keys)
    attributes: dict[str, str | int | bool | None] = {
        "input": "dtmf speech" if listen.speech else "dtmf",
        "action": action,
        "actionOnEmptyResult": True,
        "timeout": min(max(ceil(listen.patience), 1), 600),
        # '#' and '*' are answers of their own to a menu; they can arrive only if no key finishes it.
        "numDigits": 1 if single else None,
        "finishOnKey": "" if single else "#",
        "speechTimeout": END_OF_SPEECH if listen.speech else None,
        "language": tongue.tag if tongue and listen.speech else None,
        "hints": hints(listen.hints) if listen.speech else None,
    }
    return element("Gather", attributes, "".join(said))


def fetch(ending: Fetch, where: Where) -> list[str]:
    return [pause(POLL), redirect(where.url(f"fetch/{ending.turn}"))]


def enqueue(ending: JoinQueue, where: Where) -> list[str]:
    turn = ending.turn
    attributes = {
        "action": where.url(f"queued/{turn}"),
        "waitUrl": where.url(f"wait/{turn}/{where.round}"),
    }
    return [element("Enqueue", attributes, escape(clean(ending.queue)[:QUEUE_NAME]) or "line")]


def join(ending: Join, where: Where) -> list[str]:
    return [conference(where.base, ending.offer, "caller", action=where.url(f"talk/{ending.offer}"))]


def conference(base: str, offer: int, label: Literal["agent", "caller"], *, action: str) -> str:
    """One leg of the talk of an offer.

    Each leg names the status callback, because the carrier takes it from whoever enters first. The agent's leg ends the
    conference, so that a caller is never left alone in it: the caller's own action is asked for next. The caller's does
    not, so that the agent can be told what happened.
    """
    attributes: dict[str, str | int | bool | None] = {
        "participantLabel": label,
        "beep": False,
        "startConferenceOnEnter": True,
        "endConferenceOnExit": label == "agent",
        "waitUrl": "",
        "statusCallback": f"{base}/twilio/conference/{offer}",
        "statusCallbackEvent": CONFERENCE_EVENTS,
    }
    return element("Dial", {"action": action}, element("Conference", attributes, f"offer-{offer}"))


def transfer(ending: Transfer, where: Where) -> list[str]:
    action = where.url(f"transferred/{ending.turn}")
    return [dial_number(ending.number, action=action, seconds=TRANSFER_RINGS)]


def record(ending: Record, where: Where) -> list[str]:
    attributes: dict[str, str | int | bool | None] = {
        "action": where.url(f"recorded/{ending.turn}"),
        "maxLength": min(max(ceil(ending.most), 2), 14_400),
        "timeout": RECORD_SILENCE,
        "finishOnKey": "#",
        "recordingStatusCallback": where.url("recording"),
    }
    return [element("Record", attributes)]


def end(_: EndCall, __: Where) -> list[str]:
    return [hang_up()]


ENDINGS: Mapping[type[Ending], Callable[..., list[str]]] = {
    Fetch: fetch,
    JoinQueue: enqueue,
    Join: join,
    Transfer: transfer,
    Record: record,
    EndCall: end,
}
