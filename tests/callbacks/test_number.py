"""Which numbers may be promised a call, and on whose clock they live."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.number import refusal, zone_of
from config.promises import CallbackRules

RULES = CallbackRules(caller_id="+15550100000")
SEOUL, CHICAGO = ZoneInfo("Asia/Seoul"), ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    "number",
    ["+15550101952", "+12125550123", "+821012345678", "+82212345678", "+18005551234"],
)
def test_ordinary_numbers_may_be_called(number: str) -> None:
    assert refusal(number, RULES) is None


@pytest.mark.parametrize(
    ("number", "because"),
    [
        ("", "international form"),
        ("anonymous", "international form"),
        ("2125550123", "international form"),
        ("+1 212 555 0123", "international form"),
        ("+12125550123;ext=3", "international form"),
        ("+911", "international form"),
        ("+821577", "too short"),
        ("+1212555", "too short"),
        ("+1212555012345678", "too long"),
        ("+442079460000", "Its country"),
        ("+14165550123", "Its country"),
        ("+18765550123", "Its country"),
        ("+19005551234", "costs extra"),
        ("+8215771234", "costs extra"),
        ("+82602345678", "costs extra"),
    ],
)
def test_numbers_that_cost_or_reach_nobody_are_refused(number: str, because: str) -> None:
    assert because in (refusal(number, RULES) or "")


def test_a_country_is_allowed_by_the_site() -> None:
    assert refusal("+442079460000", RULES.model_copy(update={"countries": ["GB"]})) is None


@given(st.text(max_size=40))
def test_anything_else_is_refused_with_a_sentence(number: str) -> None:
    assert (refusal(number, RULES) or "It").startswith("It")


@pytest.mark.parametrize(
    ("number", "home", "zone"),
    [
        ("+12125550123", SEOUL, "America/New_York"),
        ("+821012345678", CHICAGO, "Asia/Seoul"),
        ("+18005551234", CHICAGO, "America/Chicago"),
        ("+15550101952", SEOUL, "Asia/Seoul"),
        ("", SEOUL, "Asia/Seoul"),
    ],
)
def test_a_number_lives_on_a_clock(number: str, home: ZoneInfo, zone: str) -> None:
    assert zone_of(number, home).key == zone
