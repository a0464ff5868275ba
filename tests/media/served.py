"""A server that hears and speaks by media streams, with scripted ears and a tone for a voice.

    python -m tests.media.served serve SITE --port N --exchange URL --database URL

HEARD in the environment says what each utterance is, in turn, separated by bars: "where is my order|yes".
"""

import argparse
import asyncio
import os
from pathlib import Path

from pydantic import SecretStr

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

FAST = 60
"""Characters a second: audio runs in real time, and tests should not."""


class ToneVoice:
    """A tone as long as the text; takes as long as a real engine."""

    def lacking(self, language: str) -> str:
        return ""

    async def say(self, speak: Speak) -> Pcm:
        await asyncio.sleep(0.02)
        return tone(440, len(speak.text) / FAST)


def main() -> None:
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
