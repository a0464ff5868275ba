"""Numbers as people read them out, in two languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.understand.digits import digits
from speech.understand.text import plain

ORDER = (5, 8)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("one oh four four two", "10442"),
        ("It's one oh four, four two, thanks.", "10442"),
        ("one zero four four two", "10442"),
        ("eight oh one five five nine", "801559"),
        ("double seven three nine eight", "77398"),
        ("seven double oh one five", "70015"),
        ("triple oh seven one", "00071"),
        ("ten four forty two", "10442"),
        ("ten thousand four hundred and forty two", "10442"),
        ("twenty thousand eight hundred seventy one", "20871"),
        ("two oh eight seventy one", "20871"),
        ("one-zero-4-4-two", "10442"),
        ("104 42", "10442"),
        ("10,442", "10442"),
        ("one oh four, uh, four two", "10442"),
        ("one oh for for to", "10442"),
        ("one four for to one", "14421"),
        ("one oh four no sorry one oh four four two", "10442"),
        ("my number is one oh four four two and I live at number seven", "10442"),
        ("nine hundred thousand and five", "900005"),
        ("forty fifty sixty", "405060"),
        ("three hundred and five thousand", "305000"),
        ("one oh four then comes four two", "10442"),
        ("double", ""),
        ("I want to talk to someone", ""),
        ("", ""),
    ],
)
def test_english_order_numbers(said: str, written: str) -> None:
    assert digits(plain(said), "en", ORDER) == written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("일공사사이", "10442"),
        ("일 공 사 사 이", "10442"),
        ("일공사사이요", "10442"),
        ("일공사사이번이요", "10442"),
        ("일공사사이입니다", "10442"),
        ("만 사백 사십이", "10442"),
        ("만사백사십이번", "10442"),
        ("일만 사백 사십 이", "10442"),
        ("이만 팔백칠십일", "20871"),
        ("일공사 사십이", "10442"),
        ("주문번호는 이공팔칠일이에요", "20871"),
        ("이공팔칠팔이요", "20878"),
        ("팔 공 일 오 오 구", "801559"),
        ("하나 공 넷 넷 둘", "10442"),
        ("영영칠일이", "00712"),
        ("10442번이요", "10442"),
        ("1044 이요", "10442"),
        ("십이만 삼천", "123000"),
        ("십만 이", "100002"),
        ("음 일공 어 사사이", "10442"),
        ("일공사 아니 일공사사이", "10442"),
        ("삼백이십일만 오천", "3215000"),
        ("이 주문 언제 와요", "2"),
        ("모르겠어요", ""),
    ],
)
def test_korean_order_numbers(said: str, written: str) -> None:
    assert digits(plain(said), "ko", ORDER) == written


@pytest.mark.parametrize(
    ("said", "language", "written"),
    [
        ("where is order one oh four four two", "en", "10442"),
        ("two of them came", "en", ""),
        ("공일공에 일이삼사 오육칠팔", "ko", "01012345678"),
        ("이사칠 주문이요", "ko", "247"),
        ("이 주문이요", "ko", ""),
        ("오늘 사과가 왔어요", "ko", ""),
    ],
)
def test_numbers_nobody_asked_for_are_noticed_from_three_digits_on(said: str, language: str, written: str) -> None:
    assert digits(plain(said), language, None) == written


def test_phone_numbers_keep_their_zeros() -> None:
    assert digits("공일공 일이삼사 오육칠팔", "ko", (10, 11)) == "01012345678"
    assert digits("oh two oh seven nine four six", "en", (7, 7)) == "0207946"


ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
KOREAN = "공일이삼사오육칠팔구"


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_digits_read_one_by_one_are_written_one_by_one(number: list[int]) -> None:
    written, count = "".join(map(str, number)), len(number)
    assert digits(" ".join(ENGLISH[digit] for digit in number), "en", (count, count)) == written
    assert digits(" ".join(KOREAN[digit] for digit in number), "ko", (count, count)) == written
    assert digits("".join(KOREAN[digit] for digit in number), "ko", (count, count)) == written


@given(st.integers(1, 99_999_999))
def test_korean_numbers_with_places_are_read_as_they_are_counted(number: int) -> None:
    assert digits(counted(number), "ko", (1, 8)) == str(number)


def counted(number: int) -> str:
    """'10442' -> '만사백사십이': ones are not said before 십, 백 and 천."""
    if number >= 10_000:
        return f"{counted(number // 10_000) if number >= 20_000 else ''}만{counted(number % 10_000)}"
    said = ""
    for place, name in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        digit = number // place % 10
        if digit:
            said += ("" if digit == 1 and place > 1 else KOREAN[digit]) + name
    return said
