"""Which sentences are the site's own words: kept on disk, and replaced by a recording; and which never are."""

import asyncio
from dataclasses import dataclass, field

import pytest

from config.load import load
from config.site import Site
from ivr.cli.site import DEMO
from ivr.flow.model import Speak
from ivr.media.speaking import SiteVoices
from speech.say import Speech


@dataclass
class Mouths:
    """Fits `ivr.media.speaking.Mouths`, and keeps what it was asked."""

    asked: list[tuple[str, float, bool]] = field(default_factory=list)

    def lacking(self, language: str) -> str:
        return "" if language == "en" else f"no voice speaks {language!r}"

    async def say(self, text: str, language: str, *, pace: float = 1.0, name: str = "", fixed: bool = False) -> Speech:
        self.asked.append((name, pace, fixed))
        return Speech(b"\x00\x01", "test")


@pytest.fixture(scope="module")
def site() -> Site:
    read = load(DEMO)
    assert isinstance(read, Site)
    return read


def spoken(site: Site, text: str, source: str, language: str = "en", pace: str = "normal") -> tuple[str, float, bool]:
    mouths = Mouths()
    assert asyncio.run(SiteVoices(mouths, site).say(Speak(text, language, source, pace))) == b"\x00\x01"
    return mouths.asked[0]


@pytest.mark.parametrize(
    ("text", "source", "name", "fixed"),
    [
        ("What is your order number?", "node:which_order", "which_order", True),
        (
            "Please say the five to eight digits of your order number, one by one.",
            "node:which_order",
            "which_order.again",
            True,
        ),
        ("How can I help? You can say it, or choose: order status, press 1.", "node:help", "help", False),
        ("Sorry, say it another way, or press a number. Order status, press 1.", "node:help", "help.again", False),
        ("1, 0, 4, 4, 2, right?", "node:which_order", "", False),
        ("Your order is shipped and arrives Tuesday.", "node:tell", "", False),
        ("Something nobody wrote.", "node:help", "", False),
        ("Thank you for calling Hanbit. Goodbye.", "node:goodbye", "goodbye", True),
        ("You are next in line.", "prompt:wait_next", "wait_next", True),
    ],
)
def test_a_sentence_is_known_by_its_words(site: Site, text: str, source: str, name: str, fixed: bool) -> None:
    assert spoken(site, text, source) == (name, 1.0, fixed)


def test_who_needs_it_hears_it_slower(site: Site) -> None:
    assert spoken(site, "What is your order number?", "node:which_order", pace="slow")[1] == 0.85


def test_what_can_be_spoken_beforehand_holds_nothing_of_a_caller(site: Site) -> None:
    fixed = SiteVoices(Mouths(), site).fixed
    assert ("What is your order number?", "en") in fixed
    assert ("주문 번호를 말씀하시거나 눌러 주십시오.", "ko") in fixed
    assert not [text for text, _ in fixed if "{" in text]


def test_a_missing_language_is_said(site: Site) -> None:
    assert SiteVoices(Mouths(), site).lacking("ko") == "no voice speaks 'ko'"
