"""Which of the phrases of a question was meant by what a recogniser wrote down. Pure.

Law: spaces and punctuation say nothing: recognisers of Korean space words in their own way, and write one word as
pieces.
"""

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

LIKE = 0.6
"""From this likeness on a phrase is taken for what was said; below, nothing of the question was said."""


def letters(text: str) -> str:
    """The text in small letters and digits alone."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text).casefold() if letter.isalnum())


def sounds(text: str) -> str:
    """The letters, with Korean syllables taken apart: 났 and 나 share two of three sounds."""
    return unicodedata.normalize("NFD", letters(text))


def likeness(one: str, other: str) -> float:
    """0 (nothing shared) to 1 (the same sounds in the same order)."""
    return SequenceMatcher(None, sounds(one), sounds(other), autojunk=False).ratio()


def ranked(text: str, phrases: Sequence[str]) -> list[tuple[float, str]]:
    """Phrases with their likeness, the likest first; equals stay in the question's order."""
    if not letters(text):
        return []
    return sorted(((likeness(text, phrase), phrase) for phrase in phrases), key=lambda pair: -pair[0])
