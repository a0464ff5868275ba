"""The only place that constructs things and reads the clock.

    settings ─▶ build ─▶ Application: store, services, worker, web
                           └─ serve: uvicorn on one address, one worker thread (real clock) or settled by the exchange (virtual)
"""

import json
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import structlog
import uvicorn
from fastapi import FastAPI

from callbacks.service import CallbackService
from config.load import load
from config.problem import Problem
from config.settings import Settings
from config.site import Site
from ivr.calls.around import Around, line_rules
from ivr.calls.ears import TrainedEars
from ivr.calls.look_ups import SiteLookUps
from ivr.calls.service import CallService
from ivr.calls.sites import KeptSites
from ivr.store.store import Store
from ivr.errors import ConfigurationError
from ivr.twilio.rest import TwilioCarrier
from ivr.work.census import Census
from ivr.work.floor import Floor
from ivr.work.loop import Timers, Worker
from ivr.work.placing import Placing
from ivr.work.ports import Carrier
from ivr.work.roads import POOL, Machines, Roads
from ivr.work.wording import Wording
from routing.service import LineService

log = structlog.get_logger()
Clock = Callable[[], datetime]


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
    placing: Placing
    census: Census

    def settle(self, now: datetime) -> datetime | None:
        """Perform everything due by `now`; the next moment there is work. Only under a virtual clock, or in tests."""
        if isinstance(self.clock, ExchangeClock):
            self.clock.set(now)
        return self.worker.settle(self.clock())

    def close(self) -> None:
        self.worker.stop()
        self.store.close()


class Wake:
    """Told by the store after each commit; passed on to the worker once there is one."""

    def __init__(self) -> None:
        self.worker: Worker | None = None

    def __call__(self, *_: object) -> None:
        if self.worker is not None:
            self.worker.wake()


def build(settings: Settings, clock: Clock = wall_clock, carrier: Carrier | None = None) -> Application:
    """Construct a whole server. Raises ConfigurationError when the site cannot be read or the database cannot be opened."""
    site = load(settings.site)
    if not isinstance(site, Site):
        raise ConfigurationError("\n".join(str(problem) for problem in site))
    wake = Wake()
    store = Store.open(settings.database_url, told=wake)
    sites = KeptSites(site, store.versions, clock())
    line = LineService(store.line, line_rules(site))
    promises = CallbackService(store.callbacks, site)
    around = Around(line, promises, store.customers, POOL)
    calls = CallService(store.calls, sites, around, SiteLookUps(promises), TrainedEars(site))
    carrier = carrier or TwilioCarrier.connect(settings, site.callbacks.caller_id, clock)
    placing = Placing(carrier, store.placements)
    machines = Machines(calls, store.calls, line, promises, store.callbacks, store.customers, sites)
    roads = Roads(machines, carrier, placing, Wording(sites), settings.public_url)
    worker = Worker(store.outbox, store.due, roads, Timers(calls, line, promises))
    wake.worker = worker
    floor = Floor(line, clock, worker.wake)
    floor.open(site)
    census = Census(carrier, store.calls, calls, line, placing)
    return Application(settings, clock, store, sites, calls, line, promises, floor, worker, placing, census)
