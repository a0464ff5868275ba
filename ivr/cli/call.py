"""`holdless call`: one call of a site, played by hand or from the command line, through a real exchange and server."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from config.site import Site
from ivr.cli import spoken
from ivr.cli.database import Keep, kept
from ivr.cli.journal import as_json
from ivr.cli.keys import Typed
from ivr.cli.live import View
from ivr.cli.outcome import Trouble
from ivr.cli.screen import OUT, print_json
from ivr.cli.site import SiteFolder, read
from ivr.cli.stage import EXCHANGE_PORT, SERVER_PORT, Plan, Stage
from ivr.cli.typed import ENDED, LONGEST, STANDS, Typist
from ivr.cli.watch import Watch, at_work, on_stage

CALLER = "+15550107700"
MONDAY = "2026-03-02 10:00"
HELP = "Type words to say them, digits to press them, Enter alone to stay silent; Ctrl-D hangs up."


def call(  # noqa: PLR0913, PLR0917 - every option of the command is an argument
    ctx: typer.Context,
    site: SiteFolder,
    caller: Annotated[str, typer.Option("--from", help="The caller's number.")] = CALLER,
    to: Annotated[str | None, typer.Option("--to", help="The number that is called; the site's first.")] = None,
    at: Annotated[str, typer.Option("--at", help="When, in the site's zone: 'YYYY-MM-DD HH:MM'.")] = MONDAY,
    language: Annotated[str | None, typer.Option(help="Call the site's number of this language.")] = None,
    say: Annotated[list[str] | None, typer.Option("--say", help="Say this. May be repeated.")] = None,
    press: Annotated[list[str] | None, typer.Option("--press", help="Press these keys. May be repeated.")] = None,
    silence: Annotated[bool, typer.Option("--silence", help="Stay silent once. May be repeated.")] = False,
    hang_up: Annotated[bool, typer.Option("--hang-up", help="Hang up at this point.")] = False,
    agents: Annotated[
        Literal["phones", "none"], typer.Option(help="Whether agents answer their telephones.")
    ] = "phones",
    keep: Keep = None,
    json: Annotated[bool, typer.Option("--json", help="Print the journal, one JSON object a line.")] = False,
) -> None:
    """Call a site and see what happens: typed live, or scripted by --say, --press, --silence and --hang-up in order.

    Starts its own exchange and server. Time stands still while you type.
    """
    told = read(site)
    steps = spoken.given(ctx)
    number = dialled(told, to, language)
    plan = planned(site, told, at, typed=not steps)
    with on_stage(replace(plan, database=kept(keep)), told) as watch:
        if agents == "phones":
            at_work(watch)
        sid = watch.stage.exchange.dial(caller, number, steps, language=language or told.facts.languages[0])
        view = View(OUT, ZoneInfo(told.facts.zone))
        if steps:
            scripted(watch, sid, None if json else view)
        else:
            invite(watch.stage)
            with Typed() as keyboard:
                Typist(watch, sid, view).play(keyboard)
        if json:
            print_journal(watch, told)


def planned(site: "SiteFolder", told: Site, at: str, *, typed: bool) -> Plan:
    """Where and when the call is played; a typed one listens where `holdless agent` looks first."""
    start = moment(at, told)
    ports = (EXCHANGE_PORT, SERVER_PORT) if typed else (0, 0)
    return Plan(site, tuple(told.facts.numbers), start, exchange_port=ports[0], server_port=ports[1])


def moment(written: str, site: Site) -> datetime:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(site.facts.zone))
    except ValueError as fault:
        raise typer.BadParameter(f"{written!r} is no time; write it like '{MONDAY}'", param_hint="--at") from fault


def dialled(site: Site, to: str | None, language: str | None) -> str:
    """The number to call: the one given, else the first of the language, else the first. Raises Trouble for none."""
    numbers = site.facts.numbers
    if to is not None:
        if to not in numbers:
            raise Trouble(f"The site has no number {to}; its numbers are {', '.join(numbers)}.")
        return to
    if language is None:
        return next(iter(numbers))
    spoken = {facts.language or site.facts.languages[0]: number for number, facts in reversed(numbers.items())}
    if language not in spoken:
        raise Trouble(f"No number of the site speaks {language!r}; its languages are {', '.join(sorted(spoken))}.")
    return spoken[language]


def scripted(watch: Watch, sid: str, view: View | None) -> None:
    """Play the script to its end, and what follows of itself in line and in a talk; then the caller hangs up."""
    exchange = watch.stage.exchange
    deadline = exchange.now() + LONGEST
    exchange.run("listening", call=sid, until=deadline)
    while (now := exchange.call(sid))["place"] in STANDS and now["status"] not in ENDED and exchange.now() < deadline:
        exchange.run("time", until=exchange.now() + timedelta(seconds=10))
    if now["status"] not in ENDED:
        exchange.add(sid, [{"hang_up": True}])
    exchange.run("idle", until=exchange.now() + LONGEST)
    lines = list(watch.lines())
    if view is not None:
        view.show(lines)


def invite(stage: Stage) -> None:
    where = "" if stage.usual else f" --server {stage.server_url} --exchange {stage.exchange.url}"
    OUT.print(HELP, style="dim")
    OUT.print(f"To answer as an agent, in a second terminal: holdless agent mina{where}\n", style="dim")


def print_journal(watch: Watch, site: Site) -> None:
    """The site's version first, so that the file can be replayed by itself; then every row in order."""
    watch.look()
    print_json({"kind": "site", "hash": site.hash, "files": dict(site.files)})
    for row in watch.rows:
        print_json(as_json(row))
