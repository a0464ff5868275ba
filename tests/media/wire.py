"""The product on a real port of this machine, in a thread of its own, and a carrier that signs its handshakes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from config.settings import Settings
from ivr.cli.stage import free_port
from ivr.flow.model import Speak
from ivr.main import Announced, Application, build, server, web
from ivr.media.ports import Speech
from speech.audio import Pcm
from speech.ears import Ears
from speech.engines.scripted import Scripted
from tests.calls.world import OPEN, ListedCarrier
from tests.media.carrier import tone
from tests.media.speech import heard
from tests.web.desk import BASE, TOKEN
from tests.web.desk import Carrier as Webhooks

FAST = 60
"""Characters a second: audio runs in real time, and tests should not."""


def signature(path: str = "/twilio/media") -> str:
    """The SDK's own, over the public URL: what the client connects to is never asked."""
    return str(RequestValidator(TOKEN).compute_signature(f"{BASE.replace('https', 'wss')}{path}", {}))


class FastVoice:
    def lacking(self, language: str) -> str:
        return ""

    async def say(self, speak: Speak) -> Pcm:
        await asyncio.sleep(0.01)
        return tone(440, len(speak.text) / FAST)


class Signed:
    """Signs each handshake on its way in, for a client that cannot."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            scope["headers"] = [*scope["headers"], (b"x-twilio-signature", signature().encode())]
        await self._app(scope, receive, send)


@dataclass
class Wire:
    """A server that listens. `hooks` posts webhooks to it without the network."""

    application: Application
    server: Announced
    hooks: Webhooks
    url: str

    @property
    def socket(self) -> str:
        return f"{self.url}/twilio/media"

    def outcomes(self, stream: str) -> str | None:
        row = self.application.store.streams.get(stream)
        return None if row is None else row.outcome

    @property
    def left(self) -> tuple[int, int]:
        """Connections and tasks that the server still has."""
        state = self.server.server_state
        return len(state.connections), len(state.tasks)


@contextmanager
def wire(folder: Path, *words: str, sign: bool = False) -> Iterator[Wire]:
    port = free_port()
    settings = Settings(
        database_url=f"sqlite:///{folder}/wire.db",
        public_url=BASE,
        auth_token=SecretStr(TOKEN),
        account_sid="AC" + "0" * 32,
        listening="stream",
    )
    made = Speech(Ears([Scripted([heard(one) for one in words])]), FastVoice(), lambda: None)
    application = build(settings, lambda: OPEN, ListedCarrier(), made)
    app: Any = web(application)
    listening = server(Signed(app) if sign else app, "127.0.0.1", port)
    assert application.reception is not None
    listening.dismiss = application.reception.dismiss
    thread = threading.Thread(target=listening.run)
    thread.start()
    try:
        wait_for(lambda: listening.started)
        yield Wire(application, listening, Webhooks(app), f"ws://127.0.0.1:{port}")
    finally:
        listening.should_exit = True
        thread.join(20)
        application.close()
        assert not thread.is_alive(), "the server did not end"


def wait_for(done: Any, seconds: float = 10.0) -> None:  # noqa: ANN401 - any condition
    """Until it is true; fails after so many seconds."""
    pause = threading.Event()
    for _ in range(round(seconds / 0.02)):
        if done():
            return
        pause.wait(0.02)
    raise AssertionError("it never came true")
