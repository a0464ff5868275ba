"""How many promises a window can hold.

Law: held and booked promises of one queue that start in one window never exceed `per_window` when a hold is made; the
caller of these functions holds the queue's calendar lock, so that nobody counts at the same time.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice

Window = tuple[datetime, datetime]


def earliest_free(
    windows: Iterable[Window], taken: Callable[[datetime], int], per_window: int, want: int
) -> tuple[Window, ...]:
    """The first `want` windows with a place left. `taken` counts what is held and booked at a start."""
    return tuple(islice((window for window in windows if taken(window[0]) < per_window), want))
