"""The stage door: the JSON API with which a demo, a command line or a test sets the scene and watches.

It is the exchange's own and has no counterpart at the carrier. `docs/exchange.md` describes it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange.arrivals import NoSuchNumber, to_application, to_number
from exchange.call import Call, Handlers
from exchange.driver import Driver
from exchange.legs import address
from exchange.life import dial_in
from exchange.script import BadScript, PlayWav, Step, steps
from exchange.sound import BadSound
from exchange.stage import Table
from exchange.texting import deliver
from exchange.world import Message, Number, Phone, StaticDocument, World

Handler = Callable[[Request], Awaitable[Response]]
LONGEST_POLL = 60.0


class Body(BaseModel):
    """A request body: unknown keys are refused, so that a typing mistake is seen."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class NumberBody(Body):
    voice_url: str = ""
    voice_method: Literal["GET", "POST"] = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: Literal["GET", "POST"] = "POST"
    status_callback: str = ""
    sms_url: str = ""


class CallBody(Body):
    caller: str = Field(alias="from")
    to: str
    script: list[Any] = []
    language: str = "en"
    params: dict[str, str] = {}
    errors: float = Field(0.0, ge=0, le=1)


class StepsBody(Body):
    steps: list[Any]


class PhoneBody(Body):
    answer: Literal["human", "machine", "busy", "no-answer", "refused", "failed"] = "human"
    after: float = Field(3.0, ge=0)
    script: list[Any] = []
    machine_greeting: float = Field(4.0, ge=0)


class DialBody(Body):
    app_url: str
    params: dict[str, str] = {}
    script: list[Any] = []
    language: str = "en"
    fallback_url: str = ""
    status_callback: str = ""


class RunBody(Body):
    until: datetime | None = None
    stop: Literal["idle", "listening", "time"] = "time"
    call: str | None = None


class FollowBody(Body):
    url: str


class FaultsBody(Body):
    next: list[Literal[429, 500, "hang", "hang-before"]]


class MessageBody(Body):
    caller: str = Field(alias="from")
    to: str
    body: str
    url: str = ""


class Refused(Exception):
    """The request cannot be carried out; `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def call_shape(call: Call, *, log: bool = True) -> dict[str, object]:
    """A call as this API shows it."""
    shape: dict[str, object] = {
        "sid": call.sid,
        "from": call.caller,
        "to": call.to,
        "status": call.status,
        "direction": call.direction,
        "place": call.place,
        "with": [peer.sid for peer in call.peers],
        "parent": call.parent.sid if call.parent else None,
        "ended_by": call.ended_by,
        "script_left": len(call.person.steps) if call.person else 0,
        "hears": heard_now(call),
    }
    if log:
        shape["log"] = call.log
    return shape


def heard_now(call: Call) -> list[str]:
    """What would be taken at once: keys (dtmf), words (speech), or nothing while nobody listens or a prompt is said."""
    if call.ear is None or call.ear.closed or (call.turn is None and not call.ear.prompts_over):
        return []
    return [kind for kind in ("dtmf", "speech") if call.ear.hears(kind) or (kind == "speech" and call.turn is not None)]


class Control:
    """The routes, one method each."""

    def __init__(self, world: World, driver: Driver, table: Table) -> None:
        self.world = world
        self.driver = driver
        self.table = table

    def routes(self) -> list[Route]:
        found: list[tuple[str, str, Handler]] = [
            ("GET", "/exchange/clock", self.clock),
            ("POST", "/exchange/clock/follow", self.follow),
            ("DELETE", "/exchange/clock/follow", self.unfollow),
            ("POST", "/exchange/clock/run", self.run),
            ("GET", "/exchange/numbers", self.numbers),
            ("PUT", "/exchange/numbers/{number}", self.put_number),
            ("POST", "/exchange/calls", self.create_call),
            ("GET", "/exchange/calls", self.calls),
            ("GET", "/exchange/calls/{sid}", self.call),
            ("POST", "/exchange/calls/{sid}/script", self.script),
            ("POST", "/exchange/calls/{sid}/hang_up", self.hang_up),
            ("PUT", "/exchange/phones/{address:path}", self.put_phone),
            ("POST", "/exchange/phones/{address:path}/dial", self.dial),
            ("GET", "/exchange/events", self.events),
            ("GET", "/exchange/faults", self.faults),
            ("POST", "/exchange/rest/faults", self.plant),
            ("PUT", "/exchange/static/{path:path}", self.put_static),
            ("GET", "/exchange/messages", self.messages),
            ("POST", "/exchange/messages", self.message),
            ("GET", "/static/{path:path}", self.static),
            ("POST", "/static/{path:path}", self.static),
        ]
        return [Route(path, guarded(handler), methods=[method]) for method, path, handler in found]

    async def clock(self, request: Request) -> Response:
        clock = self.world.clock
        return JSONResponse({"mode": "virtual" if clock.virtual else "real", "now": clock.now.isoformat()})

    async def follow(self, request: Request) -> Response:
        body = FollowBody.model_validate_json(await request.body())
        if body.url not in self.driver.followers:
            self.driver.followers.append(body.url)
        return JSONResponse({"followers": self.driver.followers})

    async def unfollow(self, request: Request) -> Response:
        body = FollowBody.model_validate_json(await request.body())
        if body.url in self.driver.followers:
            self.driver.followers.remove(body.url)
        return JSONResponse({"followers": self.driver.followers})

    async def run(self, request: Request) -> Response:
        body = RunBody.model_validate_json(await request.body() or b"{}")
        if body.until is not None and body.until.tzinfo is None:
            raise Refused(400, "until needs a time zone, such as 2026-03-02T10:00:00+00:00")
        if body.stop == "time" and body.until is None:
            raise Refused(400, "stop=time needs until")
        if body.stop == "listening":
            self._call(body.call or "")
        stopped_by = await self.driver.run(body.until, body.stop, body.call)
        return JSONResponse({"now": self.world.clock.now.isoformat(), "stopped_by": stopped_by})

    async def put_number(self, request: Request) -> Response:
        e164 = request.path_params["number"]
        body = NumberBody.model_validate_json(await request.body() or b"{}")
        number = self.world.numbers.get(e164) or Number(self.world.sids.sid("PN"), e164, self.world.clock.now)
        for name, value in body.model_dump().items():
            setattr(number, name, value)
        self.world.numbers[e164] = number
        return JSONResponse({"sid": number.sid, "number": e164})

    async def numbers(self, request: Request) -> Response:
        """The account's numbers, for whoever wants to choose one to dial."""
        found = [
            {"number": one.number, "name": one.friendly_name} for one in self.world.numbers.values() if one.voice_url
        ]
        return JSONResponse(found)

    async def create_call(self, request: Request) -> Response:
        body = CallBody.model_validate_json(await request.body())
        visit = replace(
            to_number(self.world, body.caller, body.to),
            script=self._steps(body.script),
            fields=tuple(body.params.items()),
            language=body.language,
            errors=body.errors,
        )
        return JSONResponse({"sid": dial_in(self.world, self.table, visit).sid}, 201)

    async def calls(self, request: Request) -> Response:
        return JSONResponse([call_shape(call, log=False) for call in self.world.calls.values()])

    async def call(self, request: Request) -> Response:
        return JSONResponse(call_shape(self._call(request.path_params["sid"])))

    async def script(self, request: Request) -> Response:
        call = self._call(request.path_params["sid"])
        more = self._steps(StepsBody.model_validate_json(await request.body()).steps)
        if call.over or call.person is None:
            raise Refused(409, f"nobody is on the line of {call.sid}, whose status is {call.status}")
        call.person.add(more)
        return JSONResponse(call_shape(call, log=False))

    async def hang_up(self, request: Request) -> Response:
        call = self._call(request.path_params["sid"])
        who = "caller" if call.direction == "inbound" else "callee"
        self.world.hang_up(call, who, "canceled" if call.answered is None else "completed")
        return JSONResponse(call_shape(call, log=False))

    async def put_phone(self, request: Request) -> Response:
        body = PhoneBody.model_validate_json(await request.body() or b"{}")
        phone = Phone(body.answer, body.after, self._steps(body.script), body.machine_greeting)
        self.world.phones[address(request.path_params["address"])] = phone
        return JSONResponse({"address": address(request.path_params["address"]), "answer": phone.answer})

    async def dial(self, request: Request) -> Response:
        """A browser phone connects to an application of the account: Voice SDK `device.connect`."""
        body = DialBody.model_validate_json(await request.body())
        visit = replace(
            to_application(self.world, request.path_params["address"], body.app_url, body.params),
            handlers=Handlers(fallback_url=body.fallback_url, status_callback=body.status_callback),
            script=self._steps(body.script),
            language=body.language,
        )
        return JSONResponse({"sid": dial_in(self.world, self.table, visit).sid}, 201)

    async def events(self, request: Request) -> Response:
        after = int(request.query_params.get("after", "0"))
        wait = min(float(request.query_params.get("wait", "0")), LONGEST_POLL)
        found = await self.world.diary.after(after, wait)
        return JSONResponse({"events": found, "next": after + len(found)})

    async def faults(self, request: Request) -> Response:
        return JSONResponse([fault.shape() for fault in self.world.faults])

    async def plant(self, request: Request) -> Response:
        self.world.rest_faults.extend(FaultsBody.model_validate_json(await request.body()).next)
        return JSONResponse({"next": self.world.rest_faults})

    async def put_static(self, request: Request) -> Response:
        media = request.headers.get("content-type", "text/xml")
        path = request.path_params["path"]
        self.world.static[path] = StaticDocument(await request.body(), media)
        return JSONResponse({"path": f"/static/{path}"})

    async def static(self, request: Request) -> Response:
        document = self.world.static.get(request.path_params["path"])
        if document is None:
            return Response("no such document", 404, media_type="text/plain")
        return Response(document.body, headers={"content-type": document.media})

    async def messages(self, request: Request) -> Response:
        return JSONResponse([_message_shape(message) for message in self.world.messages])

    async def message(self, request: Request) -> Response:
        body = MessageBody.model_validate_json(await request.body())
        number = self.world.numbers.get(address(body.to))
        url = body.url or (number.sms_url if number else "")
        if not url:
            raise Refused(404, f"nowhere to deliver to: give url, or {body.to} an sms_url")
        return JSONResponse(_message_shape(deliver(self.world, body.caller, body.to, body.body, url)), 201)

    def _call(self, sid: str) -> Call:
        return call_of(self.world, sid)

    def _steps(self, given: list[Any]) -> tuple[Step, ...]:
        """A script whose sounds are all there."""
        script = tuple(steps(given))
        for step in script:
            if isinstance(step, PlayWav):
                self.world.sounds.find(step.wav)
        return script


def call_of(world: World, sid: str) -> Call:
    """The call with this sid; raises Refused."""
    if sid not in world.calls:
        raise Refused(404, f"no call {sid!r}")
    return world.calls[sid]


def _message_shape(message: Message) -> dict[str, object]:
    return {
        "sid": message.sid,
        "from": message.caller,
        "to": message.to,
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "at": message.created.isoformat(),
    }


def guarded(handler: Handler) -> Handler:
    """Bad input becomes a sentence and a 4xx."""

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except (ValidationError, BadScript, BadSound, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, 400)
        except NoSuchNumber as wrong:
            return JSONResponse({"error": str(wrong)}, 404)
        except Refused as refused:
            return JSONResponse({"error": str(refused)}, refused.status)

    return guarded
