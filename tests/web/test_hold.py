"""The hold sound: of the right length and level, beginning and ending in silence so that it repeats without a click."""

import array
import io
import math
import wave

from ivr.web.hold import RATE, SECONDS, sound


def test_the_hold_sound_is_soft_and_repeats_without_a_click() -> None:
    with wave.open(io.BytesIO(sound())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        samples = array.array("h", file.readframes(file.getnframes()))
    assert len(samples) == RATE * SECONDS
    assert max(abs(samples[0]), abs(samples[-1])) < 50
    level = 20 * math.log10(math.sqrt(sum(value * value for value in samples) / len(samples)) / 32768)
    assert -40 < level < -20
    longest = max(sum(1 for _ in run) for run in quiet_runs(samples))
    assert longest < RATE, "nobody hears silence for a second"


def quiet_runs(samples: "array.array[int]") -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for value in samples:
        if abs(value) < 100:
            runs[-1].append(value)
        elif runs[-1]:
            runs.append([])
    return runs
