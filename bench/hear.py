"""What the ears of this machine make of people on a telephone line: accuracy by engine and mode, and what it costs.

    python -m bench.hear [--engine NAME] [--language en] [--quick]

The recordings are 8 kHz µ-law and lie in the folder that HOLDLESS_DATA names (tests/speech/recordings.py); nothing
here is synthetic but the noise that is added and the gaps between the digits of a number. Wrong phrases to choose among
are the demo site's own. Every draw is seeded, so that two runs ask the same. Costs are processor time, which hardly
depends on what else the machine does.
"""

import argparse
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from config.settings import DEMO
from ivr.cli.site import read
from ivr.media.asking import NUMBERS
from speech import audio
from speech.audio import Pcm
from speech.engines.installed import recognizers
from speech.engines.vosk import VoskRecognizer
from speech.engines.whisper import WhisperRecognizer
from speech.hear import Hearing, Question, Recognizer
from speech.understand.digits import digits
from speech.understand.text import plain
from tests.speech.recordings import FOLDER, recording, recordings

SIZES = (5, 10, 30)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
GAP = 0.25
"""Seconds between the digits of a number that is put together."""
NOISES = (None, 10.0)
"""Kitchen, dB of signal over noise; None is the recording as it is."""
WINDOW = 3.0
"""Seconds of Korean call-centre talk that are offered as one utterance of none of the phrases."""


@dataclass
class Row:
    """Right and asked, seconds of sound and of CPU, and of CPU after the caller's last sound."""

    right: float = 0
    asked: float = 0
    sound: float = 0.0
    cpu: float = 0.0
    ends: list[float] = field(default_factory=list)


Rows = dict[tuple[str, str, str], Row]


class Bench:
    """One engine and its rows: (engine, mode, what was asked) -> figures."""

    def __init__(self, engine: Recognizer) -> None:
        self.engine = engine
        self.rows: Rows = defaultdict(Row)

    def heard(self, pcm: Pcm, question: Question, what: str, right: Callable[[Hearing], tuple[float, float]]) -> None:
        """Hear one utterance as a caller's would be; `right` gives (right, asked)."""
        ear = self.engine.open(question)
        wide = audio.widened(audio.decode(audio.encode(pcm)))
        begun = time.process_time()
        for start in range(0, len(wide), 3_200):
            ear.feed(wide[start : start + 3_200])
        ended = time.process_time()
        hearing = ear.finish()
        over = time.process_time()
        ear.close()
        row = self.rows[self.engine.name, "free" if question.kind == "free" else "grammar", what]
        good, asked = right(hearing)
        row.right += good
        row.asked += asked
        row.sound += audio.seconds(pcm)
        row.cpu += over - begun
        row.ends.append(over - ended)


def exactly(text: str) -> Callable[[Hearing], tuple[float, float]]:
    return lambda hearing: (plain(hearing.text) == plain(text), 1)


def nothing(phrases: Sequence[str]) -> Callable[[Hearing], tuple[float, float]]:
    """Right when none of the phrases was chosen."""
    return lambda hearing: (hearing.text not in phrases, 1)


def number(wanted: str) -> Callable[[Hearing], tuple[float, float]]:
    return lambda hearing: (digits(plain(hearing.text), "en", (1, 20)) == wanted, 1)


def words_of(text: str) -> Callable[[Hearing], tuple[float, float]]:
    """Words right: all of them less the fewest changes to what was said (word errors, in words)."""
    said = plain(text).replace("mister", "mr").split()
    return lambda hearing: (max(0, len(said) - changes(said, plain(hearing.text).split())), len(said))


def letters_of(text: str) -> Callable[[Hearing], tuple[float, float]]:
    """The same for Korean, in syllables."""
    said = list(plain(text).replace(" ", ""))
    return lambda hearing: (max(0, len(said) - changes(said, list(plain(hearing.text).replace(" ", "")))), len(said))


def slots_of(transcript: str) -> Callable[[Hearing], tuple[float, float]]:
    """Values of an order whose every word was heard."""
    values = [plain(str(value)).split() for value in json.loads(transcript.removeprefix("SLOTS")).values()]

    def right(hearing: Hearing) -> tuple[float, float]:
        heard = plain(hearing.text)
        for figure, word in (("12", "twelve"), ("16", "sixteen"), ("20", "twenty"), ("8", "eight")):
            heard = heard.replace(figure, word)
        return sum(set(value) <= set(heard.split()) for value in values), len(values)

    return right


def changes(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's distance."""
    before = list(range(len(other) + 1))
    for place, item in enumerate(one, 1):
        row = [place]
        for k, against in enumerate(other, 1):
            row.append(min(before[k] + 1, row[-1] + 1, before[k - 1] + (item != against)))
        before = row
    return before[-1]


def noisy(pcm: Pcm, decibels: float | None, seed: int) -> Pcm:
    """The sound in a kitchen; its own level stays."""
    if decibels is None:
        return pcm
    kitchen = np.roll(audio.samples(recording("noise/kitchen.wav")), -seed * 4_001).astype(float)
    sound = audio.samples(pcm).astype(float)
    beside = np.resize(kitchen, sound.size)
    share = np.sqrt(np.mean(sound**2) / max(1.0, float(np.mean(beside**2))) / 10 ** (decibels / 10))
    both: Pcm = np.clip(sound + share * beside, -32_768, 32_767).astype("<i2").tobytes()
    return both


def label(what: str, decibels: float | None) -> str:
    return what if decibels is None else f"{what}, kitchen {decibels:.0f} dB"


def shop(language: str) -> list[str]:
    """Phrases of the demo site."""
    site = read(DEMO)
    found = (phrase for intent in site.intents.values() for phrase in intent.phrases.get(language, ()))
    return sorted(set(found))


def choices(bench: Bench, language: str, said: Sequence[tuple[str, str]], seed: random.Random) -> None:
    """Each sentence among others, and the others without it."""
    others = shop(language) + [text for _, text in said]
    for noise in NOISES:
        for size in SIZES:
            for place, (path, text) in enumerate(said):
                wrong = seed.sample([other for other in others if plain(other) != plain(text)], size)
                among = [text, *wrong[1:]]
                seed.shuffle(among)
                pcm = noisy(recording(path), noise, place)
                bench.heard(
                    pcm, Question("choices", language, tuple(among)), label(f"choose 1 of {size}", noise), exactly(text)
                )
                if size == 10:
                    outside = Question("choices", language, tuple(wrong))
                    bench.heard(pcm, outside, label("none of 10: refused", noise), nothing(wrong))


def english(bench: Bench, quick: bool) -> None:
    seed = random.Random(1)
    said = [
        (one.path, one.transcript)
        for part in ("psphinx", "leopard")
        for one in recordings(part)
        if one.language == "en"
    ]
    for path, text in said:
        bench.heard(recording(path), Question("free", "en"), "sentences: words", words_of(text))
    orders = recordings("s2i")[: 20 if quick else None]
    for place, one in enumerate(orders):
        for noise in NOISES[: 1 if quick else None]:
            pcm = noisy(recording(one.path), noise, place)
            bench.heard(pcm, Question("free", "en"), label("orders: slots", noise), slots_of(one.transcript))
    choices(bench, "en", said, seed)
    for one in orders[:50]:
        wrong = seed.sample(shop("en"), 30)
        question = Question("choices", "en", tuple(wrong))
        bench.heard(recording(one.path), question, "orders at a menu of 30: refused", nothing(wrong))
        bench.heard(recording(one.path), question, "orders at a menu of 30: slots", slots_of(one.transcript))
    numbers(bench, seed, quick)


def numbers(bench: Bench, seed: random.Random, quick: bool) -> None:
    singles = recordings("fsdd")[: 30 if quick else None]
    by_speaker = defaultdict(list)
    for one in singles:
        by_speaker[one.path.split("_")[1]].append(one)
        bench.heard(recording(one.path), Question("choices", "en", DIGITS), "one digit of 10", exactly(one.transcript))
    for length in (1, 4, 7):
        for _ in range(8 if quick else 30):
            speaker = seed.choice(sorted(by_speaker))
            drawn = [seed.choice(by_speaker[speaker]) for _ in range(length)]
            gap = bytes(int(GAP * audio.RATE) * 2)
            pcm = gap.join(recording(one.path) for one in drawn)
            wanted = "".join(str(DIGITS.index(one.transcript)) for one in drawn)
            what = f"numbers of {length}"
            bench.heard(pcm, Question("digits", "en", NUMBERS["en"]), what, number(wanted))


def korean(bench: Bench, quick: bool) -> None:
    seed = random.Random(2)
    said = [(one.path, one.transcript) for one in recordings("leopard") if one.language == "ko"]
    for path, text in said:
        bench.heard(recording(path), Question("free", "ko"), "sentences: syllables", letters_of(text))
    for _ in range(2 if quick else 10):
        choices(bench, "ko", said, seed)
    for size in SIZES:
        for pcm in call_centre():
            wrong = seed.sample(shop("ko"), size)
            question = Question("choices", "ko", tuple(wrong))
            bench.heard(pcm, question, f"talk, none of {size}: refused", nothing(wrong))


def call_centre() -> Iterator[Pcm]:
    """Korean talk without a transcript, in pieces: certainly none of a shop's phrases."""
    length = int(WINDOW * audio.RATE) * 2
    for one in recordings("watson"):
        if one.language == "ko":
            pcm = recording(one.path)
            yield from (pcm[start : start + length] for start in range(0, len(pcm) - length // 2, length))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="", help="only this one")
    parser.add_argument("--language", default="", choices=["", "en", "ko"])
    parser.add_argument("--quick", action="store_true", help="a part of the recordings")
    options = parser.parse_args()
    if FOLDER is None:
        raise SystemExit("the recordings are not here; HOLDLESS_DATA names their folder")
    found = [one for one in recognizers(os.environ) if options.engine in ("", one.name)]
    if not found:
        raise SystemExit("no engine to measure; `holdless doctor` says what is missing")
    print(f"{'engine':9}{'mode':9}{'what':40}{'right':>14}{'CPU s/s':>9}{'after end p50':>15}{'p95 ms':>8}")
    for engine in found:
        if isinstance(engine, VoskRecognizer | WhisperRecognizer):
            engine.warm()
        for language, measure in (("en", english), ("ko", korean)):
            if language in engine.abilities.languages and options.language in ("", language):
                bench = Bench(engine)
                measure(bench, options.quick)
                report(bench.rows, language)


def report(rows: Rows, language: str) -> None:
    for (engine, mode, what), row in rows.items():
        share = f"{row.right:.0f} of {row.asked:.0f} {row.right / row.asked:5.0%}"
        ends = np.quantile(row.ends, [0.5, 0.95]) * 1_000
        cost = row.cpu / row.sound
        print(f"{engine:9}{mode:9}{language}: {what:36}{share:>14}{cost:9.2f}{ends[0]:15.0f}{ends[1]:8.0f}")


if __name__ == "__main__":
    main()
