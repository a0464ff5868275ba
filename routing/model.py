"""The words of the line: who waits, who is free, which offers are open.

Live callers and callbacks stand in one line. Law: an agent is never in two calls; ringing agents and open offers match
one to one. Presence is a sum type, so that a free agent with a call cannot be written down. Spans are seconds, moments
aware datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# -- records -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Free:
    since: datetime


@dataclass(frozen=True, slots=True)
class Ringing:
    entry: str
    offer: int


@dataclass(frozen=True, slots=True)
class Talking:
    entry: str
    offer: int
    since: datetime


@dataclass(frozen=True, slots=True)
class WrappingUp:
    until: datetime


@dataclass(frozen=True, slots=True)
class Away:
    reason: str


Presence = Free | Ringing | Talking | WrappingUp | Away


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent as the line sees them. `idle_since` decides who is offered first: the longest idle."""

    id: str
    name: str
    queues: tuple[str, ...]
    skills: Mapping[str, int]
    languages: tuple[str, ...]
    contact: str
    presence: Presence
    idle_since: datetime
    leaving: str = ""  # said "away" while ringing or talking: the reason, which takes effect afterwards


@dataclass(frozen=True, slots=True)
class Entry:
    """One live call or due callback. Order is (arrived - head_start); `brief` travels untouched to the agent."""

    id: str  # the call's or the callback's id
    kind: str  # "call" | "callback"
    queue: str
    language: str
    skill: str | None
    arrived: datetime
    head_start: float
    patience: float
    brief: Mapping[str, object]
    offer: int | None = None  # the open offer, if any
    passed: tuple[str, ...] = ()  # agents who let this entry ring out or refused it: not rung again for it
    widened: int = 0  # how many widening steps of the queue already count for this entry
    unplaced: tuple[str, ...] = ()  # of those, whom the carrier could not ring: not their no, so tried again soon


@dataclass(frozen=True, slots=True)
class Offer:
    """One numbered offer of an entry to an agent. TaskRouter's reservation: pending until accepted, then joined."""

    number: int
    entry: str
    agent: str
    made: datetime
    until: datetime
    accepted: datetime | None = None
    agent_in: bool = False  # the agent's leg stands in the conference
    caller_in: bool = False
    leg: str = ""  # the agent's leg at the carrier, once it stands in the conference
    rung: bool = False  # the carrier placed the agent's leg, or the desk shows the offer: silence is the agent's own
    asked: bool = False  # the join is late, and the carrier was asked who stands in the conference


@dataclass(frozen=True, slots=True)
class QueueRules:
    """What the line needs of a queue's configuration.

    `widen`: (seconds waited, skill dropped | None, queue added | None).
    """

    name: str
    skills: tuple[str, ...]
    offer: float
    wrap_up: float
    capacity: int
    talk: float
    patience: float
    widen: tuple[tuple[float, str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A pool: a connected component of queues and agents. States share the records a step did not touch."""

    agents: Mapping[str, Agent] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    offers: Mapping[int, Offer] = field(default_factory=dict)
    next_offer: int = 1


# -- events ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrived:
    entry: Entry
    open: bool  # read by the shell before the step


@dataclass(frozen=True, slots=True)
class Left:
    """The call or callback is out of the line: hung up, gave up, booked a callback, was cancelled."""

    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An agent appears, or their queues and skills changed."""

    agent: Agent


@dataclass(frozen=True, slots=True)
class PresenceSet:
    """An agent says they are free or away. While ringing or talking it takes effect afterwards only for `Away`."""

    agent: str
    free: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The first accept of an open offer wins; any other changes nothing."""

    offer: int
    agent: str


@dataclass(frozen=True, slots=True)
class Rung:
    """The agent's telephone was rung, or their desk shows the offer. An offer without it can not be missed."""

    offer: int


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """reason: "busy" | "no_answer" | "failed" | "unplaced" of the telephone, anything else of the agent.

    "unplaced": the carrier could not be brought to ring at all, which says nothing about the agent.
    """

    offer: int
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgentEntered:
    """The agent's leg stands in the offer's conference. `call` is the leg's id at the carrier."""

    offer: int
    call: str


@dataclass(frozen=True, slots=True)
class CallerEntered:
    offer: int


@dataclass(frozen=True, slots=True)
class AgentGone:
    """The agent's leg is out of the conference. reason: "hung_up" | "failed"."""

    offer: int
    reason: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The caller's side of the talk is over. `inside`: the leg was seen leaving the conference, so it had come in."""

    offer: int
    reason: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class NotThere:
    """The carrier's answer to Verify: `who` does not stand in the offer's conference."""

    offer: int
    who: str  # "agent" | "caller"


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer of the line: offer:N, join:N, verify:N, wrap:AGENT, patience:ENTRY, widen:ENTRY:K, again:ENTRY."""

    name: str


LineEvent = (
    Arrived | Left | SignedIn | PresenceSet | Rung | OfferAccepted | OfferRefused | AgentEntered | CallerEntered
    | AgentGone | TalkEnded | NotThere | TimerDue
)  # fmt: skip

# -- actions -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ring:
    """Offer `entry` to an agent. `why` is the rule that chose this pair, in one sentence."""

    offer: int
    agent: str
    entry: str
    kind: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class StopRinging:
    offer: int
    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Connect:
    """The agent accepted: bring agent and entry together in the conference of this offer."""

    offer: int
    agent: str
    agent_name: str
    entry: str
    kind: str


@dataclass(frozen=True, slots=True)
class AgentWaits:
    """The agent stands in the conference: the entry may be brought in."""

    offer: int
    agent: str
    agent_name: str
    entry: str
    kind: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Ask the carrier whether `who` stands in the offer's conference: the news of it may be lost."""

    offer: int
    who: str  # "agent" | "caller"


@dataclass(frozen=True, slots=True)
class FreeAgent:
    """End the agent's leg of an offer; `notice` is spoken to the agent first when not empty."""

    offer: int
    agent: str
    leg: str
    notice: str


@dataclass(frozen=True, slots=True)
class AgentLost:
    """Tell the entry that its agent's leg is gone."""

    offer: int
    entry: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    entry: str
    kind: str
    reason: str  # "closed" | "full"


@dataclass(frozen=True, slots=True)
class GaveUp:
    entry: str
    kind: str
    reason: str


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


LineAction = (
    Ring
    | StopRinging
    | Connect
    | AgentWaits
    | Verify
    | FreeAgent
    | AgentLost
    | Refused
    | GaveUp
    | SetTimer
    | CancelTimer
    | Note
)


@dataclass(frozen=True, slots=True)
class LineStep:
    line: Line
    actions: tuple[LineAction, ...] = ()
