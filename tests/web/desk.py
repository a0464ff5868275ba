"""A desk that keeps what it was told and answers as it is set up: the machines behind the webhooks, for their tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from callbacks.model import CallbackEvent
from config.site import SiteFacts
from ivr.calls.ports import Reply, Said
from ivr.flow.model import Action, AgentLeft, Asking, Caller, CallEvent, CallState, Listen, Place, Route, Speak
from ivr.twilio.agents import AgentLeg
from ivr.twilio.rescue import Rescue
from ivr.twilio.signature import FORM, Verifier
from ivr.web.edge import Edge
from ivr.web.webhooks import routes
from routing.model import LineEvent

QUIET = ("/conference", "/status", "/amd", "/recording", "/partial", "/stream", "/transcription", "/message")
"""Routes that tell us something and want no document."""
TOKEN = "12345"
BASE = "https://phone.example.com"
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
CALL = "CA" + "1" * 32
FACTS = SiteFacts.model_validate(
    {
        "name": {"en": "Hanbit", "ko": "한빛"},
        "languages": ["en", "ko"],
        "zone": "Asia/Seoul",
        "numbers": {"+15550100": {"flow": "support"}},
        "emergency_number": "+15550199",
    }
)
STATE = CallState(
    CALL, "support", "v1", Caller(""), "+15550100", "en", NOW, Route("p", "r", "b", "o"), "help", Asking(), 7
)
QUESTION = (Speak("How can I help?", "en", "node:help"), Listen(7, "en", keys=("1",)))


@dataclass
class Desk:
    """Fits the port `Conversations`. `told` keeps each call of it; `fault`, when set, is raised instead."""

    actions: Sequence[Action] = QUESTION
    place: Place = field(default_factory=Asking)
    known: bool = True
    leg: AgentLeg | None = None
    fault: Exception | None = None
    in_order: bool = True
    told: list[tuple[object, ...]] = field(default_factory=list)

    def handle(self, call: str, event: CallEvent, cause: str) -> Reply:
        return self._reply("handle", call, event, cause)

    def said(self, call: str, words: Said, cause: str) -> Reply:
        return self._reply("said", call, words, cause)

    def resume(self, call: str, after: str) -> Reply:
        return self._reply("resume", call, after)

    def streamed(self, call: str, stream: str) -> tuple[Reply, bool]:
        return self._reply("streamed", call, stream), self.in_order

    def streams_well(self, call: str) -> bool:
        return self.in_order

    def left_talk(self, call: str, left: AgentLeft, cause: str) -> Reply:
        return self._reply("left_talk", call, left, cause)

    def picked_up(self, call: str, callback: str, attempt: int, cause: str) -> Reply:
        return self._reply("picked_up", call, callback, attempt, cause)

    def agent(self, offer: int, call: str) -> AgentLeg | None:
        self._note("agent", offer, call)
        return self.leg and replace(self.leg, offer=offer)

    def entered(self, call: str, offer: int) -> None:
        self._note("entered", call, offer)

    def line(self, event: LineEvent, cause: str) -> None:
        self._note("line", event, cause)

    def promise(self, callback: str, event: CallbackEvent, cause: str) -> None:
        self._note("promise", callback, event, cause)

    def _reply(self, *what: object) -> Reply:
        self._note(*what)
        return Reply(tuple(self.actions), replace(STATE, place=self.place)) if self.known else Reply((), None)

    def _note(self, *what: object) -> None:
        self.told.append(what)
        if self.fault is not None:
            raise self.fault


def application(desk: Desk, *, time_limit: float = 12.0) -> FastAPI:
    app = FastAPI(openapi_url=None)
    edge = Edge(Verifier(BASE, [TOKEN]), BASE, lambda: Rescue.of(FACTS, BASE), time_limit)
    app.include_router(routes(desk, edge))
    return app


class Fields(dict[str, list[str]]):
    """A form with repeated names, as the SDK asks a framework for it."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def signature(path: str, body: bytes, token: str = TOKEN) -> str:
    """The SDK's own, over the public URL: the test client's host is never asked."""
    fields = Fields()
    for name, value in parse_qsl(body.decode(), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return str(RequestValidator(token).compute_signature(BASE + path, fields))


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    media: str


class Carrier:
    """Posts signed forms, as the carrier does."""

    def __init__(self, app: ASGIApp) -> None:
        self._client = TestClient(app, base_url="http://internal.example:8080")

    def post(self, path: str, form: Mapping[str, str] | bytes, **changed: str) -> Answer:
        """`changed` replaces after signing: `url`, `body` or `signature`."""
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        headers = {
            "Content-Type": f"{FORM}; charset=UTF-8",
            "X-Twilio-Signature": changed.get("signature", signature(path, body)),
            "X-Forwarded-Host": "attacker.example",
        }
        sent = changed.get("body", body.decode()).encode()
        answer = self._client.post(changed.get("url", path), content=sent, headers=headers)
        return Answer(answer.status_code, answer.text, answer.headers.get("content-type", ""))
