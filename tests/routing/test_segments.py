"""Segments: first fit, wishes before rules, and sentences that tell a supervisor what happened and what would have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.people import Segments
from routing.segments import Decision, Who, decide, fits, generation_of

SEGMENTS = Segments.model_validate(
    {
        "generations": {
            "boomer_or_older": {"born": "..1964"},
            "gen_x": {"born": "1965..1980"},
            "millennial": {"born": "1981..1996"},
            "gen_z": {"born": "1997.."},
        },
        "rules": [
            {
                "name": "older",
                "if": {"generation": "boomer_or_older"},
                "then": {"path": "person_first", "queue": "care", "pace": "slow"},
            },
            {
                "name": "out_of_chances",
                "if": {"chances": 0},
                "then": {"path": "person_first", "head_start": "5 min", "skill": "senior"},
            },
        ],
        "otherwise": {"path": "self_service_first"},
    }
)


def who(
    born: int | None = None,
    wish: str = "",
    known: dict[str, str] | None = None,
    open_callback: bool = False,
    language: str = "en",
) -> Who:
    return Who(born, wish, known or {}, open_callback, language)


@pytest.mark.parametrize(
    ("born", "name"),
    [
        (1900, "boomer_or_older"),
        (1964, "boomer_or_older"),
        (1965, "gen_x"),
        (1980, "gen_x"),
        (1981, "millennial"),
        (1997, "gen_z"),
        (None, None),
    ],
)
def test_generations_hold_both_ends_of_their_years(born: int | None, name: str | None) -> None:
    assert generation_of(SEGMENTS.generations, born) == name


def test_years_that_cannot_be_read_hold_nobody() -> None:
    segments = Segments.model_validate(
        {"generations": {"odd": {"born": "the sixties"}}, "otherwise": {"path": "person_first"}}
    )
    assert generation_of(segments.generations, 1965) is None


def test_the_first_rule_that_fits_wins_and_names_its_data_and_its_counterfactual() -> None:
    assert decide(SEGMENTS, who(1952, known={"chances": "0"})) == Decision(
        path="person_first",
        rule="older",
        because="Rule 'older' fits: generation is boomer_or_older (born ..1964; on file: 1952).",
        otherwise="Without it: rule 'out_of_chances' fits, so a person first, skill senior, a head start of 300 s.",
        queue="care",
        skill=None,
        head_start=0.0,
        pace="slow",
    )


def test_an_unknown_caller_is_the_normal_case() -> None:
    decision = decide(SEGMENTS, who())
    assert decision.path == "self_service_first"
    assert decision.rule == "otherwise"
    assert decision.because == "Nothing is known of this caller."
    assert decision.otherwise == "Every caller whom no rule fits goes this way."


def test_a_known_caller_whom_no_rule_fits() -> None:
    assert decide(SEGMENTS, who(1990)).because == "No rule fits this caller."


def test_a_wish_for_self_service_contradicts_the_segment_and_wins() -> None:
    decision = decide(SEGMENTS, who(1952, wish="self_service"))
    assert decision == Decision(
        path="self_service_first",
        rule="wish",
        because="The caller's own wish is to help themselves, and a wish comes before every rule.",
        otherwise="The rules alone: rule 'older' fits, so a person first, queue care, slow speech.",
        queue="care",
        pace="slow",
    )


def test_a_wish_for_a_person_needs_no_rule() -> None:
    decision = decide(SEGMENTS, who(wish="person"))
    assert (decision.path, decision.rule) == ("person_first", "wish")
    assert decision.because == "The caller's own wish is a person, and a wish comes before every rule."
    assert decision.otherwise == "The rules alone: no rule fits, so self-service first."


@pytest.mark.parametrize(
    ("facts", "caller", "holds"),
    [
        ({"open_callback": "yes"}, who(open_callback=True), True),
        ({"open_callback": True}, who(), False),
        ({"open_callback": "no"}, who(), True),
        ({"known": False}, who(), True),
        ({"known": "yes"}, who(known={"name": "Ana"}), True),
        ({"language": "ko"}, who(language="ko"), True),
        ({"wish": "person"}, who(wish="person"), True),
        ({"caller.card": "Gold"}, who(known={"card": "gold "}), True),
        ({"card": "gold"}, who(), False),
        ({"vip": True}, who(known={"vip": "true"}), True),
        ({"vip": False}, who(), True),
        ({"chances": 0}, who(known={"chances": "0"}), True),
        ({"chances": 0}, who(), False),
        ({"generation": "gen_x"}, who(1952), False),
        ({"language": "ko", "known": "yes"}, who(language="ko"), False),
        ({}, who(), True),
    ],
)
def test_facts(facts: dict[str, str | bool | int], caller: Who, holds: bool) -> None:
    segments = rules_with(facts)
    assert fits(segments, segments.rules[0], caller) is holds


@pytest.mark.parametrize(
    ("facts", "caller", "because"),
    [
        ({}, who(), "Rule 'one' fits: it asks for nothing."),
        ({"vip": False}, who(), "Rule 'one' fits: vip is not known."),
        ({"vip": False}, who(known={"vip": ""}), "Rule 'one' fits: vip is not set."),
        ({"language": "en", "known": "no"}, who(), "Rule 'one' fits: language is en and known is no."),
    ],
)
def test_reasons_name_the_data_they_rest_on(facts: dict[str, str | bool | int], caller: Who, because: str) -> None:
    assert decide(rules_with(facts), caller).because == because


def rules_with(facts: dict[str, str | bool | int]) -> Segments:
    return Segments.model_validate(
        {
            "generations": {"gen_x": {"born": "1965..1980"}},
            "rules": [{"name": "one", "if": facts, "then": {"path": "person_first"}}],
            "otherwise": {"path": "self_service_first"},
        }
    )


callers = st.builds(
    Who,
    st.none() | st.integers(1900, 2020),
    st.sampled_from(["person", "self_service"]),
    st.dictionaries(st.sampled_from(["chances", "name"]), st.sampled_from(["0", "1"])),
    st.booleans(),
    st.sampled_from(["en", "ko"]),
)


@given(callers)
def test_no_rule_is_stronger_than_a_wish(caller: Who) -> None:
    wanted = {"person": "person_first", "self_service": "self_service_first"}[caller.wish]
    assert decide(SEGMENTS, caller).path == wanted
