"""The carrier's queues: who stands in them, how they wait, and how they leave.

Source: the carrier's <Enqueue> page. The wait document is asked for again whenever it runs out. The action URL is
requested at once after <Leave> or a REST dequeue, but only when the talk is over after <Dial><Queue>; for a caller who
hung up it arrives with CallStatus=completed and its answer is ignored, as it is for a redirected one.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from exchange.bridge import Bridge, talk
from exchange.call import Call
from exchange.clock import Interrupt
from exchange.stage import (
    QUEUE_WAIT,
    SCREEN,
    CallFinished,
    DocumentFailed,
    Redirected,
    Source,
    Stage,
    action,
    play,
    resolve,
)
from exchange.twiml import Document, Verb
from exchange.verbs.flow import LeftQueue
from exchange.verbs.prompts import hold_music
from exchange.world import Gone, World

DEFAULT_SIZE = 1000
SHORTEST_ROUND = 1.0
"""Seconds between two requests for a wait document that plays nothing; without it time would stand still."""


@dataclass(eq=False, slots=True)
class Member:
    """A call in a queue since a moment."""

    call: Call
    since: datetime


@dataclass(eq=False, slots=True)
class Queue:
    """First come, first served. `waits` are the seconds of those who left."""

    sid: str
    name: str
    created: datetime
    max_size: int = DEFAULT_SIZE
    members: list[Member] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    arrivals: list[Call] = field(default_factory=list)

    def position(self, member: Member) -> int:
        return self.members.index(member) + 1 if member in self.members else 0

    def first(self) -> Member | None:
        """Who waits longest and is still there."""
        return next((member for member in self.members if not member.call.over), None)

    @property
    def average(self) -> int:
        return round(sum(self.waits) / len(self.waits)) if self.waits else 0


class Taken(Interrupt):
    """<Dial><Queue> took the caller out of the queue; `whisper` is what they hear before the bridge."""

    def __init__(self, bridge: Bridge, whisper: Source | None) -> None:
        super().__init__()
        self.bridge = bridge
        self.whisper = whisper


def queue_named(world: World, name: str) -> Queue | None:
    return next((queue for queue in world.queues.values() if queue.name == name), None)


def open_queue(world: World, name: str, max_size: int = DEFAULT_SIZE) -> Queue:
    queue = Queue(world.sids.sid("QU"), name, world.clock.now, max_size)
    world.queues[queue.sid] = queue
    return queue


async def enqueue(stage: Stage, verb: Verb, document: Document) -> None:
    """Wait in the named queue, which begins to exist with its first caller."""
    world, call = stage.world, stage.call
    queue = queue_named(world, verb.text) or open_queue(world, verb.text)
    if len(queue.members) >= min(queue.max_size, verb.number("maxQueueSize", queue.max_size)):
        world.log(call, "queue_full", queue.name)
        _go_on(document, verb, {"QueueResult": "queue-full"})
        return
    member = Member(call, world.clock.now)
    queue.members.append(member)
    call.member = member
    world.log(call, "queued", queue.name, queue=queue.sid, position=queue.position(member))
    world.move_to(call, "queue")
    _wake_dialers(queue)
    result = await _outcome(stage, verb, document, (queue, member))
    world.move_to(call, "menu")
    _go_on(document, verb, _result(queue, member, result, world))


async def _outcome(stage: Stage, verb: Verb, document: Document, at: tuple[Queue, Member]) -> str:
    """Wait, and say how the waiting ended; a caller who is gone or redirected is told of beside the call."""
    (queue, member), world = at, stage.world
    result = "leave"
    try:
        await _wait(stage, verb, document, at)
    except LeftQueue:
        pass
    except Taken as taken:
        _leave(world, queue, member, "bridged")
        result = await _be_bridged(stage, verb, document, at, taken)
    except DocumentFailed as failed:
        world.fault(failed.trouble, stage.call)
        result = "error"
    except (Gone, CallFinished) as over:
        _leave(world, queue, member, "hangup")
        if isinstance(over, CallFinished):
            world.finish(stage.call, over.by, over.status)
        _tell(stage, verb, document, _result(queue, member, "hangup", world))
        raise
    except Redirected:
        _leave(world, queue, member, "redirected")
        _tell(stage, verb, document, _result(queue, member, "redirected", world))
        raise
    finally:
        # Somebody may have taken the caller in the very moment in which they left in another way.
        for late in stage.process.forget(Taken):
            late.bridge.end()
    _leave(world, queue, member, result)
    return result


async def _wait(stage: Stage, verb: Verb, document: Document, at: tuple[Queue, Member]) -> None:
    queue, member = at
    url = verb.attributes.get("waitUrl")
    if not url:
        if url is None:
            stage.world.log(stage.call, "played", "the carrier's hold music")
        with hold_music(stage) if url is None else nullcontext():
            await stage.process.until(lambda: False, stage.call.signal)
        return
    source = Source(resolve(document, url), verb.attributes.get("waitUrlMethod", "POST"))
    waiting = stage.at(QUEUE_WAIT, lambda: _standing(stage.world, queue, member))
    while True:
        began = stage.world.clock.now
        await play(waiting, source)
        if stage.world.clock.now == began:
            await stage.process.sleep(SHORTEST_ROUND)


async def _be_bridged(stage: Stage, verb: Verb, document: Document, at: tuple[Queue, Member], taken: Taken) -> str:
    """Hear the whisper, then talk; the queue\'s result comes back. A REST redirect out of it is told as such."""
    (queue, member), world = at, stage.world
    result = "bridging-in-process"
    try:
        if taken.whisper is not None:
            await play(stage.at(SCREEN), taken.whisper)
        result = "bridged"
        await talk(world, stage.process, stage.call, taken.bridge)
    except (Gone, CallFinished) as over:
        if isinstance(over, CallFinished):
            world.finish(stage.call, over.by, over.status)
        _tell(stage, verb, document, _result(queue, member, result, world))
        raise
    except Redirected:
        _tell(stage, verb, document, _result(queue, member, "redirected-from-bridged", world))
        raise
    except DocumentFailed as failed:
        world.fault(failed.trouble, stage.call)
        result = "error"
    finally:
        taken.bridge.end()
    return result


def _leave(world: World, queue: Queue, member: Member, result: str) -> None:
    if member not in queue.members:
        return
    queue.members.remove(member)
    waited = round((world.clock.now - member.since).total_seconds())
    queue.waits.append(waited)
    member.call.member = None
    world.log(member.call, "left_queue", result, queue=queue.sid, result=result, waited=waited)


def take(world: World, queue: Queue, bridge: Bridge, whisper: Source | None) -> None:
    """Take the first member out for `bridge`; the caller must be `bridge.second`."""
    member = bridge.second.member
    if member is not None:
        _leave(world, queue, member, "bridged")
    bridge.second.process.interrupt(Taken(bridge, whisper))


def _wake_dialers(queue: Queue) -> None:
    for dialer in queue.arrivals:
        dialer.signal.fire()


def _standing(world: World, queue: Queue, member: Member) -> Mapping[str, str]:
    """What a wait document's request says about the place in the queue."""
    return {
        "QueuePosition": str(queue.position(member)),
        "QueueSid": queue.sid,
        "QueueTime": str(round((world.clock.now - member.since).total_seconds())),
        "AvgQueueTime": str(queue.average),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }


def _result(queue: Queue, member: Member, result: str, world: World) -> Mapping[str, str]:
    waited = round((world.clock.now - member.since).total_seconds())
    return {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(waited)}


def _go_on(document: Document, verb: Verb, fields: Mapping[str, str]) -> None:
    """The action document if there is an action, else whatever stands behind <Enqueue>."""
    if verb.attributes.get("action"):
        raise action(document, verb, fields)


def _tell(stage: Stage, verb: Verb, document: Document, fields: Mapping[str, str]) -> None:
    """Request the action although its answer cannot change anything any more."""
    if url := verb.attributes.get("action"):
        method = verb.attributes.get("method", "POST")
        stage.world.notify(stage.call, resolve(document, url), fields, method)
