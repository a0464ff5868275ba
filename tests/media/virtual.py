"""An event loop whose time passes only when nothing else can happen: hours of audio in a second, the same each time."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Selector(selectors.SelectSelector):
    """Instead of waiting, tells the loop how long it would have waited."""

    passed: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise AssertionError("nothing will ever happen again, and somebody waits for it")
        self.passed(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Work for other threads is done on the spot: it takes no time."""

    def __init__(self) -> None:
        self._virtual = 100.0
        selector = Selector()
        selector.passed = self._pass
        super().__init__(selector)

    def time(self) -> float:
        return self._virtual

    def _pass(self, seconds: float) -> None:
        self._virtual += seconds

    def run_in_executor(self, executor: Executor | None, func: Callable[..., T], *args: object) -> "asyncio.Future[T]":
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except BaseException as fault:  # noqa: BLE001 - a future carries whatever was raised
            done.set_exception(fault)
        return done


def run(scene: Coroutine[Any, Any, T]) -> T:
    """Play a scene to its end. Fails when it leaves a task behind."""
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: cast(asyncio.AbstractEventLoop, loop)) as runner:
        result = runner.run(scene)
        left = asyncio.all_tasks(loop)
        assert not left, f"left behind: {left}"
        return result
