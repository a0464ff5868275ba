"""Which documents invite a stream, and what follows one: the routes, with a desk behind them."""

from xml.etree import ElementTree

import pytest
from fastapi import FastAPI

from ivr.calls.ports import Reply
from ivr.flow.model import CallEnded, EndCall
from ivr.twilio.rescue import Rescue
from ivr.twilio.signature import Verifier
from ivr.twilio.streaming import Invitation
from ivr.web.edge import Edge
from ivr.web.webhooks import routes
from tests.web.desk import BASE, CALL, FACTS, TOKEN, Carrier, Desk

FORM = {"CallSid": CALL, "CallStatus": "in-progress", "From": "+15550107777", "To": "+15550100100"}


def invite(reply: Reply, after: str) -> Invitation | None:
    asks = reply.actions and not isinstance(reply.actions[-1], EndCall)
    return Invitation("s1", "t0ken", after) if asks else None


def page(desk: Desk, path: str, **form: str) -> ElementTree.Element:
    app = FastAPI(openapi_url=None)
    edge = Edge(Verifier(BASE, [TOKEN]), BASE, lambda: Rescue.of(FACTS, BASE), invite=invite)
    app.include_router(routes(desk, edge))
    answer = Carrier(app).post(path, {**FORM, **form})
    assert answer.status == 200
    return ElementTree.fromstring(answer.text.encode())


@pytest.mark.parametrize(
    "path", ["/twilio/voice", "/twilio/resume", "/twilio/recorded/7", "/twilio/queued/7", "/twilio/back/s0"]
)
def test_a_question_is_put_by_stream(path: str) -> None:
    assert [verb.tag for verb in page(Desk(), path)] == ["Connect", "Redirect"]


@pytest.mark.parametrize("path", ["/twilio/answer/7", "/twilio/wait/7/0/answer"])
def test_what_the_carrier_hears_goes_on_by_its_ear(path: str) -> None:
    assert page(Desk(), path, Digits="1").find("Connect") is None


@pytest.mark.parametrize("path", ["/twilio/resume", "/twilio/back/s0"])
def test_after_a_stream_that_broke_the_carrier_asks(path: str) -> None:
    assert page(Desk(in_order=False), path)[0].tag == "Gather"


def test_news_from_outside_travels_with_the_invitation() -> None:
    stream = page(Desk(), "/twilio/resume?after=outbox%3A7")[0][0]
    assert {one.get("name"): one.get("value") for one in stream}["after"] == "outbox:7"


def test_an_end_needs_no_stream() -> None:
    assert [verb.tag for verb in page(Desk(actions=(EndCall("done"),)), "/twilio/back/s0")] == ["Hangup"]


def test_who_hung_up_over_a_stream_has_ended_the_call() -> None:
    desk = Desk()
    page(desk, "/twilio/back/s0", CallStatus="completed")
    assert desk.told == [("handle", CALL, CallEnded("completed"), f"status:{CALL}:completed")]


def test_a_call_that_nobody_knows_begins() -> None:
    desk = Desk(known=False)
    page(desk, "/twilio/back/s0")
    assert [what[0] for what in desk.told] == ["streamed", "resume", "handle"]
