"""<Record>: a beep, and what the person says until they stop, press a key or hang up.

The person's `say` steps are the message; five seconds of silence end it. The verbs behind it are never reached: the
action (by default the document itself) is asked as soon as something was recorded.
"""

from datetime import timedelta

from exchange.ear import Ear
from exchange.manners import LOOK
from exchange.playback import is_audible
from exchange.recording import Recorder, Recording, listen
from exchange.sound import RATE
from exchange.stage import Stage, action, resolve
from exchange.twiml import Document, Verb
from exchange.world import Gone


async def record(stage: Stage, verb: Verb, document: Document) -> None:
    recorder = Recorder(stage.world)
    recording = recorder.start(stage.call, "RecordVerb")
    listen(recording, verb.attributes, document)
    recorder.begun(recording)
    keys = verb.attributes.get("finishOnKey", "1234567890*#")
    try:
        key = await _take_message(stage, verb, keys)
    except Gone:
        recorder.finish(recording)
        if url := verb.attributes.get("action"):
            fields = _fields(recorder, recording, "hangup")
            stage.world.notify(stage.call, resolve(document, url), fields, verb.attributes.get("method", "POST"))
        raise
    recorder.finish(recording)
    raise action(document, verb, _fields(recorder, recording, key))


async def _take_message(stage: Stage, verb: Verb, keys: str) -> str:
    """Listen until silence, the longest time or a closing key; the key is returned, or nothing."""
    silence, longest = float(verb.number("timeout", 5)), float(verb.number("maxLength", 3600))
    if stage.call.softphone is not None:
        return await _listen(stage, keys, silence, longest)
    began = stage.world.clock.now
    while True:
        left = longest - (stage.world.clock.now - began).total_seconds()
        if left <= 0:
            return ""
        ear = Ear(frozenset({"dtmf", "speech"}), 1, "", prompts_over=True)
        stage.call.ear = ear
        stage.call.signal.fire()
        try:
            begun = await stage.process.until(lambda e=ear: e.begun, stage.call.signal, within=min(silence, left))  # type: ignore[misc]
            if not begun:
                return ""
            if ear.digits:
                if ear.digits in keys:
                    return ear.digits
                continue
            await stage.process.until(lambda e=ear: e.speech is not None, stage.call.signal)  # type: ignore[misc]
        finally:
            ear.closed, stage.call.ear = True, None
            stage.call.signal.fire()


async def _listen(stage: Stage, keys: str, silence: float, longest: float) -> str:
    """The same with a living person at the microphone: silence is what cannot be heard."""
    clock, call, quiet = stage.world.clock, stage.call, 0.0
    ear, end = Ear(frozenset({"dtmf"}), 0, "", prompts_over=True), clock.now + timedelta(seconds=longest)
    call.ear = ear
    try:
        while quiet < silence and clock.now < end:
            taken = len(ear.digits)
            await stage.process.until(lambda known=taken: len(ear.digits) > known, call.signal, within=LOOK)  # type: ignore[misc]
            if pressed := [key for key in ear.digits[taken:] if key in keys]:
                return pressed[0]
            now = clock.position()
            quiet = 0.0 if is_audible(call.handset.mouth.read(now - round(LOOK * RATE), now)) else quiet + LOOK
    finally:
        ear.closed, call.ear = True, None
    return ""


def _fields(recorder: Recorder, recording: Recording, key: str) -> dict[str, str]:
    return {**recorder.fields(recording), "Digits": key}
