"""Hearing errors: what a recogniser makes of what was said, wrong at a given rate and the same in every run.

Each word is dropped, doubled or misspelt with the probability `rate`; which, and how, follows from a hash of the seed,
the place and the word, so that a test that fails once fails always.
"""

from hashlib import blake2b


def garble(text: str, rate: float, seed: str) -> str:
    """`text` with about `rate` (0 to 1) of its words wrong."""
    if rate <= 0:
        return text
    words: list[str] = []
    for place, word in enumerate(text.split()):
        chance, kind = _draws(f"{seed}:{place}:{word}")
        words.extend(_wrong(word, kind) if chance < rate else (word,))
    return " ".join(words)


def _draws(text: str) -> tuple[float, int]:
    digest = blake2b(text.encode(), digest_size=9).digest()
    return int.from_bytes(digest[:8], "big") / 2**64, digest[8] % 3


def _wrong(word: str, kind: int) -> tuple[str, ...]:
    if kind == 0:
        return ()
    if kind == 1:
        return (word, word)
    middle = len(word) // 2
    return (word[:middle] + word[middle + 1 :] or "uh",)
