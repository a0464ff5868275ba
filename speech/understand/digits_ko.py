"""Digits as Korean speakers read them: '일공사사이', '만 사백 사십이', '공일공에 일이삼사', '10442번이요'.

A digit's syllable is also part of many words (이 주문, 오늘, 사과), so a word counts only when nothing follows its
digits but an ending. Where the copula 이- melts with a last digit ('팔이요': 8, but '사이요': 42), the syllable before
it decides: after a final consonant it is the copula.
"""

import re
from collections.abc import Iterator

DIGITS = dict(zip("영공일이삼사오육륙칠팔구", (0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9), strict=True))
NATIVE = {"하나": "일", "둘": "이", "셋": "삼", "넷": "사"}
"""Said for one to four where the Sino-Korean digits are easily misheard."""

PLACES = {"십": 10, "백": 100, "천": 1000}
MYRIAD = 10_000
LETTERS = "".join(DIGITS) + "".join(PLACES) + "만"
WORD = re.compile(rf"([{LETTERS}0-9]+)(.*)")
ENDINGS = (
    "번이에요", "번이고요", "번입니다", "번인데요", "번이요", "번요", "번", "입니다", "이에요", "예요",
    "에요", "이고요", "고요", "인데요", "이거든요", "이요", "요", "이고", "에", "의", "다시", "하고",
    "그리고", "이라고", "라고", "",
)  # fmt: skip
WITHIN = {"음", "어", "그", "다시", "에", "대시", "그리고", "저", "네"}
"""Words that do not end a run; 다시 and 에 are also how a dash is read."""


def runs(words: str) -> Iterator[str]:
    """Each unbroken run of digits, in the order said."""
    run: list[str] = []
    for token in words.split():
        letters = spelled(token)
        if letters:
            run.append(letters)
        elif token not in WITHIN and run:
            yield value("".join(run))
            run = []
    if run:
        yield value("".join(run))


def spelled(token: str) -> str:
    """The digit syllables and numerals of a word, without its ending; "" when it is another word."""
    for name, digit in NATIVE.items():
        token = token.replace(name, digit)
    match = WORD.fullmatch(token)
    if match is None:
        return ""
    letters, ending = match.groups()
    if ending not in ENDINGS:
        return ""
    if ending in ("요", "에요", "예요", "고요", "고", "라고") and is_copula(letters):
        return letters[:-1]
    return letters


def is_copula(letters: str) -> bool:
    """Whether the last 이 is the copula and no two: it follows a syllable with a final consonant, or a numeral."""
    return len(letters) > 1 and letters.endswith("이") and (letters[-2].isdigit() or ends_in_consonant(letters[-2]))


def ends_in_consonant(syllable: str) -> bool:
    """A Hangul syllable is 0xAC00 + (lead × 21 + vowel) × 28 + final (Unicode Standard, 3.12)."""
    return (ord(syllable) - 0xAC00) % 28 != 0


def value(letters: str) -> str:
    """'일공사사이' -> 10442; '만사백사십이' -> 10442; digits and whole numbers may follow each other."""
    written, place = "", 0
    while place < len(letters):
        whole, after = whole_number(letters, place)
        if after > place:
            written, place = written + str(whole), after
            continue
        letter = letters[place]
        written += letter if letter.isdigit() else str(DIGITS[letter])
        place += 1
    return written


def whole_number(letters: str, place: int) -> tuple[int, int]:
    """The number with places (십, 백, 천, 만) that begins here, and where it ends; (0, place) when there is none."""
    small, after = below_myriad(letters, place)
    if letters[after : after + 1] == "만":
        rest, end = below_myriad(letters, after + 1)
        last, end = (rest, end) if end > after + 1 else last_digit(letters, after + 1)
        return max(small, 1) * MYRIAD + last, end
    digit = DIGITS.get(letters[place])
    if after == place and digit and letters[place + 1 : place + 2] == "만":
        rest, end = below_myriad(letters, place + 2)
        last, end = (rest, end) if end > place + 2 else last_digit(letters, place + 2)
        return digit * MYRIAD + last, end
    return small, after


def below_myriad(letters: str, place: int) -> tuple[int, int]:
    """'사백사십이' -> 442. Places only go down; the last digit belongs to it unless more digits follow."""
    total, below, start = 0, 10_000, place
    while place < len(letters):
        digit = DIGITS.get(letters[place], 0)
        at = place + 1 if digit else place
        unit = PLACES.get(letters[at : at + 1], 0)
        if not unit or unit >= below:
            break
        total, below, place = total + (digit or 1) * unit, unit, at + 1
    if place == start:
        return 0, start
    last, end = last_digit(letters, place)
    return total + last, end


def last_digit(letters: str, place: int) -> tuple[int, int]:
    """A single digit that ends the number here; (0, place) when several follow, which are then read one by one."""
    digit = DIGITS.get(letters[place : place + 1], 0)
    following = letters[place + 1 : place + 2]
    if digit and (not following or following == "만"):
        return digit, place + 1
    return 0, place
