"""`holdless test`: the conversations that a supervisor wrote must go as written."""

from typing import Annotated

import typer

from ivr.cli.outcome import Exit
from ivr.cli.screen import OUT
from ivr.cli.site import SiteFolder


def test(
    site: SiteFolder,
    only: Annotated[str | None, typer.Option("--only", help="Play only tests whose name contains this.")] = None,
) -> None:
    """Play the conversations in a site's tests/ folder on a virtual clock.

    Ends with 0 when all go as written, with 1 when one does not; the first difference of each is shown.
    """
    from ivr.simulate import tests

    if not tests.run(site, only=only):
        OUT.print("A conversation did not go as written; see above.", style="red")
        raise typer.Exit(Exit.PROBLEM)
