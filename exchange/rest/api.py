"""What every REST operation shares: sign-in, form bodies, pages, and errors in the carrier's shape.

Errors are {"code", "message", "more_info", "status"}. Planted faults (429, 500, hang, hang-before) are spent one a
request.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange.faults import Trouble
from exchange.stage import Table
from exchange.world import World

ROOT = "/2010-04-01/Accounts/{account}"
NOT_FOUND, MISSING, UNSIGNED, TOO_MANY = 20404, 21201, 20003, 20429
BAD_VALUE = 20001
MOST_ON_PAGE = 1000

Shape = dict[str, object]


class RestError(Exception):
    """An answer with an error code; `status` is the HTTP status."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def shape(self) -> Shape:
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


PLANTED = {
    429: RestError(429, TOO_MANY, "Too Many Requests"),
    500: RestError(500, 20500, "An internal server error has occurred"),
}


class Form:
    """The form body of a request: every name may come more than once. It remembers which names were looked at."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        self._fields = fields
        self._seen: set[str] = set()

    def unseen(self) -> list[str]:
        """The names that nobody asked for: what they were meant to do was not done."""
        return sorted({name for name, _ in self._fields} - self._seen)

    def get(self, name: str, default: str = "") -> str:
        self._seen.add(name)
        return next((value for known, value in self._fields if known == name), default)

    def all(self, name: str) -> list[str]:
        """Every value, those with spaces between words taken apart."""
        self._seen.add(name)
        return [word for known, value in self._fields if known == name for word in value.split()]

    def __contains__(self, name: str) -> bool:
        self._seen.add(name)
        return any(known == name for known, _ in self._fields)

    def need(self, name: str, code: int = MISSING) -> str:
        value = self.get(name)
        if not value:
            raise RestError(400, code, f"A '{name}' parameter is required.")
        return value

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        value = self.get(name, default)
        if value not in allowed:
            raise RestError(400, BAD_VALUE, f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def flag(self, name: str, default: bool) -> bool:
        return self.get(name, str(default)).lower() == "true"

    def number(self, name: str, default: int) -> int:
        value = self.get(name, str(default))
        if not value.isdecimal():
            raise RestError(400, BAD_VALUE, f"{name} must be a whole number, not {value!r}.")
        return int(value)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, decoded."""

    world: World
    table: Table
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    url_path: str


Operation = Callable[[Asked], tuple[int, Shape | None]]
"""Performs a request; returns the HTTP status and the body. Sync: nothing else happens in between."""


def route(world: World, table: Table, path: str, operations: Mapping[str, Operation]) -> Route:
    """A resource and what may be done to it, by HTTP method."""

    async def handle(request: Request) -> Response:
        planted = world.rest_faults.pop(0) if world.rest_faults else None
        if planted == "hang-before":
            await _never_answer(request)
        if isinstance(planted, int):
            return _planted(planted)
        with world.clock.working():
            response = await _perform(request)
        if planted == "hang":
            await _never_answer(request)
        return response

    async def _perform(request: Request) -> Response:
        try:
            _sign_in(world, request)
            body = parse_qsl((await request.body()).decode(), keep_blank_values=True)
            asked = Asked(world, table, request.path_params, request.query_params, Form(body), request.url.path)
            status, shape = operations[request.method](asked)
        except RestError as wrong:
            world.log(None, "rest_refused", str(wrong), code=wrong.code, path=request.url.path)
            return JSONResponse(wrong.shape(), wrong.status)
        for name in asked.form.unseen():
            sentence = f"the REST parameter {name} had no effect here"
            world.fault(Trouble("warning", BAD_VALUE, sentence, request.url.path))
        if request.method != "GET":
            world.log(None, "rest", f"{request.method} {request.url.path}", status=status)
        return Response(status_code=status) if shape is None else JSONResponse(shape, status)

    return Route(ROOT + path, handle, methods=[*operations])


async def _never_answer(request: Request) -> None:
    """Keep the client waiting until it gives up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _planted(status: int) -> Response:
    error = PLANTED[status]
    return JSONResponse(error.shape(), error.status)


def _sign_in(world: World, request: Request) -> None:
    settings = world.settings
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user, secret = "", ""
    if kind.lower() != "basic" or (user, secret) != (settings.account, settings.token):
        raise RestError(401, UNSIGNED, "Authenticate")
    if request.path_params["account"] != settings.account:
        raise RestError(404, NOT_FOUND, f"The requested resource {request.url.path} was not found")


def missing(asked: Asked) -> RestError:
    return RestError(404, NOT_FOUND, f"The requested resource {asked.url_path} was not found")


def page(asked: Asked, name: str, shapes: Sequence[Shape]) -> Shape:
    """One page of a list, with the links to its neighbours."""
    size = _whole(asked.query.get("PageSize", "50"), 50)
    size = min(max(size, 1), MOST_ON_PAGE)
    number = _whole(asked.query.get("Page", "0"), 0)
    start = number * size
    shown = list(shapes[start : start + size])
    kept = {key: value for key, value in asked.query.items() if key not in ("PageSize", "Page", "PageToken")}

    def link(wanted: int) -> str:
        query = urlencode({**kept, "PageSize": size, "Page": wanted}, quote_via=quote)
        return f"{asked.url_path}?{query}"

    return {
        name: shown,
        "end": max(start + len(shown) - 1, 0),
        "first_page_uri": link(0),
        "next_page_uri": link(number + 1) if start + size < len(shapes) else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": link(number - 1) if number else None,
        "start": start,
        "uri": link(number),
    }


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() else default
