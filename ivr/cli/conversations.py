"""`holdless test`: the conversations that a supervisor wrote must go as written."""

from typing import Annotated

import typer

from config.problem import Problem
from ivr.cli.outcome import Exit
from ivr.cli.screen import OUT
from ivr.cli.site import SiteFolder, read
from ivr.simulate.network import Moment
from ivr.simulate.tests import Result, run

WORDS = {"said": "we say", "heard": "caller", "joined": "answers", "ended": "ended", "note": "note"}


def test(
    site: SiteFolder,
    only: Annotated[str, typer.Option("--only", help="Play only tests whose name contains this.")] = "",
) -> None:
    """Play the conversations in a site's tests/ folder on a virtual clock.

    Ends with 0 when all go as written, with 1 when one does not or there is none; of each that does not, the
    conversation is shown with the line where it left the script.
    """
    played: list[Result | Problem] = []

    def show(result: Result | Problem) -> None:
        played.append(result)
        if isinstance(result, Problem):
            OUT.print(str(result), style="red", soft_wrap=True)
        elif result.fault:
            failed(result)
        else:
            OUT.print(f"as written   {result.test.name}", style="green", soft_wrap=True)

    good = run(site, read(site), show, only)
    if not played:
        OUT.print(f"No test of {site} was found" + (f" whose name contains {only!r}." if only else "."))
    else:
        wrong = sum(isinstance(result, Problem) or bool(result.fault) for result in played)
        OUT.print(f"{len(played) - wrong} as written, {wrong} not.")
    if not good:
        raise typer.Exit(Exit.PROBLEM)


def failed(result: Result) -> None:
    """The conversation as it went, by the site's clock, and the line of the script that it left."""
    OUT.print(f"NOT AS WRITTEN  {result.test.name}", style="red", soft_wrap=True)
    for moment in sorted(result.log, key=lambda moment: moment.at):
        at = moment.at.astimezone(result.test.at.tzinfo)
        OUT.print(f"    {at:%H:%M:%S}  {line(moment)}", soft_wrap=True)
    OUT.print(f"    {result.test.file}:{result.line}: {result.fault}", style="red", soft_wrap=True)


def line(moment: Moment) -> str:
    place = f"  ({moment.source})" if moment.kind == "said" else ""
    return f"{WORDS.get(moment.kind, moment.kind):8} {moment.text}{place}"
