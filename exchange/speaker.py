"""A voice from outside: a command that turns a text into a WAV file.

The exchange has none of its own. The command's words may hold {text}, {language} and {out}; it writes the file {out},
or the WAV to its standard output when {out} is not among them. Each text is spoken once; what cannot be spoken is None.
"""

import asyncio
import shlex
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterable
from pathlib import Path

from exchange.sound import BadSound, Samples, read_wav

SECONDS = 60.0
"""Wall time that one text may take."""
AT_ONCE = 2


class Speaker:
    """Speaks by `command`; without one it says nothing."""

    def __init__(self, command: str = "") -> None:
        self._words = shlex.split(command)
        self._spoken: dict[tuple[str, str], Samples | None] = {}
        self._being_spoken: dict[tuple[str, str], asyncio.Event] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._complaints: list[str] = []

    @property
    def present(self) -> bool:
        return bool(self._words)

    async def say(self, text: str, language: str) -> Samples | None:
        """`text` as sound."""
        key = (text, language)
        if not self._words or not text:
            return None
        if (event := self._being_spoken.get(key)) is not None:
            await event.wait()
        elif key not in self._spoken:
            event = self._being_spoken[key] = asyncio.Event()
            try:
                async with self._turns:
                    self._spoken[key] = await self._run(text, language)
            finally:
                event.set()
                del self._being_spoken[key]
        return self._spoken.get(key)

    def hear_complaints(self) -> list[str]:
        """Why texts could not be spoken, each said once."""
        complaints, self._complaints = self._complaints, []
        return complaints

    async def prepare(self, texts: Iterable[tuple[str, str]]) -> None:
        """Have these, each with its language, ready before they are wanted."""
        await asyncio.gather(*(self.say(text, language) for text, language in texts))

    async def _run(self, text: str, language: str) -> Samples | None:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "said.wav"
            values = {"{text}": text, "{language}": language, "{out}": str(out)}
            try:
                written = await self._carry_out([_fill(word, values) for word in self._words])
                # One small file, written a moment ago: reading it costs less than a thread.
                return read_wav(out.read_bytes() if out.exists() else written)
            except (OSError, BadSound, TimeoutError) as wrong:
                self._complaints.append(f"{text[:40]!r} could not be spoken: {wrong or 'too slow'}")
                return None

    async def _carry_out(self, words: list[str]) -> bytes:
        process = await asyncio.create_subprocess_exec(*words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        try:
            async with asyncio.timeout(SECONDS):
                written, complaint = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        if process.returncode:
            raise BadSound(f"{words[0]} ended with {process.returncode}: {complaint.decode(errors='replace')[-200:]}")
        return written


def _fill(word: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        word = word.replace(name, value)
    return word
