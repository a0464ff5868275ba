"""A phone in the browser: `GET /phone`, its files, and the WebSocket that carries its sound.

The page is plain HTML and JavaScript without anything from elsewhere. Only a page of this very host may open the
socket, for any web site could otherwise place calls from its visitors' machines.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from exchange.arrivals import NoSuchNumber, to_application, to_number
from exchange.legs import address
from exchange.life import Visit, dial_in
from exchange.softphone import Outbox, Softphone, frames
from exchange.stage import Table
from exchange.world import World

FOLDER = Path(__file__).parent / "phone"
FILES: Mapping[str, str] = {
    "phone.js": "text/javascript; charset=utf-8",
    "sound.js": "text/javascript; charset=utf-8",
    "words.js": "text/javascript; charset=utf-8",
    "worklet.js": "text/javascript; charset=utf-8",
    "phone.css": "text/css; charset=utf-8",
}
EMBEDDERS = "'self' http://127.0.0.1:* http://localhost:*"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    f"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {EMBEDDERS}",
    "Permissions-Policy": "camera=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
FOREIGN, BAD_MESSAGE = 4403, 4400
"""Codes with which the socket is closed."""


class Message(BaseModel):
    """What the page sends. `do` says what; the other keys belong to one or the other."""

    model_config = ConfigDict(extra="forbid")
    do: Literal["register", "dial", "connect", "answer", "refuse", "press", "say", "hang_up"]
    identity: str = Field("", max_length=200)
    language: Literal["en", "ko"] = "en"
    to: str = Field("", max_length=200)
    app_url: str = Field("", max_length=2000)
    params: dict[str, str] = {}
    key: str = Field("", pattern=r"^[0-9*#]?$")
    text: str = Field("", max_length=500)


class PhonePage:
    """The routes."""

    def __init__(self, world: World, table: Table) -> None:
        self.world = world
        self.table = table

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/phone", self.page, methods=["GET"]),
            WebSocketRoute("/phone/line", self.line),
            Route("/phone/{name}", self.file, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        return self._file("page.html", "text/html; charset=utf-8")

    async def file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return Response("no such file", 404, media_type="text/plain")
        return self._file(name, FILES[name])

    def _file(self, name: str, media: str) -> Response:
        return Response((FOLDER / name).read_bytes(), headers={**HEADERS, "Content-Type": media})

    async def line(self, socket: WebSocket) -> None:
        """One phone's life, from its page's opening to its closing."""
        if not _is_ours(socket):
            await socket.close(FOREIGN)
            return
        await socket.accept()
        more = asyncio.Event()
        line = Line(self.world, self.table, Outbox(more.set))
        try:
            async with asyncio.TaskGroup() as tasks:
                sender = tasks.create_task(_send(socket, line.outbox, more))
                code = await _receive(socket, line)
                sender.cancel()
        finally:
            line.close()
        if code is not None:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(code)


def _is_ours(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")


async def _send(socket: WebSocket, outbox: Outbox, more: asyncio.Event) -> None:
    while True:
        await more.wait()
        more.clear()
        while (item := outbox.next()) is not None:
            try:
                if isinstance(item, bytes):
                    await socket.send_bytes(item)
                else:
                    await socket.send_json(item)
            except (WebSocketDisconnect, RuntimeError):
                return


async def _receive(socket: WebSocket, line: "Line") -> int | None:
    """Do what comes until the page is gone (None), or until it sends nonsense: the code to close with."""
    while True:
        received: Mapping[str, Any] = await socket.receive()
        if received["type"] == "websocket.disconnect":
            return None
        if (data := received.get("bytes")) is not None:
            line.hear(data)
            continue
        try:
            line.do(Message.model_validate_json(received.get("text") or ""))
        except ValidationError as wrong:
            await socket.send_json({"event": "wrong", "text": str(wrong)})
            return BAD_MESSAGE


class Line:
    """What a page's messages do."""

    def __init__(self, world: World, table: Table, outbox: Outbox) -> None:
        self.world = world
        self.table = table
        self.outbox = outbox
        self.phone: Softphone | None = None
        self.language = "en"

    def hear(self, data: bytes) -> None:
        if self.phone is not None:
            self.phone.hear(frames(data))

    def do(self, message: Message) -> None:
        if message.do == "register":
            self._register(message)
        elif (phone := self.phone) is None:
            self.outbox.show({"event": "wrong", "text": "register first"})
        elif message.do in ("dial", "connect"):
            self._call(phone, message)
        elif message.do in ("answer", "refuse"):
            phone.decide(message.do == "answer")
        elif message.do == "press":
            phone.press(message.key)
        elif message.do == "say":
            phone.say(message.text)
        else:
            phone.hang_up()

    def close(self) -> None:
        """The page is gone: so is its phone, and whoever it was talking to hears that."""
        if self.phone is None:
            return
        self.phone.hang_up()
        if self.world.softphones.get(self.phone.address) is self.phone:
            del self.world.softphones[self.phone.address]

    def _register(self, message: Message) -> None:
        who = address(message.identity)
        if not who:
            self.outbox.show({"event": "wrong", "text": "a phone needs a number or a name"})
            return
        self.language = message.language
        if self.phone is None or self.phone.address != who:
            self.close()
            if (before := self.world.softphones.get(who)) is not None:
                before.screen.show({"event": "replaced"})
            self.phone = Softphone(self.world, who, self.outbox)
            self.world.softphones[who] = self.phone
        self.outbox.show({"event": "registered", "identity": who})

    def _call(self, phone: Softphone, message: Message) -> None:
        if phone.busy:
            self.outbox.show({"event": "wrong", "text": "this phone is in a call"})
            return
        try:
            visit = self._visit(phone, message)
        except NoSuchNumber as wrong:
            self.outbox.show({"event": "wrong", "text": str(wrong)})
            return
        phone.take_up(dial_in(self.world, self.table, replace(visit, language=self.language)))

    def _visit(self, phone: Softphone, message: Message) -> Visit:
        if message.do == "connect":
            return to_application(self.world, phone.address, message.app_url, message.params)
        return to_number(self.world, phone.address, message.to)
