"""<Dial>: ring numbers, browser clients and SIP addresses, or take somebody out of a queue, or enter a conference.

Source: the carrier's <Dial> page. All nouns ring at once, or one after the other with sequential; the first that
answers hears its screening document (`url`) and is then bridged. Without an action the next verb follows; with one its
document does. DialBridged=false with DialCallStatus=completed means that somebody picked up and never got through the
screening.
"""

from dataclasses import dataclass, field

from exchange.bridge import Bridge, talk
from exchange.call import Call, Handlers
from exchange.faults import Trouble
from exchange.legs import Ring, ring
from exchange.life import LONGEST_CALL, answer, live
from exchange.progress import report
from exchange.queueing import queue_named, take
from exchange.recording import Recorder, Recording, listen
from exchange.stage import SCREEN, CallFinished, DocumentFailed, Redirected, Source, Stage, action, play, resolve
from exchange.twiml import Document, Verb
from exchange.verbs.conferencing import dial_conference
from exchange.world import Gone

CALLER_ID = 13214


@dataclass(eq=False, slots=True)
class Race:
    """The legs that ring for one Dial. `rung` are all of them, `legs` those that still belong to it, `picked_up` the
    one that was answered first, `bridge` where it came through."""

    parent: Call
    legs: list[Call] = field(default_factory=list)
    rung: tuple[Call, ...] = ()
    bridge: Bridge | None = None
    picked_up: Call | None = None

    @property
    def lost(self) -> bool:
        return self.bridge is None and all(leg.over for leg in self.legs)


async def dial(stage: Stage, verb: Verb, document: Document) -> None:
    noun = verb.children[0].name if verb.children else "Number"
    if noun == "Conference":
        _answer(stage)
        await dial_conference(stage, verb, document)
    elif noun == "Queue":
        _answer(stage)
        await _dial_queue(stage, verb, document)
    else:
        await _dial_phones(stage, verb, document)


def _answer(stage: Stage) -> None:
    if stage.call.status == "ringing":
        answer(stage.world, stage.call)


async def _dial_phones(stage: Stage, verb: Verb, document: Document) -> None:
    nouns = verb.children or (Verb("Number", {}, verb.text),)
    groups = [(noun,) for noun in nouns] if verb.flag("sequential", False) else [nouns]
    found: dict[str, str] = {"DialCallStatus": "failed", "DialBridged": "false"}
    if _may_show(stage, verb, document):
        for group in groups:
            race = Race(stage.call)
            try:
                await _run(stage, verb, document, (race, group))
            except (Gone, CallFinished):
                _tell_action(stage, verb, document, _found(stage, race))
                raise
            found = _found(stage, race)
            if found["DialBridged"] == "true":
                break
    if verb.attributes.get("action"):
        raise action(document, verb, found)


def _may_show(stage: Stage, verb: Verb, document: Document) -> bool:
    """A caller id must be of this call, or a number of the account."""
    shown = verb.attributes.get("callerId", "")
    call, world = stage.call, stage.world
    if not shown.startswith("+") or shown in {call.caller, call.to, *world.numbers}:
        return True
    sentence = f"callerId {shown} is neither of this call nor a number of the account"
    world.fault(Trouble("error", CALLER_ID, sentence, document.url or "", document.text), call)
    return False


async def _run(stage: Stage, verb: Verb, document: Document, run: tuple[Race, tuple[Verb, ...]]) -> None:
    """Ring a group, talk with whoever comes through, and leave no leg behind."""
    (race, group), call, world = run, stage.call, stage.world
    for noun in group:
        leg = _new_leg(stage, verb, noun, document)
        race.legs.append(leg)
    race.rung = tuple(race.legs)
    recording = _record(stage, verb, document, at="ringing")
    for leg, noun in zip(race.rung, group, strict=True):
        leg_stage = Stage(world, leg, leg.process, stage.table)
        world.clock.spawn(_leg(leg_stage, race, _bridging(verb, noun, document)))
    try:
        await stage.process.until(lambda: race.bridge is not None or race.lost, call.signal)
        if race.bridge is not None:
            _answer(stage)
            recording = recording or _record(stage, verb, document, at="answer")
            await talk(world, stage.process, call, race.bridge)
    finally:
        for leg in race.legs:
            world.hang_up(leg, "parent", "canceled" if leg.answered is None else "completed")
        if recording is not None:
            Recorder(world).finish(recording)


@dataclass(frozen=True, slots=True)
class Bridging:
    """How one leg is rung, screened and joined."""

    how: Ring
    screen: Source | None
    limit: float | None
    star: bool


def _bridging(verb: Verb, noun: Verb, document: Document) -> Bridging:
    get = noun.attributes.get
    amd = get("amdStatusCallback")
    how = Ring(
        patience=float(verb.number("timeout", 30)),
        limit=LONGEST_CALL,
        detect=get("machineDetection", ""),
        detect_within=float(noun.number("machineDetectionTimeout", 30)),
        detect_beside=amd is not None,
        detect_callback=resolve(document, amd) if amd else "",
        detect_method=get("amdStatusCallbackMethod", "POST"),
        send_digits=get("sendDigits", ""),
    )
    url = get("url")
    screen = Source(resolve(document, url), get("method", "POST")) if url else None
    limit = verb.attributes.get("timeLimit")
    return Bridging(how, screen, float(limit) if limit else None, verb.flag("hangupOnStar", False))


def _new_leg(stage: Stage, verb: Verb, noun: Verb, document: Document) -> Call:
    to = noun.text
    if noun.name == "Client":
        named = [child.text for child in noun.children if child.name == "Identity"]
        to = "client:" + (named[0] if named else noun.text)
    elif noun.name == "Sip" and not to.startswith(("sip:", "sips:")):
        to = "sip:" + to
    shown = verb.attributes.get("callerId", stage.call.caller)
    leg = stage.world.new_call(shown, to, "outbound-dial", parent=stage.call)
    leg.extra = {child.attributes["name"]: child.attributes["value"] for child in noun.children if child.attributes}
    leg.language, leg.errors = stage.call.language, stage.call.errors
    callback = noun.attributes.get("statusCallback", "")
    leg.handlers = Handlers(
        status_callback=resolve(document, callback) if callback else "",
        status_method=noun.attributes.get("statusCallbackMethod", "POST"),
        status_events=frozenset(noun.attributes.get("statusCallbackEvent", "completed").split()),
    )
    return leg


async def _leg(stage: Stage, race: Race, how: Bridging) -> None:
    """One outgoing leg's whole life."""
    world, leg = stage.world, stage.call
    try:
        if await ring(world, leg, how.how):
            await _come_through(stage, race, how)
    except Gone:
        pass
    except CallFinished as finished:
        world.finish(leg, finished.by, finished.status)
    except DocumentFailed as failed:
        world.fault(failed.trouble, leg)
    except Redirected as redirected:
        # The leg goes its own way: the Dial that rang it is over and must not end it.
        race.legs.remove(leg)
        race.parent.signal.fire()
        await live(stage, redirected.source)
    world.finish(leg, "parent")
    Recorder(world).finish_all_of(leg)
    race.parent.signal.fire()
    report(world, leg, "completed")


async def _come_through(stage: Stage, race: Race, how: Bridging) -> None:
    world, leg = stage.world, stage.call
    if race.picked_up is not None:
        return
    race.picked_up = leg
    for other in race.legs:
        if other is not leg:
            world.hang_up(other, "answered elsewhere", "canceled")
    if how.screen is not None:
        await play(stage.at(SCREEN), how.screen)
    race.bridge = Bridge(race.parent, leg, how.limit, how.star)
    race.parent.signal.fire()
    await talk(world, stage.process, leg, race.bridge)


def _record(stage: Stage, verb: Verb, document: Document, *, at: str) -> Recording | None:
    wanted = verb.attributes.get("record", "do-not-record")
    wanted = "record-from-answer" if wanted == "true" else wanted
    if not wanted.startswith(f"record-from-{at}"):
        return None
    recording = Recorder(stage.world).start(stage.call, "DialVerb", channels=2 if wanted.endswith("-dual") else 1)
    listen(recording, verb.attributes, document)
    Recorder(stage.world).begun(recording)
    return recording


def _found(stage: Stage, race: Race) -> dict[str, str]:
    """What the action is told of this Dial."""
    leg = race.bridge.second if race.bridge is not None else race.picked_up or race.rung[-1]
    bridged = race.bridge is not None and race.bridge.began is not None
    found = {
        "DialCallStatus": "completed" if leg.answered is not None else leg.status,
        "DialCallSid": leg.sid,
        "DialBridged": str(bridged).lower(),
    }
    if leg.answered is not None:
        ended = leg.ended or stage.world.clock.now
        found["DialCallDuration"] = str(round((ended - leg.answered).total_seconds()))
    mine = [known for known in stage.world.recordings.values() if known.call is stage.call and known.over]
    if mine and mine[-1].source == "DialVerb":
        found["RecordingUrl"] = Recorder(stage.world).url(mine[-1])
    return found


async def _dial_queue(stage: Stage, verb: Verb, document: Document) -> None:
    """Take the first of a queue and talk; an empty queue is waited at until the Dial's time is up."""
    noun, call, world = verb.children[0], stage.call, stage.world
    queue = queue_named(world, noun.text)
    found = {"DialCallStatus": "failed"}
    if queue is None:
        sentence = f"there is no queue named {noun.text!r}"
        world.fault(Trouble("error", 13227, sentence, document.url or "", document.text), call)
    else:
        queue.arrivals.append(call)
        patience = float(verb.number("timeout", 30))
        try:
            await stage.process.until(lambda: queue.first() is not None, call.signal, within=patience)
        finally:
            queue.arrivals.remove(call)
        found = {"DialCallStatus": "no-answer"}
        if (member := queue.first()) is not None:
            waited = round((world.clock.now - member.since).total_seconds())
            about = {"QueueSid": queue.sid, "QueueTime": str(waited), "DequeingCallSid": call.sid}
            url = noun.attributes.get("url")
            whisper = Source(resolve(document, url), noun.attributes.get("method", "POST"), about) if url else None
            bridge = Bridge(call, member.call)
            take(world, queue, bridge, whisper)
            await _talk_with(stage, bridge)
            found = {"DialCallStatus": "no-answer" if bridge.began is None else "completed", **about}
    if verb.attributes.get("action"):
        raise action(document, verb, found)


async def _talk_with(stage: Stage, bridge: Bridge) -> None:
    """Wait while the other side hears its whisper, then talk."""
    try:
        await stage.process.until(lambda: bridge.began is not None or bridge.over, stage.call.signal)
        await talk(stage.world, stage.process, stage.call, bridge)
    finally:
        bridge.end()


def _tell_action(stage: Stage, verb: Verb, document: Document, fields: dict[str, str]) -> None:
    """Request the action of a caller who is gone; the answer is ignored."""
    if url := verb.attributes.get("action"):
        stage.world.notify(stage.call, resolve(document, url), fields, verb.attributes.get("method", "POST"))
