"""<Record>: a beep, and what the person says until they stop, press a key or hang up.

The person's `say` steps are the message; five seconds of silence end it. The verbs behind it are never reached: the
action (by default the document itself) is asked as soon as something was recorded.
"""

from exchange.ear import Ear
from exchange.recording import Recorder, Recording, listen
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


def _fields(recorder: Recorder, recording: Recording, key: str) -> dict[str, str]:
    return {**recorder.fields(recording), "Digits": key}
