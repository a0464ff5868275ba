"""What is wrong with a site, where, and what to write instead.

Law: a problem always names its place, and its sentence is for the person who wrote the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend. `line` counts from 1, which is also where a file that is missing would begin."""

    file: str
    line: int
    text: str
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those that keep a site from being used; the others are warnings."""
    return [problem for problem in problems if problem.level == "error"]


def meant(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """'; did you mean ...?' with the nearest right word, or nothing when none is near.

    `likeness` (0 to 1) is how near it must be: lower for words so short that one letter is half of them.
    """
    near = get_close_matches(word, sorted(known), n=1, cutoff=likeness)
    return f"; did you mean '{near[0]}'?" if near else ""
