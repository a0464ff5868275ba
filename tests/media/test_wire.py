"""Real sockets: who is let in, a third party's carrier, and what a broken one leaves behind."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from streamdouble.protocol import StreamIdentity  # type: ignore[import-untyped]
from streamdouble.scenario import Dtmf, Say, Scenario, Wait, WaitFor  # type: ignore[import-untyped]
from streamdouble.session import Session, SessionConfig  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.media.carrier import CALL, QUIET, STREAM, VOICE, media, start
from tests.media.wire import Wire, signature, wait_for, wire


def begun(here: Wire) -> dict[str, str]:
    """Let a call begin; the parameters with which its stream opens."""
    form = {"CallSid": CALL, "From": "+15550107777", "To": "+15550100100", "Direction": "inbound"}
    page = ElementTree.fromstring(here.hooks.post("/twilio/voice", form).text.encode())
    stream = page.find("Connect/Stream")
    assert stream is not None
    return {one.attrib["name"]: one.attrib["value"] for one in stream}


def back(here: Wire, parameters: dict[str, str]) -> ElementTree.Element:
    """What the carrier is told when the stream is over."""
    stream = parameters["token"].partition(".")[0]
    form = {"CallSid": CALL, "CallStatus": "in-progress"}
    return ElementTree.fromstring(here.hooks.post(f"/twilio/back/{stream}", form).text.encode())


def gone(here: Wire, parameters: dict[str, str], outcome: str) -> None:
    stream = parameters["token"].partition(".")[0]
    wait_for(lambda: here.outcomes(stream) == outcome)
    wait_for(lambda: here.left == (0, 0))


async def opened(here: Wire) -> ClientConnection:
    return await connect(here.socket, additional_headers={"X-Twilio-Signature": signature()}, proxy=None)


@pytest.mark.parametrize(
    ("path", "given", "let_in"),
    [
        ("/twilio/media", signature(), True),
        ("/twilio/media", signature("/twilio/media/"), True),
        ("/twilio/media", "", False),
        ("/twilio/media", signature("/twilio/other"), False),
        ("/twilio/media?x=1", signature(), True),
    ],
    ids=["signed", "signed with a slash", "unsigned", "another path's", "a query nobody signs"],
)
def test_only_the_carrier_is_let_in(path: str, given: str, let_in: bool, tmp_path: Path) -> None:
    async def try_it(here: Wire) -> bool:
        headers = {"X-Twilio-Signature": given} if given else {}
        try:
            async with connect(f"{here.url}{path}", additional_headers=headers, proxy=None):
                return True
        except InvalidStatus as refused:
            assert refused.response.status_code == 403
            return False

    with wire(tmp_path) as here:
        assert asyncio.run(try_it(here)) is let_in
        wait_for(lambda: here.left == (0, 0))


def test_a_third_party_finds_nothing_wrong(tmp_path: Path) -> None:
    """streamdouble stands in for the carrier: framing, ids, marks, timing."""
    with wire(tmp_path, "where is my order", sign=True) as here:
        parameters = begun(here)
        heard_out = [Wait(1.5), WaitFor("quiet", 20.0)]  # "quiet" looks back, so the answer must have begun
        steps = [
            *heard_out,
            Say(Path("murmur.wav"), [VOICE] * 60),
            *heard_out,
            Dtmf("10442#"),
            *heard_out,
            Dtmf("2"),
            Wait(1.5),
        ]
        config = SessionConfig(custom_parameters=parameters, quiet_period_s=0.6)
        session = Session(
            here.socket, scenario=Scenario("an order", steps), config=config,
            identity=StreamIdentity(call_sid=CALL, stream_sid=STREAM),
        )  # fmt: skip
        result = asyncio.run(session.run())
        gone(here, parameters, "handed over")
        events = [type(row.event).__name__ for row in here.application.store.journal.of("call", CALL)]
        document = back(here, parameters)
    assert result.violations == []
    assert result.unknown_events == []
    assert len(result.marks_received) >= 6
    assert set(result.marks_echoed) == set(result.marks_received)
    assert result.time_to_first_audio_s is not None
    assert result.time_to_first_audio_s < 1.0
    assert events == ["Started", "Heard", "Pressed", "Fetched", "Pressed"]
    assert [verb.tag for verb in document] == ["Hangup"]


async def send(socket: ClientConnection, *messages: dict[str, object]) -> None:
    for message in messages:
        await socket.send(json.dumps(message))


async def close_code(socket: ClientConnection) -> int | None:
    """How the server ends it."""
    try:
        async with asyncio.timeout(10):
            async for _ in socket:
                pass
    except ConnectionClosed:
        pass
    return socket.close_code


Trouble = Callable[[ClientConnection], Awaitable[None]]


async def giant(socket: ClientConnection) -> None:
    await socket.send("x" * 300_000)


async def large(socket: ClientConnection) -> None:
    for _ in range(10):
        await socket.send("x" * 70_000)


async def binary(socket: ClientConnection) -> None:
    for _ in range(10):
        await socket.send(b"\x00\x01")


async def no_base64(socket: ClientConnection) -> None:
    for _ in range(10):
        await send(socket, {"event": "media", "streamSid": STREAM, "media": {"track": "inbound", "payload": "%%%"}})


async def twice(socket: ClientConnection) -> None:
    await send(socket, start(CALL))


@pytest.mark.parametrize(
    ("trouble", "code", "outcome"),
    [
        (giant, 1009, "lost"),
        (large, 1000, "failed"),
        (binary, 1000, "failed"),
        (no_base64, 1000, "failed"),
        (twice, 1000, "failed"),
    ],
)
def test_what_is_garbled_ends_in_order_and_the_caller_is_asked_again(
    trouble: Trouble, code: int, outcome: str, tmp_path: Path
) -> None:
    async def scene(here: Wire, parameters: dict[str, str]) -> int | None:
        async with await opened(here) as socket:
            await send(socket, start(CALL, parameters), *[media(QUIET)] * 5)
            await socket.recv()
            await trouble(socket)
            return await close_code(socket)

    with wire(tmp_path) as here:
        parameters = begun(here)
        assert asyncio.run(scene(here, parameters)) == code
        gone(here, parameters, outcome)
        gather = back(here, parameters).find("Gather")
        assert gather is not None
        assert "How can I help" in "".join(gather.itertext())


def test_a_socket_that_is_cut_in_mid_word_leaves_nothing(tmp_path: Path) -> None:
    async def scene(here: Wire, parameters: dict[str, str]) -> None:
        socket = await opened(here)
        await send(socket, start(CALL, parameters), *[media(QUIET)] * 40, *[media(VOICE)] * 20)
        await socket.recv()
        socket.transport.abort()

    with wire(tmp_path, "where is my order") as here:
        parameters = begun(here)
        asyncio.run(scene(here, parameters))
        gone(here, parameters, "lost")
        assert back(here, parameters).find("Gather") is not None
        assert here.outcomes(parameters["token"].partition(".")[0]) == "continued"


def test_a_reader_that_does_not_read_holds_up_nobody(tmp_path: Path) -> None:
    """Back-pressure: one socket takes nothing, and another call goes on as ever."""

    async def scene(here: Wire, parameters: dict[str, str]) -> float:
        stuck = await opened(here)
        await send(stuck, start(CALL, parameters))
        stuck.transport.pause_reading()
        loop = asyncio.get_running_loop()
        before = loop.time()
        async with connect(here.socket, additional_headers={"X-Twilio-Signature": signature()}, proxy=None) as other:
            await send(other, start("CA" + "2" * 32))
            await close_code(other)
        took = loop.time() - before
        stuck.transport.abort()
        return took

    with wire(tmp_path) as here:
        parameters = begun(here)
        assert asyncio.run(scene(here, parameters)) < 2.0
        gone(here, parameters, "lost")


def test_a_server_that_stops_closes_in_order(tmp_path: Path) -> None:
    async def scene(here: Wire, parameters: dict[str, str]) -> int | None:
        async with await opened(here) as socket:
            await send(socket, start(CALL, parameters))
            await socket.recv()
            here.server.should_exit = True
            return await close_code(socket)

    with wire(tmp_path) as here:
        parameters = begun(here)
        assert asyncio.run(scene(here, parameters)) == 1000
        gone(here, parameters, "failed")


def test_what_is_sent_is_a_frame_of_20_ms(tmp_path: Path) -> None:
    async def scene(here: Wire, parameters: dict[str, str]) -> list[int]:
        async with await opened(here) as socket:
            await send(socket, start(CALL, parameters))
            frames = [json.loads(await socket.recv()) for _ in range(8)]
            await send(socket, {"event": "stop", "streamSid": STREAM, "stop": {"callSid": CALL}})
            await close_code(socket)
            return [len(base64.b64decode(one["media"]["payload"])) for one in frames]

    with wire(tmp_path) as here:
        parameters = begun(here)
        assert asyncio.run(scene(here, parameters)) == [160] * 8
        gone(here, parameters, "stopped")
