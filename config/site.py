"""A whole contact centre as data: everything its folder says, frozen, with a hash of its content."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field

from .flow import Flow
from .language import Intent
from .people import Agent, Hours, Queue, Segments
from .promises import CallbackRules
from .words import Span, Written


class Service(Written):
    """A look-up. `csv` names a file of the site; `key` its column that the one `with:` value is matched against."""

    csv: str
    key: str
    level: str = "number"
    time_limit: Span = 2.0


class Number(Written):
    flow: str
    language: str | None = None


class SiteFacts(Written):
    """site.yaml."""

    name: dict[str, str]
    languages: list[str] = Field(min_length=1)
    zone: str
    numbers: dict[str, Number]
    emergency_number: str
    questions: int = Field(default=6, ge=1)
    within: Span = 180.0
    chances: dict[str, int] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Places:
    """Where each value of a site is written. A path is its address in the Site: ("flows", "support", "nodes", "help").

    `lost` are the addresses of what is written but could not be read: their names exist, so nobody is told they do not.
    `blank` are the lines (file, line) of values that YAML itself took away; rules have nothing true to say about those.
    """

    written: Mapping[tuple[str | int, ...], tuple[str, int]] = field(default_factory=dict)
    lost: frozenset[tuple[str | int, ...]] = frozenset()
    blank: frozenset[tuple[str, int]] = frozenset()

    def of(self, *path: str | int) -> tuple[str, int]:
        """File and line (from 1) of a value, or of the nearest thing above it that is written somewhere."""
        while path and path not in self.written:
            path = path[:-1]
        return self.written.get(path, ("site.yaml", 1))

    def names_lost(self, *above: str | int) -> frozenset[str]:
        """The names directly below `above` that could not be read; '*' when there is no telling which they are."""
        if above in self.lost:
            return frozenset({"*"})
        return frozenset(str(path[-1]) for path in self.lost if path[:-1] == above)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Site:
    """One immutable version of a contact centre. `hash` is over the files' content.

    A running call keeps the version it began with.
    """

    facts: SiteFacts
    flows: Mapping[str, Flow]
    prompts: Mapping[str, Mapping[str, str]]  # prompt name -> language -> sentence
    intents: Mapping[str, Intent]
    segments: Segments
    queues: Mapping[str, Queue]
    hours: Mapping[str, Hours]
    callbacks: CallbackRules
    services: Mapping[str, Service]
    agents: Mapping[str, Agent]
    tables: Mapping[str, tuple[Mapping[str, str], ...]]  # CSV file -> its rows
    hash: str
    files: Mapping[str, str] = field(repr=False)  # path in the folder -> text, so that a version can be kept
    places: Places = field(default_factory=Places, repr=False, compare=False)
