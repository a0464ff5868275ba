"""Work in threads: its results, its faults, its order, and what happens when nobody waits any more."""

import asyncio
import threading

import pytest

from ivr.web.hands import Hands


class Gate:
    """Work that waits until it is let go, and says when it began."""

    def __init__(self) -> None:
        self.began, self.open = threading.Event(), threading.Event()
        self.finished = threading.Event()

    def __call__(self) -> str:
        self.began.set()
        assert self.open.wait(10)
        self.finished.set()
        return threading.current_thread().name


def name() -> str:
    return threading.current_thread().name


def broken() -> None:
    raise KeyError("what was asked for")


def test_the_result_comes_back_and_a_fault_is_raised() -> None:
    async def story() -> None:
        hands = Hands(2, "hand")
        assert await hands.run(lambda: 42) == 42
        with pytest.raises(KeyError, match="asked for"):
            await hands.run(broken)
        assert await hands.run(name) == "hand-1"

    asyncio.run(story())


def test_who_worked_last_works_next() -> None:
    async def story() -> None:
        hands = Hands(3, "hand")
        gates = [Gate() for _ in range(3)]
        waited = [hands.run(gate) for gate in gates]
        for gate, future in zip(gates, waited, strict=True):
            gate.open.set()
            last = await future
            assert {await hands.run(name) for _ in range(5)} == {last}

    asyncio.run(story())


def test_there_are_never_more_than_the_most_and_the_rest_wait_their_turn() -> None:
    async def story() -> None:
        hands = Hands(2, "hand")
        gates = [Gate(), Gate()]
        busy = [hands.run(gate) for gate in gates]
        order: list[int] = []
        waiting = [hands.run(lambda number=number: order.append(number)) for number in range(4)]  # type: ignore[misc]
        assert all(gate.began.wait(10) for gate in gates)
        assert order == []
        gates[0].open.set()
        await asyncio.gather(*waiting)
        assert order == [0, 1, 2, 3]
        gates[1].open.set()
        assert {await one for one in busy} == {"hand-1", "hand-2"}

    asyncio.run(story())


def test_work_that_is_given_up_is_finished_and_its_thread_goes_on() -> None:
    async def story() -> None:
        hands, gate = Hands(1, "hand"), Gate()
        future = hands.run(gate)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await future
        gate.open.set()
        assert await hands.run(name) == "hand-1"
        assert gate.finished.is_set()

    asyncio.run(story())


def test_a_loop_that_is_gone_stops_nobody() -> None:
    hands, gate = Hands(1, "hand"), Gate()

    async def leave() -> None:
        hands.run(gate).cancel()

    async def come() -> str:
        gate.open.set()
        return await hands.run(name)

    asyncio.run(leave())
    assert asyncio.run(come()) == "hand-1"
