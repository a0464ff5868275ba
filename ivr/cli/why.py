"""`holdless why`: every decision of a call, with its rule, the data it used and what would have happened otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

import callbacks.model as promise
import ivr.flow.model as call
import routing.model as line
from config.load import read
from config.site import Site
from ivr.cli.database import DatabaseUrl
from ivr.cli.journal import Journal, Row
from ivr.cli.outcome import Trouble
from ivr.cli.screen import OUT, print_json
from ivr.cli.story import taken_otherwise
from ivr.flow.model import CallState

ENDS = {
    "caller": "The caller hung up.", "completed": "The caller hung up.", "end": "Everything was said.",
    "agent": "The agent hung up.", "closed": "Nobody is at work.",
}  # fmt: skip
"""Reasons for the end of a call that are one word in the journal."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision in plain sentences. `rule` names what decided; `data` is what it looked at."""

    at: datetime
    what: str
    rule: str = ""
    because: str = ""
    otherwise: str = ""
    data: dict[str, str] = field(default_factory=dict)


def why(
    call: Annotated[str, typer.Argument(help="The call's id, or `last`.", show_default=False)],
    database: DatabaseUrl = "sqlite:///var/holdless.db",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each decision.")] = False,
) -> None:
    """Say why a call went as it went: route, understanding, queue, offers, callback.

    Reads the database beside a running server.
    """
    journal = Journal(database)
    name = journal.last_call() if call == "last" else call
    if name is None:
        raise Trouble("No call was taken yet: the database is empty. `holdless call SITE --keep FILE` keeps one.")
    state = journal.call(name)
    if state is None:
        raise Trouble(f"The database knows no call {call!r}; `holdless why last` explains the latest.")
    site = read(journal.files(state.version) or {})
    names = Names.of(site, journal) if isinstance(site, Site) else Names()
    found = [named(decision, names) for decision in decisions(state, journal)]
    if as_json:
        for decision in found:
            print_json({**asdict(decision), "at": decision.at.isoformat()})
    else:
        show(state, found, names.zone)


def decisions(state: CallState, journal: Journal) -> Iterator[Decision]:
    """Everything that was decided about a call, in the order of time."""
    rows = [*journal.of("call", state.call), *concerned(state, journal)]
    for row in sorted(rows, key=lambda row: row.number):
        yield from explained(row, state)


def concerned(state: CallState, journal: Journal) -> Sequence[Row]:
    """Rows of the line and of promises that speak of this call."""
    promises = {row.hold for one in journal.of("call", state.call) for row in one.actions if _books(row)}
    entries = {state.call, *promises}
    return [
        row for row in journal.since(0)
        if (row.kind == "line" and any(getattr(action, "entry", None) in entries for action in row.actions))
        or (row.kind == "callback" and row.key in promises)
    ]  # fmt: skip


def _books(action: object) -> bool:
    return isinstance(action, call.RequestCallback)


def explained(row: Row, state: CallState) -> Iterator[Decision]:
    """The decisions that one row holds."""
    if isinstance(row.event, call.Heard) and taken_otherwise(row):
        yield Decision(row.at, f"Heard: {row.event.text}", row.event.by, "The question itself told what it meant.")
        row = replace(row, event=None)
    match row.event:
        case call.Started(callback=None):
            yield route(state, row.at)
        case call.Started(callback=call.CallbackLeg(callback=name)):
            yield Decision(row.at, "We rang the caller.", "promise", f"The callback {name} was due.")
        case call.Heard():
            yield understood(row.event, row.at)
        case call.QueueRefused(_, reason):
            yield Decision(row.at, "The line took nobody.", "queue", f"It is {reason}.")
        case _:
            pass
    for action in row.actions:
        if (decision := acted(action, row.at)) is not None:
            yield decision


def route(state: CallState, at: datetime) -> Decision:
    """The segment decision; its data is what was known of the caller."""
    taken = state.route
    path = {"person_first": "A person first.", "self_service_first": "Self-service first."}.get(taken.path, taken.path)
    known = {key: value for key, value in state.caller.known.items() if value}
    if state.caller.wish:
        known["wish"] = state.caller.wish
    return Decision(at, path, taken.rule, taken.because, taken.otherwise, known)


def understood(heard: call.Heard, at: datetime) -> Decision:
    data = {"heard": heard.text, "confidence": f"{heard.confidence:.2f}", **heard.slots}
    if heard.intent is None:
        return Decision(at, "Not understood.", heard.by, "Nothing the caller may say here was likely enough.", "", data)
    return Decision(at, f"Understood as {heard.intent}.", heard.by, f"It was {heard.confidence:.0%} sure.", "", data)


def acted(action: object, at: datetime) -> Decision | None:
    """One action that a reason stands behind; the route's own note is told with the call's start."""
    match action:
        case call.Note(kind, text, data) | promise.Note(kind, text, data) | line.Note(kind, text, data):
            rest = {key: value for key, value in data.items() if key not in ("because", "otherwise")}
            noted = Decision(at, text, "", data.get("because", ""), data.get("otherwise", ""), rest)
            return None if kind == "route" else noted
        case _:
            parts = reason(action)
            return None if parts is None else Decision(at, *parts)


def reason(action: object) -> tuple[str, str, str] | None:
    """(what, rule, because) of an action, None for one that merely carries something out."""
    parts: tuple[str, str, str] | None = None
    match action:
        case call.JoinQueue(_, queue, _, head_start, _, _) if head_start:
            parts = (f"A head start in the line of {queue}.", "head start", f"{head_start:g} s count as waited.")
        case line.Ring(_, agent, _, _, _, because):
            parts = (f"Offered to {agent}.", "best agent", because)
        case line.GaveUp(_, _, because):
            parts = ("The line gave up.", "patience", because)
        case promise.Dial(_, attempt, number, _):
            parts = (f"Attempt {attempt}: ring {number}.", "promise", "An agent stands ready.")
        case call.Remember(_, wish, shown_by):
            parts = (f"Remember the wish: {wish or 'taken back'}.", "wish", shown_by)
        case call.EndCall(because):
            parts = ("The call ends.", "end", ENDS.get(because, because))
        case _:
            pass
    return parts


@dataclass(frozen=True, slots=True)
class Names:
    """What a person calls the things that a journal has ids for, in the zone of the site that the call began with."""

    zone: tzinfo = UTC
    agents: Mapping[str, str] = field(default_factory=dict)
    promises: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site, journal: Journal) -> "Names":
        zone = ZoneInfo(site.facts.zone)
        windows = {
            one.id: f"for {one.start.astimezone(zone):%a %H:%M} to {one.end.astimezone(zone):%H:%M}"
            for one in journal.callbacks()
        }
        return cls(zone, {name: agent.name for name, agent in site.agents.items()}, windows)


def named(decision: Decision, names: Names) -> Decision:
    """The decision with names in place of ids."""
    known = {**names.promises, **names.agents}
    data = {key: known.get(value, value) for key, value in decision.data.items()}
    texts = (decision.what, decision.because)
    for name, meant in names.agents.items():
        texts = (texts[0].replace(f"Offered to {name}.", f"Offered to {meant}."), texts[1])
    for name, meant in names.promises.items():
        texts = (texts[0].replace(name, meant), texts[1].replace(name, meant))
    return replace(decision, what=texts[0], because=texts[1], data=data)


def show(state: CallState, found: Sequence[Decision], zone: tzinfo) -> None:
    started = state.started.astimezone(zone)
    who = state.caller.number or "a withheld number"
    OUT.print(f"Call {state.call} from {who}, {started:%a %Y-%m-%d}", style="bold")
    for decision in found:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=8, no_wrap=True, style="dim")
        grid.add_column(overflow="fold")
        grid.add_row(decision.at.astimezone(zone).strftime("%H:%M:%S"), Text(decision.what, style="bold"))
        for label, text in sentences(decision):
            grid.add_row("", Text.assemble((f"{label}: ", "dim"), text))
        OUT.print(grid)


def sentences(decision: Decision) -> Iterator[tuple[str, str]]:
    """The parts of a decision that have something to say."""
    rows = {
        "rule": decision.rule,
        "because": decision.because,
        "otherwise": decision.otherwise,
        "data": ", ".join(f"{key} {value}" for key, value in decision.data.items() if value),
    }
    return ((label, text) for label, text in rows.items() if text)
