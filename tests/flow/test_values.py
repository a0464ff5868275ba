"""Sentences with their values, and the facts of a branch."""

from dataclasses import replace

import pytest

from config.flow import AskNode
from ivr.flow import facts, values
from ivr.flow.model import Caller, CallState, Facts, Note, QueueFacts
from ivr.flow.moment import Moment
from tests.flow.play import Story, site_named

SITE = site_named("small")
KNOWN = {"name": "Ada", "born": "1960-05-01", "tier.en": "gold", "tier.ko": "금", "chances": "0"}
SLOTS = {
    "order.number": "10442", "order.status.en": "on its way", "order.status.ko": "배송 중", "order.price": "42",
    "order.phone": "+8210", "order.code": "007", "order.card": "12-34-56", "order.zero": "0", "order.name": "Kim",
}  # fmt: skip


def a_call(language: str = "en", asked_person: int = 0) -> CallState:
    state = Story({"caller": {"number": "+15550109999", "known": KNOWN}}).state
    return replace(state, language=language, slots=SLOTS, asked_person=asked_person)


@pytest.mark.parametrize(
    ("template", "english", "korean"),
    [
        ("{order.number}", "1 0 4 4 2", "일 공 사 사 이"),
        ("{ order.status }", "on its way", "배송 중"),
        ("{order.price}", "42", "42"),
        ("{order.phone}", "8 2 1 0", "팔 이 일 공"),
        ("{order.code}", "0 0 7", "공 공 칠"),
        ("{order.card}", "1 2 3 4 5 6", "일 이 삼 사 오 육"),
        ("{order.zero}", "0", "0"),
        ("{caller.name}", "Ada", "Ada"),
        ("{customer.tier}", "gold", "금"),
        ("{company}", "Small", "작은 가게"),
        ("{site.name}", "Small", "작은 가게"),
        ("{emergency_number}", "1 5 5 5 0 1 0 0 0 9 9", "일 오 오 오 공 일 공 공 공 구 구"),
        ("{nobody.knows} , this .", ", this.", ", this."),
        ("at 10 a.m..", "at 10 a.m.", "at 10 a.m."),
        ("well...", "well...", "well..."),
        ("{order.name|은} {given|으로}", "Kim은 7로", "Kim은 7로"),
    ],
)
def test_a_template_as_it_is_spoken(template: str, english: str, korean: str) -> None:
    assert values.fill(SITE, a_call("en"), template, given="7") == english
    assert values.fill(SITE, a_call("ko"), template, given="7") == korean


def test_a_template_as_data_keeps_values_as_they_are() -> None:
    assert values.raw(SITE, a_call("ko"), "{order.number} {order.status}") == "10442 배송 중"


def test_a_menu_is_spoken_in_the_callers_language() -> None:
    node = SITE.flows["main"].nodes["menu"]
    assert isinstance(node, AskNode)
    inside, alone = (
        {"en": "Choose: {choices}.", "ko": "고르세요: {choices}."},
        {"en": "Well? {choices}.", "ko": "{choices}."},
    )
    assert values.choices(SITE, a_call("en"), node, inside) == "for your order, press 1; talk about weather"
    assert values.choices(SITE, a_call("en"), node, alone) == "For your order, press 1; talk about weather"
    assert values.choices(SITE, a_call("ko"), node, alone) == "주문은 1번, talk about weather"


@pytest.mark.parametrize(
    ("key", "language", "name"),
    [("#", "ko", "우물정자"), ("*", "ko", "별표"), ("#", "en", "pound"), ("*", "fr", "star"), ("5", "ko", "5")],
)
def test_keys_have_names(key: str, language: str, name: str) -> None:
    assert values.key_name(key, language) == name


def test_a_sentence_that_nobody_wrote_is_silence() -> None:
    assert values.prompt(SITE, a_call(), "no_such_prompt") == ()
    assert values.in_language({}, "en") == ""
    assert values.in_language({"en": "only"}, "ko") == "only"


OPEN, FULL, SHUT = QueueFacts(True, False, None), QueueFacts(True, True, None), QueueFacts(False, False, None)


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({}, True),
        ({"path": "person_first"}, True),
        ({"path": "self_service_first"}, False),
        ({"segment": "older"}, True),
        ({"generation": "boomer_or_older"}, True),
        ({"language": "ko"}, False),
        ({"wish": "person"}, False),
        ({"known": True}, True),
        ({"known": "no"}, False),
        ({"open_callback": False}, True),
        ({"open_callback": "yes"}, False),
        ({"closed": "night"}, True),
        ({"closed": "desk"}, False),
        ({"closed": "unheard_of"}, False),
        ({"full": "desk"}, True),
        ({"full": "night"}, False),
        ({"asked_person": 0}, True),
        ({"asked_person": 1}, False),
        ({"asked_person": True}, False),
        ({"asked_person": "no"}, True),
        ({"chances": 0}, True),
        ({"caller.chances": 0}, True),
        ({"caller.name": "ADA"}, True),
        ({"order.number": 10442}, True),
        ({"order.number": "yes"}, True),
        ({"order.none": "no"}, True),
        ({"order.none": ""}, True),
        ({"path": "person_first", "language": "ko"}, False),
    ],
)
def test_facts_of_a_branch(wanted: dict[str, str | bool | int], holds: bool) -> None:
    state = Story({"caller": {"known": {**KNOWN, "born": "1950"}}}).state
    known = Facts({"desk": FULL, "night": SHUT, "senior": OPEN})
    moment = Moment(SITE, known, state.started)
    assert facts.hold(moment, replace(state, slots=SLOTS), wanted) is holds


def test_a_request_for_a_person_counts() -> None:
    moment = Moment(SITE, Facts(), a_call().started)
    assert facts.hold(moment, a_call(asked_person=2), {"asked_person": 2})
    assert facts.hold(moment, a_call(asked_person=2), {"asked_person": True})
    assert not facts.hold(moment, a_call(asked_person=2), {"asked_person": 3})


@pytest.mark.parametrize(
    ("written", "year"), [("1952", 1952), ("1952-03-01", 1952), ("", None), ("March", None), ("19", 19)]
)
def test_a_year_of_birth_is_read_where_there_is_one(written: str, year: int | None) -> None:
    assert facts.born(Caller("", {"born": written})) == year


def test_a_note_says_why() -> None:
    first = Story({"caller": {"known": {"born": "1950"}}}).last[0]
    assert isinstance(first, Note)
    assert first.data["rule"] == "older"
    assert "1950" in first.text
