"""Who may open a stream: one call, for a while, once; and the document that invites it."""

from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from ivr.calls.ports import Reply
from ivr.flow.model import EndCall, Listen, Speak
from ivr.media.door import VALID, Door
from ivr.media.leg import Ending
from ivr.media.messages import Begun
from ivr.twilio.streaming import Invitation, connect
from tests.media.carrier import CALL, STREAM
from tests.media.speech import speech
from tests.twilio.sdk import canonical, rebuilt
from tests.web.desk import NOW, QUESTION, STATE


class Rows:
    """Fits `StreamRows`."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, str, int]] = {}

    def open(self, id: str, call: str, now: datetime) -> bool:
        if id in self.rows:
            return False
        self.rows[id] = (call, "", 0)
        return True

    def end(self, id: str, outcome: str, heard: int) -> None:
        self.rows[id] = (self.rows[id][0], outcome, heard)


class World:
    def __init__(self, *secrets: str, languages: tuple[str, ...] = ("en",)) -> None:
        self.now = NOW
        self.rows = Rows()
        self.ids = iter(f"id{n}" for n in range(99))
        self.door = Door(
            secrets or ("s3cret",), self.rows, speech((), languages)[0], lambda: next(self.ids), lambda: self.now
        )

    def invited(self, language: str = "en") -> Invitation | None:
        return self.door.invite(Reply(QUESTION, replace(STATE, call=CALL, language=language)), "outbox:7")

    def begun(self, call: str = CALL, **changed: str) -> Begun:
        invitation = self.invited()
        assert invitation is not None
        return Begun(STREAM, call, {"token": invitation.token, **changed})


def test_an_invited_stream_opens_once() -> None:
    world = World()
    begun = world.begun()
    assert world.door.admit(begun) == "id0"
    assert world.door.admit(begun) is None
    world.door.leave("id0", Ending("handed over", 7))
    assert world.rows.rows == {"id0": (CALL, "handed over", 7)}


@pytest.mark.parametrize(
    "token", ["", "id0", "id0.", "id0.1", "id0..", "x.y.z", "id0.99999999999999999999.x", "id0.1772445720.é"]
)
def test_a_false_token_opens_nothing(token: str) -> None:
    world = World()
    assert world.door.admit(world.begun(token=token)) is None
    assert world.rows.rows == {}


def test_a_token_is_for_one_call() -> None:
    world = World()
    assert world.door.admit(world.begun("CA" + "9" * 32)) is None


def test_a_token_is_for_one_stream() -> None:
    world = World()
    name, _, rest = world.begun().parameters["token"].partition(".")
    assert world.door.admit(Begun(STREAM, CALL, {"token": f"{name}0.{rest}"})) is None


def test_a_token_is_for_a_while() -> None:
    world = World()
    early, late = world.begun(), world.begun()
    world.now += timedelta(seconds=VALID)
    assert world.door.admit(early) == "id0"
    world.now += timedelta(seconds=1)
    assert world.door.admit(late) is None


def test_a_token_of_the_secret_that_is_rotated_out_still_opens() -> None:
    old = World("old").begun()
    assert World("new", "old").door.admit(old) == "id0"
    assert World("new").door.admit(old) is None


def test_only_a_question_in_a_language_of_ours_is_put_by_stream() -> None:
    world = World(languages=("en",))
    assert world.invited("ko") is None
    assert world.door.invite(Reply(QUESTION, None), "") is None
    assert world.door.invite(Reply((*QUESTION, EndCall("x")), STATE), "") is None
    assert world.door.invite(Reply((Speak("Goodbye.", "en", "x"), EndCall("x")), STATE), "") is None
    assert world.door.invite(Reply((Listen(7, "en"),), STATE), "") is not None


def test_the_document_connects_and_comes_back_whatever_happens() -> None:
    text = connect(Invitation("id0", "t0ken", "outbox:7"), "https://phone.example.com")
    root = ElementTree.fromstring(text)
    assert canonical(rebuilt(root)) == canonical(root)
    assert [verb.tag for verb in root] == ["Connect", "Redirect"]
    back = "https://phone.example.com/twilio/back/id0"
    assert (root[0].get("action"), root[1].text) == (back, back)
    stream = root[0][0]
    assert stream.get("url") == "wss://phone.example.com/twilio/media"
    assert {one.get("name"): one.get("value") for one in stream} == {"token": "t0ken", "after": "outbox:7"}


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/twilio/media"),
        ("https://phone.example.com/line", "wss://phone.example.com/line/twilio/media"),
    ],
)
def test_the_socket_is_where_the_public_url_says(base: str, url: str) -> None:
    stream = ElementTree.fromstring(connect(Invitation("s", "t"), base))[0][0]
    assert stream.get("url") == url
    assert [one.get("name") for one in stream] == ["token"]
