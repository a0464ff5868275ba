"""The two places to write to: results on stdout, progress and faults on stderr, so that a pipe gets results alone.

Law: text is printed as it is. Brackets and colons are callers' words and places in files, never markup or emojis.
"""

import json

from rich.console import Console

OUT = Console(highlight=False, markup=False, emoji=False)
ERRORS = Console(stderr=True, highlight=False, markup=False, emoji=False)


def counted(number: int, noun: str) -> str:
    """'1 call', '2 calls'"""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def print_json(value: object) -> None:
    """One JSON object on one line, whatever the width of the terminal."""
    print(json.dumps(value, ensure_ascii=False, sort_keys=False), flush=True)
