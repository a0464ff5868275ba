"""Digits as English speakers read them: 'one oh four four two', 'double seven', 'ten four forty two', '104 42'."""

from collections.abc import Iterator, Sequence

UNITS = {
    word: str(value)
    for value, names in enumerate(
        ("zero oh o nought naught", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine niner")
    )
    for word in names.split()
}
TEENS = dict(
    zip(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        range(10, 20),
        strict=True,
    )
)
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
TIMES = {"double": 2, "triple": 3, "treble": 3}
SOUNDS_LIKE = {"for": "4", "to": "2", "too": "2", "won": "1", "ate": "8", "fore": "4", "tree": "3", "fife": "5"}
"""Words that recognisers write for digits: digits only after one, where another follows or nothing does."""

WITHIN = {"uh", "um", "er", "and", "dash", "hyphen", "minus", "space", "then", "erm"}
"""Words that do not end a run."""


def runs(words: str) -> Iterator[str]:
    """Each unbroken run of digits, in the order said."""
    tokens = words.split()
    place, run = 0, ""
    while place < len(tokens):
        said, after = number(tokens, place)
        if not said and run and sounds_like_digits(tokens, place):
            said, after = SOUNDS_LIKE[tokens[place]], place + 1
        if said:
            run, place = run + said, after
            continue
        if tokens[place] not in WITHIN and run:
            yield run
            run = ""
        place += 1
    if run:
        yield run


def sounds_like_digits(tokens: Sequence[str], place: int) -> bool:
    while place < len(tokens) and tokens[place] in SOUNDS_LIKE:
        place += 1
        if place == len(tokens) or number(tokens, place)[0]:
            return True
    return False


def number(tokens: Sequence[str], place: int) -> tuple[str, int]:
    """The digits that begin at `place` and where they end; ("", place) when none do."""
    token = tokens[place] if place < len(tokens) else ""
    if token.isascii() and token.isdigit():
        return token, place + 1
    if token in TIMES:
        digit = unit(tokens, place + 1)
        return (digit * TIMES[token], place + 2) if digit else ("", place)
    if (large := counted(tokens, place)) is not None:
        return str(large[0]), large[1]
    value, after = below_hundred(tokens, place)
    return ("", place) if value is None else (value, after)


def unit(tokens: Sequence[str], place: int) -> str:
    """The digit of one word, or of one written numeral."""
    token = tokens[place] if place < len(tokens) else ""
    return token if len(token) == 1 and token.isascii() and token.isdigit() else UNITS.get(token, "")


def below_hundred(tokens: Sequence[str], place: int) -> tuple[str | None, int]:
    """'forty two' -> 42, 'forty' -> 40, 'oh' -> 0."""
    token = tokens[place] if place < len(tokens) else ""
    if token in UNITS:
        return UNITS[token], place + 1
    if token in TEENS:
        return str(TEENS[token]), place + 1
    if token in TENS:
        last = UNITS.get(tokens[place + 1], "0") if place + 1 < len(tokens) else "0"
        return (str(TENS[token] + int(last)), place + 2) if last != "0" else (str(TENS[token]), place + 1)
    return None, place


def counted(tokens: Sequence[str], place: int) -> tuple[int, int] | None:
    """A number with 'hundred' or 'thousand' in it: 'ten thousand four hundred and forty two'. None for any other."""
    head, after = below_hundred(tokens, place)
    if head is None or after >= len(tokens) or tokens[after] not in ("hundred", "thousand"):
        return None
    value = int(head)
    if tokens[after] == "hundred":
        value, after = value * 100, after + 1
        value, after = with_rest(tokens, after, value)
        if after >= len(tokens) or tokens[after] != "thousand":
            return value, after
    value, after = value * 1000, after + 1
    hundreds, next_after = below_hundred(tokens, after)
    if hundreds is not None and next_after < len(tokens) and tokens[next_after] == "hundred":
        value, after = value + int(hundreds) * 100, next_after + 1
    return with_rest(tokens, after, value)


def with_rest(tokens: Sequence[str], place: int, value: int) -> tuple[int, int]:
    """Adds what follows below a hundred. 'Eight hundred five five five' reads on digit by digit, and adds nothing."""
    start = place + 1 if tokens[place : place + 1] == ["and"] else place
    rest, after = below_hundred(tokens, start)
    if rest is None or rest == "0" or (len(rest) == 1 and below_hundred(tokens, after)[0] is not None):
        return value, place
    return value + int(rest), after
