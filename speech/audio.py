"""Telephone sound: G.711 µ-law, 16-bit PCM, framing, levels, rates. Pure: bytes in, bytes out.

Law: one telephone frame is 20 ms, 160 bytes of µ-law or 320 bytes of PCM at 8 kHz. Recognisers hear 16 kHz, made here
by linear interpolation: on line audio it misheard less than a steep resampler did, and models without allow-upsample
refuse 8 kHz altogether.
"""

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pcm: TypeAlias = bytes
"""16-bit little-endian mono samples, at 8 kHz where nothing else is said."""

Samples: TypeAlias = NDArray[np.int16]

RATE = 8_000
WIDE_RATE = 16_000
FRAME_MS = 20
FRAME_BYTES = RATE * FRAME_MS // 1000
"""µ-law bytes a frame; twice as many of PCM."""

SILENCE = 0xFF
"""The µ-law byte of no sound (+0)."""

FLOOR = -96.0
"""dBFS said for digital silence; 16 bits reach no lower."""

_PASS = 3_600
"""Hz a resampled sound keeps; a telephone line carries 300 to 3,400."""

_BIAS = 0x84
_CLIP = 32_635
"""G.711 (ITU-T 1988) µ-law in its usual 16-bit form: bias 132, and nothing above the last segment."""


def _expanded() -> Samples:
    """What each of the 256 codes stands for (ITU-T G.711, table 2)."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (code >> 4) & 7, (code & 15).astype(np.int32)
    magnitude = ((mantissa << 3) + _BIAS << exponent.astype(np.int32)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype("<i2")


def _compressed() -> NDArray[np.uint8]:
    """The code of each of the 65,536 samples, by the sample's bits taken as an unsigned number."""
    sample = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    sign = np.where(sample < 0, 0x80, 0)
    code: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa)).astype(np.uint8)
    return code


_EXPAND = _expanded()
_COMPRESS = _compressed()


def samples(pcm: Pcm) -> Samples:
    """The samples of PCM bytes; an odd last byte raises ValueError."""
    return np.frombuffer(pcm, dtype="<i2")


def decode(ulaw: bytes) -> Pcm:
    """µ-law to PCM, twice as long."""
    return _EXPAND[np.frombuffer(ulaw, dtype=np.uint8)].tobytes()


def encode(pcm: Pcm) -> bytes:
    """PCM to µ-law, half as long."""
    codes: NDArray[np.uint8] = _COMPRESS[samples(pcm).view(np.uint16)]
    return codes.tobytes()


def frames(ulaw: bytes) -> Iterator[bytes]:
    """Frames of 160 bytes; the last is filled up with silence."""
    for start in range(0, len(ulaw), FRAME_BYTES):
        yield ulaw[start : start + FRAME_BYTES].ljust(FRAME_BYTES, bytes([SILENCE]))


def seconds(pcm: Pcm, rate: int = RATE) -> float:
    """How long the sound is."""
    return len(pcm) / 2 / rate


def level(pcm: Pcm) -> float:
    """Root mean square in dB of full scale: 0 is a full square wave, -96 no sound at all."""
    if not pcm:
        return FLOOR
    power = float(np.mean(np.square(samples(pcm), dtype=np.float64)))
    return max(FLOOR, 10 * math.log10(power / 32_768**2)) if power > 0 else FLOOR


def narrowed(wide: Samples, rate: int) -> Samples:
    """Sound of any rate at 8 kHz: a Hann-windowed sinc below 3.6 kHz, then linear interpolation between its samples."""
    if rate == RATE or not wide.size:
        return wide
    smooth = wide.astype(np.float64)
    if rate > RATE:
        cutoff, half = _PASS / rate, 8 * rate // _PASS
        taps = np.sinc(2 * cutoff * np.arange(-half, half + 1)) * np.hanning(2 * half + 1)
        smooth = np.convolve(smooth, taps / taps.sum(), mode="full")[half:-half]
    moments = np.arange(wide.size * RATE // rate) * (rate / RATE)
    exact = np.interp(moments, np.arange(wide.size), smooth)
    near: Samples = np.clip(np.rint(exact), -32_768, 32_767).astype("<i2")
    return near


class Widener:
    """8 kHz to 16 kHz, piece by piece, by linear interpolation; holds the last sample between pieces.

    The result is the same however the sound is cut. It lags by one sample (0.125 ms).
    """

    def __init__(self) -> None:
        self._last = 0

    def widen(self, pcm: Pcm) -> bytes:
        """The piece at 16 kHz, twice as long."""
        here = samples(pcm).astype(np.int32)
        if not here.size:
            return b""
        before = np.concatenate(([self._last], here[:-1]))
        wide = np.empty(here.size * 2, dtype="<i2")
        wide[0::2] = (before + here) >> 1
        wide[1::2] = here
        self._last = int(here[-1])
        return wide.tobytes()


def widened(pcm: Pcm) -> bytes:
    """A whole sound at 16 kHz."""
    return Widener().widen(pcm)
