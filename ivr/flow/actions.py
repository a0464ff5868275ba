"""What a call does. Every renderer and every road to another machine reads these words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Speak:
    """Say `text`. `source` names where it stands ("node:help", "prompt:wait"), so that tests and screens name it."""

    text: str
    language: str
    source: str
    pace: str = "normal"


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for the caller's answer to the question of `turn`. `digits` is (least, most) keys of one number, or None
    for single keys; `patience` in seconds; `hints` are words the recogniser may expect.
    """

    turn: int
    language: str
    keys: tuple[str, ...] = ()
    digits: tuple[int, int] | None = None
    speech: bool = True
    hints: tuple[str, ...] = ()
    patience: float = 5.0


@dataclass(frozen=True, slots=True)
class Fetch:
    """Ask a look-up of the site, or `callbacks.windows` for a queue. Answered by Fetched with the same turn."""

    turn: int
    name: str
    request: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Brief:
    """What the agent sees and the callback keeps: who, why, what was said and tried. `reason` is an intent's name."""

    number: str
    language: str
    name: str = ""
    reason: str = ""
    route: str = ""  # the segment's rule and its reasons, in one sentence
    slots: Mapping[str, str] = field(default_factory=dict)
    tried: tuple[str, ...] = ()
    transcript: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinQueue:
    """Take a place in line. `head_start` in seconds; `since` counts as arrival, so that a caller who returns keeps
    hers.
    """

    turn: int
    queue: str
    skill: str | None
    head_start: float
    since: datetime
    brief: Brief


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class RequestCallback:
    """Turn a held window into a promise: committed with the key that was pressed, even if the caller hangs up at
    once.
    """

    hold: str
    queue: str
    number: str
    brief: Brief
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmCallback:
    """The person we rang said yes."""

    callback: str
    attempt: int


@dataclass(frozen=True, slots=True)
class RefuseCallback:
    """The person we rang said no, or nothing (a machine says nothing useful)."""

    callback: str
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class CancelCallback:
    """The call that we promised is not needed any more. reason: caller (no longer wanted) | served (in a talk)"""

    callback: str
    reason: str = "caller"


@dataclass(frozen=True, slots=True)
class Join:
    """Put this caller into the conference of an offer, where the agent already stands."""

    turn: int
    offer: int
    agent: str


@dataclass(frozen=True, slots=True)
class LeaveAgent:
    """The caller's side of a talk is over: free the agent. `callback` names the promise this leg kept, if any."""

    offer: int
    reason: str
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    turn: int
    number: str


@dataclass(frozen=True, slots=True)
class SendText:
    number: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Record:
    turn: int
    most: float


@dataclass(frozen=True, slots=True)
class SetTimer:
    """`after` in seconds from the event's moment; setting a timer of the same name moves it."""

    name: str
    after: float
    turn: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    name: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep the caller's own wish for later calls: "person", "self_service", or "" (taken back)."""

    number: str
    wish: str
    shown_by: str


@dataclass(frozen=True, slots=True)
class Note:
    """A reason or a result for the journal: kind is "route", "resolved", "chose", "miss", "wish", ...."""

    kind: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refresh:
    """Ask the carrier to fetch the current turn again: something happened outside a request of its own. Added by the
    call service, never by a step.
    """

    turn: int
    cause: str = ""  # of the event whose actions the caller has yet to hear


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The call ended at `at`, in the middle of a conversation by stream: if the stream broke, the caller did not hang
    up and is called back. Added by the call service to what a step has to be done, and no part of its answer.
    """

    turn: int
    at: datetime


@dataclass(frozen=True, slots=True)
class EndCall:
    reason: str


Action = (
    Speak | Listen | Fetch | JoinQueue | LeaveQueue | RequestCallback | ConfirmCallback | RefuseCallback
    | CancelCallback | Join | LeaveAgent | Transfer | SendText | Record | SetTimer | CancelTimer | Remember | Note
    | Refresh | FollowUp | EndCall
)  # fmt: skip
