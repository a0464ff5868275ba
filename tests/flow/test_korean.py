"""Korean as it is heard: particles, numbers, clock times."""

import pytest

from ivr.flow import korean


@pytest.mark.parametrize(
    ("word", "particle", "spoken"),
    [
        ("책", "을", "책을"),
        ("상품", "를", "상품을"),
        ("카드", "을", "카드를"),
        ("배송 중", "이라", "배송 중이라"),
        ("준비", "이라", "준비라"),
        ("서울", "으로", "서울로"),
        ("부산", "로", "부산으로"),
        ("7", "으로", "7로"),
        ("3", "로", "3으로"),
        ("10442", "은", "10442는"),
        ("10", "이", "10이"),
        ("1", "와", "1과"),
        ("SMS", "은", "SMS는"),
        ("URL", "이", "URL이"),
        ("PIN", "를", "PIN을"),
        ("hotel", "으로", "hotel로"),
        ("Visa", "을", "Visa를"),
        ("‘영수증’", "가", "‘영수증’이"),
        ("네.", "는", "네.는"),
        ("", "은", "는"),
        ("주문", "까지", "주문까지"),
    ],
)
def test_a_particle_fits_the_ending_that_is_heard(word: str, particle: str, spoken: str) -> None:
    assert korean.with_particle(word, particle) == spoken


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (0, "영"),
        (1, "일"),
        (10, "십"),
        (11, "십일"),
        (30, "삼십"),
        (110, "백십"),
        (2026, "이천이십육"),
        (9999, "구천구백구십구"),
    ],
)
def test_numbers_are_read_as_sino_korean(number: int, read: str) -> None:
    assert korean.sino(number) == read


@pytest.mark.parametrize(
    ("digits", "read"), [("10442", "일 공 사 사 이"), ("010-7", "공 일 공 칠"), ("", ""), ("٣2", "이")]
)
def test_digits_are_spoken_one_by_one(digits: str, read: str) -> None:
    assert korean.spelled(digits) == read


@pytest.mark.parametrize(
    ("hour", "minute", "read"),
    [
        (0, 0, "오전 열두 시"),
        (9, 0, "오전 아홉 시"),
        (12, 0, "오후 열두 시"),
        (15, 30, "오후 세 시 삼십 분"),
        (23, 5, "오후 열한 시 오 분"),
    ],
)
def test_hours_are_native_and_minutes_are_not(hour: int, minute: int, read: str) -> None:
    assert korean.clock(hour, minute) == read


def test_june_and_october_have_names_of_their_own() -> None:
    assert korean.date(6, 3, 2) == "유월 삼일 수요일"
    assert korean.date(10, 10, 5) == "시월 십일 토요일"
