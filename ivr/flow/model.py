"""The words of one call: what can happen to it, what it does, and what it is between two events.

Every carrier, speech engine, timer and other machine speaks to a call in these events; every renderer reads these
actions. Law: an answer carries the turn of the question it answers; one that is stale changes nothing, and the reply
renders the current turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# -- who calls, and what was known when it happened ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is probably calling. Caller ID is a guess, never proof. `number` is E.164, or "" when withheld."""

    number: str
    known: Mapping[str, str] = field(default_factory=dict)  # the identify look-up's row: name, born, language, ...
    wish: str = ""  # "person" | "self_service" | "" : declared or shown earlier
    open_callback: str = ""  # id of a callback that is still open for this number
    shown_by: str = ""  # how the wish came about, or what may become one (see Remember)


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """What the line said about a queue just before the event. `wait` is the upper quantile in seconds, None if
    unknown; `mean` the expected wait, from which the spoken range begins.
    """

    open: bool
    full: bool
    wait: float | None
    mean: float | None = None


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
    "unknown" when there is no such row, else a sentence.
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

# -- actions ---------------------------------------------------------------------------------------------------------


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
class EndCall:
    reason: str


Action = (
    Speak | Listen | Fetch | JoinQueue | LeaveQueue | RequestCallback | ConfirmCallback | RefuseCallback | Join
    | LeaveAgent | Transfer | SendText | Record | SetTimer | CancelTimer | Remember | Note | Refresh | EndCall
)  # fmt: skip

# -- state -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asking:
    """The caller is being asked something at the current node. `confirming` holds what waits for yes or no: a value,
    or at a menu the intent that was half understood.
    """

    misses: int = 0
    confirming: str | None = None


@dataclass(frozen=True, slots=True)
class Fetching:
    name: str
    request: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choosing:
    """Up to two windows are held and the caller chooses one. `misses` counts answers that were neither. `offered_at`
    is the moment that "today" and "tomorrow" are seen from.
    """

    windows: tuple[Window, ...]
    misses: int = 0
    queue: str = ""
    offered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InLine:
    """Standing in a queue. Parked once the carrier first asked what to play. `joining` is the offer whose agent waits
    for the carrier to park us.
    """

    queue: str
    skill: str | None
    head_start: float
    since: datetime
    parked: bool = False
    joining: AgentJoined | None = None
    leaving: bool = False  # told the line; the carrier has yet to let go
    offered: bool = False  # the callback offer was made once in this wait


@dataclass(frozen=True, slots=True)
class AskedToConfirm:
    """We rang; the person is asked to press 1 or say yes before being joined."""

    leg: CallbackLeg
    misses: int = 0


@dataclass(frozen=True, slots=True)
class WithAgent:
    offer: int
    agent: str
    since: datetime
    queue: str = ""
    leg: CallbackLeg | None = None  # set when this call keeps a promise


@dataclass(frozen=True, slots=True)
class Recording:
    most: float


@dataclass(frozen=True, slots=True)
class Over:
    reason: str


Place = Asking | Fetching | Choosing | InLine | AskedToConfirm | WithAgent | Recording | Over


@dataclass(frozen=True, slots=True)
class Route:
    """The segment decision of a call, stored with the data it used and what would have happened without it."""

    path: str
    rule: str
    because: str
    otherwise: str
    queue: str | None = None
    skill: str | None = None
    head_start: float = 0.0
    pace: str = "normal"


@dataclass(frozen=True, slots=True)
class CallState:
    """Everything one call is. JSON through the store's codec loses nothing (a property test holds that)."""

    call: str
    flow: str
    version: str  # hash of the site version the call began with
    caller: Caller
    dialled: str
    language: str
    started: datetime
    route: Route
    node: str
    place: Place
    turn: int = 0
    slots: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""  # the last intent that was understood
    said: tuple[str, ...] = ()  # what the caller said, in order, for the agent's screen
    tried: tuple[str, ...] = ()  # what was told or tried, for the agent's screen
    came_from: str = ""  # node before this one, for "back"
    pace: str = "normal"
    asked_person: int = 0  # how often the caller asked for a person
    resolved: str = ""
    waiting_since: datetime | None = None  # when the caller first stood in line: a caller who returns keeps it
    unknowns: int = 0  # how often a look-up knew nothing of what the caller gave
    unheard: int = 0  # waits that began since the caller was last asked or parked: bounds loops over look-ups


@dataclass(frozen=True, slots=True)
class Step:
    """What a step gives back: the next state and what to do, in order."""

    state: CallState
    actions: tuple[Action, ...] = ()
