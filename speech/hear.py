"""What hears a caller: a port for recognisers, the question they are asked with, and what they answer.

Law: an engine says in its `Abilities` what it can do, and nobody asks it for more. An ear is blocking and belongs to
one utterance at a time; `speech/ears.py` keeps it off the event loop.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["yes_no", "choices", "digits", "free"]
Mode = Literal["grammar", "free"]


class SpeechError(Exception):
    """An engine, a model or a voice is missing or broke; the sentence says what to do. It costs a fallback, no call."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an engine can do. `languages` are two letters each; `n_best` means that it gives alternatives."""

    streaming: bool
    grammar: bool
    n_best: bool
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What the caller was asked. `phrases` are what may be said, as written; only "free" may leave them empty."""

    kind: Kind
    language: str
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one utterance was heard as; `text` is empty when nothing was, or nothing that the question offers.

    `confidence` is 0 to 1 by the engine's own measure, None where it has none; `seconds` is the length of the sound.
    """

    text: str
    confidence: float | None
    alternatives: tuple[str, ...]
    engine: str
    mode: Mode
    seconds: float


class Ear(Protocol):
    """Hears one utterance: feed its sound, then finish once or close. Raises SpeechError."""

    def feed(self, pcm16k: bytes) -> str | None:
        """Take 16-bit little-endian mono sound at 16 kHz; a partial text when there is one that changed."""
        ...

    def finish(self) -> Hearing:
        """What was heard. The ear is of no further use."""
        ...

    def close(self) -> None:
        """Give back what the ear holds; may be called at any time and twice."""
        ...


class Recognizer(Protocol):
    """One engine with its models. `open` raises SpeechError for what `abilities` does not promise."""

    @property
    def name(self) -> str: ...

    @property
    def abilities(self) -> Abilities: ...

    def open(self, question: Question) -> Ear: ...
