"""Windows and waits in words, and words about windows."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.flow import times

SEEN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, ten in the morning in Seoul
HALF_HOUR = timedelta(minutes=30)


def at(day: int, hour: int, minute: int = 0) -> tuple[datetime, datetime]:
    """A window of half an hour in Seoul, in March 2026."""
    start = datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)
    return start, start + HALF_HOUR


@pytest.mark.parametrize(
    ("span", "language", "spoken"),
    [
        (at(2, 11, 30), "en", "today between 11:30 a.m. and noon"),
        (at(3, 9), "en", "tomorrow between 9 a.m. and 9:30 a.m."),
        (at(5, 15), "en", "on Thursday, March 5, between 3 p.m. and 3:30 p.m."),
        (at(3, 23, 30), "en", "tomorrow between 11:30 p.m. and midnight"),
        (at(2, 15), "ko", "오늘 오후 세 시에서 오후 세 시 삼십 분 사이"),
        (at(3, 9), "ko", "내일 오전 아홉 시에서 오전 아홉 시 삼십 분 사이"),
        (at(5, 12), "ko", "삼월 오일 목요일 오후 열두 시에서 오후 열두 시 삼십 분 사이"),
        (at(3, 9), "fr", "tomorrow between 9 a.m. and 9:30 a.m."),
    ],
)
def test_a_window_is_spoken_in_the_sites_zone(span: tuple[datetime, datetime], language: str, spoken: str) -> None:
    assert times.window(span, SEEN, "Asia/Seoul", language) == spoken


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [
        (95, 290, (1, 5)),
        (None, 290, (1, 5)),
        (None, 61, (1, 2)),
        (0, 5, (1, 2)),
        (600, 610, (10, 11)),
        (900, 600, (9, 10)),
    ],
)
def test_a_wait_is_rounded_outwards(least: float | None, most: float, said: tuple[int, int]) -> None:
    assert times.minutes(least, most) == said


@pytest.mark.parametrize(
    ("said", "span", "fits"),
    [
        ("yes please tomorrow morning", at(3, 9), True),
        ("tomorrow afternoon", at(3, 9), False),
        ("today", at(3, 9), False),
        ("thursday at three", at(5, 15), True),
        ("friday", at(5, 15), False),
        ("at 11", at(2, 11), True),
        ("at 10", at(2, 11), False),
        ("내일 오전이요", at(3, 9), True),
        ("오후 세 시로 할게요", at(2, 15), True),
        ("열한 시에 해 주세요", at(2, 11), True),
        ("열한 시", at(2, 13), False),
        ("모레 아침", at(4, 8), True),
        ("목요일 저녁", at(5, 18), True),
        ("that one", at(2, 13), False),
        ("whenever you like", at(3, 9), False),
        ("", at(3, 9), False),
    ],
)
def test_what_was_said_about_when_must_all_be_true(said: str, span: tuple[datetime, datetime], fits: bool) -> None:
    assert times.fits(said, span, SEEN, "Asia/Seoul") is fits
