"""<Connect><Stream>: the messages on the socket, and what follows when it is gone."""

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha1
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from exchange.streams import BadMessage, Stream
from exchange.websocket import HandshakeFailed, connect
from exchange.world import Settings
from tests.exchange.application import ACCOUNT, START, TOKEN, Application, Stage, play, response
from tests.exchange.openapi import DATA, needs_data

CONNECT = response(
    '<Connect action="/after"><Stream url="wss://app.test/media" statusCallback="/stream">'
    '<Parameter name="turn" value="7"/></Stream></Connect>',
    "<Redirect>/next</Redirect>",
)
AUDIO = base64.b64encode(b"\x7f" * 800).decode()


class Puppet:
    """The application's side of a stream: `answer` gets each message and may send some back, or close."""

    def __init__(self, answer: Callable[["Puppet", dict[str, Any]], None]) -> None:
        self.close_code: int | None = None
        self.got: list[dict[str, Any]] = []
        self._answer = answer
        self._out: asyncio.Queue[str | None] = asyncio.Queue()

    async def send(self, text: str) -> None:
        message = json.loads(text)
        self.got.append(message)
        self._answer(self, message)

    def say(self, event: str, **content: object) -> None:
        sid = next(m["start"]["streamSid"] for m in self.got if m["event"] == "start")
        self._out.put_nowait(json.dumps({"event": event, "streamSid": sid, **content}))

    def hang_up(self, code: int) -> None:
        self.close_code = code
        self._out.put_nowait(None)

    async def receive(self) -> str | None:
        return await self._out.get()

    async def close(self, code: int = 1000) -> None:
        self._out.put_nowait(None)

    def events(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.got if message["event"] == event]


def speaker(puppet: Puppet, message: dict[str, Any]) -> None:
    """Says a tenth of a second, waits for its mark, then closes."""
    if message["event"] == "start":
        puppet.say("media", media={"payload": AUDIO})
        puppet.say("mark", mark={"name": "said"})
    elif message["event"] == "mark":
        puppet.hang_up(1000)


def application(answer: Callable[[Puppet, dict[str, Any]], None]) -> tuple[Application, Puppet]:
    puppet = Puppet(answer)
    ends = response("<Hangup/>")
    pages = {"/voice": CONNECT, "/stream": response(""), "/after": ends, "/next": ends}
    return Application({**pages}, socket=puppet), puppet


def test_a_stream_speaks_the_documented_protocol() -> None:
    site, puppet = application(speaker)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.run()

    play(scene, site)
    assert [message["event"] for message in puppet.got[:3]] == ["connected", "start", "media"]
    start, media = puppet.events("start")[0], puppet.events("media")
    assert start["sequenceNumber"] == "1"
    assert start["start"]["customParameters"] == {"turn": "7"}
    assert start["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    assert [message["media"]["chunk"] for message in media] == [str(n) for n in range(1, len(media) + 1)]
    assert len(media) >= 5
    assert {message["mark"]["name"] for message in puppet.events("mark")} == {"said"}
    assert [asked.form["StreamEvent"] for asked in site.to("/stream")] == ["stream-started", "stream-stopped"]
    assert len(site.to("/after")) == 1
    (url, headers), *_ = site.upgrades
    assert RequestValidator(TOKEN).validate(url, {}, headers["X-Twilio-Signature"])


def test_keys_travel_as_dtmf() -> None:
    def until_key(puppet: Puppet, message: dict[str, Any]) -> None:
        if message["event"] == "dtmf":
            puppet.hang_up(1000)

    site, puppet = application(until_key)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"press": "5"})
        await stage.run()

    play(scene, site)
    assert puppet.events("dtmf")[0]["dtmf"] == {"track": "inbound_track", "digit": "5"}


@pytest.mark.parametrize(("drop", "page"), [("action", "/after"), ("next_verb", "/next"), ("end_call", None)])
def test_a_lost_socket_does_what_the_setting_says(drop: str, page: str | None) -> None:
    def lose(puppet: Puppet, message: dict[str, Any]) -> None:
        if message["event"] == "media":
            puppet.hang_up(1006)

    site, _ = application(lose)

    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run()
        assert [one.path for one in site.asked if one.path in ("/after", "/next")] == ([page] if page else [])
        assert (await stage.seen(sid))["ended_by"] == ("document" if page else "stream lost")
        assert stage.world.live_audio == 0
        assert [one.form["StreamEvent"] for one in site.to("/stream")] == ["stream-started", "stream-error"]

    play(scene, site, Settings(ACCOUNT, TOKEN, stream_drop=drop))


def test_the_caller_may_hang_up_and_nonsense_is_a_fault() -> None:
    def babble(puppet: Puppet, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            puppet.say("medium")

    site, puppet = application(babble)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"wait": 0.1}, {"hang_up": True})
        await stage.run()
        assert [fault.code for fault in stage.world.faults] == [31951]

    play(scene, site)
    assert puppet.got[-1]["event"] == "stop"
    assert site.to("/after") == []


def test_a_redirect_by_rest_stops_the_stream_and_asks_no_action() -> None:
    site, puppet = application(lambda _, message: None)

    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call({"hang_up": True, "during": "stream", "after": 30})
        await stage.run("time", until="2026-03-02T10:00:00.300000+00:00")
        (await stage.rest("POST", f"/Calls/{sid}.json", Url="http://app.test/next")).raise_for_status()
        await stage.run()
        assert (await stage.seen(sid))["ended_by"] == "document"

    play(scene, site)
    assert puppet.got[-1]["event"] == "stop"
    assert [len(site.to(path)) for path in ("/next", "/after")] == [1, 0]


def test_nothing_at_the_url_is_a_fault_and_the_call_goes_on() -> None:
    site, _ = application(speaker)
    site.socket = None

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.run()
        assert [fault.code for fault in stage.world.faults] == [31920]
        assert len(site.to("/after")) == 1
        assert site.to("/stream")[0].form["StreamEvent"] == "stream-error"

    play(scene, site)


def stream() -> Stream:
    return Stream("MZ1", ACCOUNT, "CA1", START)


@given(st.lists(st.one_of(st.integers(1, 400), st.sampled_from(["mark", "clear"])), max_size=12))
def test_marks_come_back_in_order_after_their_audio_and_all_at_once_after_clear(script: list[int | str]) -> None:
    playing, now, waiting, buffered = stream(), START, 0, 0.0
    for number, step in enumerate(script):
        if step == "mark":
            playing.take(json.dumps({"event": "mark", "streamSid": "MZ1", "mark": {"name": str(number)}}), now)
            waiting += 1
        elif step == "clear":
            playing.take('{"event": "clear", "streamSid": "MZ1"}', now)
            assert len(list(playing.due_marks(now))) == waiting
            waiting, buffered = 0, 0.0
        else:
            payload = base64.b64encode(b"\xff" * int(step)).decode()
            buffered += playing.take(
                json.dumps({"event": "media", "streamSid": "MZ1", "media": {"payload": payload}}), now
            )
    later = [json.loads(mark)["mark"]["name"] for mark in playing.due_marks(now + timedelta(seconds=buffered + 1))]
    assert len(later) == waiting
    assert later == sorted(later, key=int)


@pytest.mark.parametrize("text", ["", "[]", '{"event": "media"}', '{"event": "mark", "streamSid": "MZ2", "mark": {}}'])
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(BadMessage):
        stream().take(text, START)


@needs_data
def test_messages_have_the_types_of_the_documented_ones() -> None:
    """Every key and the type of its value, as in the session that the documentation shows."""
    lines = (DATA / "websocket" / "media_stream_docs_all_events.jsonl").read_text().splitlines()
    theirs = {m["msg"]["event"]: m["msg"] for m in map(json.loads, lines) if m["dir"] == "twilio->app"}
    made = stream()
    made.parameters = {"FirstName": "Jane", "LastName": "Doe", "RemoteParty": "Bob"}
    made.take('{"event": "mark", "streamSid": "MZ1", "mark": {"name": "a"}}', START)
    ours = [made.connected(), made.start(), made.media(START), made.dtmf("1"), *made.due_marks(START), made.stop()]
    for message in map(json.loads, ours):
        assert _types(message) == _types(theirs.pop(message["event"]))
    assert not theirs


def _types(value: object) -> object:
    if isinstance(value, dict):
        return {key: _types(inner) for key, inner in value.items()}
    return [_types(inner) for inner in value] if isinstance(value, list) else type(value)


def test_the_socket_shakes_hands_sends_masked_and_hears_the_close() -> None:
    """Against the example handshake of RFC 6455, on the loopback."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = request.partition("Sec-WebSocket-Key: ")[2].partition("\r\n")[0]
        accept = base64.b64encode(sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        writer.write(f"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        head = await reader.readexactly(2)
        assert head[1] & 0x80
        mask = await reader.readexactly(4)
        body = await reader.readexactly(head[1] & 0x7F)
        echoed = bytes(byte ^ mask[n % 4] for n, byte in enumerate(body))
        writer.write(b"\x89\x00" + bytes([0x81, len(echoed)]) + echoed + b"\x88\x02\x03\xe8")
        await writer.drain()
        await reader.read()
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            socket = await connect(f"ws://127.0.0.1:{port}/media", {}, 5)
            await socket.send("안녕하세요")
            assert await socket.receive() == "안녕하세요"
            assert await socket.receive() is None
            assert socket.close_code == 1000
            await socket.close()
            with pytest.raises(HandshakeFailed):
                await connect("ws://127.0.0.1:1/media", {}, 1)

    asyncio.run(run())
