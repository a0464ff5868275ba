"""<Gather>: prompts, then listening; keys or words, whichever begins first.

Source: the carrier's <Gather> page. The time-out begins when the prompts end, and again after each key. Nothing entered
falls through to the next verb unless actionOnEmptyResult is true. The exchange recognises no speech: what is heard is
what the person's script says the carrier would hear.
"""

from exchange.ear import Ear
from exchange.faults import Trouble
from exchange.sense import SCHEMA
from exchange.stage import Stage, action, resolve
from exchange.twiml import Document, Verb
from exchange.verbs.prompts import prompt

DEFAULT_PATIENCE = 5
PAUSE_OF_SPEECH = 1.0
"""speechTimeout="auto" ends at the first pause: taken as one second."""


async def gather(stage: Stage, verb: Verb, document: Document) -> None:
    ear = Ear(
        frozenset(verb.attributes.get("input", "dtmf").split()),
        verb.number("numDigits", 0),
        verb.attributes.get("finishOnKey", "#"),
    )
    stage.call.ear = ear
    stage.call.signal.fire()
    try:
        await _prompts(stage, verb, document, ear)
        await _listen(stage, verb, document, ear)
    finally:
        ear.closed = True
        stage.call.ear = None
        stage.call.signal.fire()
    if found := result(ear, verb.attributes.get("language", "en-US")):
        _answer(stage, document, verb)
        raise action(document, verb, found)
    stage.world.log(stage.call, "silence", "nothing was entered")
    if verb.flag("actionOnEmptyResult", False):
        _answer(stage, document, verb)
        raise action(document, verb, {})


async def _prompts(stage: Stage, verb: Verb, document: Document, ear: Ear) -> None:
    for child in verb.children:
        if await prompt(stage, child, document, lambda: ear.begun):
            break
    ear.prompts_over = True
    stage.call.signal.fire()


async def _listen(stage: Stage, verb: Verb, document: Document, ear: Ear) -> None:
    process, signal = stage.process, stage.call.signal
    patience = float(DEFAULT_PATIENCE if verb.attributes.get("timeout") == "auto" else verb.number("timeout", 5))
    if not await process.until(lambda: ear.begun, signal, within=patience):
        return
    if ear.digits:
        before = ""
        while not ear.keyed and before != ear.digits:
            before = ear.digits
            await process.until(lambda known=before: ear.keyed or ear.digits != known, signal, within=patience)  # type: ignore[misc]
        return
    if partial := verb.attributes.get("partialResultCallback"):
        _tell_partial(stage, verb, resolve(document, partial), ear.unstable)
    await process.until(lambda: ear.speech is not None, signal)
    wanted = verb.attributes.get("speechTimeout", "")
    await process.sleep(PAUSE_OF_SPEECH if wanted == "auto" else float(wanted or patience))


def result(ear: Ear, language: str) -> dict[str, str]:
    """The form fields of what was entered; empty when nothing was."""
    if ear.digits:
        return {"Digits": ear.digits, "FinishedOnKey": ear.finished_on, "msg": "Gather End"}
    if ear.speech is None or not ear.speech.text:
        return {}
    heard = {"SpeechResult": ear.speech.text, "Language": language}
    if ear.speech.confidence is not None:
        heard["Confidence"] = f"{ear.speech.confidence:g}"
    return heard


def _tell_partial(stage: Stage, verb: Verb, url: str, unstable: str) -> None:
    fields = {
        "Language": verb.attributes.get("language", "en-US"),
        "SequenceNumber": "0",
        "Stability": "0.5",
        "StableSpeechResult": "",
        "UnstableSpeechResult": unstable,
    }
    stage.world.notify(stage.call, url, fields, verb.attributes.get("partialResultCallbackMethod", "POST"))


def _answer(stage: Stage, document: Document, verb: Verb) -> None:
    """The default action is the document itself: lawful, and the classic loop, so it is said once a Gather."""
    if "action" not in verb.attributes:
        sentence = "<Gather> without action asks for the same document again"
        stage.world.fault(Trouble("warning", SCHEMA, sentence, document.url or "", document.text), stage.call)
