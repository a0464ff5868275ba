"""Keys as answers: single ones at once, numbers by '#', length or a pause."""

import pytest

from ivr.flow.model import Listen
from ivr.media.keys import BETWEEN_KEYS, MOST_KEYS, Keys


def pressed(listen: Listen, keys: str) -> list[str | None]:
    made = Keys(listen)
    return [made.press(key, float(place)) for place, key in enumerate(keys)]


@pytest.mark.parametrize("key", ["1", "9", "#", "*"])
def test_where_single_keys_are_asked_for_each_is_an_answer(key: str) -> None:
    assert pressed(Listen(1, "en", keys=("1", "2")), key) == [key]


@pytest.mark.parametrize(
    ("keys", "answers"),
    [
        ("12#", [None, None, "12"]),
        ("#1#", [None, None, "1"]),
        ("1234", [None, None, None, "1234"]),
        ("0#", [None, "0"]),
    ],
)
def test_a_number_ends_at_its_key_or_its_length(keys: str, answers: list[str | None]) -> None:
    assert pressed(Listen(1, "en", keys=("0",), digits=(2, 4)), keys) == answers


def test_a_number_ends_when_no_further_key_comes() -> None:
    keys = Keys(Listen(1, "en", digits=(2, 4), patience=5.0))
    assert keys.rest() == ""
    keys.press("1", 10.0)
    keys.press("2", 11.0)
    until: float | None = keys.until
    assert (until, keys.rest()) == (11.0 + BETWEEN_KEYS, "12")


def test_who_gets_more_time_gets_it_between_keys_too() -> None:
    keys = Keys(Listen(1, "en", digits=(2, 4), patience=12.0))
    keys.press("1", 10.0)
    assert keys.until == 16.0


def test_a_key_that_sticks_ends_too() -> None:
    assert pressed(Listen(1, "en", keys=("12",)), "1" * MOST_KEYS)[-1] == "1" * MOST_KEYS
