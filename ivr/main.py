"""The only place that constructs things and reads the clock.

settings ─▶ build ─▶ Application: store, services, worker, web                        └─ serve: uvicorn on one
address, one worker thread (real clock) or settled by the exchange (virtual)
"""

import gc
import json
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from uuid import uuid4

import httpx2
import structlog
import uvicorn
from fastapi import FastAPI

from callbacks.service import CallbackService
from config.load import load
from config.settings import Settings
from config.site import Site
from ivr.calls.around import Around, line_rules
from ivr.calls.ears import TrainedEars
from ivr.calls.look_ups import SiteLookUps
from ivr.calls.service import CallService
from ivr.calls.sites import KeptSites
from ivr.errors import ConfigurationError
from ivr.media.asking import SiteQuestions
from ivr.media.door import Door
from ivr.media.ports import Speech
from ivr.media.reception import Reception
from ivr.media.session import House
from ivr.media.speaking import SiteVoices
from ivr.store.store import Store
from ivr.store.turn import Committed
from ivr.twilio.rescue import Rescue
from ivr.twilio.rest import TwilioCarrier
from ivr.twilio.signature import Verifier
from ivr.web import api, clock, health, hold, media, webhooks
from ivr.web.edge import Edge
from ivr.web.front import Front
from ivr.work.census import Census
from ivr.work.floor import Floor
from ivr.work.loop import Timers, Worker
from ivr.work.missed import Missed
from ivr.work.placing import Placing
from ivr.work.ports import Carrier
from ivr.work.roads import POOL, Machines, Roads
from ivr.work.switchboard import Switchboard
from ivr.work.wording import Wording
from routing.service import LineService
from speech.cache import Cache
from speech.ears import Ears
from speech.engines import installed, webrtc
from speech.hear import SpeechError
from speech.voices import Recorded, Voices

log = structlog.get_logger()
Clock = Callable[[], datetime]

STREAM_THREADS = 8
"""Decisions of streamed calls that are under way at once; the webhooks have threads of their own."""
RECORDINGS = "recordings"
"""The folder of a site with WAV files in place of a voice: `<language>/<prompt or node>.wav`."""
MOST_MESSAGE = 256 * 1024
"""Bytes of a socket's message that are read at all; the media session takes far less of one."""


def wall_clock() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return uuid4().hex


class ExchangeClock:
    """The exchange's clock as last told: it moves only when the exchange settles with us."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = max(now, self._now)


@dataclass(frozen=True, slots=True)
class Application:
    """Everything a process of the server is made of."""

    settings: Settings
    clock: Clock
    store: Store
    sites: KeptSites
    calls: CallService
    line: LineService
    promises: CallbackService
    floor: Floor
    worker: Worker
    switchboard: Switchboard
    reception: Reception | None = None
    """Where streamed calls come in; None where the carrier hears and speaks."""

    def settle(self, now: datetime) -> datetime | None:
        """Perform everything due by `now`; the next moment there is work.

        Only under a virtual clock, or in tests.
        """
        if isinstance(self.clock, ExchangeClock):
            self.clock.set(now)
        return self.worker.settle(self.clock())

    def close(self) -> None:
        self.worker.stop()
        if self.reception is not None:
            self.reception.house.threads.shutdown()
            self.reception.house.speech.close()
        self.store.close()


class Wake:
    """Told by the store after each commit; wakes the worker, once there is one, when it left something to do."""

    def __init__(self) -> None:
        self.worker: Worker | None = None

    def __call__(self, committed: Committed) -> None:
        if self.worker is not None and (committed.effects or committed.timers):
            self.worker.wake()


def build(
    settings: Settings, now: Clock = wall_clock, carrier: Carrier | None = None, speech: Speech | None = None
) -> Application:
    """Construct a whole server; `speech` takes the place of this machine's ears and voices.

    Raises ConfigurationError when the site cannot be read or the database cannot be opened.
    """
    site = load(settings.site)
    if not isinstance(site, Site):
        raise ConfigurationError("\n".join(str(problem) for problem in site))
    wake, streamed = Wake(), settings.listening == "stream"
    store = Store.open(settings.database_url, told=wake)
    sites = KeptSites(site, store.versions, now())
    line = LineService(store.line, line_rules(site))
    promises = CallbackService(store.callbacks, site)
    around = Around(line, store.customers, POOL)
    calls = CallService(store.calls, sites, around, SiteLookUps(promises), TrainedEars(site), streamed=streamed)
    carrier = carrier or TwilioCarrier.connect(settings, site.callbacks.caller_id, now)
    placing = Placing(carrier, store.placements)
    wording = Wording(sites)
    missed = Missed(store.streams, store.calls, promises, sites, wording)
    machines = Machines(calls, store.calls, line, promises, store.callbacks, store.customers, sites, missed)
    roads = Roads(machines, carrier, placing, wording, settings.public_url)
    census = Census(carrier, store.calls, calls, line, placing)
    worker = Worker(store.outbox, store.due, roads, Timers(calls, line, promises), census)
    wake.worker = worker
    floor = Floor(line, now, worker.wake)
    floor.open(site)
    switchboard = Switchboard(calls, line, promises, (placing, wording, store.streams), now)
    reception = None
    if streamed:
        speech = speech or speech_of(settings, site)
        door = Door([*settings.tokens, *shared_keys(settings).values()], store.streams, speech, new_id, now)
        threads = ThreadPoolExecutor(STREAM_THREADS, "stream")
        reception = Reception(door, House(switchboard, speech, SiteQuestions(sites), threads))
    return Application(settings, now, store, sites, calls, line, promises, floor, worker, switchboard, reception)


def speech_of(settings: Settings, site: Site) -> Speech:
    """This machine's ears and voices; what is missing costs the languages it would have brought."""
    ears = Ears(installed.recognizers(os.environ))
    mouths = Voices(installed.voices(), cache=Cache(settings.sounds), recorded=Recorded(settings.site / RECORDINGS))
    voices = SiteVoices(mouths, site)

    async def warm() -> None:
        """The languages that can be streamed: nobody hears us in the others."""
        try:
            await ears.warm()
            await mouths.warm(one for one in voices.fixed if not voices.lacking(one[1]))
        except SpeechError as fault:
            log.warning("ears or voices could not be made ready", why=str(fault))

    def close() -> None:
        ears.close()
        mouths.close()

    return Speech(ears, voices, webrtc.gate, warm, close)


def web(application: Application) -> Front:
    """The HTTP face: the carrier's webhooks, the agents' API, and the clock's door where the clock is the
    exchange's."""
    settings, site = application.settings, application.sites.published
    app = FastAPI(
        title="Holdless", version=version("holdless"), openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
        lifespan=warmed(application.reception),
    )  # fmt: skip
    verifier = Verifier(settings.public_url, settings.tokens, shared_keys(settings))
    reception = application.reception
    edge = Edge(
        verifier, settings.public_url, lambda: Rescue.of(site.facts, settings.public_url, site.prompts),
        invite=reception.door.invite if reception is not None else None,
    )  # fmt: skip
    if reception is not None:
        app.include_router(media.routes(reception, verifier))
    app.include_router(health.routes())
    app.include_router(hold.routes())
    app.include_router(api.routes(application.floor, settings.api_token.get_secret_value(), new_id))
    if isinstance(application.clock, ExchangeClock):
        app.include_router(clock.routes(application))
    return Front(webhooks.routes(application.switchboard, edge), app)


def warmed(reception: Reception | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Nobody is let in before the ears and voices are ready."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        if reception is not None:
            await reception.house.speech.warm()
        yield

    return life


def shared_keys(settings: Settings) -> dict[str, str]:
    return {name: key.get_secret_value() for name, key in settings.shared_keys.items()}


def chosen_clock(settings: Settings) -> Clock:
    """The exchange's clock where it is virtual, else the wall's.

    Raises ConfigurationError when the exchange is silent.
    """
    if settings.clock is None:
        return wall_clock
    try:
        told = httpx2.get(f"{settings.clock}/exchange/clock", timeout=10.0, trust_env=False).raise_for_status().json()
    except httpx2.HTTPError as error:
        raise ConfigurationError(
            f"no exchange answers at {settings.clock}: {error}; start one or leave HOLDLESS_CLOCK out"
        ) from error
    return ExchangeClock(datetime.fromisoformat(told["now"])) if told["mode"] == "virtual" else wall_clock


class Announced(uvicorn.Server):
    """Says where it listens, in one JSON line on stdout, once it does. `dismiss` is awaited before it stops."""

    dismiss: Callable[[], Awaitable[None]] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(json.dumps({"listening": f"http://{self.config.host}:{port}"}), flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.dismiss is not None:
            await self.dismiss()
        await super().shutdown(sockets)


def server(app: Callable[..., Awaitable[None]], host: str, port: int) -> Announced:
    """The one way in which we serve HTTP. Headers like X-Forwarded-For are written by whoever asks: nobody reads
    them."""
    return Announced(
        uvicorn.Config(
            app, host=host, port=port, loop="uvloop", http="httptools", proxy_headers=False, server_header=False,
            log_level="warning", access_log=False, ws="websockets-sansio", ws_max_size=MOST_MESSAGE,
            ws_ping_interval=20.0, ws_per_message_deflate=False,
        )
    )  # fmt: skip


def serve(settings: Settings, speech: Speech | None = None) -> None:
    """Serve until told to end; `speech` takes the place of this machine's ears and voices.

    Raises ConfigurationError when the site, the database or the exchange cannot be used.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    application = build(settings, chosen_clock(settings), speech=speech)
    app = web(application)
    gc.collect()
    gc.freeze()  # what stands from the start stays: no full collection looks through it in the middle of a sentence
    worker = threading.Thread(target=application.worker.run, args=(application.clock,), name="worker")
    if not isinstance(application.clock, ExchangeClock):
        worker.start()  # under the exchange's clock the exchange says when to work
    listening = server(app, settings.host, settings.port)
    listening.dismiss = application.reception.dismiss if application.reception is not None else None
    try:
        listening.run()
    finally:
        application.close()
