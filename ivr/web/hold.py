"""What a waiting caller hears between two sentences: a soft chord that comes and goes, worked out once.

Silence on a telephone sounds like a broken line, so a wait is never silent for longer than a breath. The carrier
fetches the sound once and keeps it, as its caching rules allow.
"""

import io
import math
import struct
import wave
from functools import cache

from fastapi import APIRouter
from starlette.responses import Response

RATE = 8000
SECONDS = 10
CHORDS = ((220.0, 277.2, 329.6), (196.0, 246.9, 293.7))
"""Hertz; each chord lasts half of the piece, and begins and ends in silence: the piece repeats without a click."""
LOUDNESS = 0.12
"""Of full scale: about -18 dBFS, below the sentences."""


def routes() -> APIRouter:
    router = APIRouter()

    @router.get("/hold.wav")
    async def hold() -> Response:
        return Response(sound(), media_type="audio/wav", headers={"Cache-Control": "public, max-age=86400"})

    return router


@cache
def sound() -> bytes:
    """A WAV file: 8 kHz, 16 bits, one channel, SECONDS long."""
    piece = io.BytesIO()
    with wave.open(piece, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", sample(at)) for at in range(RATE * SECONDS)))
    return piece.getvalue()


def sample(at: int) -> int:
    """The value of one sample, from its place in the piece."""
    length = SECONDS / len(CHORDS)
    chord = CHORDS[int(at / RATE / length)]
    swell = math.sin(math.pi * ((at / RATE) % length) / length) ** 2
    tones = sum(math.sin(2 * math.pi * hertz * at / RATE) for hertz in chord) / len(chord)
    return round(32767 * LOUDNESS * swell * tones)
