"""How soon a caller's turn is known to be over, on people's recordings, quiet and in a kitchen.

    python -m bench.turns

Each recording is laid into five seconds of line noise. Its true end is its last frame within 30 dB of its loudest. Cut:
the turn ended in the middle of the recording; missed: no turn covered its middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from speech import audio
from speech.audio import FRAME_BYTES, Pcm
from speech.engines.webrtc import gate
from speech.hear import Kind
from speech.turns import FRAME, PACES, Began, Ended, Turns
from tests.speech.recordings import FOLDER, Recording, recording, recordings

BEFORE, AFTER = 1.0, 4.0
LINE = 8.0
"""Standard deviation of the line's own noise, of 32,768."""

ENOUGH = 1e-3
"""-30 dB."""

Floats = NDArray[np.float64]


@dataclass
class Found:
    """Delays in seconds, and how many turns went wrong."""

    delays: list[float] = field(default_factory=list)
    cut: int = 0
    missed: int = 0


def laid(sound: Floats, decibels: float | None, seed: int) -> tuple[Pcm, float, float]:
    """The sound on a line, and where its speech begins and ends, in seconds."""
    frames = sound[: sound.size // FRAME_BYTES * FRAME_BYTES].reshape(-1, FRAME_BYTES)
    powers = np.square(frames).mean(axis=1)
    active = np.nonzero(powers > powers.max() * ENOUGH)[0]
    whole = np.concatenate([np.zeros(int(BEFORE * audio.RATE)), sound, np.zeros(int(AFTER * audio.RATE))])
    whole += np.random.default_rng(seed).normal(0, LINE, whole.size)
    if decibels is not None:
        kitchen = np.roll(audio.samples(recording("noise/kitchen.wav")), -seed * 4_001).astype(float)
        beside = np.resize(kitchen, whole.size)
        whole += beside * np.sqrt(powers[active].mean() / np.square(beside).mean() / 10 ** (decibels / 10))
    pcm = audio.decode(audio.encode(np.clip(whole, -32_768, 32_767).astype("<i2").tobytes()))
    return pcm, BEFORE + active[0] * FRAME, BEFORE + (active[-1] + 1) * FRAME


def turns_in(pcm: Pcm, kind: Kind) -> list[tuple[float, float]]:
    """When each turn began, and when it was known to be over."""
    line, begun, found = Turns(gate()), 0.0, []
    for start in range(0, len(pcm) - 2 * FRAME_BYTES + 1, 2 * FRAME_BYTES):
        match line.frame(pcm[start : start + 2 * FRAME_BYTES], PACES[kind]):
            case Began(at):
                begun = at
            case Ended(at=at):
                found.append((begun, at))
    return found


def measure(some: Sequence[Recording], kind: Kind, decibels: float | None) -> Found:
    found = Found()
    for seed, one in enumerate(some):
        pcm, start, end = laid(audio.samples(recording(one.path)).astype(float), decibels, seed)
        covering = [turn for turn in turns_in(pcm, kind) if turn[0] <= start + 0.05 and turn[1] >= (start + end) / 2]
        if not covering:
            found.missed += 1
        elif covering[0][1] < end - 0.1:
            found.cut += 1
        else:
            found.delays.append(covering[0][1] - end)
    return found


def main() -> None:
    if FOLDER is None:
        raise SystemExit("the recordings are not here; HOLDLESS_DATA names their folder")
    print(f"gate: {'energy' if gate() is None else 'webrtc and energy'}")
    print(f"{'asked':10}{'what':10}{'noise':12}{'n':>5}{'cut':>5}{'missed':>8}{'p50 ms':>9}{'p90 ms':>9}")
    asked: tuple[tuple[str, Kind], ...] = (("s2i", "choices"), ("s2i", "free"), ("fsdd", "yes_no"))
    for decibels in (None, 10.0, 5.0):
        for part, kind in asked:
            some = recordings(part)
            found = measure(some, kind, decibels)
            middle, late = np.quantile(found.delays, [0.5, 0.9]) * 1_000
            noise = "none" if decibels is None else f"{decibels:.0f} dB"
            print(
                f"{kind:10}{part:10}{noise:12}{len(some):5}{found.cut:5}{found.missed:8}{middle:9.0f}{late:9.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
