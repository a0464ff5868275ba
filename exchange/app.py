"""The exchange as one ASGI application, and everything behind it. Only this module builds it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NoReturn

import httpx2
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from exchange.clock import Clock
from exchange.control import Control
from exchange.driver import Driver
from exchange.ids import Sids
from exchange.listening import Listening
from exchange.phone_page import PhonePage
from exchange.rest import calls, conferences, messages, numbers, queues, recordings
from exchange.signature import SigningKey
from exchange.verbs.table import TABLE
from exchange.webhook import Webhooks
from exchange.websocket import Opener, connect
from exchange.world import Settings, World


@dataclass(frozen=True, slots=True)
class Exchange:
    """A running exchange: `app` answers HTTP, `world` is what it knows."""

    app: Starlette
    world: World
    driver: Driver


@asynccontextmanager
async def serving(
    settings: Settings,
    start: datetime,
    *,
    virtual: bool,
    transport: httpx2.AsyncBaseTransport | None = None,
    open_socket: Opener = connect,
) -> AsyncIterator[Exchange]:
    """Run an exchange until the block is left; nothing of it stays. `transport` and `open_socket` carry its
    requests and streams in tests."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    no_limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    client = httpx2.AsyncClient(transport=transport, trust_env=False, cookies=no_cookies, limits=no_limits)
    clock = Clock(start, virtual=virtual, wall=time.monotonic)
    sids = Sids()
    key = SigningKey(settings.token, settings.shared_key)
    world = World(settings, clock, Webhooks(client, key, sids.idempotency_token), open_socket, sids)
    driver = Driver(world, client)
    async with client:
        try:
            async with asyncio.TaskGroup() as tasks:
                clock.live_in(tasks)
                ticker = tasks.create_task(clock.tick()) if not virtual else None
                yield Exchange(Starlette(routes=_routes(world, driver)), world, driver)
                if ticker is not None:
                    ticker.cancel()
                _close()
        except* _Closing:
            pass


class _Closing(Exception):
    """The exchange is shut: ends the task group, and with it every call."""


def _close() -> NoReturn:
    raise _Closing()


def _routes(world: World, driver: Driver) -> Sequence[BaseRoute]:
    resources = (calls, queues, conferences, recordings, messages, numbers)
    rest = [route for resource in resources for route in resource.routes(world, TABLE)]
    return [
        *Control(world, driver, TABLE).routes(),
        *rest,
        *Listening(world).routes(),
        *PhonePage(world, TABLE).routes(),
    ]
