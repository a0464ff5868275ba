"""The words of a promise to call: held, booked, due, rung, kept.

Law: the attempt is committed before the carrier is asked to ring, so that whatever dies nobody is rung twice; a promise
leaves `Booked` only by being kept, cancelled, or used up under the attempts rule. Spans are seconds, moments aware
datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Offered to a caller who has not chosen yet; counts against the window's capacity until `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Booked:
    """Promised. `next_try` is when it enters the line: the window's start, or a later attempt."""

    next_try: datetime


@dataclass(frozen=True, slots=True)
class Queued:
    """Standing in the line, waiting for an agent."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Dialling:
    """An agent is reserved and the attempt row is committed; `call` is the carrier's id once it is known."""

    offer: int
    agent: str
    attempt: int
    call: str = ""


@dataclass(frozen=True, slots=True)
class Talking:
    offer: int
    agent: str
    attempt: int
    call: str


@dataclass(frozen=True, slots=True)
class Closed:
    """outcome: kept | cancelled | not_reached | expired (the hold ran out) | released (the caller chose otherwise) |
    moved (the person has another promise instead)"""

    outcome: str


Stage = Held | Booked | Queued | Dialling | Talking | Closed


@dataclass(frozen=True, slots=True)
class Attempt:
    """One ringing of the caller. outcome "" while open; then answered, busy, no_answer, machine, refused, failed,
    or, when we gave it up ourselves, agent_lost or cancelled."""

    number: int
    at: datetime
    call: str = ""
    outcome: str = ""
    offer: int = 0  # whose agent stood ready
    since: datetime | None = None  # place in line before this attempt: kept when the agent is lost


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise. `language` and `words` are what we speak first when we ring; `brief` goes to the agent."""

    id: str
    queue: str
    number: str
    language: str
    start: datetime
    end: datetime
    stage: Stage
    words: str = ""
    skill: str | None = None
    brief: Mapping[str, object] = field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a step needs of the site's callback rules, and of the clock hours of this promise at the event's moment.

    `ring_from` is the first moment at which the person may be rung (quiet hours), `retry_at` the first one after the
    usual spacing at which the queue is open too; both are read before the step and journalled. None: no such limit.
    """

    attempts: int
    spacing: float
    ring: float
    hold: float
    ring_from: datetime | None = None
    retry_at: datetime | None = None


# -- events ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hold:
    """A window was offered to a caller."""

    queue: str
    number: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """The caller chose it: this is the promise."""

    queue: str
    number: str
    language: str
    words: str
    skill: str | None
    brief: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Release:
    """The caller chose another window, or none."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The person has one promise, and it is `to`: this one, held or booked, rings nobody."""

    to: str


@dataclass(frozen=True, slots=True)
class AgentReserved:
    """An agent accepted the offer and stands ready: ring the caller."""

    offer: int
    agent: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The carrier took the call of this attempt."""

    attempt: int
    call: str


@dataclass(frozen=True, slots=True)
class PlacingFailed:
    """The carrier refused for good, or reconciling showed that no call exists."""

    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The person pressed 1 or said yes."""

    attempt: int


@dataclass(frozen=True, slots=True)
class NotReached:
    """outcome: busy | no_answer | machine | refused | failed"""

    attempt: int
    outcome: str


@dataclass(frozen=True, slots=True)
class AgentLost:
    """The agent's leg is gone: before the two were joined, or out of their talk."""

    offer: int


@dataclass(frozen=True, slots=True)
class TalkEnded:
    offer: int


@dataclass(frozen=True, slots=True)
class LineGaveUp:
    """The line would not or could not keep the place: closed, full, nobody came."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    by: str


@dataclass(frozen=True, slots=True)
class TimerDue:
    """hold | try | reconcile:N | ring:N"""

    name: str


CallbackEvent = (
    Hold | Book | Release | Moved | AgentReserved | Placed | PlacingFailed | Confirmed | NotReached | AgentLost
    | TalkEnded | LineGaveUp | Cancel | TimerDue
)  # fmt: skip

# -- actions -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnterLine:
    callback: str
    queue: str
    language: str
    skill: str | None
    since: datetime
    brief: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LeaveLine:
    callback: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring the caller for this attempt: the attempt's row is committed in the same transaction as this action."""

    callback: str
    attempt: int
    number: str
    ring: float


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Ask the carrier whether the call of this attempt exists; never dial blindly again."""

    callback: str
    attempt: int


@dataclass(frozen=True, slots=True)
class HangUp:
    call: str


@dataclass(frozen=True, slots=True)
class FreeAgent:
    """The caller was not reached: end the agent's offer with a spoken notice."""

    offer: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Text the caller. kind: booked | not_reached | cancelled"""

    number: str
    language: str
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class SetTimer:
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelTimer:
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    kind: str
    text: str
    data: Mapping[str, str] = field(default_factory=dict)


CallbackAction = EnterLine | LeaveLine | Dial | Reconcile | HangUp | FreeAgent | Tell | SetTimer | CancelTimer | Note


@dataclass(frozen=True, slots=True)
class CallbackStep:
    callback: Callback | None
    actions: tuple[CallbackAction, ...] = ()
