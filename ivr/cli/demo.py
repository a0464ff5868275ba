"""`holdless demo`: starts the exchange and the server on the demo site, places calls itself, and shows each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from rich.text import Text

import callbacks.model as promise
from config.site import Site
from ivr.cli import edit
from ivr.cli.control import Step
from ivr.cli.database import Keep, kept
from ivr.cli.live import View
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.outcomes import Outcome, told
from ivr.cli.scenes import SCENES, Scene
from ivr.cli.screen import ERRORS, OUT
from ivr.cli.site import DEMO, read
from ivr.cli.stage import Plan, Stage
from ivr.cli.watch import Watch, at_work, on_stage

START = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001 - the site's zone is added when the site is read
WRAP_UP = timedelta(seconds=30)
IN_WINDOW = timedelta(minutes=5)
PACE = 0.35
ANSWER: tuple[Step, ...] = ({"press": "1"}, {"talk": 30}, {"hang_up": True})
"""What a person does whom we ring as promised."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One scene's outcome, and why it is not as promised (empty when it is)."""

    scene: Scene
    outcome: Outcome | None
    reason: str


def demo(
    once: Annotated[bool, typer.Option("--once", help="Play everything without waiting for anybody; for CI.")] = False,
    keep: Keep = None,
) -> None:
    """Play calls to the demo shop and show what was said, understood, decided and done.

    Ends with a guided change of the shop's rules. With --once the change is played too, and the exit code says whether
    every call ended as promised.
    """
    site = read(DEMO)
    view = View(OUT, ZoneInfo(site.facts.zone), pace=0.0 if once else PACE)
    verdicts = performed(site, view, kept(keep))
    summary(verdicts, view.zone)
    reasons = [f"{verdict.scene.title}: {verdict.reason}" for verdict in verdicts if verdict.reason]
    reasons += edit.guided(view, once=once)
    if reasons:
        raise Trouble("Not as promised: " + "; ".join(reasons) + ".", Exit.PROBLEM)
    if once:
        OUT.print("\nEvery call ended as promised.", style="bold green")


def performed(site: Site, view: View, database: str | None) -> Sequence[Verdict]:
    """All scenes on one stage, in order: time goes on from one to the next."""
    start = START.replace(tzinfo=ZoneInfo(site.facts.zone))
    with on_stage(Plan(DEMO, tuple(site.facts.numbers), start, database=database), site) as watch:
        at_work(watch)
        verdicts = [perform(watch, number, scene, view) for number, scene in enumerate(SCENES, 1)]
        return [*verdicts, *faults(watch.stage)]


def perform(watch: Watch, number: int, scene: Scene, view: View) -> Verdict:
    view.heading(f"{number}  {scene.title}", scene.about)
    with ERRORS.status("the call is being made"):
        outcome = play(watch, scene)
        lines = list(watch.told())
    view.show(lines)
    reason = "the server has no such call" if outcome is None else scene.judge(outcome)
    result = told(outcome, view.zone) if outcome is not None and not reason else f"not as promised: {reason}"
    view.result(result, good=not reason)
    return Verdict(scene, outcome, reason)


def play(watch: Watch, scene: Scene) -> Outcome | None:
    """One call to its end, and the promise that it made, if any, to its end too."""
    exchange = watch.stage.exchange
    if scene.clock:
        exchange.run("time", until=hour(watch, scene.clock))
    if scene.prepare is not None:
        scene.prepare(watch)
    watch.begin()
    sid = exchange.dial(scene.caller, scene.dialled, scene.script)
    exchange.run("listening", call=sid, until=exchange.now() + timedelta(minutes=15))
    exchange.run("time", until=exchange.now() + WRAP_UP)
    if (booked := open_promise(watch, scene.caller)) is not None:
        exchange.phone(scene.caller, "human", ANSWER, after=4.0)
        exchange.run("time", until=booked.start + IN_WINDOW)
        exchange.phone(scene.caller, "no-answer")
    watch.look()
    return outcome_of(watch, sid, booked)


def outcome_of(watch: Watch, sid: str, booked: promise.Callback | None) -> Outcome | None:
    state = watch.state(sid)
    if state is None:
        return None
    latest = None if booked is None else next(one for one in watch.journal.callbacks() if one.id == booked.id)
    return Outcome(sid, state, watch.of(sid), list(watch.entries), latest)


def open_promise(watch: Watch, number: str) -> promise.Callback | None:
    found = (one for one in watch.journal.callbacks() if one.number == number and isinstance(one.stage, promise.Booked))
    return next(found, None)


def hour(watch: Watch, clock: str) -> datetime:
    """The next moment at which the site's clock shows this hour."""
    here = watch.stage.exchange.now().astimezone(ZoneInfo(watch.site.facts.zone))
    hours, minutes = map(int, clock.split(":"))
    today = here.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    return today if today > here else today + timedelta(days=1)


def faults(stage: Stage) -> Sequence[Verdict]:
    """What the exchange found wrong with our documents and answers: a demo with such a fault has not succeeded."""
    found = [str(fault.get("sentence", fault)) for fault in stage.exchange.faults() if fault.get("kind") != "warning"]
    scene = Scene("The exchange's own complaints", "", "", (), "none", lambda outcome: "")
    return [Verdict(scene, None, f"{len(found)}, the first: {found[0]}")] if found else []


def summary(verdicts: Sequence[Verdict], zone: ZoneInfo) -> None:
    table = Table(
        "", "Call", "Route", "Result", box=None, pad_edge=False, title="What became of the calls", title_justify="left"
    )
    table.columns[2].min_width = 18
    for verdict in verdicts:
        mark = Text("no", style="bold red") if verdict.reason else Text("ok", style="bold green")
        route = verdict.outcome.route if verdict.outcome else ""
        result = verdict.reason or (told(verdict.outcome, zone) if verdict.outcome else "")
        table.add_row(mark, Text(verdict.scene.title), Text(route), Text(result))
    OUT.print()
    OUT.print(table, width=min(OUT.width, 100))
