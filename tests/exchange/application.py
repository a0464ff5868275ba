"""An application to ring up: answers webhooks from a table of documents and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx2
from twilio.request_validator import RequestValidator, get_signature_algorithm  # type: ignore[import-untyped]

from exchange.app import Exchange, serving
from exchange.websocket import HandshakeFailed, Socket
from exchange.world import Settings

T = TypeVar("T")
ACCOUNT, TOKEN = "AC" + "0" * 32, "12345"
SITE = "http://app.test"
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
Reply = str | httpx2.Response | Exception
Pages = Mapping[str, Reply] | Mapping[str, Reply | list[Reply]]


@dataclass(frozen=True)
class Asked:
    """One webhook as it arrived."""

    method: str
    url: str
    path: str
    form: Mapping[str, str]
    body: list[tuple[str, str]]
    text: str
    headers: httpx2.Headers

    def signed_with(self, secret: str) -> bool:
        """The SDK's own verdict on the signature."""
        form = dict(self.body)
        algorithm = get_signature_algorithm(self.headers.get("X-Twilio-Webhooks-Signature-Settings", ""))
        return bool(
            RequestValidator(secret).validate(self.url, form, self.headers["X-Twilio-Signature"], algorithm=algorithm)
        )


@dataclass
class Application:
    """`pages` maps a path to its answer, or to answers in turn (the last one stays); text is TwiML."""

    pages: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    on_ask: Callable[[Asked], Awaitable[None]] | None = None
    socket: Socket | None = None
    upgrades: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def handle(self, request: httpx2.Request) -> httpx2.Response:
        query = parse_qsl(urlsplit(str(request.url)).query, keep_blank_values=True)
        body = parse_qsl(request.content.decode(), keep_blank_values=True)
        path = request.url.path
        asked = Asked(
            request.method,
            str(request.url),
            path,
            dict([*query, *body]),
            body,
            request.content.decode(),
            request.headers,
        )
        self.asked.append(asked)
        if self.on_ask is not None:
            await self.on_ask(asked)
        page = self.pages.get(path, httpx2.Response(404))
        if isinstance(page, list):
            page = page.pop(0) if len(page) > 1 else page[0]
        if isinstance(page, Exception):
            raise page
        return httpx2.Response(200, text=page, headers={"content-type": "text/xml"}) if isinstance(page, str) else page

    async def open_socket(self, url: str, headers: Mapping[str, str], seconds: float) -> Socket:
        """What the exchange finds at a wss URL."""
        if self.socket is None:
            raise HandshakeFailed(f"nothing at {url}")
        self.upgrades.append((url, dict(headers)))
        return self.socket

    def to(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]


class Wires(httpx2.AsyncBaseTransport):
    """Carries the exchange's requests to the application, or back to the exchange's own static host."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.exchange: httpx2.ASGITransport | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "exchange.test" and self.exchange is not None:
            return await self.exchange.handle_async_request(request)
        await request.aread()
        reply = await self.application.handle(request)
        return httpx2.Response(reply.status_code, headers=reply.headers, content=reply.content)


class Stage:
    """An exchange with an application behind it, spoken to over its own HTTP API."""

    def __init__(self, exchange: Exchange, application: Application, client: httpx2.AsyncClient) -> None:
        self.exchange = exchange
        self.world = exchange.world
        self.application = application
        self.client = client

    async def number(self, number: str = "+15550100", **urls: str) -> None:
        body = {"voice_url": f"{SITE}/voice", **urls}
        (await self.client.put(f"/exchange/numbers/{number}", json=body)).raise_for_status()

    async def call(self, *script: Mapping[str, object], to: str = "+15550100", **more: object) -> str:
        body = {"from": "+15550111", "to": to, "script": list(script), **more}
        reply = (await self.client.post("/exchange/calls", json=body)).raise_for_status()
        return str(reply.json()["sid"])

    async def phone(self, address: str, *script: Mapping[str, object], answer: str = "human", after: float = 3) -> None:
        body = {"answer": answer, "after": after, "script": list(script)}
        (await self.client.put(f"/exchange/phones/{address}", json=body)).raise_for_status()

    async def run(self, stop: str = "idle", **more: object) -> str:
        reply = (await self.client.post("/exchange/clock/run", json={"stop": stop, **more})).raise_for_status()
        return str(reply.json()["stopped_by"])

    async def seen(self, sid: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get(f"/exchange/calls/{sid}")).json()
        return found

    async def kinds(self, sid: str) -> list[str]:
        return [entry["kind"] for entry in (await self.seen(sid))["log"]]

    async def said(self, sid: str) -> list[str]:
        return [entry["text"] for entry in (await self.seen(sid))["log"] if entry["kind"] == "said"]

    async def rest(self, method: str, path: str, **form: str | list[str]) -> httpx2.Response:
        """A REST request; the path begins behind the account."""
        url = f"/2010-04-01/Accounts/{ACCOUNT}{path}"
        if method == "GET":
            return await self.client.get(url, params=form, auth=(ACCOUNT, TOKEN))
        return await self.client.request(method, url, data=form, auth=(ACCOUNT, TOKEN))

    def faults(self, kind: str | None = None) -> list[str]:
        return [fault.sentence for fault in self.world.faults if kind in (None, fault.kind)]


@asynccontextmanager
async def _built(application: Application, settings: Settings) -> AsyncIterator[Stage]:
    wires = Wires(application)
    async with serving(settings, START, virtual=True, transport=wires, open_socket=application.open_socket) as exchange:
        wires.exchange = httpx2.ASGITransport(exchange.app)
        async with httpx2.AsyncClient(transport=wires.exchange, base_url="http://exchange.test") as client:
            yield Stage(exchange, application, client)


def play(
    scene: Callable[[Stage], Coroutine[Any, Any, T]],
    pages: Pages | Application,
    settings: Settings | None = None,
) -> T:
    """Run one scene on a fresh exchange with a virtual clock; no socket is opened."""
    application = pages if isinstance(pages, Application) else Application({**pages})

    async def run() -> T:
        async with _built(application, settings or Settings(ACCOUNT, TOKEN)) as stage:
            async with asyncio.timeout(30):
                return await scene(stage)

    try:
        return asyncio.run(run())
    except BaseExceptionGroup as several:
        # A failing assertion leaves through the exchange's task group; show it bare.
        if len(several.exceptions) == 1:
            raise several.exceptions[0] from None
        raise


def response(*verbs: str) -> str:
    return f"<Response>{''.join(verbs)}</Response>"
