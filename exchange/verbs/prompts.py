"""<Say>, <Play> and <Pause>: what a caller hears, and how long it takes.

Speech lasts characters / 15 seconds, Hangul characters / 7, and at least half a second: rates of an unhurried voice. A
played file lasts as long as its WAV says, two seconds when it cannot be fetched or is no WAV. The exchange has no
voice: on the earpiece speech is a soft tone of the right length, unless a person listens and there is a speaker.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from exchange.call import Call
from exchange.clock import Process
from exchange.faults import CONTENT_TYPE, Trouble
from exchange.sound import RATE, BadSound, Samples, read_wav, silence, tone
from exchange.stage import Stage, resolve
from exchange.track import MUSIC, VOICE, Recorded, Sound
from exchange.twiml import Document, Verb
from exchange.webhook import Ask, Refusal
from exchange.world import World

LETTERS_A_SECOND = 15.0
SYLLABLES_A_SECOND = 7.0
SHORTEST = 0.5
UNKNOWN_FILE = 2.0
LONGEST_MUSIC = 86_400 * RATE
KEY_SECONDS = 0.5
ROWS, COLUMNS = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0)
"""The two frequencies of a key, ITU-T Q.23."""
ENDLESS = 1000
"""loop="0" plays until the call ends or so many times."""


Timed = tuple[Sound, float]
"""A sound and for how many seconds it is heard."""


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
    sound: Timed = (VOICE, speech_seconds(verb.text))
    if stage.call.softphone is not None:
        sound = await spoken(stage.world, stage.call, stage.process, verb.text) or sound
    for _ in range(loops):
        stage.world.log(stage.call, "said", verb.text, language=language)
        if await _aloud(stage, verb.text, sound, stop):
            return True
    return False


def language_of(text: str, call: Call) -> str:
    """Hangul is Korean whatever the call's language."""
    return "ko" if any("가" <= sign <= "힣" for sign in text) else call.language


async def spoken(world: World, call: Call, process: Process, text: str) -> Timed | None:
    """A text as the speaker says it, if there is one; what it cannot say is a fault."""
    if not world.speaker.present:
        return None
    said = await process.outside(world.speaker.say(text, language_of(text, call)))
    for complaint in world.speaker.hear_complaints():
        world.fault(Trouble("warning", 0, complaint), call)
    return None if said is None else (Recorded(said), len(said) / RATE)


async def _sound(stage: Stage, verb: Verb, document: Document, loops: int, stop: Callable[[], bool]) -> bool:
    if digits := verb.attributes.get("digits", ""):
        stage.world.log(stage.call, "played", digits, digits=digits)
        return await _heard(stage, _keys(digits), stop)
    url = resolve(document, verb.text)
    sound = await _fetch(stage, url)
    for _ in range(loops):
        stage.world.log(stage.call, "played", url, url=url)
        if await _aloud(stage, url, sound, stop):
            return True
    return False


async def _aloud(stage: Stage, text: str, sound: Timed, stop: Callable[[], bool]) -> bool:
    call = stage.call
    call.prompt = text
    call.signal.fire()
    try:
        return await _heard(stage, sound, stop)
    finally:
        call.prompt = None
        heard(call, text)


def heard(call: Call, text: str) -> None:
    """Tell the person at this end what they just heard."""
    if call.person is not None:
        call.person.heard.append(text)
    call.signal.fire()


async def _heard(stage: Stage, sound: Timed, stop: Callable[[], bool]) -> bool:
    """Let it be heard to its end, or until `stop`."""
    (what, seconds), clock = sound, stage.world.clock
    piece = stage.call.handset.earpiece.add(what, clock.position(), round(seconds * RATE))
    try:
        return await _last(stage, seconds, stop)
    finally:
        piece.cut(clock.position())


@contextmanager
def hold_music(stage: Stage) -> Iterator[None]:
    """The carrier's own music, on the earpiece until the block is left."""
    clock = stage.world.clock
    piece = stage.call.handset.earpiece.add(MUSIC, clock.position(), LONGEST_MUSIC)
    try:
        yield
    finally:
        piece.cut(clock.position())


async def _last(stage: Stage, seconds: float, stop: Callable[[], bool]) -> bool:
    return await stage.process.until(stop, stage.call.signal, within=seconds)


async def _fetch(stage: Stage, url: str) -> Timed:
    """The sound behind a URL; a placeholder when it cannot be had or read."""
    unknown = (MUSIC, UNKNOWN_FILE)
    if not url.startswith(("http://", "https://")):
        return unknown
    answer = await stage.process.outside(stage.world.webhooks.send(Ask(url, (), "GET"), stage.call.cookies))
    if isinstance(answer, Refusal):
        sentence = f"the sound to play could not be had: {answer.trouble.sentence}"
        stage.world.fault(Trouble("warning", answer.trouble.code, sentence, url), stage.call)
        return unknown
    if not answer.media.startswith("audio/"):
        sentence = f"<Play> got {answer.media or 'no content type'} instead of sound"
        stage.world.fault(Trouble("warning", CONTENT_TYPE, sentence, url), stage.call)
        return unknown
    try:
        samples = read_wav(answer.raw)
    except BadSound:
        return unknown
    return Recorded(samples), len(samples) / RATE


def _keys(digits: str) -> Timed:
    """The tones of keys, half a second each, of which the tone takes a fifth; w is a pause."""
    parts = [_key(key) for key in digits]
    return Recorded(np.concatenate(parts)), len(parts) * KEY_SECONDS


def _key(key: str) -> Samples:
    place = "123456789*0#".find(key)
    sounding = KEY_SECONDS / 5 if place >= 0 else 0.0
    pair = (ROWS[place // 3], COLUMNS[place % 3])
    return np.concatenate([tone(pair, sounding, -13.0), silence(round((KEY_SECONDS - sounding) * RATE))])
