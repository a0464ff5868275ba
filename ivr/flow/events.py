"""What can happen to a call, and what was known when it happened.

Every carrier, speech engine, timer and other machine speaks to a call in these words. Law: an answer carries the turn
of the question it answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is probably calling. Caller ID is a guess, never proof. `number` is E.164, or "" when withheld."""

    number: str
    known: Mapping[str, str] = field(default_factory=dict)  # the identify look-up's row: name, born, language, ...
    wish: str = ""  # "person" | "self_service" | "" : declared or shown earlier
    open_callback: str = ""  # id of a callback that is still open for this number
    shown_by: str = ""  # how the wish came about, or what may become one (see Remember)
    promised: "Window | None" = None  # the window of that callback, as far as it is known


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """What the line said about a queue just before the event. `wait` is the upper quantile in seconds, None if
    unknown; `mean` the expected wait, from which the spoken range begins.
    """

    open: bool
    full: bool
    wait: float | None
    mean: float | None = None
    staffed: bool = True  # whether anybody who may answer is on duty


@dataclass(frozen=True, slots=True)
class Facts:
    """What the shell read, unlocked, before the step: journalled with the event, so that a replay looks nothing up."""

    queues: Mapping[str, QueueFacts] = field(default_factory=dict)


# -- events ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The call exists. `callback` is set when we rang: this leg keeps a promise (see CallbackLeg)."""

    caller: Caller
    dialled: str
    callback: "CallbackLeg | None" = None


@dataclass(frozen=True, slots=True)
class CallbackLeg:
    """Which promise an outgoing leg keeps, and the two words given at booking that are said first."""

    callback: str
    attempt: int
    offer: int
    agent: str
    words: str
    language: str


@dataclass(frozen=True, slots=True)
class Heard:
    turn: int
    text: str
    intent: str | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.0
    by: str = ""  # the part of understanding that decided: rules, words, carrier


@dataclass(frozen=True, slots=True)
class Pressed:
    turn: int
    digits: str


@dataclass(frozen=True, slots=True)
class Silence:
    turn: int


@dataclass(frozen=True, slots=True)
class Window:
    """A callback window that is held for this caller: half-open [start, end)."""

    hold: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """A look-up's answer. `value` is a row; `windows` answers a callback node; `problem` is "" when all went well,
    "unknown" when there is no such row, "promised" when a callback stands already (its window is the one in
    `windows`), else a sentence.
    """

    turn: int
    name: str
    value: Mapping[str, str] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class QueueNews:
    """The carrier asked what a waiting caller should hear: the call is parked."""

    turn: int
    position: int
    waited: float


@dataclass(frozen=True, slots=True)
class QueueRefused:
    """The line would not take the call after all: "closed" or "full"."""

    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class QueueGaveUp:
    """Nobody came within the queue's patience, or the carrier lost the place in line."""

    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class AgentJoined:
    """The agent of this offer stands in the conference and waits for the caller."""

    offer: int
    agent: str
    name: str


@dataclass(frozen=True, slots=True)
class AgentLeft:
    """The agent's leg is gone. `reason` is "hung_up" when the agent ended the talk, "failed" when the leg broke."""

    offer: int
    reason: str


@dataclass(frozen=True, slots=True)
class TransferEnded:
    turn: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Recorded:
    turn: int
    url: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of this call is due. `turn` is the turn it was set in."""

    timer: str
    turn: int


@dataclass(frozen=True, slots=True)
class CallEnded:
    reason: str


Answer = Heard | Pressed | Silence
CallEvent = (
    Started | Heard | Pressed | Silence | Fetched | QueueNews | QueueRefused | QueueGaveUp | AgentJoined | AgentLeft
    | TransferEnded | Recorded | Due | CallEnded
)  # fmt: skip
