"""When we may call: opening hours of the site, quiet hours of the person, and windows inside both.

Laws: a window lies wholly inside one opening span of the queue, on the site's clock, and wholly outside quiet hours on
the clock of the person we ring; it starts at a whole multiple of its length on the site's clock. Where clocks are put
forward, no window starts in the hour that is left out; where they are put back, the hour that comes twice has its
windows twice.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.hours import clock, open_at, open_on
from config.people import Hours
from config.promises import CallbackRules

DAY = timedelta(days=1)
RETRY_DAYS = 30
"""How far ahead the next open moment is looked for: longer than any holiday."""


def windows(
    now: datetime, rules: CallbackRules, hours: Hours | None, zone: ZoneInfo, callee_zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Windows as [start, end) in UTC, earliest first, from `first_after` seconds ahead to `days_ahead` days ahead.

    `hours` None means always open.
    """
    first = now + timedelta(seconds=rules.first_after)
    today = now.astimezone(zone).date()
    for day in range(rules.days_ahead + 1):
        for start in starts(today + day * DAY, rules.window, zone):
            end = start + timedelta(seconds=rules.window)
            if start >= first and is_open(start, end, hours, zone) and is_awake(start, end, rules, callee_zone):
                yield start, end


def starts(day: date, length: float, zone: ZoneInfo) -> list[datetime]:
    """The moments of a day, in UTC, at which its clock shows a whole multiple of `length` seconds after midnight."""
    shown = (datetime.combine(day, time()) + timedelta(seconds=k * length) for k in range(int(86400 // length)))
    return sorted({moment for wall in shown for moment in moments(wall, zone)})


def moments(wall: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When a clock in `zone` shows `wall`: once, never (put forward), or twice (put back)."""
    for fold in (0, 1):
        moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            yield moment


def is_open(start: datetime, end: datetime, hours: Hours | None, zone: ZoneInfo) -> bool:
    """Whether [start, end) lies inside one opening span of its day."""
    if hours is None:
        return True
    today = open_on(hours, start.astimezone(zone).date(), zone)
    return any(opens.astimezone(UTC) <= start and end <= closes.astimezone(UTC) for opens, closes in today)


def is_awake(start: datetime, end: datetime, rules: CallbackRules, callee_zone: ZoneInfo) -> bool:
    """Whether [start, end) lies between the quiet hours of one day on the callee's clock."""
    here, until = start.astimezone(callee_zone), end.astimezone(callee_zone)
    earliest, latest = clock(rules.quiet_before), clock(rules.quiet_after)
    return earliest <= here.time() and here.date() == until.date() and until.time() <= latest


def ring_from(moment: datetime, rules: CallbackRules, callee_zone: ZoneInfo) -> datetime:
    """The first moment, from `moment` on, outside the quiet hours of the callee."""
    if is_awake(moment, moment, rules, callee_zone):
        return moment
    here = moment.astimezone(callee_zone)
    earliest = clock(rules.quiet_before)
    day = here.date() if here.time() < earliest else here.date() + DAY
    return datetime.combine(day, earliest, callee_zone).astimezone(UTC)


def retry_at(
    moment: datetime, rules: CallbackRules, hours: Hours | None, zone: ZoneInfo, callee_zone: ZoneInfo
) -> datetime:
    """The first moment, from `moment` on, at which the queue is open and the person may be rung.

    `moment` itself, or the start of a window. Where a month ahead has none, quiet hours alone decide: the line still
    refuses when it is closed.
    """
    if (hours is None or open_at(hours, moment, zone)) and is_awake(moment, moment, rules, callee_zone):
        return moment
    soon = rules.model_copy(update={"first_after": 0.0, "days_ahead": RETRY_DAYS})
    found = next(windows(moment, soon, hours, zone, callee_zone), None)
    return ring_from(moment, rules, callee_zone) if found is None else found[0]
