"""Threads for what may block: a turn waits for the disk, and the event loop must not.

Law: who worked last works next. A pool that hands work round wakes a cold thread for each request, and three or four
threads for what one could do; on a busy machine that costs more than the work. What was begun is finished, even if
nobody waits for it any more.
"""

import threading
from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(slots=True)
class Job:
    """One piece of work, and where its result is awaited."""

    work: Callable[[], Any]
    loop: AbstractEventLoop
    future: Future[Any]
    result: Any = None
    fault: BaseException | None = None

    def do(self) -> None:
        try:
            self.result = self.work()
        except BaseException as fault:  # noqa: BLE001 - raised again where the work is awaited
            self.fault = fault

    def tell(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self.loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self.future.done():  # given up meanwhile
            return
        if self.fault is not None:
            self.future.set_exception(self.fault)
        else:
            self.future.set_result(self.result)


class Hands:
    """At most `most` threads, begun when they are first needed."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._guard = threading.Lock()
        self._hired = 0
        self._idle: list[SimpleQueue[Job]] = []
        self._waiting: deque[Job] = deque()

    def run(self, work: Callable[[], Result]) -> Future[Result]:
        """Do it in a thread; awaited, it gives the result or raises what was raised."""
        loop = get_running_loop()
        future: Future[Result] = loop.create_future()
        job = Job(work, loop, future)
        with self._guard:
            hand = self._idle.pop() if self._idle else self._hire()
            if hand is None:
                self._waiting.append(job)
        if hand is not None:
            hand.put(job)
        return future

    def _hire(self) -> SimpleQueue[Job] | None:
        if self._hired == self._most:
            return None
        self._hired += 1
        jobs: SimpleQueue[Job] = SimpleQueue()
        threading.Thread(target=self._serve, args=(jobs,), name=f"{self._name}-{self._hired}", daemon=True).start()
        return jobs

    def _serve(self, jobs: SimpleQueue[Job]) -> None:
        while True:
            job: Job | None = jobs.get()
            while job is not None:
                job.do()
                following = self._next(jobs)
                job.tell()
                job = following

    def _next(self, jobs: SimpleQueue[Job]) -> Job | None:
        """What waits longest; when nothing does, this hand is the next that is taken."""
        with self._guard:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(jobs)
            return None
