"""The demo's guided edit: one line of the rules is changed, a typo is refused in plain words, the route changes."""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rich.text import Text

from config.check import examine
from ivr.cli.check import show
from ivr.cli.live import View
from ivr.cli.outcome import Trouble
from ivr.cli.scenes import ENGLISH
from ivr.cli.screen import OUT
from ivr.cli.site import DEMO, read
from ivr.cli.stage import Plan
from ivr.cli.watch import at_work, on_stage

CALLER = "+15550101999"
NAME = "Alex Kim"
BEFORE = "{generation: boomer_or_older}"
TYPO = "{generation: gen_zz}"
AFTER = "{generation: gen_z}"


def guided(view: View, *, once: bool) -> Sequence[str]:
    """Play the edit; what did not go as it should, in sentences."""
    with TemporaryDirectory(prefix="holdless-shop-") as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(DEMO, shop)
        rules = shop / "segments.yaml"
        view.heading("Change a rule", "")
        explain(rules)
        refused = typo(shop, rules, once=once)
        mend(shop, rules, once=once)
        route = called(shop, view)
    reasons = [] if refused or not once else ["the checker let a typo pass"]
    if once and route != "person_first":
        reasons.append(f"after the change {NAME} was routed {route}")
    return reasons


def explain(rules: Path) -> None:
    line = place(rules, BEFORE)
    OUT.print(
        f"The shop's rules are a file. Line {line} says which generation speaks with a person first:\n\n"
        f"  {line}  if: {BEFORE}\n\n"
        f"{NAME}, born 1999, was asked by the assistant. Let everyone born since 1997 have a person first instead.\n"
    )
    OUT.print(f"The file: {rules}", soft_wrap=True)


def place(file: Path, text: str) -> int:
    """The line of a text in a file, from 1."""
    return next(number for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def typo(shop: Path, rules: Path, *, once: bool) -> bool:
    """The first try: the watcher's own change, or ours with a typo in it. Whether the checker refused."""
    before = rules.read_text(encoding="utf-8")
    ask(
        f"\nChange it to {TYPO} (a typo, on purpose) and press Enter; or just press Enter and it is done for you.",
        once=once,
    )
    if rules.read_text(encoding="utf-8") == before:
        change(rules, BEFORE, TYPO)
        OUT.print(f"changed: {BEFORE} -> {TYPO}")
    return not checked(shop)


def mend(shop: Path, rules: Path, *, once: bool) -> None:
    """Ask until the checker is content; whoever changes nothing has it mended for them."""
    for _ in range(5):
        before = rules.read_text(encoding="utf-8")
        ask(f"\nMend it: {AFTER}. Press Enter when you have, or to have it done for you.", once=once)
        if rules.read_text(encoding="utf-8") == before:
            restore(rules)
            OUT.print(f"changed: {TYPO} -> {AFTER}")
        if checked(shop):
            return
    raise Trouble(f"{rules} still has an error; `holdless check {shop}` names it.")


def restore(rules: Path) -> None:
    """The file as it came, with the good change in it: whatever was typed into it."""
    shutil.copyfile(DEMO / rules.name, rules)
    change(rules, BEFORE, AFTER)


def change(file: Path, before: str, after: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def checked(shop: Path) -> bool:
    OUT.print("\n$ holdless check shop", style="bold")
    _, problems = examine(shop)
    show(Path("shop"), problems)
    return not any(problem.level == "error" for problem in problems)


def ask(question: str, *, once: bool) -> None:
    OUT.print(Text(question, style="bold yellow"))
    if not once:
        try:
            OUT.input("")
        except EOFError:
            return


def called(shop: Path, view: View) -> str:
    """The same caller as before, on the changed shop; the path she was routed."""
    site = read(shop)
    start = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo(site.facts.zone))
    view.heading(f"{NAME} calls again", "The same caller, the same number, the changed rule.")
    with on_stage(Plan(shop, tuple(site.facts.numbers), start), site) as watch:
        at_work(watch)
        exchange = watch.stage.exchange
        sid = exchange.dial(CALLER, ENGLISH, ({"talk": 20}, {"hang_up": True}))
        exchange.run("listening", call=sid, until=start + timedelta(minutes=5))
        view.show(watch.lines())
        state = watch.state(sid)
    path = "nowhere" if state is None else state.route.path
    view.result(
        f"route {path.replace('_', ' ')}: before the change it was self service first", good=path == "person_first"
    )
    return path
