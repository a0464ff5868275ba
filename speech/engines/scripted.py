"""A recogniser that hears what it is told, by a timeline: for tests and for a demo without engines.

Scripted([Line(0.4, "where"), Line(0.9, "where is my order")])
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from speech.audio import WIDE_RATE, seconds
from speech.hear import Abilities, Ear, Hearing, Mode, Question, SpeechError


@dataclass(frozen=True, slots=True)
class Line:
    """From `at` seconds of an utterance on, this is its text. `breaks`: there the engine fails instead."""

    at: float
    text: str
    confidence: float | None = None
    breaks: bool = False


class ScriptedEar:
    """One utterance by its timeline."""

    def __init__(self, lines: Sequence[Line], question: Question) -> None:
        self._lines = sorted(lines, key=lambda line: line.at)
        self._question = question
        self._length = 0.0
        self._said: str | None = None
        self.closed = False

    def feed(self, pcm16k: bytes) -> str | None:
        self._length += seconds(pcm16k, WIDE_RATE)
        text = self._current().text
        if text == (self._said or ""):
            return None
        self._said = text
        return text

    def finish(self) -> Hearing:
        line = self._current()
        mode: Mode = "free" if self._question.kind == "free" else "grammar"
        return Hearing(line.text, line.confidence, (), "scripted", mode, round(self._length, 3))

    def close(self) -> None:
        self.closed = True

    def _current(self) -> Line:
        if self.closed:
            raise SpeechError("a closed ear was used")
        line = next((line for line in reversed(self._lines) if line.at <= self._length + 1e-9), Line(0.0, ""))
        if line.breaks:
            raise SpeechError("the script breaks here")
        return line


class Scripted:
    """A timeline for each utterance in turn; after the last one nothing is heard."""

    name = "scripted"

    def __init__(self, utterances: Iterable[Sequence[Line]], languages: tuple[str, ...] = ("en", "ko")) -> None:
        self._utterances = iter(utterances)
        self.abilities = Abilities(streaming=True, grammar=True, n_best=False, languages=languages)
        self.asked: list[Question] = []
        self.ears: list[ScriptedEar] = []

    def open(self, question: Question) -> Ear:
        self.asked.append(question)
        ear = ScriptedEar(next(self._utterances, ()), question)
        self.ears.append(ear)
        return ear
