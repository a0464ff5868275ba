"""A server that hears and speaks by media streams, with scripted ears and a tone for a voice.

    python -m tests.media.served serve SITE --port N --exchange URL --database URL

HEARD in the environment says what each utterance is, in turn, separated by bars: "where is my order|yes". PACE is how
many characters the voice says in a second. SIGUSR1 cuts every socket, as a network does.
"""

import argparse
import asyncio
import gc
import os
import signal
from pathlib import Path

from pydantic import SecretStr
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from config.settings import Settings
from ivr.cli.stage import ACCOUNT, TOKEN
from ivr.flow.model import Speak
from ivr.main import serve
from ivr.media.ports import Speech
from speech.audio import Pcm
from speech.ears import Ears
from speech.engines.scripted import Scripted
from tests.media.carrier import tone
from tests.media.speech import heard


class ToneVoice:
    """A tone as long as the text; takes as long as a real engine."""

    def lacking(self, language: str) -> str:
        return ""

    async def say(self, speak: Speak) -> Pcm:
        await asyncio.sleep(0.02)
        return tone(440, len(speak.text) / float(os.environ.get("PACE", "60")))


def cut(*_: object) -> None:
    """Every open socket breaks, without a word."""
    for one in gc.get_objects():
        if isinstance(one, WebSocketsSansIOProtocol):
            one.loop.call_soon_threadsafe(one.transport.abort)


def main() -> None:
    signal.signal(signal.SIGUSR1, cut)
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("site", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--exchange", required=True)
    parser.add_argument("--database", required=True)
    given = parser.parse_args()
    settings = Settings(
        site=given.site,
        port=given.port,
        database_url=given.database,
        account_sid=ACCOUNT,
        auth_token=SecretStr(TOKEN),
        carrier_api=given.exchange,
        clock=given.exchange,
        public_url=f"http://127.0.0.1:{given.port}",
        listening="stream",
    )
    words = [heard(one) for one in os.environ.get("HEARD", "").split("|") if one]
    serve(settings, Speech(Ears([Scripted(words)]), ToneVoice(), lambda: None))


if __name__ == "__main__":
    main()
