"""The carrier's playing buffer of a media stream: what the application sent, put on the caller's earpiece.

Audio is played from the moment it arrives, or from the end of what is buffered; `clear` stops it at once. A *run* is
what was played without a gap of `GAP` seconds; it is what the diary tells, for single frames would drown it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from exchange.sound import FRAME, FULL_SCALE, QUIETEST, RATE, Samples, loudness
from exchange.track import Growing, Piece, Track

GAP = 0.2
LONGEST_PIECE = 60 * RATE
"""Samples in one piece of a track, so that what is old can be forgotten."""
AUDIBLE = -50.0
"""dBFS of 20 ms from which on somebody would say that they heard something."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was heard: `start` in samples, `seconds` of audio, its loudness; `first` is the first audible sample."""

    start: int
    seconds: float
    level: float
    first: int | None
    cut: bool


class Playback:
    """Fills `track`; `position` turns a moment into samples."""

    def __init__(self, track: Track, position: Callable[[datetime], int]) -> None:
        self._track = track
        self._position = position
        self._pieces: list[Piece] = []
        self._growing = Growing()
        self._start = 0
        self._played = 0
        self._end = 0
        self._runs: list[Run] = []

    @property
    def end(self) -> int:
        """Up to where there is audio, in samples."""
        return self._end

    def add(self, at: datetime, samples: Samples) -> None:
        """Play from `at`, which is now or the end of what is buffered."""
        start = self._position(at)
        last = self._pieces[-1] if self._pieces else None
        if last is None or last.end != start or last.end - last.start > LONGEST_PIECE:
            self._growing = Growing()
            last = self._track.add(self._growing, start, 0)
            self._pieces.append(last)
        if not self._played:
            self._start = start
        self._growing.append(samples)
        last.end += len(samples)
        self._played += len(samples)
        self._end = last.end

    def cut(self, at: datetime) -> None:
        """Forget what was not played by `at`."""
        now = self._position(at)
        if self._end <= now:
            return
        for piece in self._pieces:
            if piece.end > now:
                self._played -= piece.end - max(now, piece.start)
                piece.cut(now)
        self._pieces, self._end = [], now
        self._finish(now, cut=True)

    def finished(self, at: datetime, *, over: bool = False) -> list[Run]:
        """The runs that have ended by `at`, each once; with `over` the stream ends here and so does the last one."""
        now = self._position(at)
        if over:
            self.cut(at)
        if over or now >= self._end + GAP * RATE:
            self._finish(now, cut=False)
        runs, self._runs = self._runs, []
        return runs

    def _finish(self, now: int, *, cut: bool) -> None:
        if not self._played:
            return
        samples = self._track.read(self._start, min(self._end, now))
        first = first_audible(samples)
        level = loudness(samples) if first is not None else QUIETEST
        begun = None if first is None else self._start + first
        self._runs.append(Run(self._start, self._played / RATE, level, begun, cut))
        self._played, self._pieces = 0, self._pieces[-1:]


def first_audible(samples: Samples) -> int | None:
    """Where the first audible frame of 20 ms begins."""
    whole = len(samples) // FRAME * FRAME
    power = np.mean(samples[:whole].reshape(-1, FRAME).astype(np.float64) ** 2, axis=1)
    places = np.flatnonzero(power > (FULL_SCALE * 10 ** (AUDIBLE / 20)) ** 2)
    if len(places):
        return int(places[0]) * FRAME
    return whole if loudness(samples[whole:]) > AUDIBLE else None


def is_audible(samples: Samples) -> bool:
    return first_audible(samples) is not None
