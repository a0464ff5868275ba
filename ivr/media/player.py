"""Our voice on one stream: texts become sound, frames are sent a little ahead of time, and marks say what was played.

Laws: one task sends, so that nothing old follows a `clear`; sound of a question that is over is dropped wherever it is
(queued, being synthesised, half sent); a mark that was cleared is not a mark that was heard; what is sent runs at most
`AHEAD` before what is played, so that a caller who begins to speak soon has silence.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from ivr.flow.model import Speak
from speech.audio import FRAME_BYTES, RATE, Pcm, encode, frames

from .messages import clear_out, mark_out, sound_out

AHEAD = 0.24
"""Seconds of sound that the carrier may hold: enough for a network that stutters, little enough to fall silent fast."""
BURST = 0.1
"""Seconds of sound that go out at one waking; each frame of 20 ms is a message of its own."""
LOST_MARK = 2.0
"""Seconds after the end of the sound at which a mark that did not come back is given up."""
VOICE_LIMIT = 5.0
"""Seconds for one sentence to become sound: longer than any that were seen, shorter than a caller's patience."""

Send = Callable[[str], Awaitable[None]]
Say = Callable[[Speak], Awaitable[Pcm]]
Clock = Callable[[], float]
"""Seconds, of the event loop."""


class Player:
    """What is spoken on one stream. `stir` is called when something changed that somebody may wait for."""

    def __init__(self, stream: str, send: Send, say: Say, clock: Clock, stir: Callable[[], None]) -> None:
        self._stream = stream
        self._send = send
        self._say = say
        self._clock = clock
        self._stir = stir
        self._wake = asyncio.Event()
        self._texts: deque[Speak] = deque()
        self._frames: deque[bytes] = deque()
        self._marks: dict[str, float] = {}
        self._number = 0
        self._generation = 0
        self._clearing = False
        self._paused = False
        self._played = 0.0
        self._first: Callable[[float], None] | None = None
        self.quiet_since: float | None = clock()
        """Since when the caller hears nothing of us; None while they do."""

    @property
    def speaking(self) -> bool:
        """Whether the caller is still to hear something, or hears it."""
        return self.quiet_since is None

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def overdue_at(self) -> float | None:
        """When marks that have not come back are given up; None while there is more to send."""
        if self._texts or self._frames or not self._marks or self._paused:
            return None
        return max(self._marks.values()) + LOST_MARK

    def say(self, texts: Sequence[Speak], first: Callable[[float], None] | None = None) -> None:
        """Speak these next. `first` is told the moment at which their first sound leaves."""
        self._generation += 1
        self._texts.extend(texts)
        self._paused = False
        self._first = first
        if self._texts:
            self.quiet_since = None
        self._wake.set()

    def pause(self) -> None:
        """Send no more for the moment: somebody may be speaking. What the carrier holds is still played."""
        self._paused = True

    def go_on(self) -> None:
        """It was nothing: speak on from where we stopped."""
        if self._paused:
            self._paused = False
            self._wake.set()

    def clear(self) -> None:
        """Fall silent at once. Pending marks come back for nothing."""
        if not self.speaking:
            return
        self._generation += 1
        self._texts.clear()
        self._frames.clear()
        self._marks.clear()
        self._first = None
        self._paused = False
        self._clearing = True
        self._settled()
        self._wake.set()

    def mark_back(self, name: str) -> None:
        """The carrier has played everything before this mark, unless it was cleared: then nobody knows it any more."""
        if self._marks.pop(name, None) is not None and not (self._marks or self._texts or self._frames):
            self._settled()

    def give_up(self) -> None:
        """No mark came back in its time: what was sent counts as played."""
        self._marks.clear()
        self._settled()

    async def run(self) -> None:
        """Send what is due, until cancelled. Raises what sending and speaking raise, and TimeoutError."""
        while True:
            self._wake.clear()
            if self._clearing:
                self._clearing = False
                self._played = self._clock()
                await self._send(clear_out(self._stream))
            elif self._paused or not (self._texts or self._frames):
                await self._wake.wait()
            elif not self._frames:
                await self._synthesise()
            elif (early := self._played - (AHEAD - BURST) - self._clock()) > 0:
                await self._rest(early)
            else:
                await self._send_burst()

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _synthesise(self) -> None:
        """The next text as frames; the caller may have cut us short meanwhile."""
        generation = self._generation
        async with asyncio.timeout(VOICE_LIMIT):
            pcm = await self._say(self._texts[0])
        if generation != self._generation:
            return
        self._texts.popleft()
        self._frames.extend(frames(encode(pcm)))
        if not self._frames and not self._texts and not self._marks:
            self._settled()

    async def _send_burst(self) -> None:
        """Frames up to `AHEAD`, and the mark behind the last of a sentence."""
        generation, now = self._generation, self._clock()
        if self._first is not None:
            self._first(now)
            self._first = None
        self._played = max(self._played, now)
        while self._frames and self._played + FRAME_BYTES / RATE <= now + AHEAD:
            frame = self._frames.popleft()
            self._played += FRAME_BYTES / RATE
            await self._send(sound_out(self._stream, frame))
            if generation != self._generation:
                return
        if not self._frames:
            self._number += 1
            name = f"said-{self._number}"
            self._marks[name] = self._played
            await self._send(mark_out(self._stream, name))
            self._stir()

    def _settled(self) -> None:
        self.quiet_since = self._clock()
        self._stir()
