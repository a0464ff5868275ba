"""The gate of WebRTC (package `webrtcvad-wheels`, BSD): 2 µs a frame. `webrtcvad` itself needs `pkg_resources`."""

from speech.audio import RATE, Pcm
from speech.turns import Gate

from .optional import package, present

MODE = 2
"""Of 0 to 3. The strictest misses 5 of 150 single digits on a quiet line, this one 1; noise is the floor's business."""


def gate() -> Gate | None:
    """A gate for one line (it adapts to the line, so it is not shared), or None where the package is missing."""
    if not present("webrtcvad"):
        return None
    vad = package("webrtcvad", "ears").Vad(MODE)

    def voiced(pcm: Pcm) -> bool:
        return bool(vad.is_speech(pcm, RATE))

    return voiced
