"""Sound as a function of time: what was put where on a leg, worked out only when somebody listens.

Law: nothing here ticks. A track is a list of pieces, each from one sample to another, and reading a span adds up the
pieces that lie in it; so a call that nobody listens to costs nothing, and a virtual hour is mixed as exactly as a real
second. Positions are whole samples since the exchange began.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from exchange.sound import RATE, Samples, mix, silence

KEPT = 1800 * RATE
"""Samples that a track keeps behind its newest piece."""
SOFT = 600.0
"""Amplitude of the placeholder: about -38 dBFS, audible and out of nobody's way."""


class Sound(Protocol):
    """Something that can be heard from its beginning on."""

    def read(self, offset: int, count: int) -> Samples: ...


class Recorded:
    """Samples that are known."""

    __slots__ = ("samples",)

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def read(self, offset: int, count: int) -> Samples:
        return self.samples[offset : offset + count]


class Growing:
    """Samples that come one after another while they are played."""

    __slots__ = ("_data",)

    def __init__(self) -> None:
        self._data = bytearray()

    def append(self, samples: Samples) -> None:
        self._data += samples.tobytes()

    def read(self, offset: int, count: int) -> Samples:
        return np.frombuffer(bytes(self._data[2 * offset : 2 * (offset + count)]), np.int16)


class SoftTone:
    """The placeholder for a voice or for music that the exchange does not have: a soft tone that swells and fades."""

    __slots__ = ("_hz",)

    def __init__(self, hz: float) -> None:
        self._hz = hz

    def read(self, offset: int, count: int) -> Samples:
        moments = (np.arange(offset, offset + count) % (RATE * 60)) / RATE
        swell = 0.6 - 0.4 * np.cos(2 * np.pi * 2 * moments)
        return np.asarray(SOFT * swell * np.sin(2 * np.pi * self._hz * moments), np.int16)


VOICE, MUSIC, MURMUR = SoftTone(220.0), SoftTone(330.0), SoftTone(150.0)
"""Stand in for a prompt, for hold music, and for what a scripted person says."""


class Piece:
    """A sound on a track from sample `start` to before `end`."""

    __slots__ = ("end", "sound", "start")

    def __init__(self, sound: Sound, start: int, end: int) -> None:
        self.sound = sound
        self.start = start
        self.end = end

    def cut(self, at: int) -> None:
        """Nothing of it is heard from `at` on."""
        self.end = min(self.end, max(at, self.start))


class Track:
    """What comes out of one mouth, or into one ear from the exchange itself."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    @property
    def end(self) -> int:
        """Where the last piece ends."""
        return max((piece.end for piece in self._pieces), default=0)

    def add(self, sound: Sound, start: int, count: int) -> Piece:
        piece = Piece(sound, start, start + count)
        if self._pieces and self._pieces[0].end < start - KEPT:
            self._pieces = [known for known in self._pieces if known.end >= start - KEPT]
        self._pieces.append(piece)
        return piece

    def read(self, start: int, end: int) -> Samples:
        """Exactly `end - start` samples."""
        parts = [self._part(piece, start, end) for piece in self._pieces if piece.start < end and piece.end > start]
        return mix(parts, end - start)

    @staticmethod
    def _part(piece: Piece, start: int, end: int) -> Samples:
        first, last = max(start, piece.start), min(end, piece.end)
        found = piece.sound.read(first - piece.start, last - first)
        if len(found) == end - start:
            return found
        placed = silence(end - start)
        placed[first - start : first - start + len(found)] = found
        return placed


class Mix:
    """A changing choice of tracks: who is heard from when on. `fixed` are always in it."""

    def __init__(self, fixed: Iterable[Track] = ()) -> None:
        self._fixed = tuple(fixed)
        self._choices: list[tuple[int, tuple[Track, ...]]] = []

    def choose(self, at: int, tracks: Sequence[Track]) -> None:
        """From `at` on hear these, and no others."""
        chosen = tuple(tracks)
        if self._choices and self._choices[-1][1] == chosen:
            return
        while self._choices and self._choices[-1][0] >= at:
            self._choices.pop()
        self._choices.append((at, chosen))

    @property
    def chosen(self) -> tuple[Track, ...]:
        return self._choices[-1][1] if self._choices else ()

    def read(self, start: int, end: int) -> Samples:
        parts = [track.read(start, end) for track in self._fixed]
        for place, (since, tracks) in enumerate(self._choices):
            until = self._choices[place + 1][0] if place + 1 < len(self._choices) else end
            first, last = max(start, since), min(end, until)
            for track in tracks if first < last else ():
                placed = silence(end - start)
                placed[first - start : last - start] = track.read(first, last)
                parts.append(placed)
        return mix(parts, end - start)


class Handset:
    """The sound of one leg: `mouth` is what its person says, `earpiece` what the exchange plays to them, and `hearing`
    that earpiece together with everybody they are joined to."""

    def __init__(self) -> None:
        self.mouth = Track()
        self.earpiece = Track()
        self.hearing = Mix((self.earpiece,))
        self.both = Mix((self.mouth, self.earpiece))

    def listen_to(self, at: int, others: Sequence["Handset"]) -> None:
        """From `at` on hear these mouths."""
        mouths = [other.mouth for other in others]
        self.hearing.choose(at, mouths)
        self.both.choose(at, mouths)
