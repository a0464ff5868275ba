"""What a streamed call needs of the world: a socket, the machines behind the call, ears, and voices.

`speech/ears.py` and the switchboard fit these by shape; a test brings its own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ivr.calls.ports import Reply, Said
from ivr.flow.model import CallEvent, CallState, Listen, Speak
from speech.audio import Pcm
from speech.hear import Hearing, Question
from speech.turns import Gate


class SocketLost(Exception):
    """The other side is gone, in whatever way."""


class Socket(Protocol):
    """One open WebSocket, text only. Both methods raise SocketLost."""

    async def receive(self) -> str: ...

    async def send(self, text: str) -> None: ...


class Desk(Protocol):
    """The machines behind a call. Every method blocks, commits before it returns, and runs in a thread."""

    def handle(self, call: str, event: CallEvent, cause: str) -> Reply: ...

    def said(self, call: str, words: Said, cause: str) -> Reply: ...

    def resume(self, call: str, after: str) -> Reply: ...


class Ear(Protocol):
    """One utterance being heard. `feed` takes 8 kHz sound and may give a partial text. Raises SpeechError."""

    async def feed(self, pcm: Pcm) -> str | None: ...

    async def finish(self) -> Hearing: ...

    async def close(self) -> None: ...


class Ears(Protocol):
    """Off the event loop and shared by all calls; `open` raises SpeechError where no ear can be had."""

    def lacking(self, question: Question) -> str: ...

    async def open(self, question: Question) -> Ear: ...


class Voices(Protocol):
    """Off the event loop and shared by all calls; `say` raises SpeechError."""

    def lacking(self, language: str) -> str:
        """Why a language cannot be spoken, in a sentence; empty when it can."""
        ...

    async def say(self, speak: Speak) -> Pcm: ...


class Questions(Protocol):
    def question(self, state: CallState, listen: Listen) -> Question:
        """What an ear is told about the question that a caller is asked."""
        ...


class Gates(Protocol):
    def __call__(self) -> Gate | None:
        """A gate for one line."""
        ...


async def ready() -> None:
    """Nothing has to be loaded."""


def nothing() -> None:
    """Nothing has to be ended."""


@dataclass(frozen=True, slots=True)
class Speech:
    """The ears and voices of this process. `warm` loads what the first call would wait for; `close` ends its threads
    and processes.
    """

    ears: Ears
    voices: Voices
    gates: Gates
    warm: Callable[[], Awaitable[None]] = ready
    close: Callable[[], None] = nothing

    def lacking(self, language: str) -> str:
        """Why a call in this language cannot be streamed; empty when it can."""
        return self.ears.lacking(Question("free", language)) or self.voices.lacking(language)
