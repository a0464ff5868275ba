"""TwiML as text: elements, what may stand in them, and the carrier's limits of size. Pure.

Law: whatever words come in, what goes out is well-formed XML that the carrier can parse, and no document is empty (an
empty <Response/> hangs up).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_BYTES = 64 * 1024
"""The carrier's limit for a document that it fetches (error 11750)."""
MOST_SENT = 4_000
"""Characters of TwiML inside a REST request (error 32018)."""
SPOKEN_BYTES = 40_000
"""Of a document, for everything that is spoken: about half an hour. What is longer is cut at the end of a sentence."""
HINTS, HINT_LENGTH, HINT_BYTES = 500, 100, 12_000
"""The carrier takes 500 hints of 100 characters; the bytes are ours, so that hints never crowd out the words."""

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry, not even escaped: control characters, lone surrogates, two non-characters."""
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": " ", "\r": " ", "\t": " "})
SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")


@dataclass(frozen=True, slots=True)
class Tongue:
    """How the carrier names a language, and who speaks it there."""

    tag: str
    voice: str


TONGUES: Mapping[str, Tongue] = {
    "en": Tongue("en-US", "Polly.Joanna"),
    "ko": Tongue("ko-KR", "Polly.Seoyeon"),
}
PACES: Mapping[str, str] = {"slow": "85%"}


def clean(text: str) -> str:
    """The text without what XML cannot carry, white space at the ends, and line breaks."""
    return " ".join(FORBIDDEN.sub("", text).split())


def escape(text: str) -> str:
    return FORBIDDEN.sub("", text).translate(ESCAPES)


def element(name: str, attributes: Mapping[str, str | int | bool | None] = {}, inner: str = "") -> str:
    """One element; `inner` is markup already. An attribute that is None is left out; a truth becomes true or false."""
    written = "".join(
        f' {key}="{str(value).lower() if isinstance(value, bool) else escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def document(verbs: Iterable[str]) -> str:
    """A whole document. Raises ValueError for one without verbs: it would hang up on the caller."""
    inner = "".join(verbs)
    if not inner:
        raise ValueError("a document without verbs hangs up")
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>'


NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""The answer to a status callback or a text message: there is no call to go on with."""


@lru_cache(maxsize=1024)
def say(text: str, language: str, pace: str = "normal") -> str:
    """Words, or "" when nothing is left to say: the carrier refuses an empty <Say>."""
    words = escape(clean(text))
    if not words:
        return ""
    tongue = TONGUES.get(language)
    rate = PACES.get(pace)
    inner = element("prosody", {"rate": rate}, words) if rate else words
    return element("Say", {"voice": tongue.voice, "language": tongue.tag} if tongue else {}, inner)


def pause(seconds: int) -> str:
    return element("Pause", {"length": seconds})


def redirect(url: str) -> str:
    return element("Redirect", {}, escape(url))


def hang_up() -> str:
    return element("Hangup")


def dial_number(number: str, *, action: str | None = None, seconds: int = 60) -> str:
    """Ring somebody and bridge. Without `action` the verbs behind it follow when the talk is over or nobody answers."""
    noun = element("Number", {}, escape(number))
    if number.startswith("sip:"):
        noun = element("Sip", {}, escape(number))
    elif number.startswith("client:"):
        noun = element("Client", {}, escape(number.removeprefix("client:")))
    return element("Dial", {"action": action, "timeout": seconds}, noun)


def fit(spoken: Sequence[tuple[str, str, str]], budget: int = SPOKEN_BYTES) -> list[str]:
    """(text, language, pace) as <Say> elements that together take at most `budget` bytes.

    Past the budget words are dropped from the end: the text that does not fit whole is cut behind its last sentence
    that does, or at a word when its first sentence is longer than the budget.
    """
    said: list[str] = []
    for text, language, pace in spoken:
        whole = say(text, language, pace)
        if (size := len(whole.encode())) > budget:
            said.append(shortened(text, language, pace, budget))
            break
        budget -= size
        said.append(whole)
    return [one for one in said if one]


def shortened(text: str, language: str, pace: str, budget: int) -> str:
    """As much of the text as fits into `budget` bytes of markup, whole sentences first, then words, then characters."""
    for pieces in (SENTENCE_END.split(clean(text)), clean(text).split(" "), list(clean(text))):
        low, high = 0, len(pieces)
        joint = "" if all(len(piece) <= 1 for piece in pieces) else " "
        while low < high:
            middle = (low + high + 1) // 2
            fits = len(say(joint.join(pieces[:middle]), language, pace).encode()) <= budget
            low, high = (middle, high) if fits else (low, middle - 1)
        if low:
            return say(joint.join(pieces[:low]), language, pace)
    return ""


@lru_cache(maxsize=256)
def hints(words: tuple[str, ...]) -> str | None:
    """What the recogniser may expect, with commas between and within the carrier's limits; None for nothing."""
    taken: list[str] = []
    size = 0
    for word in words:
        one = clean(word.replace(",", " "))[:HINT_LENGTH].rstrip()
        size += len(escape(one).encode()) + 1
        if len(taken) == HINTS or size > HINT_BYTES:
            break
        if one:
            taken.append(one)
    return ",".join(taken) or None
