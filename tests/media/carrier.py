"""The carrier's side of one stream, on the loop's clock: a frame every 20 ms, a buffer that plays, marks, a caller."""

import asyncio
import base64
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

from ivr.media.messages import Begun
from ivr.media.ports import SocketLost
from speech.audio import FRAME_BYTES, RATE, SILENCE, encode

STREAM = "MZ" + "a" * 32
CALL = "CA" + "1" * 32
FRAME = FRAME_BYTES / RATE
QUIET = bytes([SILENCE]) * FRAME_BYTES


def tone(hertz: float, seconds: float, loud: float = 0.3) -> bytes:
    """A tone at 8 kHz, 16 bits."""
    moments = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * moments) * loud * 32_767).astype("<i2").tobytes()


VOICE = encode(tone(320, FRAME))
"""One frame of something loud: a voice, for whoever goes by energy."""


class Carrier:
    """Fits `ivr.media.ports.Socket`. `caller` is what the person does, once the stream has begun."""

    def __init__(
        self,
        caller: "Callable[[Carrier], Awaitable[None]]",
        *,
        call: str = CALL,
        parameters: dict[str, str] | None = None,
    ) -> None:
        self.caller = caller
        self.call = call
        self.parameters = parameters or {}
        self.sent: list[dict[str, Any]] = []
        self.sent_at: list[float] = []
        self.lost = False
        self.stutters = False  # the network delivers no frames for the moment
        self.returns_marks = True
        self.played = 0.0
        self._speaking = 0
        self._marks: deque[tuple[float, str]] = deque()
        self._out: asyncio.Queue[str | None] = asyncio.Queue()
        self._spoken = asyncio.Event()

    # -- what the session uses -----------------------------------------------------------------------------------------

    async def receive(self) -> str:
        text = await self._out.get() if not self.lost or not self._out.empty() else None
        if text is None:
            raise SocketLost
        return text

    async def send(self, text: str) -> None:
        if self.lost:
            raise SocketLost
        message = json.loads(text)
        now = asyncio.get_running_loop().time()
        self.sent.append(message)
        self.sent_at.append(now)
        assert message["streamSid"] == STREAM
        end = max(self.played, now)
        match message["event"]:
            case "media":
                self._spoken.set()
                self.played = end + len(base64.b64decode(message["media"]["payload"])) / RATE
            case "mark":
                self._marks.append((end, message["mark"]["name"]))
            case "clear":
                self.played = now
                self._marks = deque((now, name) for _, name in self._marks)

    # -- what a test does ----------------------------------------------------------------------------------------------

    def begun(self) -> Begun:
        return Begun(STREAM, self.call, self.parameters)

    async def run(self) -> None:
        """The stream from its beginning until it is cancelled."""
        self.post({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        self.post(start(self.call, self.parameters))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._frames())
            await self.caller(self)

    def post(self, message: dict[str, Any] | str) -> None:
        self._out.put_nowait(message if isinstance(message, str) else json.dumps(message))

    async def _frames(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self.lost:
            while self.returns_marks and self._marks and self._marks[0][0] <= loop.time():
                self.post({"event": "mark", "streamSid": STREAM, "mark": {"name": self._marks.popleft()[1]}})
            if not self.stutters:
                self.post(media(VOICE if self._speaking > 0 else QUIET))
                self._speaking -= 1
            due += FRAME
            await asyncio.sleep(due - loop.time())

    async def asked(self, silence: float = 0.5) -> None:
        """Until something was said and nothing has been for a while."""
        loop = asyncio.get_running_loop()
        await self.speaking(0)
        while True:
            left = self.played + silence - loop.time()
            if left <= 0:
                break
            await asyncio.sleep(left)
        self._spoken.clear()

    async def speaking(self, seconds: float = 0.5) -> None:
        """Until we have been speaking for so long."""
        await self._spoken.wait()
        await asyncio.sleep(seconds)

    def say(self, seconds: float = 1.0) -> None:
        """Make a sound from now on."""
        self._speaking = round(seconds / FRAME)

    def press(self, keys: str) -> None:
        for key in keys:
            self.post({"event": "dtmf", "streamSid": STREAM, "dtmf": {"track": "inbound_track", "digit": key}})

    def stop(self) -> None:
        self.post({"event": "stop", "streamSid": STREAM, "stop": {"accountSid": "AC", "callSid": self.call}})

    def drop(self) -> None:
        """The socket breaks: nothing more comes, and nothing can be sent."""
        self.lost = True
        self._out.put_nowait(None)

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["event"] == event]

    @property
    def seconds_sent(self) -> float:
        return sum(len(base64.b64decode(one["media"]["payload"])) for one in self.of("media")) / RATE


def start(call: str = CALL, parameters: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "event": "start",
        "sequenceNumber": "1",
        "streamSid": STREAM,
        "start": {
            "accountSid": "AC" + "0" * 32,
            "streamSid": STREAM,
            "callSid": call,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": parameters or {},
        },
    }


def media(ulaw: bytes) -> dict[str, Any]:
    payload = base64.b64encode(ulaw).decode()
    return {"event": "media", "streamSid": STREAM, "media": {"track": "inbound", "payload": payload}}


async def stay(_: Carrier) -> None:
    """A caller who does nothing."""
    await asyncio.Event().wait()
