"""`holdless check`: every problem of a site, in plain sentences, in one run."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from config.check import examine
from config.problem import Problem
from config.site import Site
from ivr.cli.outcome import Exit
from ivr.cli.screen import OUT, counted, print_json
from ivr.cli.site import SiteFolder
from ivr.simulate import script


def check(
    site: SiteFolder,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each problem.")] = False,
) -> None:
    """Read a site's folder and say what is wrong with it, by file and line.

    Ends with 0 when callers can be served (warnings are shown), with 1 when there is an error.
    """
    found, problems = examine(site)
    if found is not None and zone_known(found):
        problems = sorted((*problems, *script.read(site, script.setting_of(found))[1]))
    errors = [problem for problem in problems if problem.level == "error"]
    if as_json:
        for problem in problems:
            print_json({"file": problem.file, "line": problem.line, "level": problem.level, "text": problem.text})
    else:
        show(site, problems)
    if errors:
        raise typer.Exit(Exit.PROBLEM)


def zone_known(site: Site) -> bool:
    """Whether the site's conversations can be read: their hours are in its zone."""
    try:
        ZoneInfo(site.facts.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(site.facts.numbers) and bool(site.facts.languages)


def show(site: Path, problems: list[Problem]) -> None:
    """The problems, errors and warnings told apart by a word as well as by colour."""
    for problem in problems:
        colour = "red" if problem.level == "error" else "yellow"
        word = "" if problem.level == "error" else "warning: "
        OUT.print(f"{problem.file}:{problem.line}: {word}{problem.text}", style=colour, soft_wrap=True)
    errors = sum(problem.level == "error" for problem in problems)
    warnings = len(problems) - errors
    if not problems:
        OUT.print(f"{site}: no problems found.", style="green", soft_wrap=True)
    else:
        OUT.print(f"{site}: {counted(errors, 'error')}, {counted(warnings, 'warning')}.", soft_wrap=True)
