"""Whatever comes over a socket, it ends in order: no task, no open ear, no row that says it is open."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.calls.ports import Reply
from ivr.media.door import Door
from ivr.media.leg import Ending
from ivr.media.ports import SocketLost
from ivr.media.reception import Reception
from ivr.media.session import House
from tests.media.carrier import CALL, QUIET, STREAM, VOICE, media, start
from tests.media.desk import Desk, Plain, question
from tests.media.speech import speech
from tests.media.virtual import run
from tests.web.desk import NOW, QUESTION, STATE

THREADS = ThreadPoolExecutor(1)
CONNECTED = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
STOP = json.dumps({"event": "stop", "streamSid": STREAM, "stop": {"callSid": CALL}})
BAD_SOUND = json.dumps({"event": "media", "streamSid": STREAM, "media": {"track": "inbound", "payload": "###"}})
KEY = json.dumps({"event": "dtmf", "streamSid": STREAM, "dtmf": {"digit": "1"}})
MARK = json.dumps({"event": "mark", "streamSid": STREAM, "mark": {"name": "said-1"}})
SPOKEN = json.dumps(media(VOICE))
SILENT = json.dumps(media(QUIET))


class Rows:
    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def open(self, id: str, call: str, now: datetime) -> bool:
        if id in self.rows:
            return False
        self.rows[id] = ""
        return True

    def end(self, id: str, outcome: str, heard: int) -> None:
        self.rows[id] = outcome


class Tape:
    """A socket that plays what is on it, 20 ms apart, and then breaks, or stays silent for ever."""

    def __init__(self, texts: Sequence[str], *, breaks: bool = True) -> None:
        self._texts = iter(texts)
        self._breaks = breaks
        self.sent: list[str] = []

    async def receive(self) -> str:
        await asyncio.sleep(0.02)
        text = next(self._texts, None)
        if text is not None:
            return text
        if not self._breaks:
            await asyncio.sleep(3600)
        raise SocketLost

    async def send(self, text: str) -> None:
        self.sent.append(text)


class Place:
    """One process's reception, with everything that could be left behind in sight."""

    def __init__(self) -> None:
        self.rows = Rows()
        made, self.ears, _ = speech(["a person"] * 20)
        self.desk = Desk((question(7, "Hm?"),))
        door = Door(["secret"], self.rows, made, iter(f"id{n}" for n in range(99)).__next__, lambda: NOW)
        self.reception = Reception(door, House(self.desk, made, Plain(), THREADS))

    def started(self) -> str:
        invitation = self.reception.door.invite(Reply(QUESTION, replace(STATE, call=CALL)), "")
        assert invitation is not None
        return json.dumps(start(CALL, {"token": invitation.token}))

    def serve(self, *texts: str, breaks: bool = True) -> Ending:
        ending = run(self.reception.serve(Tape(texts, breaks=breaks)))
        assert self.ears.open_now == 0, "an ear was left open"
        assert "" not in self.rows.rows.values(), "a row still says that its stream is open"
        return ending


@pytest.mark.parametrize(
    "before",
    [[], [CONNECTED], [SILENT], [CONNECTED, KEY], [MARK], [STOP], ["{"], [""], ["x" * 70_000], [BAD_SOUND], ["[]"]],
    ids=["nothing", "connected", "sound", "key", "mark", "stop", "half", "empty", "giant", "base64", "list"],
)
def test_what_never_begins_opens_nothing(before: list[str]) -> None:
    place = Place()
    assert place.serve(*before) == Ending("failed", why="it never began")
    assert (place.rows.rows, place.desk.told) == ({}, [])


def test_a_socket_that_says_nothing_is_not_waited_for() -> None:
    assert Place().serve(CONNECTED, breaks=False) == Ending("failed", why="it never began")


def test_a_start_without_a_token_of_ours_opens_nothing() -> None:
    place = Place()
    assert place.serve(CONNECTED, json.dumps(start(CALL, {"token": "a.1.b"}))).outcome == "failed"
    assert place.serve(CONNECTED, json.dumps(start(CALL))).outcome == "failed"
    assert (place.rows.rows, place.desk.told) == ({}, [])


def test_a_token_opens_one_stream_and_no_other_call() -> None:
    place = Place()
    begun = place.started()
    assert place.serve(CONNECTED, begun, STOP) == Ending("stopped")
    assert place.serve(CONNECTED, begun, STOP) == Ending("failed", why="its token opens nothing")
    other = json.loads(place.started())
    other["start"]["callSid"] = "CA" + "9" * 32
    assert place.serve(CONNECTED, json.dumps(other), STOP).outcome == "failed"


def test_one_bad_frame_changes_nothing() -> None:
    place = Place()
    silence = [SILENT] * 20
    assert (
        place.serve(CONNECTED, place.started(), *silence, BAD_SOUND, *silence, KEY, *silence, STOP).outcome == "stopped"
    )
    assert len(place.desk.told) == 2


def test_many_bad_frames_end_the_stream() -> None:
    place = Place()
    ending = place.serve(CONNECTED, place.started(), *[BAD_SOUND] * 10)
    assert (ending.outcome, place.rows.rows) == ("failed", {"id0": "failed"})


def test_a_second_start_ends_the_stream() -> None:
    place = Place()
    begun = place.started()
    assert place.serve(begun, SILENT, begun) == Ending("failed", why="the stream was started twice")


def test_two_stops_are_one() -> None:
    place = Place()
    assert place.serve(place.started(), STOP, STOP) == Ending("stopped")


def test_a_giant_frame_is_not_played() -> None:
    place = Place()
    assert place.serve(place.started(), *["x" * 70_000] * 10).outcome == "failed"


def test_a_socket_that_breaks_in_mid_word_is_lost() -> None:
    place = Place()
    assert place.serve(place.started(), *[SILENT] * 40, *[SPOKEN] * 30) == Ending("lost")


def test_a_fault_of_ours_closes_the_row_too() -> None:
    place = Place()
    place.desk.fault = KeyError("x")
    with pytest.raises(ExceptionGroup):
        place.serve(place.started(), *[SILENT] * 40, KEY, *[SILENT] * 40)
    assert place.rows.rows == {"id0": "failed"}


texts = st.lists(
    st.sampled_from([SILENT, SPOKEN, SPOKEN, SPOKEN, KEY, MARK, BAD_SOUND, CONNECTED, "{", STOP, "unknown"])
    | st.text(max_size=20),
    max_size=120,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(texts, st.booleans())
def test_whatever_comes_nothing_is_left(messages: list[str], breaks: bool) -> None:
    place = Place()
    ending = place.serve(CONNECTED, place.started(), *messages, breaks=breaks)
    assert ending.outcome in ("stopped", "lost", "failed")
