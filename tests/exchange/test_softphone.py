"""A person at a browser phone: calling, being called, keys, sound both ways; the page and its socket."""

import asyncio
import json
from collections.abc import Mapping

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from exchange.phone_page import FILES, FOLDER, Line, Message
from exchange.softphone import Outbox
from exchange.sound import FRAME, Samples, loudest_frequency, read_wav, strength, tone
from exchange.verbs.table import TABLE
from tests.exchange.application import Stage, play, response
from tests.exchange.test_process import exchange

MENU = response('<Gather action="/done" numDigits="1"><Say>Press one.</Say></Gather>', "<Redirect>/voice</Redirect>")
ROOM = response('<Dial><Conference waitUrl="">room</Conference></Dial>')


class Person:
    """Somebody with the page open: what it shows, and what comes out of its speaker."""

    def __init__(self, stage: Stage, identity: str) -> None:
        self.stage = stage
        self.line = Line(stage.world, TABLE, Outbox(lambda: None))
        self.shown: list[Mapping[str, object]] = []
        self.frames: list[Samples] = []
        self.do("register", identity=identity)

    def do(self, what: str, **more: object) -> None:
        self.line.do(Message.model_validate({"do": what, **more}))

    def look(self) -> list[object]:
        """Take in what came since; the events shown so far."""
        while (item := self.line.outbox.next()) is not None:
            if isinstance(item, bytes):
                self.frames.append(np.frombuffer(item, "<i2").astype(np.int16))
            else:
                self.shown.append(item)
        return [news["event"] for news in self.shown]

    def speak(self, samples: Samples) -> None:
        self.line.hear(samples.astype("<i2").tobytes())

    async def talk(self, hz: float, seconds: float) -> None:
        """Hum into the microphone, 20 ms at a time, while the exchange's time goes on."""
        for frame in tone([hz], seconds, -12).reshape(-1, FRAME):
            self.speak(frame)
            await passes(self.stage, 0.02)
            self.look()


async def passes(stage: Stage, seconds: float) -> None:
    clock = stage.world.clock
    until = clock.moment(clock.position() + round(seconds * 8000)).isoformat()
    await stage.run("time", until=until)


def test_a_person_dials_hears_presses_and_hangs_up() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        ana = Person(stage, "+1 555-0111")
        ana.do("dial", to="+15550100")
        await passes(stage, 0.5)
        assert ana.look() == ["registered", "calling", "answered", "log"]
        assert ana.shown[0]["identity"] == "+15550111"
        assert ana.shown[-1] == {"event": "log", "kind": "said", "text": "Press one."}
        assert sum(map(len, ana.frames)) == pytest.approx(0.5 * 8000, abs=FRAME)
        assert np.concatenate(ana.frames).any()
        ana.do("press", key="1")
        await stage.run("idle")
        assert stage.application.to("/done")[0].form["Digits"] == "1"
        assert ana.look()[-1] == "over" or ana.shown[-2]["event"] == "over"
        assert stage.world.live_audio == 0

    play(scene, {"/voice": MENU, "/done": response("<Hangup/>")})


def test_two_people_in_a_conference_hear_each_other() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(voice_url="http://app.test/room")
        ana, mina = Person(stage, "+15550111"), Person(stage, "client:mina")
        ana.do("dial", to="+15550100")
        mina.do("connect", app_url="http://app.test/room", params={"reservation": "7"})
        await passes(stage, 0.1)
        assert stage.application.to("/room")[1].form["reservation"] == "7"
        assert stage.application.to("/room")[1].form["From"] == "client:mina"
        mina.frames.clear()
        await ana.talk(440, 0.4)
        mina.look()
        assert loudest_frequency(np.concatenate(mina.frames)[1600:]) == pytest.approx(440, abs=10)
        assert not np.concatenate(ana.frames).any()
        mina.line.close()
        await passes(stage, 0.1)
        assert [call.status for call in stage.world.calls.values()] == ["in-progress", "completed"]
        ana.line.close()

    play(scene, {"/room": ROOM})


DIAL = response(
    '<Dial timeout="5"><Client><Identity>mina</Identity><Parameter name="why" value="order"/></Client></Dial>'
)


@pytest.mark.parametrize(("decision", "status"), [("answer", "completed"), ("refuse", "busy"), (None, "no-answer")])
def test_a_phone_rings_says_why_and_is_answered_or_not(decision: str | None, status: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        mina = Person(stage, "client:mina")
        await stage.call({"wait": 20}, {"hang_up": True})
        await passes(stage, 1)
        assert mina.look() == ["registered", "ringing"]
        assert mina.shown[1]["params"] == {"why": "order"}
        if decision is not None:
            mina.do(decision)
        await stage.run("idle") if decision != "answer" else await passes(stage, 0.3)
        assert mina.look()[2:4] == (["calling", "answered"] if decision == "answer" else ["over"])
        mina.do("hang_up")
        await stage.run("idle")
        (leg,) = [call for call in stage.world.calls.values() if call.direction == "outbound-dial"]
        assert leg.status == status

    play(scene, {"/voice": DIAL})


def test_a_caller_who_gives_up_stops_the_ringing() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        mina = Person(stage, "client:mina")
        await stage.call({"wait": 1}, {"hang_up": True})
        await stage.run("idle")
        assert mina.look() == ["registered", "ringing", "over"]
        assert not mina.line.phone or not mina.line.phone.busy

    play(scene, {"/voice": DIAL})


def test_a_second_window_takes_the_phone_over_and_nonsense_is_told() -> None:
    async def scene(stage: Stage) -> None:
        first = Person(stage, "client:mina")
        second = Person(stage, "client:mina")
        assert first.look() == ["registered", "replaced"]
        first.line.close()
        assert stage.world.softphones["client:mina"] is second.line.phone
        second.do("dial", to="+15559999")
        nobody = Line(stage.world, TABLE, Outbox(lambda: None))
        nobody.do(Message.model_validate({"do": "dial", "to": "+15550100"}))
        assert second.look()[-1] == "wrong"
        assert nobody.outbox.next() == {"event": "wrong", "text": "register first"}

    play(scene, {})


def test_a_message_ends_when_the_person_falls_silent() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        ana = Person(stage, "+15550111")
        ana.do("dial", to="+15550100")
        await passes(stage, 0.1)
        await ana.talk(440, 1.2)
        await stage.run("idle")
        (recording,) = stage.world.recordings.values()
        account = stage.world.settings.account
        reply = await stage.client.get(f"/2010-04-01/Accounts/{account}/Recordings/{recording.sid}")
        samples = read_wav(reply.content)
        assert len(samples) / 8000 == pytest.approx(0.1 + 1.2 + 1, abs=0.3)
        assert strength(samples[1600:9600], 440) > -15

    play(scene, {"/voice": response('<Record timeout="1" action="/done"/>'), "/done": response("<Hangup/>")})


def test_the_page_is_whole_and_takes_nothing_from_elsewhere() -> None:
    async def scene(stage: Stage) -> None:
        page = await stage.client.get("/phone?identity=client:mina")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for name, media in FILES.items():
            assert f"/phone/{name}" in page.text or name == "worklet.js"
            assert (await stage.client.get(f"/phone/{name}")).headers["content-type"] == media
        assert (await stage.client.get("/phone/__init__.py")).status_code == 404
        assert {path.name for path in FOLDER.iterdir()} == {*FILES, "page.html"}
        for path in FOLDER.iterdir():
            assert "//cdn" not in path.read_text()
            assert "https://" not in path.read_text()

    play(scene, {})


@pytest.mark.processes
def test_the_socket_speaks_to_its_own_page_only() -> None:
    async def talk(url: str) -> None:
        async with connect(url) as socket:
            await socket.send(json.dumps({"do": "register", "identity": "client:mina"}))
            assert json.loads(await socket.recv()) == {"event": "registered", "identity": "client:mina"}
            await socket.send(b"\0" * 320)
            await socket.send('{"do": "dance"}')
            assert json.loads(await socket.recv())["event"] == "wrong"
            await socket.wait_closed()
            assert socket.close_code == 4400
        with pytest.raises(InvalidStatus):
            async with connect(url, origin=Origin("http://evil.test")):
                pass

    with exchange("--clock", "real") as (client, _):
        asyncio.run(talk(str(client.base_url).replace("http", "ws") + "/phone/line"))
