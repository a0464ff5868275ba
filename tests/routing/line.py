"""What the line's tests share: a few agents, entries and rules, and a line that remembers what it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from routing.model import (
    Agent,
    AgentEntered,
    Arrived,
    CallerEntered,
    CancelTimer,
    Entry,
    Free,
    Line,
    LineAction,
    LineEvent,
    Note,
    OfferAccepted,
    Presence,
    QueueRules,
    Ring,
    Rung,
    SetTimer,
    SignedIn,
    TimerDue,
)
from routing.step import step

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


CARE = QueueRules("care", skills=(), offer=20, wrap_up=30, capacity=5, talk=240, patience=600)
CARDS = QueueRules(
    "cards",
    skills=("cards",),
    offer=20,
    wrap_up=0,
    capacity=5,
    talk=240,
    patience=600,
    widen=((30, "cards", None), (60, None, "care")),
)
RULES: Mapping[str, QueueRules] = {"care": CARE, "cards": CARDS}


def agent(
    name: str,
    *,
    queues: Sequence[str] = ("care",),
    skills: Mapping[str, int] | None = None,
    languages: Sequence[str] = ("en",),
    idle: float = 0,
    presence: Presence | None = None,
) -> Agent:
    idle_since = at(idle)
    return Agent(
        id=name,
        name=name.capitalize(),
        queues=tuple(queues),
        skills=skills or {},
        languages=tuple(languages),
        contact="desk",
        presence=presence or Free(idle_since),
        idle_since=idle_since,
    )


def entry(
    name: str,
    *,
    queue: str = "care",
    language: str = "en",
    skill: str | None = None,
    arrived: float = 0,
    head_start: float = 0,
    kind: str = "call",
) -> Entry:
    return Entry(
        id=name,
        kind=kind,
        queue=queue,
        language=language,
        skill=skill,
        arrived=at(arrived),
        head_start=head_start,
        patience=600,
        brief={"reason": "order"},
    )


@dataclass
class Played:
    """A line and its story: every event is stepped at `now` seconds, timers that come due before it fire first."""

    line: Line = field(default_factory=Line)
    rules: Mapping[str, QueueRules] = field(default_factory=lambda: RULES)
    now: float = 0
    did: tuple[LineAction, ...] = ()
    timers: dict[str, datetime] = field(default_factory=dict)
    phones: bool = True  # whoever is to be rung is rung at once

    def event(self, event: LineEvent) -> tuple[LineAction, ...]:
        result = step(self.line, event, at(self.now), self.rules)
        self.line, self.did = result.line, result.actions
        if self.phones:
            for ring in [action for action in result.actions if isinstance(action, Ring)]:
                self.line = step(self.line, Rung(ring.offer), at(self.now), self.rules).line
        for action in result.actions:
            if isinstance(action, SetTimer):
                self.timers[action.name] = action.at
            elif isinstance(action, CancelTimer):
                self.timers.pop(action.name, None)
        return self.did

    def until(self, seconds: float) -> list[LineAction]:
        """Lets every timer fire that is due by then, in order; gives what followed from them."""
        did: list[LineAction] = []
        while self.timers:
            name = min(self.timers, key=lambda timer: (self.timers[timer], timer))
            if self.timers[name] > at(seconds):
                break
            self.now = (self.timers.pop(name) - START).total_seconds()
            did += self.event(TimerDue(name))
        self.now = seconds
        return did

    def has(self, *agents: Agent) -> "Played":
        for one in agents:
            self.event(SignedIn(one))
        return self

    def presence(self, who: str) -> Presence:
        return self.line.agents[who].presence

    def passed(self, name: str) -> tuple[str, ...]:
        return self.line.entries[name].passed

    def arrives(self, one: Entry) -> tuple[LineAction, ...]:
        return self.event(Arrived(one, open=True))

    def talks(self, offer: int, who: str) -> "Played":
        """The whole way from an accept to the talk."""
        self.event(OfferAccepted(offer, who))
        self.event(AgentEntered(offer, f"leg-{offer}"))
        self.event(CallerEntered(offer))
        return self


def told(actions: Sequence[LineAction]) -> list[LineAction]:
    """What went out to the world: no timers, no notes."""
    return [action for action in actions if not isinstance(action, SetTimer | CancelTimer | Note)]


def ringing() -> Played:
    """Mina is rung for call A as offer 1."""
    played = Played().has(agent("mina"))
    played.arrives(entry("A"))
    return played


def accepted() -> Played:
    played = ringing()
    played.event(OfferAccepted(1, "mina"))
    return played


def agent_waits() -> Played:
    played = accepted()
    played.event(AgentEntered(1, "leg-1"))
    return played


def talking() -> Played:
    played = agent_waits()
    played.event(CallerEntered(1))
    return played


def noted(played: Played) -> list[str]:
    return [action.text for action in played.did if isinstance(action, Note)]
