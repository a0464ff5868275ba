"""The one clock, and the processes that live by it.

Law: time never moves while anything is happening. A `Process` is either *busy* (running, or waiting for an HTTP
answer) or *parked* (waiting for a moment or a signal); the clock counts the busy ones, so that "all stands still" is
a fact and not a guess. In virtual mode only the driver moves time, from one scheduled moment to the next; in real
mode a ticker follows the wall. Whatever falls on the same moment happens in the order in which it was scheduled.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupt(Exception):
    """Raised inside a process, at the point where it waits, because something elsewhere decided so."""


Reason = TypeVar("Reason", bound=Interrupt)


class Expected(Exception):
    """A failure of the outside world that whoever asked knows how to take; anything else is a bug and ends us."""


class Timer:
    """One scheduled action; `cancel` makes it do nothing."""

    __slots__ = ("action", "at", "order")

    def __init__(self, at: datetime, order: int, action: Callable[[], None]) -> None:
        self.at = at
        self.order = order
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None

    def __lt__(self, other: "Timer") -> bool:
        return (self.at, self.order) < (other.at, other.order)


class Signal:
    """Wakes whoever waits on it, in the order in which they began to wait."""

    def __init__(self) -> None:
        self._wakes: dict[int, Callable[[], None]] = {}
        self._next = 0

    def fire(self) -> None:
        for wake in tuple(self._wakes.values()):
            wake()

    def subscribe(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` at each `fire` until the returned function is called."""
        key = self._next
        self._next += 1
        self._wakes[key] = wake
        return lambda: self._wakes.pop(key, None) and None


class Clock:
    """Time, the heap of what is due, and the count of what is busy.

    `wall` gives seconds that only rise (a monotonic clock); in real mode they are added to `start`.
    """

    def __init__(self, start: datetime, *, virtual: bool, wall: Callable[[], float]) -> None:
        self.virtual = virtual
        self.happenings = 0
        self._start = start
        self._wall = wall
        self._wall_start = wall()
        self._now = start
        self._heap: list[Timer] = []
        self._order = 0
        self._busy = 0
        self._still = asyncio.Event()
        self._still.set()
        self._scheduled = asyncio.Event()
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def now(self) -> datetime:
        if self.virtual:
            return self._now
        return self._start + timedelta(seconds=self._wall() - self._wall_start)

    def position(self, moment: datetime | None = None) -> int:
        """A moment, by default this one, in samples of sound since the start."""
        since = (self.now if moment is None else moment) - self._start
        return since // timedelta(microseconds=125)

    def moment(self, position: int) -> datetime:
        """The moment of a sample."""
        return self._start + timedelta(microseconds=125 * position)

    def wall_seconds(self) -> float:
        """Seconds of the wall clock, for measuring how long an HTTP answer took and nothing else."""
        return self._wall()

    def at(self, moment: datetime, action: Callable[[], None]) -> Timer:
        """Do `action` when `moment` has come."""
        self._order += 1
        timer = Timer(moment, self._order, action)
        heapq.heappush(self._heap, timer)
        self._scheduled.set()
        return timer

    def next_moment(self) -> datetime | None:
        """When the next scheduled action is due."""
        while self._heap and self._heap[0].action is None:
            heapq.heappop(self._heap)
        return self._heap[0].at if self._heap else None

    def move(self, moment: datetime) -> None:
        """Set virtual time; it never goes back."""
        self._now = max(self._now, moment)

    def fire_due(self) -> bool:
        """Do everything whose moment has come; say whether there was anything."""
        fired = False
        while (moment := self.next_moment()) is not None and moment <= self.now:
            timer = heapq.heappop(self._heap)
            if timer.action is not None:
                timer.action()
                fired = True
        return fired

    async def tick(self) -> None:
        """Real mode: follow the wall for ever."""
        while True:
            self.fire_due()
            self._scheduled.clear()
            moment = self.next_moment()
            delay = None if moment is None else max(0.0, (moment - self.now).total_seconds())
            try:
                await asyncio.wait_for(self._scheduled.wait(), delay)
            except TimeoutError:
                continue

    def hold(self) -> None:
        """Something began that must end before time may move."""
        self._busy += 1
        self._still.clear()

    def release(self) -> None:
        self._busy -= 1
        if self._busy == 0:
            self._still.set()

    @contextmanager
    def working(self) -> Iterator[None]:
        self.hold()
        try:
            yield
        finally:
            self.release()

    async def stillness(self) -> None:
        """Wait until nothing is busy."""
        while self._busy:
            await self._still.wait()

    def live_in(self, tasks: asyncio.TaskGroup) -> None:
        """From here on processes are tasks of this group: none outlives it, and a bug in one ends them all, loudly."""
        self._tasks = tasks

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside everything else; it is busy until it parks or ends."""
        if self._tasks is None:
            work.close()
            raise RuntimeError("the clock has no task group yet; call live_in first")
        self.hold()
        carried = self._carry(work)
        try:
            task = self._tasks.create_task(carried)
        except RuntimeError:
            # The group is shutting down: who unwinds may still want to tell somebody, and nobody is there.
            carried.close()
            work.close()
            self.release()
            return
        # A task that is cancelled before its first step never enters `work`, which must be closed then.
        task.add_done_callback(lambda _: work.close())

    def attend(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` without being busy: it listens to somebody who may never speak."""
        if self._tasks is None:
            work.close()
            raise RuntimeError("the clock has no task group yet; call live_in first")
        self._tasks.create_task(work)

    async def _carry(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self.release()


class Process:
    """One strand of a call's life. It may only wait through these methods, so that the clock knows of it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._waiter: asyncio.Future[None] | None = None
        self._pending: list[Interrupt] = []

    async def until(self, done: Callable[[], bool], on: Signal, within: float | None = None) -> bool:
        """Wait for `done`, looked at whenever `on` fires; False when `within` seconds passed first."""
        deadline = None if within is None else self.clock.now + timedelta(seconds=within)
        while not done():
            if deadline is not None and self.clock.now >= deadline:
                return False
            await self._park(on, deadline)
        return True

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of the exchange's time pass."""
        if seconds > 0:
            moment = self.clock.now + timedelta(seconds=seconds)
            while self.clock.now < moment:
                await self._park(None, moment)

    async def outside(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for something that is not ours (an HTTP answer). If interrupted, the work still ends, unheard."""
        self._raise_pending(work)
        answers: list[T] = []
        failures: list[Expected] = []
        arrived = Signal()

        async def carry() -> None:
            try:
                answers.append(await work)
            except Expected as wrong:
                failures.append(wrong)
            arrived.fire()

        self.clock.spawn(carry())
        await self.until(lambda: bool(answers or failures), arrived)
        if failures:
            raise failures[0]
        return answers[0]

    def interrupt(self, reason: Interrupt) -> None:
        """Raise `reason` where the process waits, or as soon as it waits next."""
        if self._waiter is not None and not self._waiter.done():
            self.clock.hold()
            self._waiter.set_exception(reason)
        else:
            self._pending.append(reason)

    def forget(self, kind: type[Reason]) -> list[Reason]:
        """Drop and return the interrupts of this kind that were not raised yet: their occasion is over."""
        dropped = [reason for reason in self._pending if isinstance(reason, kind)]
        self._pending = [reason for reason in self._pending if not isinstance(reason, kind)]
        return dropped

    def _raise_pending(self, unused: Coroutine[Any, Any, object] | None = None) -> None:
        if self._pending:
            if unused is not None:
                unused.close()
            raise self._pending.pop(0)

    async def _park(self, on: Signal | None, deadline: datetime | None) -> None:
        self._raise_pending()
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not waiter.done():
                self.clock.hold()
                waiter.set_result(None)

        unsubscribe = on.subscribe(wake) if on is not None else None
        timer = self.clock.at(deadline, wake) if deadline is not None else None
        self._waiter = waiter
        self.clock.release()
        try:
            await waiter
        finally:
            self._waiter = None
            if unsubscribe is not None:
                unsubscribe()
            if timer is not None:
                timer.cancel()
