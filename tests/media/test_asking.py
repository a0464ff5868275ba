"""What an ear is told about each kind of question."""

from dataclasses import replace

import pytest

from config.load import load
from config.site import Site
from ivr.cli.site import DEMO
from ivr.flow.model import Asking, CallState, Choosing, Listen, Place
from ivr.media.asking import SiteQuestions
from speech.hear import Question
from tests.web.desk import STATE


class Sites:
    """One version for every call."""

    def __init__(self) -> None:
        read = load(DEMO)
        assert isinstance(read, Site)
        self.published = read

    def of(self, version: str) -> Site:
        return self.published


@pytest.fixture(scope="module")
def questions() -> SiteQuestions:
    return SiteQuestions(Sites())


def state(node: str, place: Place, language: str = "en") -> CallState:
    return replace(STATE, node=node, place=place, language=language)


def asked(questions: SiteQuestions, node: str, place: Place, listen: Listen) -> Question:
    return questions.question(state(node, place, listen.language), listen)


def test_a_menu_lists_its_own_words_first(questions: SiteQuestions) -> None:
    found = asked(questions, "help", Asking(), Listen(1, "en", hints=("order status",)))
    assert (found.kind, found.language, found.phrases[0]) == ("choices", "en", "order status")
    assert "can i speak to someone" in found.phrases, "a person can be asked for everywhere"


def test_a_number_is_heard_as_digits(questions: SiteQuestions) -> None:
    found = asked(questions, "which_order", Asking(), Listen(1, "ko", digits=(5, 8)))
    assert found.kind == "digits"
    assert {"영", "이", "백", "상담원 연결해 주세요"} <= set(found.phrases)


@pytest.mark.parametrize("place", [Asking(confirming="10442"), Choosing(())])
def test_a_read_back_is_a_yes_or_a_no(questions: SiteQuestions, place: Place) -> None:
    found = asked(questions, "which_order", place, Listen(1, "en"))
    assert found.kind == "yes_no"
    assert {"yes", "no"} <= set(found.phrases)


def test_phrases_are_listed_once(questions: SiteQuestions) -> None:
    found = asked(questions, "help", Asking(), Listen(1, "en"))
    assert len(set(found.phrases)) == len(found.phrases)
    assert asked(questions, "help", Asking(), Listen(2, "en")) is not found
    assert asked(questions, "help", Asking(), Listen(2, "en")).phrases is found.phrases
