"""Windows by the clock: opening hours, quiet hours, and the days on which clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from callbacks.window import is_awake, retry_at, ring_from, starts, windows
from config.people import Hours
from config.promises import CallbackRules

NEW_YORK, SEOUL, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/London")
OFFICE = Hours(days={"mon-fri": "09:00-18:00"})
ALWAYS = Hours(days={"mon-sun": "00:00-24:00"})
AWAKE = CallbackRules(caller_id="+15550100000", quiet_before="00:00", quiet_after="24:00")
RULES = CallbackRules(caller_id="+15550100000")


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def first(
    now: datetime, hours: Hours | None, zone: ZoneInfo, *, callee: ZoneInfo | None = None, many: int = 2
) -> list[str]:
    found = islice(windows(now, RULES, hours, zone, callee or zone), many)
    return [f"{start.astimezone(zone):%m-%d %H:%M}-{end.astimezone(zone):%H:%M}" for start, end in found]


@pytest.mark.parametrize(
    ("now", "hours", "expected"),
    [
        ("2026-03-02 10:00", OFFICE, ["03-02 10:30-11:00", "03-02 11:00-11:30"]),
        ("2026-03-02 10:20", OFFICE, ["03-02 10:30-11:00", "03-02 11:00-11:30"]),
        ("2026-03-02 10:20:01", OFFICE, ["03-02 11:00-11:30", "03-02 11:30-12:00"]),
        ("2026-03-02 17:20", OFFICE, ["03-02 17:30-18:00", "03-03 09:00-09:30"]),
        ("2026-03-02 17:40", OFFICE, ["03-03 09:00-09:30", "03-03 09:30-10:00"]),
        ("2026-03-06 18:30", OFFICE, ["03-09 09:00-09:30", "03-09 09:30-10:00"]),
        (
            "2026-03-02 11:45",
            Hours(days={"mon": "09:00-12:00, 13:00-18:00"}),
            ["03-02 13:00-13:30", "03-02 13:30-14:00"],
        ),
        (
            "2026-03-02 11:00",
            Hours(days={"mon-fri": "09:00-11:45, 12:15-18:00"}),
            ["03-02 12:30-13:00", "03-02 13:00-13:30"],
        ),
        (
            "2026-03-02 17:40",
            Hours(days={"mon-fri": "09:00-18:00"}, holidays=["2026-03-03"]),
            ["03-04 09:00-09:30", "03-04 09:30-10:00"],
        ),
        ("2028-02-28 20:00", OFFICE, ["02-29 09:00-09:30", "02-29 09:30-10:00"]),
        ("2026-03-02 20:15", None, ["03-02 20:30-21:00", "03-03 08:00-08:30"]),
        ("2026-03-02 10:00", Hours(days={}), []),
    ],
)
def test_the_first_windows(now: str, hours: Hours | None, expected: list[str]) -> None:
    assert first(at(now), hours, NEW_YORK) == expected


def test_windows_are_inside_the_quiet_hours_of_the_person_we_ring() -> None:
    """A site in Seoul rings somebody in New York: nine in the morning there is eleven at night here."""
    found = list(windows(at("2026-03-02 12:00", SEOUL), RULES, ALWAYS, SEOUL, NEW_YORK))
    hours = {start.astimezone(NEW_YORK).hour for start, _ in found}
    assert (min(hours), max(hours)) == (8, 20)


def test_three_zones_three_first_windows() -> None:
    now = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    assert first(now, OFFICE, SEOUL, many=1) == ["03-02 12:30-13:00"]
    assert first(now, OFFICE, LONDON, many=1) == ["03-02 09:00-09:30"]
    assert first(now, OFFICE, NEW_YORK, many=1) == ["03-02 09:00-09:30"]


def test_no_window_starts_in_the_hour_that_spring_leaves_out() -> None:
    shown = [moment.astimezone(NEW_YORK) for moment in starts(at("2026-03-08 00:00").date(), 1800, NEW_YORK)]
    assert len(shown) == 46
    assert not [moment for moment in shown if moment.hour == 2]


def test_the_hour_that_autumn_repeats_has_its_windows_twice() -> None:
    moments = starts(at("2026-11-01 00:00").date(), 1800, NEW_YORK)
    assert len(moments) == 50
    assert moments == sorted(set(moments))
    assert sum(1 for moment in moments if moment.astimezone(NEW_YORK).hour == 1) == 4
    assert {after - before for before, after in pairwise(moments)} == {timedelta(minutes=30)}


@pytest.mark.parametrize(("before", "after"), [("2026-03-07 12:00", "2026-03-09"), ("2026-10-31 12:00", "2026-11-02")])
def test_opening_hours_stay_on_the_wall_when_clocks_change(before: str, after: str) -> None:
    hours = Hours(days={"mon": "09:00-10:00"})
    assert first(at(before), hours, NEW_YORK) == [f"{after[5:]} 09:00-09:30", f"{after[5:]} 09:30-10:00"]


def test_a_round_the_clock_queue_has_no_hole_on_the_days_on_which_clocks_change() -> None:
    for day, count in (("2026-03-08", 46), ("2026-11-01", 50)):
        begin = at(f"{day} 00:00").astimezone(UTC) - timedelta(hours=1)
        found = [start for start, _ in windows(begin, AWAKE, ALWAYS, NEW_YORK, NEW_YORK)]
        inside = [start for start in found if start.astimezone(NEW_YORK).date().isoformat() == day]
        assert len(inside) == count - 1  # the window before midnight ends on the next day for the quiet-hours rule


def test_windows_end_after_the_days_ahead() -> None:
    found = list(windows(at("2026-03-02 10:00"), RULES, ALWAYS, NEW_YORK, NEW_YORK))
    assert found[-1][1] == at("2026-03-07 21:00")
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02 07:59", "2026-03-02 08:00"),
        ("2026-03-02 08:00", "2026-03-02 08:00"),
        ("2026-03-02 21:00", "2026-03-02 21:00"),
        ("2026-03-02 21:01", "2026-03-03 08:00"),
        ("2026-03-07 23:00", "2026-03-08 08:00"),
    ],
)
def test_quiet_hours_put_ringing_off_to_the_morning(moment: str, expected: str) -> None:
    assert ring_from(at(moment), RULES, NEW_YORK) == at(expected)


def test_all_day_means_all_day() -> None:
    late = at("2026-03-02 23:59:59")
    assert is_awake(late, late, AWAKE, NEW_YORK)


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-03-02 10:07", OFFICE, "2026-03-02 10:07"),
        ("2026-03-02 18:00", OFFICE, "2026-03-03 09:00"),
        ("2026-03-02 21:30", None, "2026-03-03 08:00"),
        ("2026-03-02 22:00", Hours(days={}), "2026-03-03 08:00"),
    ],
)
def test_a_retry_waits_until_the_queue_is_open(moment: str, hours: Hours | None, expected: str) -> None:
    assert retry_at(at(moment), RULES, hours, NEW_YORK, NEW_YORK) == at(expected)
