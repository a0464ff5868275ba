"""Watching a stage: what is new on the line and in the journal, as lines to show and as facts to judge a call by."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from config.site import Site
from ivr.cli.control import Entry, Step
from ivr.cli.desk import Desk
from ivr.cli.journal import Journal, Row
from ivr.cli.screen import ERRORS
from ivr.cli.stage import API_TOKEN, Plan, Stage
from ivr.cli.story import Cast, Line, tell
from ivr.flow.model import CallState
from ivr.twilio.fallback import documents

TALK = 45.0
"""Seconds that a scripted agent talks when nothing else is said."""


@dataclass(eq=False, slots=True)
class Watch:
    """One pair of eyes on a stage. `entries` and `rows` keep everything that was seen since the last `begin`."""

    stage: Stage
    site: Site
    cast: Cast
    desk: Desk
    journal: Journal
    entries: list[Entry] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    earlier: set[str] = field(default_factory=set)
    _after: int = 0
    _number: int = 0

    def begin(self) -> None:
        """Forget what was seen: the next call is told and judged by itself, without the calls that are still on."""
        self.look()
        self.earlier.update(self.cast.legs)
        self.entries.clear()
        self.rows.clear()

    def look(self) -> tuple[Sequence[Entry], Sequence[Row]]:
        """What came since the last look."""
        found, self._after = self.stage.exchange.events(self._after)
        written = self.journal.since(self._number)
        if written:
            self._number = written[-1].number
        for entry in found:
            self.cast.meet(entry)
        entries = [entry for entry in found if entry["call"] not in self.earlier]
        rows = [row for row in written if row.key not in self.earlier]
        self.entries.extend(entries)
        self.rows.extend(rows)
        return entries, rows

    def lines(self) -> Iterator[Line]:
        return tell(*self.look(), self.cast)

    def told(self) -> Iterator[Line]:
        """Everything since `begin`, once more or for the first time."""
        self.look()
        return tell(self.entries, self.rows, self.cast)

    def of(self, call: str) -> Sequence[Row]:
        """The rows of one call since `begin`."""
        return [row for row in self.rows if row.kind == "call" and row.key == call]

    def state(self, call: str) -> CallState | None:
        return self.journal.call(call)


@contextmanager
def on_stage(plan: Plan, site: Site) -> Iterator[Watch]:
    """A stage of its own, watched, while the block lasts. The fallback documents are hosted as a web host would."""
    with ExitStack() as undo:
        with ERRORS.status("starting the exchange and the server"):
            stage = undo.enter_context(Stage(plan))
        for name, text in documents(site.facts, stage.server_url, f"{stage.exchange.url}/static", site.prompts).items():
            stage.exchange.host(name, text)
        watch = watching(stage, site)
        undo.callback(watch.desk.close)
        yield watch


def watching(stage: Stage, site: Site) -> Watch:
    """Eyes on a stage that plays `site`."""
    contacts = {agent.contact: agent.name for agent in site.agents.values() if agent.contact != "desk"}
    names = {name: agent.name for name, agent in site.agents.items()}
    desks = {f"client:{name}": agent.name for name, agent in site.agents.items()}
    cast = Cast({**contacts, **desks}, frozenset(site.facts.numbers), names)
    return Watch(stage, site, cast, Desk(stage.server_url, API_TOKEN), Journal(stage.database))


def at_work(watch: Watch, *, talk: float = TALK) -> None:
    """Every agent with a telephone of their own is free, answers it as a person, presses 1 and talks."""
    for name, agent in watch.site.agents.items():
        if agent.contact != "desk":
            answering(watch, agent.contact, talk)
            watch.desk.free(name)


def answering(watch: Watch, contact: str, talk: float) -> None:
    """How an agent's telephone behaves from now on: answered after two seconds, accepted, talked on, hung up."""
    script: list[Step] = [{"press": "1"}, {"talk": talk}, {"hang_up": True}]
    watch.stage.exchange.phone(contact, "human", script, after=2.0)
