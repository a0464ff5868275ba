"""Numbers that are read out: order numbers, card numbers, postcodes. Digits are kept as said, leading zeros too.

Law: what comes out are the digits that somebody writing along would write, or nothing. One utterance may hold several
runs of them ("one oh four, no, sorry: one oh four four two"); the last run of the right length counts, and where no
single run has it, all of them together.
"""

from collections.abc import Iterator

from .digits_en import runs as english
from .digits_ko import runs as korean

FEWEST = 3
"""Digits that a run must have to be noticed where no number was asked for."""


def digits(words: str, language: str, wanted: tuple[int, int] | None) -> str:
    """The digits said in `words` (plain), "" where there are none. `wanted`: (least, most) digits asked for."""
    found = list(runs(words, language))
    if wanted is None:
        return max((run for run in found if len(run) >= FEWEST), key=len, default="")
    least, most = wanted
    fitting = [run for run in found if least <= len(run) <= most]
    together = "".join(found)
    if fitting:
        return fitting[-1]
    return together if least <= len(together) <= most else max(found, key=len, default="")


def runs(words: str, language: str) -> Iterator[str]:
    yield from korean(words) if language == "ko" else english(words)
