"""`holdless test`: every conversation of a site's tests/ folder, each on a fresh server of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from config.problem import Problem
from config.settings import Settings
from config.site import Site
from ivr.main import build

from .carrier import PaperCarrier
from .network import Moment, Network
from .player import Departed, Player
from .script import Conversation, read, setting_of


@dataclass(frozen=True, slots=True)
class Result:
    """How one conversation went.

    `fault` is "" when it went as written; `log` is what was said and done.
    """

    test: Conversation
    fault: str
    line: int
    log: tuple[Moment, ...]


def results(folder: Path, site: Site, only: str = "") -> Iterator[Result | Problem]:
    """Play the tests whose name contains `only`, in file order.

    A test that cannot be read is a Problem.
    """
    written, problems = read(folder, setting_of(site))
    yield from problems
    for conversation in written:
        if only in conversation.name:
            yield play(folder, conversation)


def play(folder: Path, conversation: Conversation) -> Result:
    with stage(folder, conversation.at.astimezone(UTC)) as network:
        try:
            Player(conversation, network).play()
        except Departed as departed:
            return Result(conversation, str(departed), departed.line, tuple(network.log))
        return Result(conversation, "", conversation.line, tuple(network.log))


@contextmanager
def stage(site: Path, start: datetime) -> Iterator[Network]:
    """A fresh server on a database in memory, whose clock the network moves."""
    clock = Hands(start)
    carrier = PaperCarrier()
    settings = Settings(
        site=site,
        database_url="sqlite://",
        public_url="https://rehearsal.invalid",
        auth_token=SecretStr("rehearsal"),
    )
    application = build(settings, clock, carrier)
    try:
        yield Network(application, carrier, clock.move, start)
    finally:
        application.close()


@dataclass(slots=True)
class Hands:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move(self, to: datetime) -> None:
        self.now = to


Show = Callable[[Result | Problem], None]


def run(folder: Path, site: Site, show: Show, only: str = "") -> bool:
    """Play all, showing each as it ends; whether all went as written and there was at least one."""
    played = good = 0
    for result in results(folder, site, only):
        played += 1
        good += isinstance(result, Result) and not result.fault
        show(result)
    return played > 0 and good == played
