"""The view of a call in a terminal: readable at 80 columns, in English and in Korean, whose letters take two."""

import time
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ivr.cli.story import Line, Tone

MARGIN = 9
CLOCK = 8
WIDEST = 100
STYLES: dict[Tone, str] = {
    "ours": "cyan",
    "theirs": "bold yellow",
    "doing": "",
    "thought": "dim",
    "route": "green",
    "fault": "bold red",
}


class View:
    """Prints the lines of calls, one after another; `pace` is the pause in seconds after each spoken line."""

    def __init__(self, console: Console, zone: ZoneInfo, *, pace: float = 0.0) -> None:
        self._console = console
        self.zone = zone
        self._pace = pace

    def heading(self, title: str, about: str) -> None:
        self._console.print()
        self._console.print(Rule(Text(title, style="bold"), align="left", characters="─"), width=self.width)
        if about:
            self._console.print(Text(about, style="italic"), width=self.width)

    @property
    def width(self) -> int:
        return min(self._console.width, WIDEST)

    def show(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._console.print(self.row(line), width=self.width)
            if self._pace and line.tone in ("ours", "theirs"):
                time.sleep(self._pace)

    def row(self, line: Line) -> Table:
        """The clock, who, and what; long sentences wrap inside their own column."""
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=CLOCK, no_wrap=True, style="dim")
        grid.add_column(width=MARGIN, no_wrap=True, overflow="ellipsis", justify="right", style=STYLES[line.tone])
        grid.add_column(overflow="fold", style=STYLES[line.tone])
        grid.add_row(self.clock(line.at), Text(line.who), Text(line.text))
        return grid

    def clock(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M:%S")

    def remark(self, text: str) -> None:
        """Something about the terminal itself, which is no part of the call."""
        self._console.print(Text(text, style="italic dim"), width=self.width)

    def result(self, text: str, *, good: bool) -> None:
        style = "bold green" if good else "bold red"
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=CLOCK)
        grid.add_column(width=MARGIN, justify="right", style=style)
        grid.add_column(overflow="fold", style=style)
        grid.add_row("", "result", Text(text))
        self._console.print(grid, width=self.width)
