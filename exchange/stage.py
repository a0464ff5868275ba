"""Fetching documents and playing them for one call, wherever it stands: in its menu, in a queue, in a conference.

A stage is that place. Its `verbs` say what may be played there; its `fields` go with each request that fetches its
documents (a queue's position, for example). What ends a document early travels as an exception named after its effect.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from exchange.call import Call
from exchange.clock import Interrupt, Process
from exchange.faults import CONTENT_TYPE, Trouble
from exchange.sense import INVALID_URL, SCHEMA
from exchange.twiml import Document, Verb, read
from exchange.webhook import Ask, Refusal
from exchange.world import World

TWIML = frozenset({"text/xml", "application/xml", "text/html"})
NOTABLE_MS = 2000
"""An answer slower than this leaves a gap that the caller hears."""
MOST_DOCUMENTS_AT_ONCE = 100
"""Documents a call may fetch while no time passes. More is a loop that would hold the clock for ever."""

MENU = frozenset(
    "Say Play Pause Gather Record Enqueue Dial Connect Redirect Hangup Reject".split()
)  # fmt: skip
QUEUE_WAIT = frozenset("Say Play Pause Gather Redirect Hangup Leave".split())
MUSIC = frozenset("Say Play Pause Redirect".split())
SCREEN = frozenset("Say Play Pause Gather Redirect Hangup".split())


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document is: a URL with further form fields, or the text itself (`twiml`)."""

    url: str = ""
    method: str = "POST"
    fields: Mapping[str, str] = field(default_factory=dict)
    twiml: str | None = None


class Goto(Exception):
    """Leave this document for another."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.url)
        self.source = source


class Redirected(Interrupt):
    """The REST API gave the call a new document."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.url)
        self.source = source


class CallFinished(Exception):
    """The document ends the call, with this final status."""

    def __init__(self, status: str = "completed", by: str = "document") -> None:
        super().__init__(status)
        self.status = status
        self.by = by


class DocumentFailed(Exception):
    """A document could not be had or played; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.sentence)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a call plays its documents, and what plays them: `process` is the strand that waits."""

    world: World
    call: Call
    process: Process
    table: "Table"
    verbs: frozenset[str] = MENU
    fields: Callable[[], Mapping[str, str]] = field(default=lambda: {})

    def at(self, verbs: frozenset[str], fields: Callable[[], Mapping[str, str]] | None = None) -> "Stage":
        """The same call in another place."""
        return Stage(self.world, self.call, self.process, self.table, verbs, fields or (lambda: {}))


VerbPlayer = Callable[[Stage, Verb, Document], Awaitable[None]]
Table = Mapping[str, VerbPlayer]


async def play(stage: Stage, source: Source) -> None:
    """Fetch and perform documents until one runs out; raises what ends the stage in another way."""
    while True:
        document = await obtain(stage, source)
        try:
            await perform(stage, document)
        except Goto as onward:
            source = onward.source
        else:
            return


async def perform(stage: Stage, document: Document) -> None:
    """Play the verbs in order. Returns when they have run out."""
    for verb in document.verbs:
        if verb.name not in stage.verbs:
            sentence = f"<{verb.name}> may not be played {place_of(stage)}"
            raise DocumentFailed(Trouble("error", SCHEMA, sentence, document.url or "", document.text))
        await stage.table[verb.name](stage, verb, document)


def place_of(stage: Stage) -> str:
    places = {QUEUE_WAIT: "while waiting in a queue", MUSIC: "as hold music or announcement", SCREEN: "before a bridge"}
    return places.get(stage.verbs, "here")


async def obtain(stage: Stage, source: Source) -> Document:
    """The document behind a source, checked; raises DocumentFailed."""
    _count(stage)
    if source.twiml is not None:
        return _checked(stage, source.twiml, None)
    call, world = stage.call, stage.world
    fields = {**stage.fields(), **source.fields}
    params = tuple(sorted({**dict(call.standing()), **fields}.items()))
    if not source.url.startswith(("http://", "https://")):
        raise DocumentFailed(Trouble("error", INVALID_URL, f"{source.url!r} is no absolute URL", source.url))
    began = world.clock.wall_seconds()
    outcome = await stage.process.outside(
        world.webhooks.send(Ask(source.url, params, source.method.upper(), call.standing()), call.cookies)
    )
    ms = round((world.clock.wall_seconds() - began) * 1000)
    world.log(call, "webhook", source.url, url=source.url, status=outcome.status or 0, ms=ms)
    if outcome.seconds and world.clock.virtual:
        await stage.process.sleep(outcome.seconds)
    if outcome.seconds >= 1 or ms >= NOTABLE_MS:
        world.log(call, "silence_gap", "nothing to play", seconds=max(outcome.seconds, ms / 1000))
    if isinstance(outcome, Refusal):
        raise DocumentFailed(outcome.trouble)
    return _by_media(stage, outcome.media, outcome.body, outcome.url)


def _by_media(stage: Stage, media: str, body: str, url: str) -> Document:
    if media in TWIML:
        return _checked(stage, body, url)
    if media.startswith("audio/"):
        return Document(url, "", (Verb("Play", {}, url),))
    if media == "text/plain":
        return Document(url, body, (Verb("Say", {}, " ".join(body.split())),))
    named = f"content type {media!r}" if media else "no content type"
    raise DocumentFailed(Trouble("error", CONTENT_TYPE, f"the answer has {named}", url, body))


def _checked(stage: Stage, text: str, url: str | None) -> Document:
    document, problems = read(text, url)
    troubles = [Trouble(problem.kind, problem.code, problem.sentence, url or "", text) for problem in problems]
    fatal = next((trouble for trouble in troubles if trouble.kind != "warning"), None)
    for trouble in troubles:
        if trouble is not fatal:
            stage.world.fault(trouble, stage.call)
    if document is None or fatal is not None:
        raise DocumentFailed(fatal or Trouble("error", SCHEMA, "the document cannot be played", url or "", text))
    if not document.verbs and stage.verbs is MENU:
        sentence = "an empty <Response> makes the carrier hang up"
        stage.world.fault(Trouble("warning", SCHEMA, sentence, url or "", text), stage.call)
    return document


def _count(stage: Stage) -> None:
    call, now = stage.call, stage.world.clock.now
    call.idle_documents = call.idle_documents + 1 if call.last_document == now else 0
    call.last_document = now
    if call.idle_documents > MOST_DOCUMENTS_AT_ONCE:
        sentence = f"more than {MOST_DOCUMENTS_AT_ONCE} documents were fetched while no time passed: a loop"
        stage.world.fault(Trouble("error", SCHEMA, sentence), stage.call)
        raise CallFinished("failed", "application error")


def resolve(document: Document, url: str) -> str:
    """A URL in a document, made absolute by the document's own; an empty one means the document itself."""
    if not url:
        return document.url or ""
    return urljoin(document.url, url) if document.url else url


def action(document: Document, verb: Verb, fields: Mapping[str, str]) -> Goto:
    """Go on at a verb's action URL (by default the current document) with what the verb found out."""
    url = resolve(document, verb.attributes.get("action", ""))
    return Goto(Source(url, verb.attributes.get("method", "POST"), fields))
