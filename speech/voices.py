"""All mouths of this process: the site's own recording where there is one, else a voice; off the event loop.

Laws: a recording wins over every voice; a voice that fails costs the next voice of the list, and only when none is left
SpeechError; what a caller may be named in is never written to disk.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from . import wav
from .audio import RATE, Pcm
from .cache import Cache
from .hear import SpeechError
from .phrases import letters
from .say import Speech, Voice

NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
REMEMBERED = 256
"""Sentences kept in memory: the same one is asked again within a call, and by the next caller."""

PAUSE = bytes(RATE * 2 // 5)
"""What a text without letters sounds like: 0.2 s of nothing."""


class Recorded:
    """WAV files of a site: `<folder>/<language>/<prompt or node>.wav`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sound(self, name: str, language: str) -> Pcm | None:
        """The recording; None where there is none, or none that can be read."""
        if not NAME.fullmatch(name) or not NAME.fullmatch(language):
            return None
        try:
            return wav.read((self._folder / language / f"{name}.wav").read_bytes())
        except (OSError, wav.BadWav):
            return None

    def broken(self) -> list[Path]:
        """Files that are there and cannot be read."""
        return [
            file for file in sorted(self._folder.glob("*/*.wav")) if self.sound(file.stem, file.parent.name) is None
        ]


class Voices:
    """The voices of this process, in the order in which they are preferred."""

    def __init__(
        self, voices: Sequence[Voice], *, cache: Cache | None = None, recorded: Recorded | None = None, workers: int = 2
    ) -> None:
        self._voices = tuple(voices)
        self._cache = cache
        self._recorded = recorded
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="voices")
        self._memory: OrderedDict[tuple[str, str, float], Speech] = OrderedDict()

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that can be spoken."""
        return tuple(sorted({language for voice in self._voices for language in voice.languages}))

    def lacking(self, language: str) -> str:
        """Why nothing can be said in a language, in a sentence; empty when it can."""
        if language in self.languages:
            return ""
        return f"no voice on this machine speaks {language!r}; see `holdless doctor`"

    async def say(self, text: str, language: str, *, pace: float = 1.0, name: str = "", fixed: bool = False) -> Speech:
        """A sentence. `name`: the prompt or node it belongs to, for the site's recording of it. `fixed`: the text is
        the site's own, with nothing of the caller in it, and may be kept on disk. Raises SpeechError.
        """
        loop = asyncio.get_running_loop()
        if self._recorded is not None and name:
            pcm = await loop.run_in_executor(self._pool, self._recorded.sound, name, language)
            if pcm is not None:
                return Speech(pcm, "recorded")
        if not letters(text):
            return Speech(PAUSE, "none")
        key = (text, language, round(pace, 2))
        if (known := self._memory.get(key)) is not None:
            self._memory.move_to_end(key)
            return known
        speech = await loop.run_in_executor(self._pool, partial(self._spoken, *key, fixed=fixed))
        self._memory[key] = speech
        if len(self._memory) > REMEMBERED:
            self._memory.popitem(last=False)
        return speech

    async def warm(self, sentences: Iterable[tuple[str, str]]) -> None:
        """Speak a site's fixed sentences, (text, language) each, before the first call. Raises SpeechError."""
        for text, language in sentences:
            await self.say(text, language, fixed=True)

    def close(self) -> None:
        """Wait for what is being spoken, and end threads and processes."""
        self._pool.shutdown()
        for voice in self._voices:
            end = getattr(voice, "close", None)
            if end is not None:
                end()

    def _spoken(self, text: str, language: str, pace: float, *, fixed: bool) -> Speech:
        able = [voice for voice in self._voices if language in voice.languages]
        problem = self.lacking(language)
        for voice in able:
            kept = self._cache.found(voice.name, text, language, pace) if self._cache and fixed else None
            if kept is not None:
                return Speech(kept, voice.name)
            try:
                pcm = voice.say(text, language, pace)
            except SpeechError as fault:
                problem = str(fault)
                continue
            if self._cache and fixed:
                self._cache.keep(voice.name, text, language, pace, pcm)
            return Speech(pcm, voice.name)
        raise SpeechError(problem)
