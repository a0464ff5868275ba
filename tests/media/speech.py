"""Ears and voices of tests: what is heard and how long it takes is written down beforehand."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ivr.flow.model import Speak
from ivr.media.ports import Speech
from speech.audio import Pcm, widened
from speech.engines.scripted import Line, Scripted, ScriptedEar
from speech.hear import Hearing, Question, SpeechError
from tests.media.carrier import tone

PER_SECOND = 15
"""Characters of a text that take a second."""


class OpenEar:
    """A scripted ear whose steps take as long as they are told to."""

    def __init__(self, ears: "TestEars", ear: ScriptedEar) -> None:
        self._ears = ears
        self._ear = ear

    async def feed(self, pcm: Pcm) -> str | None:
        await asyncio.sleep(self._ears.feeding)
        return self._ear.feed(widened(pcm))

    async def finish(self) -> Hearing:
        await asyncio.sleep(self._ears.finishing)
        return self._ear.finish()

    async def close(self) -> None:
        if not self._ear.closed:
            self._ears.open_now -= 1
        self._ear.close()


@dataclass
class TestEars:
    """Hears each utterance by its timeline. `open_now` counts what was not given back."""

    __test__ = False
    engine: Scripted
    feeding: float = 0.0
    finishing: float = 0.05
    open_now: int = 0
    deaf: str = ""

    @property
    def asked(self) -> Sequence[Question]:
        return self.engine.asked

    def lacking(self, question: Question) -> str:
        return "" if question.language in self.engine.abilities.languages else f"no ear for {question.language}"

    async def open(self, question: Question) -> OpenEar:
        if self.deaf:
            raise SpeechError(self.deaf)
        ear = self.engine.open(question)
        assert isinstance(ear, ScriptedEar)
        self.open_now += 1
        return OpenEar(self, ear)


@dataclass
class TestVoices:
    """A tone as long as the text."""

    __test__ = False
    languages: tuple[str, ...] = ("en", "ko")
    takes: float = 0.02
    said: list[str] = field(default_factory=list)
    mute: str = ""

    def lacking(self, language: str) -> str:
        return "" if language in self.languages else f"no voice for {language}"

    async def say(self, speak: Speak) -> Pcm:
        await asyncio.sleep(self.takes)
        if self.mute:
            raise SpeechError(self.mute)
        self.said.append(speak.text)
        return tone(440, len(speak.text) / PER_SECOND)


def heard(text: str, after: float = 0.3) -> list[Line]:
    """An utterance that is this text as soon as it is longer than `after`."""
    return [Line(0.0, ""), Line(after, text)]


def speech(
    utterances: Iterable[str | Sequence[Line]] = (), languages: tuple[str, ...] = ("en", "ko")
) -> tuple[Speech, TestEars, TestVoices]:
    """A process's speech, with both ends to look at."""
    lines = [heard(one) if isinstance(one, str) else one for one in utterances]
    ears, voices = TestEars(Scripted(lines, languages)), TestVoices(languages)
    return Speech(ears, voices, lambda: None), ears, voices
