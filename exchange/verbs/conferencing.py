"""<Dial><Conference>: a call's stay in a conference, from the door to the Dial's action URL."""

from exchange.conference import (
    Conference,
    CutMusic,
    Participant,
    conference_named,
    enter,
    leave,
    open_conference,
)
from exchange.faults import COACH, Trouble
from exchange.recording import Recorder
from exchange.stage import MUSIC, CallFinished, DocumentFailed, Redirected, Source, Stage, action, play, resolve
from exchange.twiml import Document, Verb
from exchange.verbs.prompts import hold_music
from exchange.world import Gone

FULL, LABEL_TAKEN = 13222, 16025


async def dial_conference(stage: Stage, dial: Verb, document: Document) -> None:
    """Enter, stay until it is over or the call is, then go to the Dial's action or the next verb."""
    world, call, noun = stage.world, stage.call, dial.children[0]
    conference = conference_named(world, noun.text) or open_conference(world, noun.text)
    participant = _participant(stage, noun, document)
    _admit(conference, participant, noun, document)
    _set_callbacks(conference, noun, document)
    enter(world, conference, participant)
    if noun.attributes.get("record") in ("record-from-start", "true"):
        Recorder(world).of_conference(conference, call, noun, document)
    try:
        await _stay(stage, conference, participant)
    except (Gone, CallFinished) as over:
        if isinstance(over, CallFinished):
            world.finish(call, over.by, over.status)
        _depart(stage, conference, participant)
        _tell_action(stage, dial, document, "completed")
        raise
    except Redirected:
        participant.reason = "participant_updated_via_api"
        _depart(stage, conference, participant)
        raise
    except DocumentFailed:
        _depart(stage, conference, participant)
        raise
    _depart(stage, conference, participant)
    world.move_to(call, "menu")
    if dial.attributes.get("action"):
        raise action(document, dial, {"DialCallStatus": "answered"})


def _depart(stage: Stage, conference: Conference, participant: Participant) -> None:
    leave(stage.world, conference, participant)
    if conference.status == "completed":
        Recorder(stage.world).finish_conference(conference.sid)


def _participant(stage: Stage, noun: Verb, document: Document) -> Participant:
    wait = noun.attributes.get("waitUrl")
    return Participant(
        stage.call,
        stage.world.clock.now,
        label=noun.attributes.get("participantLabel", ""),
        muted=noun.flag("muted", False),
        starts=noun.flag("startConferenceOnEnter", True),
        ends=noun.flag("endConferenceOnExit", False),
        beep_on_exit=noun.attributes.get("beep", "true") in ("true", "onExit"),
        coach=noun.attributes.get("coach"),
        wait_url=resolve(document, wait) if wait else wait,
        wait_method=noun.attributes.get("waitMethod", "POST"),
    )


def _admit(conference: Conference, participant: Participant, noun: Verb, document: Document) -> None:
    def refuse(code: int, sentence: str) -> DocumentFailed:
        return DocumentFailed(Trouble("error", code, sentence, document.url or "", document.text))

    if len(conference.participants) >= noun.number("maxParticipants", 250):
        raise refuse(FULL, f"the conference {conference.name!r} is full")
    if participant.label and conference.of(participant.label) is not None:
        raise refuse(LABEL_TAKEN, f"the label {participant.label!r} is taken in this conference")
    if participant.coach is not None and conference.of(participant.coach) is None:
        raise refuse(COACH, f"the call to coach, {participant.coach}, is not in this conference")


def _set_callbacks(conference: Conference, noun: Verb, document: Document) -> None:
    """The first participant fixes where the conference's news go, for as long as it exists."""
    if conference.participants or conference.sequence:
        return
    if url := noun.attributes.get("statusCallback"):
        conference.callback = resolve(document, url)
        conference.callback_method = noun.attributes.get("statusCallbackMethod", "POST")
        conference.events = frozenset(noun.attributes.get("statusCallbackEvent", "").split())


async def _stay(stage: Stage, conference: Conference, participant: Participant) -> None:
    call, process = stage.call, stage.process
    while (state := conference.state_of(participant)) != "gone":
        music = state == "hold" or (state == "alone" and conference.status == "init")
        try:
            if music:
                participant.playing = state
                await _music(stage, conference, participant, state)
            await process.until(lambda known=state: conference.state_of(participant) != known, call.signal)  # type: ignore[misc]
        except CutMusic:
            continue
        finally:
            participant.playing = None
            process.forget(CutMusic)


async def _music(stage: Stage, conference: Conference, participant: Participant, state: str) -> None:
    """The hold document again and again; the wait document once, for its loop must be its own."""
    about = {"ConferenceSid": conference.sid, "FriendlyName": conference.name}
    place = stage.at(MUSIC, lambda: about)
    if state == "hold":
        source = Source(participant.hold_url, participant.hold_method)
    else:
        source = Source(participant.wait_url or "", participant.wait_method)
    if not source.url:
        if state == "alone" and participant.wait_url is not None:
            stage.world.log(stage.call, "played", "silence")
            return
        stage.world.log(stage.call, "played", "the carrier's hold music")
        with hold_music(stage):
            await stage.process.until(lambda: False, stage.call.signal)
    while True:
        began = stage.world.clock.now
        await play(place, source)
        if state == "alone":
            return
        if stage.world.clock.now == began:
            await stage.process.sleep(1.0)


def _tell_action(stage: Stage, dial: Verb, document: Document, status: str) -> None:
    if url := dial.attributes.get("action"):
        stage.world.notify(
            stage.call, resolve(document, url), {"DialCallStatus": status}, dial.attributes.get("method", "POST")
        )
