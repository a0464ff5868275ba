"""Sound over real sockets, by the wall's clock: an application that echoes what it hears."""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from websockets.asyncio.server import ServerConnection, serve

from exchange.sound import Samples, encode, read_wav, strength, tone, write_wav
from tests.exchange.application import response
from tests.exchange.test_process import exchange

pytestmark = pytest.mark.processes


@contextmanager
def echo() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A media server that beeps, plays back what the caller says, and closes after two seconds of frames."""
    upgrades: list[dict[str, str]] = []
    started, places = threading.Event(), list[int]()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def converse(socket: ServerConnection) -> None:
        assert socket.request is not None
        upgrades.append(dict(socket.request.headers.raw_items()))
        async for text in socket:
            message = json.loads(text)
            if message["event"] == "start":
                payload = base64.b64encode(encode(tone([1000], 0.2, -12))).decode()
                greeting = {"event": "media", "streamSid": message["streamSid"], "media": {"payload": payload}}
                await socket.send(json.dumps(greeting))
            if message["event"] == "media":
                reply = {"event": "media", "streamSid": message["streamSid"], "media": message["media"]}
                await socket.send(json.dumps(reply))
                if message["media"]["chunk"] == "100":
                    return

    async def run() -> None:
        async with serve(converse, "127.0.0.1", 0) as server:
            places.append(next(iter(server.sockets)).getsockname()[1])
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        assert started.wait(10)
        yield f"ws://127.0.0.1:{places[0]}/media", upgrades
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def setting(client: httpx2.Client, media: str) -> str:
    said = tone([700], 0.5, -12)
    client.put("/exchange/sounds/said", content=write_wav([said])).raise_for_status()
    document = response(f'<Connect><Stream url="{media}"/></Connect>', "<Hangup/>")
    client.put("/exchange/static/voice", content=document, headers={"content-type": "text/xml"})
    client.put("/exchange/numbers/+15550100", json={"voice_url": f"{client.base_url}/static/voice"})
    body = {"from": "+15550111", "to": "+15550100", "script": [{"wav": "said"}]}
    return str(client.post("/exchange/calls", json=body).raise_for_status().json()["sid"])


def first(samples: Samples, hz: float) -> int:
    """The frame of 20 ms in which this tone begins."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    return next(place for place, frame in enumerate(frames) if strength(frame, hz) > -20)


@pytest.mark.parametrize("clock", ["real", "virtual"])
def test_frames_come_at_the_pace_of_the_wall_and_are_played_back(clock: str) -> None:
    with echo() as (media, upgrades), exchange("--clock", clock) as (client, _):
        sid = setting(client, media)
        assert client.post("/exchange/clock/run", json={"stop": "idle"}).json()["stopped_by"] == "idle"
        seen = client.get(f"/exchange/calls/{sid}").json()
        seconds = [entry["seconds"] for entry in seen["log"] if entry["kind"] == "heard_audio"]
        assert sum(seconds) == pytest.approx(2.2, abs=0.3)
        audio = client.get(f"/exchange/calls/{sid}/audio")
        heard, spoken = read_wav(audio.content), read_wav(client.get(f"{audio.url}?side=spoken").content)
        assert 0.7 <= (first(spoken, 700) - first(heard, 1000)) * 0.02 - 0.2 <= 1.0
        assert 0 <= (first(heard, 700) - first(spoken, 700)) * 0.02 <= 0.3
        assert client.get("/exchange/faults").json() == []
    headers = upgrades[0]
    assert RequestValidator("12345").validate(media, {}, headers["X-Twilio-Signature"])
