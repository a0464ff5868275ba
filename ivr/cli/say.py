"""`holdless say`: a sentence as a caller hears it, written to a WAV file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.outcome import Exit, Trouble
from ivr.cli.screen import OUT
from speech import audio, wav
from speech.engines.installed import voices
from speech.hear import SpeechError
from speech.say import Speech
from speech.voices import Voices


def say(
    text: Annotated[str, typer.Argument(help="What to say.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The WAV file to write, 8 kHz.", show_default=False)],
    language: Annotated[str, typer.Option(help="The language it is in, two letters.")] = "en",
    pace: Annotated[float, typer.Option(min=0.5, max=2.0, help="1.0 is the voice's usual speed.")] = 1.0,
    line: Annotated[bool, typer.Option("--line", help="As it sounds after a telephone line (µ-law).")] = False,
) -> None:
    """Speak a sentence with the best voice on this machine.

    Ends with 3 when no voice on this machine speaks the language.
    """
    speech = spoken(text, language, pace)
    pcm = audio.decode(audio.encode(speech.pcm)) if line else speech.pcm
    try:
        out.write_bytes(wav.write(pcm))
    except OSError as fault:
        raise Trouble(f"{out} cannot be written: {fault.strerror}", Exit.NO_START) from fault
    OUT.print(f"{out}: {audio.seconds(pcm):.1f} s by {speech.voice}, {audio.level(pcm):.0f} dBFS", soft_wrap=True)


def spoken(text: str, language: str, pace: float) -> Speech:
    mouths = Voices(voices())
    try:
        return asyncio.run(mouths.say(text, language, pace=pace))
    except SpeechError as fault:
        raise Trouble(str(fault), Exit.NO_START) from fault
    finally:
        mouths.close()
