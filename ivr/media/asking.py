"""What an ear is told about a question: of which kind it is, and which phrases may be said.

Law: phrases are a help, never a wall: a person can be asked for at every question, so the words for it belong to every
list. An engine that listens freely takes no notice of them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from config.site import Site
from ivr.calls.expect import expects
from ivr.calls.ports import Sites
from ivr.flow.model import CallState, Listen
from speech.hear import Kind, Question
from speech.understand.commands import PHRASES, intents_of
from speech.understand.digits_en import TEENS, TENS, TIMES, UNITS
from speech.understand.digits_ko import DIGITS, NATIVE, PLACES
from speech.understand.model import Expects

EVERYWHERE = ("person", "repeat")
"""Commands whose phrases are listed at every question."""
NUMBERS = {
    "en": (*UNITS, *TEENS, *TENS, *TIMES),
    "ko": (*DIGITS, *NATIVE, *PLACES, "만"),
}
YES_NO = {
    "en": (
        "yes", "no", "yeah", "yes please", "that's right", "correct", "right", "sure", "okay", "nope", "no thanks",
        "no thank you", "that's wrong", "not quite",
    ),
    "ko": (
        "네", "아니요", "예", "네 맞아요", "네 맞습니다", "맞아요", "좋아요", "그래요", "네 해 주세요", "아뇨",
        "아니에요", "아닙니다", "틀려요", "괜찮아요",
    ),
}  # fmt: skip
MOST = 400
"""Phrases of one question; a grammar of more takes long to build and confuses more than it helps."""


class SiteQuestions:
    """Questions of the site version that a call began with. Fits `ivr.media.ports.Questions`."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._phrases = lru_cache(maxsize=512)(self._listed)

    def question(self, state: CallState, listen: Listen) -> Question:
        asked = expects(self._sites.of(state.version), state)
        phrases = self._phrases(state.version, listen.language, asked, listen.hints)
        return Question(kind_of(asked, listen), listen.language, phrases)

    def _listed(self, version: str, language: str, asked: Expects, hints: tuple[str, ...]) -> tuple[str, ...]:
        found = listed(self._sites.of(version), language, asked, hints)
        return tuple(dict.fromkeys(phrase.strip() for phrase in found if phrase.strip()))[:MOST]


def kind_of(asked: Expects, listen: Listen) -> Kind:
    """yes_no, digits, choices or free: in this order, for a number that is read back is a yes or a no."""
    if asked.yes_no:
        return "yes_no"
    if asked.digits is not None or listen.digits is not None:
        return "digits"
    return "choices" if asked.intents else "free"


def listed(site: Site, language: str, asked: Expects, hints: Iterable[str]) -> Iterator[str]:
    """What is likeliest first: a list that is too long is cut at its end."""
    yield from hints
    if asked.yes_no:
        yield from YES_NO.get(language, ())
    if asked.digits is not None or asked.yes_no:
        yield from NUMBERS.get(language, ())
    for name in asked.intents:
        yield from phrases_of(site, name, language)
    names = intents_of(site)
    for command in EVERYWHERE:
        yield from PHRASES[command].get(language, ())
        yield from phrases_of(site, names[command], language)
    if not (asked.intents or asked.yes_no or asked.digits):
        for name in site.intents:
            yield from phrases_of(site, name, language)


def phrases_of(site: Site, intent: str, language: str) -> Iterator[str]:
    written = site.intents.get(intent)
    if written is not None:
        yield from written.phrases.get(language, ())
