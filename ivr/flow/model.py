"""The words of one call: what can happen to it, what it does, and what it is between two events.

Law: an answer carries the turn of the question it answers; one that is stale changes nothing, and the reply renders the
current turn. Other rooms import all of these words from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .actions import (
    Action,
    Brief,
    CancelCallback,
    CancelTimer,
    ConfirmCallback,
    EndCall,
    Fetch,
    FollowUp,
    Join,
    JoinQueue,
    LeaveAgent,
    LeaveQueue,
    Listen,
    Note,
    Record,
    Refresh,
    RefuseCallback,
    Remember,
    RequestCallback,
    SendText,
    SetTimer,
    Speak,
    Transfer,
)
from .events import (
    AgentJoined,
    AgentLeft,
    Answer,
    CallbackLeg,
    CallEnded,
    Caller,
    CallEvent,
    Due,
    Facts,
    Fetched,
    Heard,
    Pressed,
    QueueFacts,
    QueueGaveUp,
    QueueNews,
    QueueRefused,
    Recorded,
    Silence,
    Started,
    TransferEnded,
    Window,
)

__all__ = [
    "Action",
    "AgentJoined",
    "AgentLeft",
    "Answer",
    "AskedToConfirm",
    "Asking",
    "Brief",
    "CallEnded",
    "CallEvent",
    "CallState",
    "CallbackLeg",
    "Caller",
    "CancelCallback",
    "CancelTimer",
    "Choosing",
    "ConfirmCallback",
    "Due",
    "EndCall",
    "Facts",
    "Fetch",
    "Fetched",
    "Fetching",
    "FollowUp",
    "Heard",
    "InLine",
    "Join",
    "JoinQueue",
    "LeaveAgent",
    "LeaveQueue",
    "Listen",
    "Note",
    "Over",
    "Place",
    "Pressed",
    "QueueFacts",
    "QueueGaveUp",
    "QueueNews",
    "QueueRefused",
    "Record",
    "Recorded",
    "Recording",
    "Refresh",
    "RefuseCallback",
    "Remember",
    "RequestCallback",
    "Route",
    "SendText",
    "SetTimer",
    "Silence",
    "Speak",
    "Started",
    "Step",
    "Transfer",
    "TransferEnded",
    "Window",
    "WithAgent",
]


@dataclass(frozen=True, slots=True)
class Asking:
    """The caller is being asked something at the current node. `confirming` holds what waits for yes or no: a value,
    or at a menu the intent that was half understood.
    """

    misses: int = 0
    confirming: str | None = None
    silent: bool = False  # the last miss was silence: nobody has to say it another way


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
    offered: bool = False  # a callback was offered in this wait, or just before it
    declined: bool = False  # and not wanted, or not to be had: it is not offered again
    offered_at: int = 0  # the announcement (from 0) with which it was offered last
    told: int = 0  # announcements heard in this wait
    position: int = 0  # place in line as it was last told; 0 when it never was


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
    opening: tuple[
        Speak, ...
    ] = ()  # what was said just before the current wait began: a resume or a repeat says it too
    waiting_since: datetime | None = None  # when the caller first stood in line: a caller who returns keeps it
    unknowns: int = 0  # how often a look-up knew nothing of what the caller gave
    given_up: int = 0  # how often the line's patience ran out: bounds waiting itself
    told_why: bool = False  # the caller heard already that we are closed, or that too many wait
    unheard: int = 0  # waits that began since the caller was last asked or parked: bounds loops over look-ups


@dataclass(frozen=True, slots=True)
class Step:
    """What a step gives back: the next state and what to do, in order. So many of the last actions render the place
    where the call begins to wait; none when it goes on waiting where it was.
    """

    state: CallState
    actions: tuple[Action, ...] = ()
    rendering: int = 0
