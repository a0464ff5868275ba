"""Opening hours as they are written, and the moments that they mean."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from config.hours import clock, days_of, is_open, open_at, open_on, spans_of
from config.load import load
from config.people import Hours
from config.site import Site

from .bad_sites import SMALL

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
OFFICE = Hours(
    days={"mon-fri": "09:00-12:00, 13:00-18:00", "sat": "22:00-24:00", "sun": "closed"}, holidays=["2026-12-25"]
)


@pytest.mark.parametrize(
    ("written", "days"),
    [("mon", (0,)), ("mon-fri", (0, 1, 2, 3, 4)), ("Sat - Sun", (5, 6)), ("fri-mon", (4, 5, 6, 0))],
)
def test_days(written: str, days: tuple[int, ...]) -> None:
    assert days_of(written) == days


@pytest.mark.parametrize("written", ["", "fryday", "mon-xyz", "월"])
def test_days_that_are_none(written: str) -> None:
    with pytest.raises(ValueError, match="is no day"):
        days_of(written)


def test_spans_are_in_order_and_closed_has_none() -> None:
    assert spans_of("13:00-18:00, 9:00-12:00") == ((time(9), time(12)), (time(13), time(18)))
    assert spans_of("closed") == spans_of("") == ()


@pytest.mark.parametrize("written", ["9-12", "09:00", "25:00-26:00", "10:61-11:00", "12:00-12:00", "18:00-09:00"])
def test_spans_that_are_none(written: str) -> None:
    with pytest.raises(ValueError, match=r"is no span|is no time|closes before"):
        spans_of(written)


def test_midnight_ends_a_day() -> None:
    assert clock("24:00") == time.max
    ((_, closes),) = open_on(OFFICE, date(2026, 3, 7), SEOUL)
    assert closes == datetime(2026, 3, 8, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        (datetime(2026, 3, 2, 9, 0, tzinfo=SEOUL), True),
        (datetime(2026, 3, 2, 8, 59, tzinfo=SEOUL), False),
        (datetime(2026, 3, 2, 12, 0, tzinfo=SEOUL), False),
        (datetime(2026, 3, 2, 18, 0, tzinfo=SEOUL), False),
        (datetime(2026, 3, 7, 23, 59, tzinfo=SEOUL), True),
        (datetime(2026, 3, 8, 10, 0, tzinfo=SEOUL), False),
        (datetime(2026, 12, 25, 10, 0, tzinfo=SEOUL), False),
        (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), True),
    ],
)
def test_open_at_a_moment(moment: datetime, opened: bool) -> None:
    assert open_at(OFFICE, moment, SEOUL) is opened


@pytest.mark.parametrize(("day", "utc"), [(date(2026, 3, 6), 14), (date(2026, 3, 9), 13)])
def test_summer_time_moves_the_moment_and_not_the_hour(day: date, utc: int) -> None:
    opens, _ = open_on(OFFICE, day, NEW_YORK)[0]
    assert (opens.hour, opens.astimezone(UTC).hour) == (9, utc)


def test_a_queue_without_hours_is_always_open_and_one_that_does_not_exist_never() -> None:
    site = load(SMALL)
    assert isinstance(site, Site)
    night, noon = datetime(2026, 3, 2, 3, tzinfo=SEOUL), datetime(2026, 3, 2, 12, tzinfo=SEOUL)
    assert not is_open(site, "desk", night)
    assert is_open(site, "desk", noon)
    assert not is_open(site, "nowhere", noon)
    always = site.queues["desk"].model_copy(update={"hours": None})
    assert is_open(replace(site, queues={"desk": always}), "desk", night)
