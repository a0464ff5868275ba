"""What speaks to a caller: a port for voices.

Law: a voice gives sound or raises SpeechError; silence where speech should be is an error, not an answer.
"""

from dataclasses import dataclass
from typing import Protocol

from .audio import Pcm


@dataclass(frozen=True, slots=True)
class Speech:
    """A sentence as it was spoken: 8 kHz 16-bit mono, and which voice said it ("recorded" for the site's own WAV)."""

    pcm: Pcm
    voice: str


class Voice(Protocol):
    """One voice of one engine. Blocking; `speech/voices.py` keeps it off the event loop."""

    @property
    def name(self) -> str: ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Two letters each."""
        ...

    def say(self, text: str, language: str, pace: float) -> Pcm:
        """Sound of `text`; `pace` 1.0 is the voice's usual speed, 1.5 half as fast again. Raises SpeechError."""
        ...
