"""What a scripted person does, step by step: the words of `POST /exchange/calls` and of the phones.

Each step is one JSON object with one leading key; an unknown key is refused with the step's place, so that a typing
mistake in a test never becomes a silent caller.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn


class BadScript(Exception):
    """A step that cannot be understood; the text names the step and what is allowed."""


@dataclass(frozen=True, slots=True)
class SayWords:
    """Speak `text`; the carrier's recogniser returns `heard` with `confidence` (0 to 1, or none at all).

    With `barge`, speak `after` seconds into the prompt instead of waiting for its end.
    """

    text: str
    heard: str
    confidence: float | None = 0.93
    barge: bool = False
    after: float = 1.0


@dataclass(frozen=True, slots=True)
class PressKeys:
    """Press `keys` one after another; `barge` and `after` as for words."""

    keys: str
    barge: bool = False
    after: float = 1.0


@dataclass(frozen=True, slots=True)
class PlayWav:
    """Say what the WAV file `wav` holds, a path or the name of an upload. A Gather or its like, which recognises
    nothing here, hears `heard`; `barge` and `after` as for words."""

    wav: str
    heard: str = ""
    confidence: float | None = 0.93
    barge: bool = False
    after: float = 1.0


@dataclass(frozen=True, slots=True)
class WaitFor:
    seconds: float


@dataclass(frozen=True, slots=True)
class StaySilent:
    """Let the next question time out."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call `after` seconds; `during` waits first for a queue, a conference or a stream."""

    after: float = 0.0
    during: str | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """Wait for somebody to talk to, then talk for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class UntilSaid:
    """Wait until a prompt with `text` in it has been heard."""

    text: str


Step = SayWords | PlayWav | PressKeys | WaitFor | StaySilent | HangUp | Talk | UntilSaid

KEYS: Mapping[str, frozenset[str]] = {
    "say": frozenset({"say", "heard", "confidence", "barge", "after"}),
    "wav": frozenset({"wav", "heard", "confidence", "barge", "after"}),
    "press": frozenset({"press", "barge", "after"}),
    "wait": frozenset({"wait"}),
    "silence": frozenset({"silence"}),
    "hang_up": frozenset({"hang_up", "after", "during"}),
    "talk": frozenset({"talk"}),
    "until_said": frozenset({"until_said"}),
}


def steps(given: object) -> list[Step]:
    """The steps of a JSON list; raises BadScript."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise BadScript(f"a script is a list of steps, not {given!r}")
    return list(_each(given))


def _each(given: Sequence[object]) -> Iterator[Step]:
    for place, raw in enumerate(given, 1):
        if not isinstance(raw, Mapping):
            raise BadScript(f"step {place} is not an object: {raw!r}")
        kind = next((key for key in KEYS if key in raw), None)
        if kind is None:
            raise BadScript(f"step {place} has none of {', '.join(KEYS)}: {dict(raw)!r}")
        if extra := set(raw) - KEYS[kind]:
            raise BadScript(f"step {place} ({kind}) does not know {', '.join(sorted(map(str, extra)))}")
        yield _step(kind, raw, place)


def _step(kind: str, raw: Mapping[str, object], place: int) -> Step:
    match kind:
        case "say":
            text, after = _text(raw, "say", place), _seconds(raw, "after", 1.0, place)
            heard = _text({"heard": text, **raw}, "heard", place)
            step: Step = SayWords(text, heard, _confidence(raw, place), raw.get("barge") is True, after)
        case "wav":
            after, heard = _seconds(raw, "after", 1.0, place), _text({"heard": "", **raw}, "heard", place)
            step = PlayWav(_text(raw, "wav", place), heard, _confidence(raw, place), raw.get("barge") is True, after)
        case "press":
            keys = _text(raw, "press", place)
            if not keys or set(keys) - set("0123456789*#"):
                _wrong(place, "press", "keys out of 0-9 * #", keys)
            step = PressKeys(keys, raw.get("barge") is True, _seconds(raw, "after", 1.0, place))
        case "hang_up":
            step = HangUp(_seconds(raw, "after", 0.0, place), _place(raw, place))
        case "wait":
            step = WaitFor(_seconds(raw, "wait", 0.0, place))
        case "talk":
            step = Talk(_seconds(raw, "talk", 0.0, place))
        case "silence":
            step = StaySilent()
        case _:
            step = UntilSaid(_text(raw, "until_said", place))
    return step


def _seconds(raw: Mapping[str, object], key: str, default: float, place: int) -> float:
    value = raw.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        _wrong(place, key, "a number of seconds", value)
    return float(value)


def _text(raw: Mapping[str, object], key: str, place: int) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else _wrong(place, key, "text", value)


def _confidence(raw: Mapping[str, object], place: int) -> float | None:
    value = raw.get("confidence", 0.93)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        _wrong(place, "confidence", "a number from 0 to 1 or null", value)
    return float(value)


def _place(raw: Mapping[str, object], place: int) -> str | None:
    during = raw.get("during")
    if during not in (None, "queue", "conference", "stream"):
        _wrong(place, "during", "queue, conference or stream", during)
    return None if during is None else str(during)


def _wrong(place: int, key: str, wanted: str, value: object) -> NoReturn:
    raise BadScript(f"step {place}: {key} must be {wanted}, not {value!r}")
