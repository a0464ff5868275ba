"""What the tasks of one stream share: the caller's sound and keys, our voice, and a bell that rings at any change."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from speech.turns import Turns

from .line import Line
from .player import Player
from .ports import Socket, Speech

T = TypeVar("T")

MOST_KEYS = 64
TICK = 0.1
"""Seconds at which an utterance under way is looked after."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a stream ended. "handed over": we closed it, and `heard` is the turn whose words were played to the end.

    "stopped": the carrier ended it. "lost": the socket broke. "failed": we could not go on; `why` says it.
    """

    outcome: str
    heard: int = 0
    why: str = ""


class Over(Exception):
    """The stream ends like this. It never leaves the stream's task group."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.outcome)
        self.ending = ending


def failed(why: str) -> Over:
    return Over(Ending("failed", why=why))


async def within(seconds: float, work: Awaitable[T]) -> T:
    """Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        return await work


class Keypad:
    """Keys that were pressed while somebody asked; the others are dropped, as the carrier drops them."""

    def __init__(self) -> None:
        self._pressed: deque[str] | None = None

    def open(self) -> None:
        self._pressed = deque()

    def close(self) -> None:
        self._pressed = None

    def press(self, key: str) -> bool:
        """Whether anybody wants it."""
        if self._pressed is None or len(self._pressed) >= MOST_KEYS:
            return False
        self._pressed.append(key)
        return True

    def take(self) -> str:
        """The next key, or ""."""
        return self._pressed.popleft() if self._pressed else ""


class Leg:
    """One caller at the end of one stream."""

    def __init__(self, stream: str, socket: Socket, speech: Speech) -> None:
        self.clock: Callable[[], float] = asyncio.get_running_loop().time
        self.bell = asyncio.Event()
        self.keypad = Keypad()
        self.line = Line(Turns(speech.gates()), self.clock, self.bell.set)
        self.player = Player(stream, socket.send, speech.voices.say, self.clock, self.bell.set)

    async def wait(self, until: float | None) -> None:
        """Until something changed or the moment has come; an utterance under way is looked after meanwhile."""
        busy = self.line.utterance is not None
        limits = [limit for limit in (until, self.clock() + TICK if busy else None) if limit is not None]
        try:
            async with asyncio.timeout_at(min(limits, default=None)):
                await self.bell.wait()
        except TimeoutError:
            self.line.fill()
        self.bell.clear()

    async def silence(self) -> None:
        """Until what was spoken has been played to its end, or counts as played."""
        while self.player.speaking:
            due = self.player.overdue_at
            if due is not None and self.clock() >= due:
                self.player.give_up()
            else:
                await self.wait(due)
