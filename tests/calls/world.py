"""A server without its web: the real services on the demo site and a real database, with a carrier that keeps a
list."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from config.settings import Settings
from ivr.errors import CallGone, CarrierUnsure
from ivr.flow.model import Caller, Started
from ivr.main import Application, build
from ivr.work.ports import Leg
from ivr.work.switchboard import Switchboard

OPEN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, ten in the morning in Seoul
LINE = "+15550100100"


@dataclass
class ListedCarrier:
    """A carrier that does what it is asked and keeps a list; `refuse` is raised at the next request instead."""

    asked: list[tuple[str, ...]] = field(default_factory=list)
    legs: dict[str, Leg] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    inside: dict[str, dict[str, str]] = field(default_factory=dict)  # conference -> label -> call
    gone: set[str] = field(default_factory=set)
    refuse: list[Exception] = field(default_factory=list)
    mute: bool = False  # it will not say who lives
    lost: bool = False  # the next call is placed, and the answer never arrives

    def _ask(self, *what: str) -> None:
        if self.refuse:
            raise self.refuse.pop(0)
        self.asked.append(what)

    def call(self, leg: Leg) -> str:
        self._ask("call", leg.effect, leg.number)
        sid = f"CA{len(self.legs):032d}"
        self.legs[sid] = leg
        if self.lost:
            self.lost = False
            raise CarrierUnsure("the connection broke before the carrier answered")
        return sid

    def find(self, leg: Leg, since: datetime) -> str | None:
        return next((sid for sid, known in self.legs.items() if known.effect == leg.effect), None)

    def redirect(self, call: str, url: str) -> None:
        if call in self.gone:
            raise CallGone("redirecting a call", status=404, code=20404)
        self._ask("redirect", call, url)

    def say_and_hang_up(self, call: str, text: str, language: str) -> None:
        self._ask("say", call, text)

    def hang_up(self, call: str) -> None:
        self._ask("hang up", call)

    def text(self, number: str, body: str) -> None:
        self._ask("text", number, body)

    def alive(self, call: str) -> bool:
        if self.mute:
            raise CarrierUnsure("looking at a call: no answer of the carrier")
        return call not in self.ended

    def participants(self, conference: str) -> Mapping[str, str]:
        if self.mute:
            raise CarrierUnsure("looking into a conference: no answer of the carrier")
        return self.inside.get(conference, {})


@dataclass
class World:
    """One application and its clock."""

    application: Application
    carrier: ListedCarrier
    clock: list[datetime]

    @property
    def now(self) -> datetime:
        return self.clock[0]

    @property
    def board(self) -> Switchboard:
        return self.application.switchboard

    def settle(self, seconds: float = 0.0) -> None:
        """Let time pass, performing what is due at each moment on the way."""
        until = self.now + timedelta(seconds=seconds)
        while (due := self.application.worker.settle(self.now)) is not None and due <= until:
            self.clock[0] = max(due, self.now)
        self.clock[0] = until
        self.application.worker.settle(self.now)


@contextmanager
def world(folder: Path | None = None) -> Iterator[World]:
    """A fresh server in memory; with a folder its database is a file there, and opened again it is the same server
    after a restart."""
    carrier = ListedCarrier()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'holdless.db'}" if folder else "sqlite://",
        public_url="https://phone.example.com",
        auth_token=SecretStr("12345"),
        account_sid="AC" + "0" * 32,
    )
    clock = [OPEN]
    application = build(settings, lambda: clock[0], carrier)
    try:
        yield World(application, carrier, clock)
    finally:
        application.close()


def dials(number: str) -> Started:
    return Started(Caller(number), LINE)
