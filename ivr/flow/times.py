"""Windows and waits in words, in the site's zone.

Laws: a time of day is never spoken without its half of the day; a wait is spoken in whole minutes, rounded outwards,
so that nobody waits longer or is called outside what was said. Spans are seconds, moments aware datetimes.
"""

import re
from datetime import date, datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from . import korean

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOON = 12
WORDS = re.compile(r"[a-z]+|\d+")
HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
VOCABULARY: dict[str, tuple[str, int]] = {
    **{name: ("ahead", 0) for name in ("today", "오늘")},
    **{name: ("ahead", 1) for name in ("tomorrow", "내일")},
    **{name: ("ahead", 2) for name in ("모레",)},
    **{name.lower(): ("weekday", day) for day, name in enumerate(WEEKDAYS)},
    **{name: ("weekday", day) for day, name in enumerate(korean.WEEKDAYS)},
    **{name: ("half", 0) for name in ("morning", "오전", "아침")},
    **{name: ("half", 1) for name in ("afternoon", "evening", "오후", "저녁")},
    **{name: ("hour", hour) for hour, name in enumerate(HOURS, 1) if name != "one"},  # "that one" is no time
    **{str(hour): ("hour", hour) for hour in range(1, 13)},
    **{f"{name}시": ("hour", hour) for hour, name in enumerate(korean.HOURS)},
}
"""What people say about when, and what it means: days ahead, a weekday, a half of the day, an hour of the clock."""
RELATIVE = {"en": ("today", "tomorrow"), "ko": ("오늘", "내일")}


def window(span: tuple[datetime, datetime], seen_from: datetime, zone: str, language: str) -> str:
    """A callback window as it is spoken: "tomorrow between 9 a.m. and 9:30 a.m."; Korean for "ko", English for all
    else.
    """
    here = ZoneInfo(zone)
    start, end, seen = (moment.astimezone(here) for moment in (*span, seen_from))
    day = _day(start.date(), seen.date(), language)
    if language == "ko":
        return f"{day} {korean.clock(start.hour, start.minute)}에서 {korean.clock(end.hour, end.minute)} 사이"
    return f"{day} between {clock(start.hour, start.minute)} and {clock(end.hour, end.minute)}"


def opening(moment: datetime, seen_from: datetime, zone: str, language: str) -> str:
    """When we open again, as it is spoken: "tomorrow at 9 a.m."; Korean for "ko", English for all else."""
    here = ZoneInfo(zone)
    opens, seen = moment.astimezone(here), seen_from.astimezone(here)
    day = _day(opens.date(), seen.date(), language)
    if language == "ko":
        return f"{day} {korean.clock(opens.hour, opens.minute)}"
    return f"{day} at {clock(opens.hour, opens.minute)}"


def fits(said: str, span: tuple[datetime, datetime], seen_from: datetime, zone: str) -> bool:
    """Whether something was said about when, and all of it is true of the window's beginning. English and Korean."""
    here = ZoneInfo(zone)
    start, seen = span[0].astimezone(here), seen_from.astimezone(here)
    spoken = {word for word in WORDS.findall(said.lower()) if word in VOCABULARY}
    korean_names = {name for name in VOCABULARY if not name.isascii() and name in said.replace(" ", "")}
    spoken |= {name for name in korean_names if not any(name in other for other in korean_names - {name})}
    return bool(spoken) and all(_is_true(VOCABULARY[name], start, seen) for name in spoken)


def _is_true(meaning: tuple[str, int], start: datetime, seen: datetime) -> bool:
    kind, value = meaning
    match kind:
        case "ahead":
            return start.date() == seen.date() + timedelta(days=value)
        case "weekday":
            return start.weekday() == value
        case "hour":
            return start.hour % 12 == value % 12
        case _:
            return (start.hour >= NOON) == bool(value)


def clock(hour: int, minute: int) -> str:
    """(15, 30) -> "3:30 p.m."; the two twelves are noon and midnight, because nobody agrees on 12 p.m."""
    if minute == 0 and hour % NOON == 0:
        return "noon" if hour else "midnight"
    minutes = f":{minute:02d}" if minute else ""
    return f"{hour % 12 or 12}{minutes} {'a.m.' if hour < NOON else 'p.m.'}"


def minutes(least: float | None, most: float) -> tuple[int, int]:
    """A wait in whole minutes, rounded outwards and at least one apart: (95 s, 290 s) -> (1, 5)."""
    upper = max(ceil(most / 60), 2)
    lower = max(floor((least or 0.0) / 60), 1)
    return min(lower, upper - 1), upper


def _day(day: date, today: date, language: str) -> str:
    for ahead, word in enumerate(RELATIVE["ko" if language == "ko" else "en"]):
        if day == today + timedelta(days=ahead):
            return word
    if language == "ko":
        return korean.date(day.month, day.day, day.weekday())
    return f"on {WEEKDAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day},"
