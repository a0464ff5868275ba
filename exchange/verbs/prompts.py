"""<Say>, <Play> and <Pause>: what a caller hears, and how long it takes.

Speech lasts characters / 15 seconds, Hangul characters / 7, and at least half a second: rates of an unhurried voice. A
played file lasts what its WAV header says, two seconds when it cannot be fetched or is no WAV.
"""

import struct
from collections.abc import Callable

from exchange.call import Call
from exchange.faults import CONTENT_TYPE, Trouble
from exchange.stage import Stage, resolve
from exchange.twiml import Document, Verb
from exchange.webhook import Ask, Refusal

LETTERS_A_SECOND = 15.0
SYLLABLES_A_SECOND = 7.0
SHORTEST = 0.5
UNKNOWN_FILE = 2.0
ENDLESS = 1000
"""loop="0" plays until the call ends or so many times."""


def speech_seconds(text: str) -> float:
    """How long it takes to say `text`."""
    syllables = sum("가" <= sign <= "힣" for sign in text)
    return max(SHORTEST, (len(text) - syllables) / LETTERS_A_SECOND + syllables / SYLLABLES_A_SECOND)


async def say(stage: Stage, verb: Verb, document: Document) -> None:
    await prompt(stage, verb, document, lambda: stage.call.over)


async def play_file(stage: Stage, verb: Verb, document: Document) -> None:
    await prompt(stage, verb, document, lambda: stage.call.over)


async def pause(stage: Stage, verb: Verb, document: Document) -> None:
    await prompt(stage, verb, document, lambda: stage.call.over)


async def prompt(stage: Stage, verb: Verb, document: Document, stop: Callable[[], bool]) -> bool:
    """Play one prompt verb; True when `stop` came before its end."""
    if verb.name == "Pause":
        return await _last(stage, verb.number("length", 1), stop)
    loops = verb.number("loop", 1) or ENDLESS
    if verb.name == "Say":
        return await _speak(stage, verb, loops, stop)
    return await _sound(stage, verb, document, loops, stop)


async def _speak(stage: Stage, verb: Verb, loops: int, stop: Callable[[], bool]) -> bool:
    language = verb.attributes.get("language", "")
    for _ in range(loops):
        stage.world.log(stage.call, "said", verb.text, language=language)
        stopped = await _aloud(stage, verb.text, speech_seconds(verb.text), stop)
        if stopped:
            return True
    return False


async def _sound(stage: Stage, verb: Verb, document: Document, loops: int, stop: Callable[[], bool]) -> bool:
    if digits := verb.attributes.get("digits", ""):
        stage.world.log(stage.call, "played", digits, digits=digits)
        return await _last(stage, 0.5 * len(digits), stop)
    url = resolve(document, verb.text)
    seconds = await _measure(stage, url)
    for _ in range(loops):
        stage.world.log(stage.call, "played", url, url=url)
        if await _aloud(stage, url, seconds, stop):
            return True
    return False


async def _aloud(stage: Stage, text: str, seconds: float, stop: Callable[[], bool]) -> bool:
    call = stage.call
    call.prompt = text
    call.signal.fire()
    try:
        return await _last(stage, seconds, stop)
    finally:
        call.prompt = None
        heard(call, text)


def heard(call: Call, text: str) -> None:
    """Tell the person at this end what they just heard."""
    if call.person is not None:
        call.person.heard.append(text)
    call.signal.fire()


async def _last(stage: Stage, seconds: float, stop: Callable[[], bool]) -> bool:
    return await stage.process.until(stop, stage.call.signal, within=seconds)


async def _measure(stage: Stage, url: str) -> float:
    if not url.startswith(("http://", "https://")):
        return UNKNOWN_FILE
    answer = await stage.process.outside(stage.world.webhooks.send(Ask(url, (), "GET"), stage.call.cookies))
    if isinstance(answer, Refusal):
        sentence = f"the sound to play could not be had: {answer.trouble.sentence}"
        stage.world.fault(Trouble("warning", answer.trouble.code, sentence, url), stage.call)
        return UNKNOWN_FILE
    if not answer.media.startswith("audio/"):
        sentence = f"<Play> got {answer.media or 'no content type'} instead of sound"
        stage.world.fault(Trouble("warning", CONTENT_TYPE, sentence, url), stage.call)
        return UNKNOWN_FILE
    return wav_seconds(answer.raw) or UNKNOWN_FILE


def wav_seconds(data: bytes) -> float | None:
    """The length of a RIFF WAVE file from its `fmt ` and `data` chunks; None for anything else."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    at, rate = 12, 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt " and at + 20 <= len(data):
            rate = struct.unpack_from("<I", data, at + 16)[0]
        elif name == b"data":
            return size / rate if rate else None
        at += 8 + size + size % 2
    return None
