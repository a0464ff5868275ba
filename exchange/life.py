"""A call from its first ring to its last callback.

Law: however a call ends, its process unwinds, its status is final once, and `completed` (or busy, no-answer, ...) is
reported once. When a document fails the call's fallback URL is asked, with ErrorCode and ErrorUrl; when that request
fails too the caller hears of an application error and the call ends. A document that the fallback led to and that fails
leads to the fallback again: our reading, the carrier does not say.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urldefrag

from exchange.call import Call, Handlers
from exchange.faults import Trouble
from exchange.person import Person
from exchange.progress import report
from exchange.recording import Recorder
from exchange.script import Step
from exchange.stage import (
    CallFinished,
    DocumentFailed,
    Goto,
    Redirected,
    Source,
    Stage,
    Table,
    obtain,
    perform,
)
from exchange.twiml import Document
from exchange.verbs.prompts import heard
from exchange.world import Gone, World

LONGEST_CALL = 14_400.0
"""Seconds; the carrier's default limit."""
APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."


@dataclass(frozen=True, slots=True)
class Visit:
    """A call that comes in: who, to which document, with which further form fields, and what the person does."""

    caller: str
    to: str
    source: Source
    handlers: Handlers
    script: tuple[Step, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    errors: float = 0.0
    phone_sid: str | None = None


def dial_in(world: World, table: Table, visit: Visit) -> Call:
    """Let somebody call us. The call rings from this moment; its first webhook goes out at once."""
    call = world.new_call(visit.caller, visit.to, "inbound")
    call.status, call.started = "ringing", world.clock.now
    call.handlers, call.extra, call.phone_sid = visit.handlers, dict(visit.fields), visit.phone_sid
    call.language, call.errors = visit.language, visit.errors
    world.log(call, "ringing", f"{visit.caller} calls {visit.to}", caller=visit.caller, to=visit.to)
    Person(world, call, visit.script)
    world.clock.spawn(_inbound(world, call, table, visit.source))
    return call


async def _inbound(world: World, call: Call, table: Table, source: Source) -> None:
    limit_length(world, call, LONGEST_CALL)
    await live(Stage(world, call, call.process, table), source)
    report(world, call, "completed")


def limit_length(world: World, call: Call, seconds: float) -> None:
    """End the call when it has lasted `seconds` from its answer, or from here if it is not answered yet."""
    if call.over:
        return
    if call.limit is not None:
        call.limit.cancel()
    moment = (call.answered or world.clock.now) + timedelta(seconds=seconds)
    call.limit = world.clock.at(moment, lambda: world.hang_up(call, "time limit"))


async def live(stage: Stage, source: Source) -> None:
    """Play a call's documents until it is over; every way out ends in a final status."""
    world, call = stage.world, stage.call
    status, by = "completed", "document"
    try:
        await _documents(stage, source)
    except CallFinished as finished:
        status, by = finished.status, finished.by
    except Gone:
        pass
    if call.status == "ringing" and status == "completed":
        answer(world, call)
    world.finish(call, by, status)
    Recorder(world).finish_all_of(call)


async def _documents(stage: Stage, source: Source) -> None:
    trouble: Trouble | None = None
    fallback_asked = False
    while True:
        try:
            if trouble is not None:
                stage.world.fault(trouble, stage.call)
                source = await _fallback(stage, trouble, already=fallback_asked)
                trouble, fallback_asked = None, True
            document = await obtain(stage, source)
            fallback_asked = False
            _answer_unless_rejected(stage, document)
            await perform(stage, document)
        except Goto as onward:
            source = onward.source
        except Redirected as redirected:
            stage.world.log(stage.call, "redirected", redirected.source.url or "TwiML", url=redirected.source.url)
            source, trouble, fallback_asked = redirected.source, None, False
        except DocumentFailed as failed:
            trouble = failed.trouble
        else:
            return


def _answer_unless_rejected(stage: Stage, document: Document) -> None:
    if stage.call.status != "ringing" or (document.verbs and document.verbs[0].name == "Reject"):
        return
    if document.verbs and document.verbs[0].name == "Dial" and document.verbs[0].flag("answerOnBridge", False):
        return
    answer(stage.world, stage.call)


def answer(world: World, call: Call) -> None:
    """The call is answered: from here on it lasts."""
    if call.status in ("ringing", "queued", "initiated"):
        call.status, call.answered = "in-progress", world.clock.now
        world.log(call, "answered")
        world.move_to(call, "menu")


async def _fallback(stage: Stage, trouble: Trouble, *, already: bool) -> Source:
    """Where to go after a failure; ends the call when there is nowhere, or the fallback itself could not be had."""
    call, handlers = stage.call, stage.call.handlers
    if not handlers.fallback_url or already:
        stage.world.log(call, "said", APPLICATION_ERROR, language="en")
        heard(call, APPLICATION_ERROR)
        await stage.process.sleep(4.0)
        raise CallFinished("completed" if call.answered else "failed", "application error")
    fields = {"ErrorCode": str(trouble.code), "ErrorUrl": urldefrag(trouble.url).url}
    return Source(handlers.fallback_url, handlers.fallback_method, fields)
