"""Vosk (Kaldi; package `vosk`, Apache-2.0): streaming, with a grammar for each question.

What was measured, and what is therefore done:
- free Korean dictation on a line is unusable (character errors 58 to 84 %), a grammar is not: phrases are always given;
- a word that the model lacks is dropped from a grammar with a mere warning: such words are written as known pieces
  (피하면서 as 피 하 면서), and `unknown` names those that cannot be;
- a grammar takes whatever is said for one of its phrases; the likelihood of the grammar's result against that of a free
  one tells (area under the curve .91): so a turn is heard twice, as long as a free recogniser is idle;
- a fresh free recogniser stalls for a second at its first speech: they are pooled and warmed with a made-up voice.
"""

import json
import math
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from speech.audio import WIDE_RATE, seconds
from speech.hear import Abilities, Ear, Hearing, Mode, Question, SpeechError
from speech.phrases import LIKE, letters, ranked

from .babble import babble
from .optional import package

ESCAPES = ("[unk]", "<UNK>")
"""The word for anything else in a grammar: English models have the first, the Korean one the second."""

EVEN = -8.0
"""Log-likelihood a second, grammar minus free, at which we believe a result as much as not. A sentence of the grammar
had +8 and Korean call-centre talk outside of it -5 to -34."""

STEEP = 4.0
"""How much of it makes odds of e : 1."""

DICTATES = ("en",)
"""Languages in which free dictation is worth having; in all others known phrases are a grammar whatever is asked."""

REJECTED = 0.15
"""A phrase less sure than this was not said."""


class Model:
    """One language's model with its idle free recognisers; shared by all threads."""

    def __init__(self, vosk: Any, path: Path) -> None:  # noqa: ANN401 - the package has no types
        vosk.SetLogLevel(-1)
        self._vosk = vosk
        try:
            self._model = vosk.Model(str(path))
        except Exception as fault:  # the package raises nothing narrower
            raise SpeechError(f"the model in {path} cannot be read") from fault
        self._idle: list[Any] = []
        self._lock = threading.Lock()
        self.spelled = lru_cache(maxsize=4_096)(self._spelled)

    def has(self, word: str) -> bool:
        return int(self._model.vosk_model_find_word(word)) >= 0

    def grammar(self, phrases: Sequence[str]) -> Any:  # noqa: ANN401
        """A recogniser of these phrases in any order, and of something else where the model has a word for that."""
        spelled = [" ".join(piece for word in phrase.split() for piece in self.spelled(word)) for phrase in phrases]
        escape = [word for word in ESCAPES if self.has(word)]
        listed = json.dumps([*dict.fromkeys(filter(None, spelled)), *escape], ensure_ascii=False)
        found = self._vosk.KaldiRecognizer(self._model, WIDE_RATE, listed)
        found.SetMaxAlternatives(1)  # the only way in which the package gives likelihoods
        return found

    def warm(self, count: int) -> None:
        """Fill the pool; takes about two seconds each."""
        for _ in range(count - len(self._idle)):
            fresh = self._fresh()
            fresh.AcceptWaveform(babble())
            fresh.FinalResult()
            self.give_back(fresh)

    def idle(self) -> Any | None:  # noqa: ANN401
        """A warm free recogniser, if one is idle."""
        with self._lock:
            return self._idle.pop() if self._idle else None

    def free(self) -> Any:  # noqa: ANN401
        return self.idle() or self._fresh()

    def give_back(self, used: Any) -> None:  # noqa: ANN401
        used.Reset()
        with self._lock:
            self._idle.append(used)

    def _fresh(self) -> Any:  # noqa: ANN401
        found = self._vosk.KaldiRecognizer(self._model, WIDE_RATE)
        found.SetMaxAlternatives(1)
        return found

    def _spelled(self, word: str) -> tuple[str, ...]:
        """A word as the fewest pieces that the model has; empty where there are none."""
        plain = letters(word)
        if self.has(plain):
            return (plain,)
        best: list[tuple[str, ...] | None] = [()]
        for end in range(1, len(plain) + 1):
            found = [
                (*head, plain[start:end])
                for start in range(end)
                if (head := best[start]) is not None and self.has(plain[start:end])
            ]
            best.append(min(found, key=len, default=None))
        return best[-1] or ()


class Strand:
    """One recogniser over one utterance: its texts and its likelihood, over the engine's own endpoints too."""

    def __init__(self, recognizer: Any) -> None:  # noqa: ANN401
        self.recognizer = recognizer
        self._texts: list[str] = []
        self.likelihood = 0.0

    def feed(self, piece: bytes) -> None:
        if self.recognizer.AcceptWaveform(piece):
            self._keep(self.recognizer.Result())

    def partial(self) -> str:
        return self._joined(json.loads(self.recognizer.PartialResult()).get("partial", ""))

    def finish(self) -> str:
        self._keep(self.recognizer.FinalResult())
        return self._joined("")

    def _keep(self, result: str) -> None:
        first = json.loads(result)["alternatives"][0]
        self._texts.append(first["text"])
        self.likelihood += float(first["confidence"])

    def _joined(self, last: str) -> str:
        words = " ".join([*self._texts, last]).split()
        return " ".join(word for word in words if word not in ESCAPES)


class VoskEar:
    """Hears one utterance; with a grammar also freely beside it, to know what lies outside."""

    def __init__(self, model: Model, question: Question, main: Strand, beside: Strand | None) -> None:
        self._model, self._question = model, question
        self._main, self._beside = main, beside
        self._singles = {phrase for phrase in question.phrases if " " not in phrase}
        self._length = 0.0
        self._partial = ""
        self._closed = False

    def feed(self, pcm16k: bytes) -> str | None:
        self._check()
        self._length += seconds(pcm16k, WIDE_RATE)
        for strand in (self._main, self._beside):
            if strand is not None:
                strand.feed(pcm16k)
        partial = self._main.partial()
        if partial == self._partial:
            return None
        self._partial = partial
        return partial

    def finish(self) -> Hearing:
        self._check()
        text = self._main.finish()
        beside = self._beside.finish() if self._beside is not None else ""
        if self._question.kind == "free":
            return self._hearing(text, None, (), "free")
        sure = self._sure() if self._beside is not None and text else None
        if self._question.kind == "digits":
            return self._hearing(text, sure, tuple(filter(None, [beside])), "grammar")
        if text and set(text.split()) <= self._singles:
            return self._hearing(text, sure, tuple(filter(None, [beside])), "grammar")
        order = ranked(text, self._question.phrases)
        rejected = sure is not None and sure < REJECTED
        if rejected or not order or order[0][0] < LIKE:
            return self._hearing("", sure, tuple(filter(None, [beside])), "grammar")
        others = tuple(phrase for like, phrase in order[1:4] if like >= LIKE)
        return self._hearing(order[0][1], sure, others, "grammar")

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        free = self._main if self._question.kind == "free" else self._beside
        if free is not None:
            self._model.give_back(free.recognizer)

    def _check(self) -> None:
        if self._closed:
            raise SpeechError("a closed ear was used")

    def _sure(self) -> float:
        assert self._beside is not None
        margin = (self._main.likelihood - self._beside.likelihood) / max(self._length, 0.3)
        return round(1 / (1 + math.exp(-max(-50.0, min(50.0, (margin - EVEN) / STEEP)))), 3)

    def _hearing(self, text: str, sure: float | None, others: tuple[str, ...], mode: Mode) -> Hearing:
        return Hearing(text, sure, others, "vosk", mode, round(self._length, 3))


class VoskRecognizer:
    """Models by language, read when they are first needed; `idle` free recognisers are kept warm for each."""

    name = "vosk"

    def __init__(self, paths: Mapping[str, Path], *, idle: int = 2) -> None:
        self._paths = dict(paths)
        self._idle = idle
        self._models: dict[str, Model] = {}
        self._lock = threading.Lock()
        self.abilities = Abilities(streaming=True, grammar=True, n_best=False, languages=tuple(sorted(paths)))

    def warm(self) -> None:
        for language in self._paths:
            self._model(language).warm(self._idle)

    def unknown(self, phrases: Sequence[str], language: str) -> tuple[str, ...]:
        """Words that the model cannot hear, not even as pieces."""
        model = self._model(language)
        words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
        return tuple(word for word in words if letters(word) and not model.spelled(word))

    def open(self, question: Question) -> Ear:
        model = self._model(question.language)
        dictation = question.kind == "free" and question.language in DICTATES
        if dictation or not question.phrases:
            free = Question("free", question.language)
            return VoskEar(model, free, Strand(model.free()), None)
        if question.kind == "free":
            question = Question("choices", question.language, question.phrases)
        beside = model.idle()
        return VoskEar(model, question, Strand(model.grammar(question.phrases)), Strand(beside) if beside else None)

    def _model(self, language: str) -> Model:
        if language not in self._paths:
            raise SpeechError(f"vosk has no model for {language!r}; it has {', '.join(self._paths) or 'none'}")
        with self._lock:
            if language not in self._models:
                self._models[language] = Model(package("vosk", "ears"), self._paths[language])
            return self._models[language]
