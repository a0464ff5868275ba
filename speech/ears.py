"""All ears of this process: chooses an engine for a question, and hears off the event loop, in a pool of fixed size.

Laws: no ear is ever used by two threads at once, nor closed while it hears; what an engine lacks is said before a call
needs it; an ear that breaks raises SpeechError, and the caller goes on by keys.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar, runtime_checkable

from .audio import WIDE_RATE, Pcm, Widener
from .hear import Ear, Hearing, Question, Recognizer, SpeechError

T = TypeVar("T")

PIECE = WIDE_RATE * 2 // 10
"""Bytes an engine is fed at once: 100 ms. A hop to another thread for every 20 ms frame costs more than the hearing."""


@runtime_checkable
class Warms(Protocol):
    """A recogniser whose first utterance would stall."""

    def warm(self) -> None:
        """Load and try what `open` needs; blocking, once, before the first call."""
        ...


@runtime_checkable
class Vocabulary(Protocol):
    """A recogniser that knows which words it can never hear."""

    def unknown(self, phrases: Sequence[str], language: str) -> tuple[str, ...]: ...


class Listening:
    """One utterance being heard. Use it from one task; `close` is safe at any time and after everything."""

    def __init__(self, ear: Ear, engine: str, pool: ThreadPoolExecutor, over: Callable[[], None]) -> None:
        self.engine = engine
        self._ear = ear
        self._pool = pool
        self._over = over
        self._widener = Widener()
        self._waiting = bytearray()
        self._one_at_a_time = threading.Lock()
        self._closed = False

    async def feed(self, pcm: Pcm) -> str | None:
        """Take sound at **8 kHz** (it is made 16 kHz here). A partial text when there is one that changed."""
        self._waiting += self._widener.widen(pcm)
        if len(self._waiting) < PIECE:
            return None
        return await self._run(self._ear.feed, self._taken())

    async def finish(self) -> Hearing:
        """What was heard; closes the ear."""
        try:
            rest = self._taken()
            return await self._run(self._finished, rest)
        finally:
            await self.close()

    async def close(self) -> None:
        """Give the engine back once nothing uses it any more."""
        if self._closed:
            return
        self._closed = True
        self._over()
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._pool, self._shut))

    def _taken(self) -> bytes:
        piece = bytes(self._waiting)
        self._waiting.clear()
        return piece

    def _finished(self, rest: bytes) -> Hearing:
        if rest:
            self._ear.feed(rest)
        return self._ear.finish()

    def _shut(self) -> None:
        with self._one_at_a_time:
            self._ear.close()

    async def _run(self, work: Callable[[bytes], T], piece: bytes) -> T:
        def alone() -> T:
            with self._one_at_a_time:
                return work(piece)

        if self._closed:
            raise SpeechError("this ear was closed")
        return await asyncio.get_running_loop().run_in_executor(self._pool, alone)


class Ears:
    """The recognisers of this process, in the order in which they are preferred.

    `workers` threads hear (an engine releases the interpreter's lock while it does); at most `most` utterances are
    heard at a time: above it an ear is refused, which costs that caller a keypad and nobody else's understanding.
    """

    def __init__(self, recognizers: Sequence[Recognizer], *, workers: int = 2, most: int = 16) -> None:
        self._recognizers = tuple(recognizers)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="ears")
        self._most = most
        self._open = 0

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that can be heard at all."""
        found = {language for one in self._recognizers for language in one.abilities.languages}
        return tuple(sorted(found))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self._recognizers)

    @property
    def in_use(self) -> int:
        """Ears that are open."""
        return self._open

    def chosen(self, question: Question) -> Recognizer | None:
        """The engine for a question: one with grammars where phrases are known, else one for dictation."""
        able = [one for one in self._recognizers if question.language in one.abilities.languages]
        if question.phrases and question.kind != "free":
            able.sort(key=lambda one: not one.abilities.grammar)
        return next(iter(able), None)

    def lacking(self, question: Question) -> str:
        """Why a question cannot be heard, in a sentence; empty when it can."""
        if self.chosen(question) is not None:
            return ""
        heard = ", ".join(self.languages) or "none"
        return f"no engine on this machine hears {question.language!r} (heard: {heard}); see `holdless doctor`"

    def unknown(self, phrases: Sequence[str], language: str) -> tuple[str, ...]:
        """Words of a site that its engine can never hear."""
        engine = self.chosen(Question("choices", language, tuple(phrases)))
        return engine.unknown(phrases, language) if isinstance(engine, Vocabulary) else ()

    async def warm(self) -> None:
        """Load models and pools before the first call. Raises SpeechError for the first engine that cannot."""
        loop = asyncio.get_running_loop()
        for one in self._recognizers:
            if isinstance(one, Warms):
                await loop.run_in_executor(self._pool, one.warm)

    async def open(self, question: Question) -> Listening:
        """An ear for one utterance. Raises SpeechError when none can be had."""
        engine = self.chosen(question)
        if engine is None:
            raise SpeechError(self.lacking(question))
        if self._open >= self._most:
            raise SpeechError(f"all {self._most} ears are in use")
        self._open += 1
        try:
            ear = await self._opened(engine, question)
        except BaseException:
            self._over()
            raise
        return Listening(ear, engine.name, self._pool, self._over)

    def close(self) -> None:
        """Wait for what is being heard and end the threads."""
        self._pool.shutdown()

    def _over(self) -> None:
        self._open -= 1

    async def _opened(self, engine: Recognizer, question: Question) -> Ear:
        """The ear; one whose caller left before it was open is closed as soon as it is."""
        opening = self._pool.submit(engine.open, question)
        try:
            return await asyncio.shield(asyncio.wrap_future(opening))
        except asyncio.CancelledError:
            opening.add_done_callback(abandoned)
            raise


def abandoned(opening: Future[Ear]) -> None:
    """Close an ear that nobody waits for any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
