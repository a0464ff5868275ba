"""A voice from outside: a command speaks for scripted callers, and for the carrier where a person listens."""

import asyncio
import shlex
import sys
from pathlib import Path

import pytest

from exchange.sound import loudest_frequency, strength, tone, write_wav
from exchange.speaker import Speaker
from exchange.world import Settings
from tests.exchange.application import ACCOUNT, TOKEN, Stage, play, response
from tests.exchange.test_softphone import Person, passes
from tests.exchange.test_stream_audio import prompting, received
from tests.exchange.test_streams import application


def voice(folder: Path, ending: str) -> str:
    """A command that hums at 50 Hz for each letter of its text, for a fifth of a second each."""
    for letters in range(1, 41):
        (folder / f"{letters}.wav").write_bytes(write_wav([tone([50 * letters], 0.2, -12)]))
    script = folder / "voice.py"
    script.write_text(
        "import shutil, sys\n"
        "text, language, out = sys.argv[1:]\n"
        f"data = open({str(folder)!r} + f'/{{len(text)}}.wav', 'rb').read()\n"
        "assert language in ('en', 'ko')\n"
        "(open(out, 'wb') if out else sys.stdout.buffer).write(data)\n"
    )
    return shlex.join([sys.executable, str(script), "{text}", "{language}"]) + " " + ending


@pytest.mark.parametrize("ending", ["{out}", "''"])
def test_a_text_is_spoken_once_by_the_command(tmp_path: Path, ending: str) -> None:
    async def run() -> None:
        speaker = Speaker(voice(tmp_path, ending))
        both = await asyncio.gather(speaker.say("x" * 10, "en"), speaker.say("x" * 10, "en"))
        assert both[0] is both[1]
        assert both[0] is not None
        assert loudest_frequency(both[0]) == 500
        assert speaker.hear_complaints() == []

    asyncio.run(run())


@pytest.mark.parametrize("command", ["/no/such/command {text}", f"{sys.executable} -c 'print(1)'"])
def test_what_cannot_be_spoken_is_said_once(command: str) -> None:
    async def run() -> None:
        speaker = Speaker(command)
        assert await speaker.say("hello", "en") is None
        assert await speaker.say("hello", "en") is None
        assert len(speaker.hear_complaints()) == 1
        assert await Speaker().say("hello", "en") is None

    asyncio.run(run())


def test_a_scripted_caller_has_the_voice_on_a_stream(tmp_path: Path) -> None:
    site, puppet = application(prompting)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"say": "x" * 20})
        await stage.run()

    play(scene, site, Settings(ACCOUNT, TOKEN, speaker=voice(tmp_path, "{out}")))
    assert loudest_frequency(received(puppet)) == pytest.approx(1000, abs=10)


def test_a_person_at_a_phone_hears_the_carrier_speak(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        ana = Person(stage, "+15550111")
        ana.do("dial", to="+15550100")
        await passes(stage, 0.2)
        ana.look()
        assert max(strength(frame, 1500) for frame in ana.frames) > -20
        ana.line.close()

    document = response(f"<Say>{'x' * 30}</Say>", "<Pause length='9'/>")
    play(scene, {"/voice": document}, Settings(ACCOUNT, TOKEN, speaker=voice(tmp_path, "{out}")))
