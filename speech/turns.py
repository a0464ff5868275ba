"""When a caller begins to speak and when the caller's turn is over, from sound alone.

Laws: time is the sound's own (seconds since its first frame), never a clock's, so a recording gives the same turns at
any speed; every turn ends, by quiet, by a text that stands still under noise, or by the longest utterance; speech
counts only where it is voiced *and* stands out of the line's running noise floor.

    QUIET ── voiced for `onset` of the last 300 ms ──▶ TALKING ── quiet for `hang_over` ───────▶ Ended("quiet")
                                        (Began)                ── partial text unchanged ──────▶ Ended("still")
                                                               ── longer than `longest` ───────▶ Ended("longest")
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .audio import FRAME_MS, Pcm, level
from .hear import Kind

FRAME = FRAME_MS / 1000
Gate = Callable[[Pcm], bool]
"""Whether a frame of 20 ms at 8 kHz is a voice; webrtcvad's, or None where only energy decides."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a caller may pause (`hang_over`) and talk (`longest`), in seconds.

    `still`: a recogniser's partial that has not changed for so long ends the turn although the line is not quiet.
    """

    hang_over: float
    longest: float
    still: float


PACES: Mapping[Kind, Pace] = {
    "yes_no": Pace(hang_over=0.5, longest=6.0, still=1.0),
    "choices": Pace(hang_over=0.6, longest=10.0, still=1.2),
    "digits": Pace(hang_over=1.2, longest=20.0, still=2.0),
    "free": Pace(hang_over=0.9, longest=20.0, still=1.6),
}
"""300 ms cut 7 to 14 % of sentences and 500 ms next to none; people who read a number out pause between its groups."""

ONSET = 0.08
"""Seconds of voice within `WITHIN` that begin a turn on a quiet line."""

BARGE_IN = 0.24
"""The same while we speak: an "mhm" or our own echo must not silence us."""

WITHIN = 0.3
LEAD = 0.3
"""Seconds before the first voiced frame that belong to the turn: soft consonants come before the gate's voice."""

STANDS_OUT = 8.0
"""dB above the noise floor from which on a frame may be speech."""

LEAST = -52.0
"""dBFS below which nothing is speech; comfort noise of a quiet line is at about -65."""

BLOCK = 0.5
BLOCKS = 3
"""The floor is the least level of the last 1.5 to 2 s (minimum statistics, Martin 2001): speech has gaps."""

SMOOTH = 0.3


@dataclass(frozen=True, slots=True)
class Began:
    """The caller speaks since `at`, in seconds of the sound; `LEAD` is already taken off."""

    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn is over; its last voiced frame ended at `last`, which we knew at `at`."""

    last: float
    at: float
    why: Literal["quiet", "still", "longest"]


@dataclass(frozen=True, slots=True)
class Sound:
    """One frame that ended at `at`: its level in dBFS, and whether the gate called it a voice."""

    at: float
    level: float
    voiced: bool


@dataclass(frozen=True, slots=True)
class Floor:
    """The running noise floor in dBFS: least smoothed levels of the current block and of those before it."""

    smooth: float | None = None
    least: float = 0.0
    before: tuple[float, ...] = ()
    filled: float = 0.0

    @property
    def level(self) -> float:
        return min((self.least, *self.before))


@dataclass(frozen=True, slots=True)
class Turn:
    """What is known of the line so far. `began` is None while nobody speaks."""

    floor: Floor = field(default_factory=Floor)
    recent: tuple[float, ...] = ()
    began: float | None = None
    last: float = 0.0
    text: str = ""
    changed: float = 0.0


def risen(floor: Floor, loud: float) -> Floor:
    """The floor after one more frame of the given level."""
    smooth = loud if floor.smooth is None else floor.smooth + SMOOTH * (loud - floor.smooth)
    if floor.filled + FRAME < BLOCK:
        return replace(floor, smooth=smooth, least=min(floor.least, smooth), filled=floor.filled + FRAME)
    before = (*floor.before, min(floor.least, smooth))[-BLOCKS:]
    return Floor(smooth, smooth, before, 0.0)


def hear(turn: Turn, sound: Sound, pace: Pace, onset: float) -> tuple[Turn, Began | Ended | None]:
    """The line after one more frame, and what that means."""
    floor, at = risen(turn.floor, sound.level), sound.at
    speech = sound.voiced and sound.level > max(LEAST, floor.level + STANDS_OUT)
    turn = replace(turn, floor=floor, last=at if speech else turn.last)
    if turn.began is not None:
        return ended(turn, at, pace)
    recent = tuple(moment for moment in (*turn.recent, *((at,) if speech else ())) if moment > at - WITHIN)
    if len(recent) * FRAME < onset - FRAME / 2:
        return replace(turn, recent=recent), None
    began = max(0.0, recent[0] - FRAME - LEAD)
    return replace(turn, recent=(), began=began, text="", changed=at), Began(began)


def ended(turn: Turn, at: float, pace: Pace) -> tuple[Turn, Ended | None]:
    """Whether a turn under way is over at `at`."""
    assert turn.began is not None
    quiet = at - turn.last >= pace.hang_over - FRAME / 2
    still = bool(turn.text) and at - turn.changed >= pace.still
    if quiet:
        news = Ended(turn.last, at, "quiet")
    elif still:
        news = Ended(min(turn.last, turn.changed), at, "still")
    elif at - turn.began >= pace.longest:
        news = Ended(turn.last, at, "longest")
    else:
        return turn, None
    return Turn(floor=turn.floor, last=turn.last), news


class Turns:
    """One line's turns: feed every frame of the caller's sound, speech or not."""

    def __init__(self, gate: Gate | None) -> None:
        self._gate = gate
        self._turn = Turn()
        self._at = 0.0

    @property
    def talking(self) -> bool:
        """Whether a turn is under way."""
        return self._turn.began is not None

    @property
    def at(self) -> float:
        """Seconds of sound so far."""
        return self._at

    def frame(self, pcm: Pcm, pace: Pace, *, speaking: bool = False) -> Began | Ended | None:
        """Take 20 ms at 8 kHz. `speaking`: we are heard just now, so that only a real barge-in begins a turn."""
        self._at += FRAME
        loud = level(pcm)
        voiced = loud > LEAST and (self._gate is None or self._gate(pcm))
        onset = BARGE_IN if speaking else ONSET
        self._turn, news = hear(self._turn, Sound(self._at, loud, voiced), pace, onset)
        return news

    def partial(self, text: str) -> None:
        """What the recogniser has by now; a text that stands still ends the turn under noise."""
        if text != self._turn.text:
            self._turn = replace(self._turn, text=text, changed=self._at)

    def forget(self) -> None:
        """Drop a turn under way: its question is no longer asked. The noise floor stays."""
        self._turn = Turn(floor=self._turn.floor, last=self._turn.last)
