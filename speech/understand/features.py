"""What an utterance is made of, for comparing: word and letter sequences, and for Korean also the letters of syllables.

English: words 1 to 2, and characters 2 to 5 inside a word and its borders. Korean: words, characters 1 to 4 and jamo
2 to 7 across words; jamo, because endings melt into stems. Other languages are taken like English.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import normalize

LETTERS = 0.5
"""Weight of letter sequences beside words (English), of jamo beside characters (Korean)."""


def features(words: str, language: str) -> dict[str, float]:
    """Feature -> weight, before it is known how common each is. `words` come from `text.plain`."""
    whole, parts = korean(words) if language == "ko" else spaced(words)
    weighed = {feature: float(count) for feature, count in Counter(whole).items()}
    return weighed | {feature: LETTERS * count for feature, count in Counter(parts).items()}


def spaced(words: str) -> tuple[Iterator[str], Iterator[str]]:
    tokens = words.split()
    whole = (f"w {token}" for token in (*tokens, *(" ".join(pair) for pair in pairwise(tokens))))
    return whole, (part for token in tokens for part in sequences(f" {token} ", 2, 5))


def korean(words: str) -> tuple[Iterator[str], Iterator[str]]:
    line = f" {words} "
    tokens = (f"w {token}" for token in words.split())
    whole = (feature for kind in (tokens, sequences(line, 1, 4)) for feature in kind)
    return whole, (f"j {part}" for part in sequences(normalize("NFD", line), 2, 7))


def sequences(text: str, least: int, most: int) -> Iterator[str]:
    for size in range(least, most + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]
