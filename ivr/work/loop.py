"""The worker: performs what was saved, fires what is due, and says when it must be woken next.

One worker settles at a time in a process. Effects between machines run in the order they were saved; requests to the
carrier run beside each other in a small pool, so that a slow answer holds up nobody else. This is one of the two
places that may catch everything: a fault is logged with its row, the row is tried again later, and the others go on.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Protocol

import structlog

from callbacks.model import Dial, HangUp, Reconcile, Tell
from callbacks.model import TimerDue as PromiseTimer
from ivr.errors import CarrierError, CarrierUnsure
from ivr.flow.model import Due, Refresh, SendText
from routing.model import FreeAgent, Ring, StopRinging, Verify
from routing.model import TimerDue as LineTimer

from .ports import Calls, DueRow, DueRows, Lines, Outbox, OutboxRow, Promises
from .roads import POOL, Roads

log = structlog.get_logger()
TEXTS = (SendText, Tell)
TO_CARRIER = (SendText, Refresh, Ring, StopRinging, Verify, FreeAgent, Dial, HangUp, Reconcile, Tell)
LEASE = 60.0
"""Seconds a row belongs to the worker that took it: longer than the carrier's slowest answer, so that live work is
never stolen."""

AGAIN = timedelta(seconds=2)
BATCH = 100
ROUNDS = 1000
POLL = 1.0
HANDS = 4
"""Requests to the carrier that may be under way at once."""


class Counts(Protocol):
    """Learns what ended without our hearing of it: first of all, and again while anybody stands in line or talks."""

    def next_at(self) -> datetime | None: ...

    def take(self, now: datetime) -> int: ...


class Worker:
    """Drains the outbox and the due rows.

    `settle` for a virtual clock and the tests, `run` for a real one.
    """

    def __init__(self, outbox: Outbox, due: DueRows, roads: Roads, timers: "Timers", census: "Counts") -> None:
        self._census = census
        self._counting: Future[None] | None = None
        self._outbox = outbox
        self._due = due
        self._roads = roads
        self._timers = timers
        self._pool = ThreadPoolExecutor(HANDS, thread_name_prefix="carrier")
        self._one_at_a_time = Lock()
        self._woken = Event()
        self._stopped = Event()
        self._asked: set[Future[None]] = set()

    def settle(self, now: datetime) -> datetime | None:
        """Perform everything that is due by `now`, requests to the carrier included; the next moment there is
        work."""
        with self._one_at_a_time:
            for _ in range(ROUNDS):
                if not self._round(now) and not self._asked:
                    break
                if self._asked:
                    wait(self._asked)
                    self._asked = {future for future in self._asked if not future.done()}
            return self._next(now)

    def wake(self) -> None:
        """Something was saved: look again at once."""
        self._woken.set()

    def run(self, clock: Callable[[], datetime]) -> None:
        """Work until `stop`.

        Blocks; give it a thread of its own.
        """
        while not self._stopped.is_set():
            now = clock()
            pause = POLL
            try:
                with self._one_at_a_time:
                    busy = self._round(now)
                    self._asked = {future for future in self._asked if not future.done()}
                    upcoming = self._next(now)
                if busy:
                    continue
                if upcoming is not None:
                    pause = min(POLL, max(0.0, (upcoming - now).total_seconds()))
            except Exception:
                log.exception("the worker met a fault")
            self._woken.wait(pause)
            self._woken.clear()

    def stop(self) -> None:
        self._stopped.set()
        self._woken.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _round(self, now: datetime) -> bool:
        """One pass over what is ready; whether there was anything."""
        busy = self._count(now)
        for row in self._outbox.pending(BATCH, now):
            if not self._outbox.lease(row.id, now, LEASE):
                continue
            busy = True
            if isinstance(row.action, TO_CARRIER):
                self._asked.add(self._pool.submit(self._perform, row, now))
            else:
                self._perform(row, now)
        for due in self._due.ready(now, BATCH):
            busy = True
            self._fire(due, now)
        return busy

    def _count(self, now: datetime) -> bool:
        """Take a census beside the work, when one is due and none is under way."""
        at = self._census.next_at()
        if at is None or at > now or (self._counting is not None and not self._counting.done()):
            return False
        self._counting = self._pool.submit(self._take_census, now)
        self._asked.add(self._counting)
        return True

    def _take_census(self, now: datetime) -> None:
        try:
            self._census.take(now)
        except Exception:
            log.exception("a census could not be taken")

    def _fire(self, due: DueRow, now: datetime) -> None:
        try:
            self._timers.fire(due, now)
        except Exception:
            log.exception("a timer could not be fired", due=due.id)
            self._due.postpone(due.id, now + AGAIN)

    def _next(self, now: datetime) -> datetime | None:
        sources = (self._due.next_at(), self._outbox.next_at(now), self._census.next_at())
        moments = [at for at in sources if at is not None]
        return min(moments) if moments else None

    def _perform(self, row: OutboxRow, now: datetime) -> None:
        try:
            self._roads.deliver(row, now)
        except CarrierUnsure as error:
            self._unsure(row, now, error)
        except CarrierError as error:
            if error.retry:
                self._outbox.fail(row.id, now + AGAIN)
            else:
                log.warning("the carrier refused an effect for good", effect=row.id, error=str(error))
                self._outbox.done(row.id)
        except Exception:
            log.exception("an effect could not be delivered", effect=row.id)
            self._outbox.fail(row.id, now + AGAIN)
        else:
            self._outbox.done(row.id)

    def _unsure(self, row: OutboxRow, now: datetime, error: CarrierUnsure) -> None:
        """A text that may have gone out is not sent again; everything else can be asked again without harm."""
        if isinstance(row.action, TEXTS):
            log.warning("whether a text went out is not known; it is not sent again", effect=row.id, error=str(error))
            self._outbox.done(row.id)
        else:
            self._outbox.fail(row.id, now + AGAIN)


class Timers:
    """Hands a due row to the machine that set it.

    The machine claims the row in its own transaction.
    """

    def __init__(self, calls: Calls, line: Lines, promises: Promises) -> None:
        self._calls = calls
        self._line = line
        self._promises = promises

    def fire(self, row: DueRow, now: datetime) -> None:
        cause = f"timer:{row.id}"
        match row.event:
            case Due() as event:
                self._calls.tell(row.key, event, cause=cause, now=now, due=row.id)
            case LineTimer() as event:
                self._line.handle(POOL, event, cause=cause, now=now, due=row.id)
            case PromiseTimer() as event:
                self._promises.handle(row.key, event, cause=cause, now=now, due=row.id)
            case other:
                raise ValueError(f"a due row holds {type(other).__name__}, which no machine set")
