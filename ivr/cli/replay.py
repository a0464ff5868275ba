"""`holdless replay`: the pure call machine over a kept journal, to see whether every action is the same today.

The journal carries the site's version in its first line, so that a strange call is one file.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from config.load import read
from config.site import Site
from ivr.cli.journal import Row, from_json
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.screen import OUT, counted
from ivr.errors import HoldlessError
from ivr.flow.model import Action, CallState, Facts, Started
from ivr.flow.step import begin, step


@dataclass(frozen=True, slots=True)
class Difference:
    """The first action that is not what the journal says."""

    row: Row
    place: int
    was: object
    now: object


def replay(
    journal: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="JSON lines of `holdless call --json`.", show_default=False),
    ],
) -> None:
    """Step the calls of a journal again and compare every action.

    Ends with 0 when all are the same, with 1 at the first difference, which is shown.
    """
    sites, calls = opened(journal)
    rows = 0
    for call, history in calls.items():
        difference = first_difference(sites, call, history)
        if difference is not None:
            show(difference)
            raise typer.Exit(Exit.PROBLEM)
        rows += len(history)
    OUT.print(f"{counted(len(calls), 'call')}, {counted(rows, 'event')}: every action is the same.", style="green")


def opened(journal: Path) -> tuple[Mapping[str, Site], Mapping[str, Sequence[Row]]]:
    """The site versions and the rows of each call in a file."""
    sites: dict[str, Site] = {}
    calls: dict[str, list[Row]] = {}
    for number, data in lines(journal):
        try:
            if data["kind"] == "site":
                sites[data["hash"]] = site_of(data["files"])
            elif data["kind"] == "call":
                row = from_json(data)
                calls.setdefault(row.key, []).append(row)
        except (KeyError, TypeError, ValueError, HoldlessError) as fault:
            raise Trouble(f"{journal}:{number}: this is no journal line ({fault})") from fault
    if not sites or not calls:
        raise Trouble(f"{journal} holds no call with its site; `holdless call SITE --json > FILE` writes one.")
    return sites, calls


def lines(journal: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with journal.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except ValueError as fault:
                    raise Trouble(f"{journal}:{number}: this is not JSON ({fault})") from fault


def site_of(files: Mapping[str, str]) -> Site:
    site = read(files)
    if not isinstance(site, Site):
        raise Trouble(f"The journal's site cannot be read by this version: {site[0]}")
    return site


def first_difference(sites: Mapping[str, Site], call: str, history: Sequence[Row]) -> Difference | None:
    """Run one call from its first event; None when nothing differs."""
    state: CallState | None = None
    site = next(iter(sites.values()))
    for row in history:
        facts = row.facts if row.facts is not None else Facts()
        if state is None and isinstance(row.event, Started):
            result = begin(site, call, row.event, facts, row.at)
            site = sites.get(result.state.version, site)
        elif state is None:
            raise Trouble(f"The journal of call {call} does not begin with its start; it cannot be replayed.")
        else:
            result = step(site, state, row.event, facts, row.at)
        state = result.state
        if (difference := compared(row, result.actions)) is not None:
            return difference
    return None


def compared(row: Row, actions: Sequence[Action]) -> Difference | None:
    """Refresh is added by the service, not by the machine: it is no part of a step."""
    was = [action for action in row.actions if type(action).__name__ != "Refresh"]
    for place in range(max(len(was), len(actions))):
        before = was[place] if place < len(was) else None
        after = actions[place] if place < len(actions) else None
        if before != after:
            return Difference(row, place, before, after)
    return None


def show(difference: Difference) -> None:
    row = difference.row
    OUT.print(
        f"{row.key}, event {row.seq} ({type(row.event).__name__}, {row.cause}): action {difference.place + 1} differs."
    )
    OUT.print(f"  it was   {difference.was or 'nothing'}", soft_wrap=True)
    OUT.print(f"  it is    {difference.now or 'nothing'}", soft_wrap=True)
