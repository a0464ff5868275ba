"""Opening hours: 'mon-fri' -> '09:00-12:00, 13:00-18:00', holidays by date, in the site's own zone.

Law: hours are wall-clock hours of the zone, so that a change to summer time moves the moment, never the hour.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .once import once
from .people import Hours
from .site import Site

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FORTNIGHT = 15
SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")


@lru_cache
def days_of(written: str) -> tuple[int, ...]:
    """'mon-fri' -> (0, 1, 2, 3, 4); 'sat' -> (5,). Raises ValueError with a sentence for a name that is no day."""
    first, _, last = (part.strip().lower() for part in written.partition("-"))
    for name in (first, last or first):
        if name not in DAYS:
            raise ValueError(f"{name!r} is no day; days are {', '.join(DAYS)}")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple(range(start, end + 1)) if start <= end else (*range(start, 7), *range(end + 1))


@lru_cache
def spans_of(written: str) -> tuple[tuple[time, time], ...]:
    """'09:00-12:00, 13:00-18:00' -> pairs of times, in order. '24:00' is midnight at the end of the day (time.max).
    Raises ValueError with a sentence for anything else."""
    if written.strip().lower() in ("", "closed"):
        return ()
    spans = []
    for part in written.split(","):
        match = SPAN.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{part.strip()!r} is no span of hours; write it like '09:00-18:00'")
        opens, closes = (clock(value) for value in match.groups())
        if closes <= opens:
            raise ValueError(f"{part.strip()!r} closes before it opens")
        spans.append((opens, closes))
    return tuple(sorted(spans))


def clock(written: str) -> time:
    """'9:00' -> 09:00. Raises ValueError for hours and minutes that no clock shows."""
    hour, _, minute = written.partition(":")
    if (int(hour), int(minute)) == (24, 0):
        return time.max
    if int(hour) > 23 or int(minute) > 59:  # noqa: PLR2004 - a clock's own numbers
        raise ValueError(f"{written!r} is no time of day")
    return time(int(hour), int(minute))


@once
def open_on(hours: Hours, day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
    """The moments between which `day` is open, half-open, in order."""
    return tuple(_spans(hours, day, zone))


def _spans(hours: Hours, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    if day.isoformat() in hours.holidays:
        return
    for names, written in hours.days.items():
        if day.weekday() in days_of(names):
            for opens, closes in spans_of(written):
                end = (
                    datetime.combine(day + timedelta(days=1), time(), zone)
                    if closes == time.max
                    else datetime.combine(day, closes, zone)
                )
                yield datetime.combine(day, opens, zone), end


def open_at(hours: Hours, now: datetime, zone: ZoneInfo) -> bool:
    here = now.astimezone(zone)
    return any(opens <= now < closes for opens, closes in open_on(hours, here.date(), zone))


def next_opening(site: Site, queue: str, now: datetime) -> datetime | None:
    """When a queue that is closed now opens next; None when nobody can say, or not within a fortnight."""
    rules = site.queues.get(queue)
    hours = site.hours.get(rules.hours) if rules and rules.hours else None
    if hours is None:
        return None
    zone = ZoneInfo(site.facts.zone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(FORTNIGHT))
    return next((opens for day in days for opens, _ in sorted(open_on(hours, day, zone)) if opens > now), None)


def is_open(site: Site, queue: str, now: datetime) -> bool:
    """Whether a queue is open; one without hours always is, one that does not exist never."""
    rules = site.queues.get(queue)
    if rules is None:
        return False
    hours = site.hours.get(rules.hours) if rules.hours else None
    return hours is None or open_at(hours, now, ZoneInfo(site.facts.zone))
