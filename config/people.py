"""Who calls and who answers: segments, generations, queues, skills, hours, agents.

Segments are defaults, never walls: a caller's own wish comes before every rule, and the engine applies it.
"""

from typing import Annotated, Literal

from pydantic import Field

from .flow import Facts
from .words import Span, Waiting, Written, span

Path = Literal["person_first", "self_service_first"]


class Generation(Written):
    """Birth years, both ends included: '..1964', '1965..1980', '1997..'."""

    born: str


class Outcome(Written):
    """What follows for a caller whom a rule fits."""

    path: Path
    queue: str | None = None
    skill: str | None = None
    head_start: Span = 0.0
    pace: Literal["normal", "slow"] = "normal"


class Rule(Written):
    name: str
    if_: Facts = Field(alias="if")
    then: Outcome


class Segments(Written):
    identify: str | None = None
    generations: dict[str, Generation] = Field(default_factory=dict)
    rules: list[Rule] = Field(default_factory=list)
    otherwise: Outcome


class Hours(Written):
    """Opening hours by day name ('mon'..'sun', or a range 'mon-fri'): '09:00-18:00', with pauses between two spans."""

    days: dict[str, str]
    holidays: list[str] = Field(default_factory=list)


class Widen(Written):
    """After how long who else may answer."""

    after: Span
    drop_skill: str | None = None
    add_queue: str | None = None


class Queue(Written):
    """One place in line: who may answer, how long an agent is rung, and when it is open."""

    skills: list[str] = Field(default_factory=list)
    hours: str | None = None
    offer: Annotated[float, span("5 s", "10 min")] = 20.0  # how long one agent is rung
    wrap_up: Span = 20.0
    capacity: int = Field(default=200, ge=1)  # places in line
    talk: Waiting = 240.0  # expected handling time until measured
    patience: Waiting = 600.0  # longest wait before the line gives up and takes the gave_up edge
    announce: Annotated[float, span("10 s", "1 h")] = 30.0  # spacing of announcements while waiting
    callback_over: Span | None = None  # offer a callback when the wait's upper bound is longer
    widen: list[Widen] = Field(default_factory=list)


class Agent(Written):
    """One person who answers. `contact` is where we ring: a number, sip:..., client:..., or 'desk' (they dial in)."""

    name: str
    queues: list[str]
    skills: dict[str, int] = Field(default_factory=dict)  # skill -> level 1 (some) .. 5 (expert)
    languages: list[str]
    contact: str = "desk"
