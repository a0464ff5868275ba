"""Words as they are compared: one spelling, no marks, a bounded length.

Law: any string whatever becomes plain lower-case words, and never an error: emoji, control characters, unpaired
surrogates and mixed scripts are what recognisers and strangers send.
"""

import re
from unicodedata import normalize

LONGEST = 500
"""Characters of an utterance that are looked at; nobody asks one question for longer."""

APOSTROPHES = re.compile(r"['’‘ʼ`]")
MARKS = re.compile(r"[^\w]+|_+")
NUMERALS = re.compile(r"\d+")
HANGUL = re.compile(r"[ᄀ-ᇿ㄰-㆏가-힣]")
LATIN = re.compile(r"[a-z]")


def plain(text: str) -> str:
    """'I'd like — PLEASE!' -> 'id like please'. Apostrophes join, every other mark separates."""
    folded = normalize("NFKC", text[:LONGEST]).lower()
    return MARKS.sub(" ", APOSTROPHES.sub("", folded)).strip()[:LONGEST]


def without_numbers(words: str) -> str:
    """Any number becomes '0': which number it is says nothing of what is wanted."""
    return NUMERALS.sub("0", words)


def script_of(words: str, spoken: str) -> str:
    """The language that the words are written in, 'ko' or `spoken`; a Korean line may hear English words and say so."""
    hangul, latin = len(HANGUL.findall(words)), len(LATIN.findall(words))
    if hangul * 2 >= latin and hangul:
        return "ko"
    return "en" if spoken == "ko" and latin else spoken
