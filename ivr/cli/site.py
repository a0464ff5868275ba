"""The site that a command works on: the folder argument, and reading it or saying why not."""

from pathlib import Path
from typing import Annotated

import typer

import config
from config.check import examine
from config.site import Site
from ivr.cli.outcome import Exit, Trouble

DEMO = Path(config.__file__).parent / "demo"
"""The demo contact centre that comes with Holdless."""

SiteFolder = Annotated[
    Path,
    typer.Argument(exists=True, file_okay=False, help="The site's folder of YAML.", show_default=False),
]


def read(folder: Path) -> Site:
    """The site of a folder; raises Trouble with the first problem when calls cannot be served by it."""
    site, problems = examine(folder)
    errors = [problem for problem in problems if problem.level == "error"]
    if site is None or errors:
        first = str(errors[0]) if errors else "it cannot be read"
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        raise Trouble(
            f"{folder} is not ready for calls: {first}{more}. `holdless check {folder}` shows all.", Exit.PROBLEM
        )
    return site
