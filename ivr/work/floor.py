"""The line as people on the floor reach it: agents of the site appear, say they are free, take or pass an offer."""

from collections.abc import Callable
from datetime import datetime

from config.people import Agent as WrittenAgent
from config.site import Site
from routing.model import Agent, Away, Line, LineEvent, SignedIn

from .ports import Lines
from .roads import POOL


class Floor:
    """One pool of agents and queues, spoken to from outside a call."""

    def __init__(self, line: Lines, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._line = line
        self._clock = clock
        self._wake = wake

    def look(self) -> Line:
        return self._line.look(POOL)

    def handle(self, event: LineEvent, *, cause: str) -> None:
        self._line.handle(POOL, event, cause=cause, now=self._clock())
        self._wake()

    def open(self, site: Site) -> None:
        """Every agent of the site appears, away until they say they are free; one the line knows keeps their
        presence."""
        now = self._clock()
        for name, written in site.agents.items():
            event = SignedIn(appearing(name, written, now))
            self._line.handle(POOL, event, cause=f"signed_in:{name}:{site.hash}", now=now)


def appearing(name: str, written: WrittenAgent, now: datetime) -> Agent:
    return Agent(
        id=name, name=written.name, queues=tuple(written.queues), skills=dict(written.skills),
        languages=tuple(written.languages), contact=written.contact, presence=Away("signed out"), idle_since=now,
    )  # fmt: skip
