"""A made-up voice that says nothing: to warm a recogniser, whose first speech costs it a second.

White noise does not do it (a stall of 0.2 to 0.7 s stays), vowels do for the most part. Pulses at a speaker's pitch go
through three resonances that jump between four vowels (Klatt, "Software for a cascade/parallel formant synthesizer",
1980).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from speech.audio import WIDE_RATE

FORMANTS = ((700, 1_200, 2_600), (300, 2_300, 3_000), (450, 800, 2_500), (300, 900, 2_300))
"""Hz: near /a/, /i/, /o/, /u/."""

BREADTH = 90
SYLLABLE = 0.15
SYLLABLES = 8


@cache
def babble() -> bytes:
    """1.2 s at 16 kHz."""
    moments = np.arange(int(SYLLABLE * WIDE_RATE)) / WIDE_RATE
    whole = [voiced(moments + place * SYLLABLE, FORMANTS[place % len(FORMANTS)]) for place in range(SYLLABLES)]
    return np.rint(np.concatenate(whole) * 9_000).astype("<i2").tobytes()


def voiced(moments: NDArray[np.float64], formants: tuple[int, ...]) -> NDArray[np.float64]:
    """One syllable, -1 to 1."""
    pitch = 120 + 20 * np.sin(4 * np.pi * moments)
    pulses = np.diff(np.floor(np.cumsum(pitch) / WIDE_RATE), prepend=0.0)
    for formant in formants:
        ring = np.arange(WIDE_RATE // 20) / WIDE_RATE
        response = np.exp(-np.pi * BREADTH * ring) * np.sin(2 * np.pi * formant * ring)
        pulses = np.convolve(pulses, response)[: moments.size]
    shaped: NDArray[np.float64] = pulses * np.hanning(moments.size) ** 0.3
    return shaped / max(1e-9, float(np.abs(shaped).max()))
