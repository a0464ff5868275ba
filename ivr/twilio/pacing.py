"""How many calls we may place: a token bucket. Time is an argument.

Law: agents' legs go first. They may take a token ahead of time, which the people we call back then wait for: behind
an agent's leg somebody is waiting on the line, a promise has a window of minutes. Source of the rate: the carrier
starts one call a second for an account by default and queues the rest, where we could not take it back in time.
"""

from datetime import datetime
from threading import Lock

from ivr.errors import NOT_PROCESSED, CarrierError

AHEAD = 2.0
"""Tokens that agents' legs may borrow."""


class TooSoon(CarrierError):
    """Our own pace, not the carrier's answer: nothing was sent, asking again later is safe."""

    def __init__(self) -> None:
        super().__init__("placing a call", status=NOT_PROCESSED)
        self.args = ("placing a call: it is not its turn yet (calls per second)",)


class Pace:
    """Shared by the threads of one process."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second)
        self._tokens = self._most
        self._at: datetime | None = None
        self._lock = Lock()

    def take(self, now: datetime, *, ahead: bool = False) -> None:
        """Count one call. Raises TooSoon when it would be one too many; `ahead` may borrow."""
        with self._lock:
            if self._at is not None and now > self._at:
                gained = (now - self._at).total_seconds() * self._per_second
                self._tokens = min(self._most, self._tokens + gained)
            self._at = max(now, self._at or now)
            if self._tokens < (1.0 - AHEAD if ahead else 1.0):
                raise TooSoon
            self._tokens -= 1.0
