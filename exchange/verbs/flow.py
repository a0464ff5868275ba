"""<Redirect>, <Hangup>, <Reject> and <Leave>: verbs that end a document."""

from exchange.stage import CallFinished, Goto, Source, Stage, resolve
from exchange.twiml import Document, Verb


class LeftQueue(Exception):
    """The caller leaves the queue and goes on behind <Enqueue>."""


async def redirect(stage: Stage, verb: Verb, document: Document) -> None:
    raise Goto(Source(resolve(document, verb.text), verb.attributes.get("method", "POST")))


async def hang_up(stage: Stage, verb: Verb, document: Document) -> None:
    raise CallFinished()


async def reject(stage: Stage, verb: Verb, document: Document) -> None:
    """Refuse the call unanswered: busy, or `failed` with the not-in-service message."""
    reason = verb.attributes.get("reason", "rejected")
    raise CallFinished("busy" if reason == "busy" else "failed", "rejected")


async def leave(stage: Stage, verb: Verb, document: Document) -> None:
    raise LeftQueue()
