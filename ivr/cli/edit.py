"""The demo's guided edit: one rule is changed, a typo is refused in plain words, the route changes.

Law: what the watcher really did is what is said. The right change made at once is right; no change is invented.
"""

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rich.text import Text

from config.check import examine
from ivr.cli.check import show
from ivr.cli.live import View
from ivr.cli.scenes import ENGLISH
from ivr.cli.screen import OUT
from ivr.cli.site import DEMO, read
from ivr.cli.stage import Plan
from ivr.cli.watch import at_work, on_stage

CALLER = "+15550101999"
NAME = "Alex Kim"
BEFORE = ("- name: older", "if: {generation: boomer_or_older}")
TYPO = ("- name: younger", "if: {generation: gen_zz}")
AFTER = ("- name: younger", "if: {generation: gen_z}")
PATIENCE = 5
"""How often the watcher is asked to mend before it is done for them."""

Ask = Callable[[str], str]
"""Asks at the terminal and gives back what was typed before Enter."""


def guided(view: View, *, once: bool) -> Sequence[str]:
    """Play the edit; what did not go as it should, in sentences."""
    with TemporaryDirectory(prefix="holdless-shop-") as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(DEMO, shop)
        view.heading("Change a rule", "")
        refused = edited(shop, told if once else asked)
        route = called(shop, view)
    farewell()
    reasons = [] if refused or not once else ["the checker let a typo pass"]
    if once and route != "person_first":
        reasons.append(f"after the change {NAME} was routed {route}")
    return reasons


def edited(shop: Path, ask: Ask) -> bool:
    """Lead through the change until the shop is ready for calls; whether the checker ever refused."""
    rules = shop / "segments.yaml"
    explain(rules)
    entered(
        rules, ask,
        f"\nIn your editor, make it\n\n    {TYPO[0]}\n      {TYPO[1]}\n\n"
        "with its typo, save, and press Enter here; or just press Enter and it is done for you.",
    )  # fmt: skip
    if contents(rules) == contents(DEMO / rules.name):
        change(rules, TYPO)
    if checked(shop):
        OUT.print("The checker has nothing to say: the change is right as it is.", style="green")
        return False
    for _ in range(PATIENCE):
        before = contents(rules)
        entered(rules, ask, f"\nMend it: {AFTER[1]}. Save and press Enter, or have it done for you by Enter alone.")
        if contents(rules) in {before, contents(DEMO / rules.name)}:
            break
        if checked(shop):
            return True
    change(rules, AFTER)
    checked(shop)
    return True


def explain(rules: Path) -> None:
    line = place(rules, BEFORE[0])
    OUT.print(
        f"The shop's rules are a file. Lines {line} and {line + 1} say who speaks with a person first:\n\n"
        f"  {line}    {BEFORE[0]}\n  {line + 1}      {BEFORE[1]}\n\n"
        f"{NAME}, born 1999, was asked by the assistant. Let everyone born since 1997 have a person first instead.\n"
    )
    OUT.print(f"The file: {rules}", soft_wrap=True)


def place(file: Path, text: str) -> int:
    """The line of a text in a file, from 1."""
    return next(number for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def entered(rules: Path, ask: Ask, question: str) -> None:
    """Ask until nothing but Enter comes and the file is there to be read."""
    while True:
        if ask(question).strip():
            question = f"\nMake the change in your editor, in {rules}; here press Enter alone."
        elif contents(rules) is None:
            put_back(rules)
            question = f"\n{rules.name} was gone or could not be read, so it is there again as it came. Press Enter."
        else:
            return


def contents(file: Path) -> bytes | None:
    """None when the file is gone or cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return None


def put_back(rules: Path) -> None:
    """The file as it came, whatever stands in its place."""
    if rules.is_dir() and not rules.is_symlink():
        shutil.rmtree(rules)
    rules.unlink(missing_ok=True)
    rules.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DEMO / rules.name, rules)


def change(rules: Path, lines: tuple[str, str]) -> None:
    """Write the file as it came, with these two lines in it: whatever was typed into it."""
    text = (DEMO / rules.name).read_text(encoding="utf-8")
    for before, after in zip(BEFORE, lines, strict=True):
        text = text.replace(before, after)
    put_back(rules)
    rules.write_text(text, encoding="utf-8")
    OUT.print(f"done for you: {lines[0]}, {lines[1]}", style="dim")


def checked(shop: Path) -> bool:
    OUT.print("\n$ holdless check shop", style="bold")
    _, problems = examine(shop)
    show(Path("shop"), problems)
    return not any(problem.level == "error" for problem in problems)


def told(question: str) -> str:
    """The question without waiting for anybody."""
    OUT.print(Text(question, style="bold yellow"), soft_wrap=True)
    return ""


def asked(question: str) -> str:
    """The question, and what is typed; the end of input is Enter."""
    told(question)
    try:
        return OUT.input("")
    except EOFError:
        return ""


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
    good = path == "person_first"
    was = "before the change it was self service first" if good else "as before the change"
    view.result(f"route {path.replace('_', ' ')}: {was}", good=good)
    return path


def farewell() -> None:
    """What to do next, in commands that work from here."""
    here = DEMO.relative_to(Path.cwd()) if DEMO.is_relative_to(Path.cwd()) else DEMO
    OUT.print(
        "\nNext:\n"
        f"  holdless call {here}     be the caller yourself\n"
        f"  cp -r {here} my-site  begin a site of your own; docs/flows.md says how\n"
        "  holdless check my-site       see what is wrong with it\n"
        "  holdless test my-site        play the conversations in its tests/ folder",
        soft_wrap=True,
    )
