"""Sound as numbers: µ-law and back, WAV files, levels and tones. Pure.

Everywhere inside the exchange sound is an array of 16-bit samples at 8 kHz, one channel; on a media stream it is µ-law,
160 bytes for 20 ms. µ-law is ITU-T G.711 with bias 132 and clipping at 32635.
"""

import struct
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Samples: TypeAlias = npt.NDArray[np.int16]

RATE = 8000
FRAME = 160
"""Samples in 20 ms."""
FULL_SCALE = 32768.0
QUIETEST = -120.0
"""What silence measures, in dBFS."""
PCM, MULAW, EXTENSIBLE = 1, 7, 0xFFFE
FORM, EXTENDED_FORM = 16, 26
"""Bytes of a `fmt ` chunk, plain and up to the kind inside an extensible one."""
EIGHT_BITS = 8
_BIAS, _CLIP = 132, 32635


class BadSound(Exception):
    """Bytes that are no WAV file, or one of a kind that is not read here."""


def _decoding() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS << ((code & 0x70) >> 4)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding() -> npt.NDArray[np.uint8]:
    """The code of each sample, indexed by its 16 bits read as unsigned."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = magnitude >> (exponent + 3) & 0x0F
    sign = np.where(sample < 0, 0x80, 0)
    return np.asarray(~(sign | exponent << 4 | mantissa) & 0xFF, np.uint8)


_DECODED, _ENCODED = _decoding(), _encoding()


def encode(samples: Samples) -> bytes:
    """16-bit samples to µ-law, a byte each."""
    return _ENCODED[samples.view(np.uint16)].tobytes()


def decode(data: bytes) -> Samples:
    """µ-law to 16-bit samples."""
    return _DECODED[np.frombuffer(data, np.uint8)]


def silence(count: int) -> Samples:
    return np.zeros(count, np.int16)


def mix(parts: Sequence[Samples], count: int) -> Samples:
    """Sum, clipped at full scale; `count` samples of silence when there is nothing to sum."""
    if not parts:
        return silence(count)
    if len(parts) == 1:
        return parts[0]
    total = np.sum([part.astype(np.int32) for part in parts], axis=0)
    return np.asarray(np.clip(total, -32768, 32767), np.int16)


def tone(frequencies: Sequence[float], seconds: float, level: float) -> Samples:
    """Sine waves together, each at `level` dBFS of a full-scale sine."""
    moments = np.arange(round(seconds * RATE)) / RATE
    waves = np.sum([np.sin(2 * np.pi * hz * moments) for hz in frequencies], axis=0)
    return np.asarray(np.clip(waves * 10 ** (level / 20) * 32767, -32768, 32767), np.int16)


def loudness(samples: Samples) -> float:
    """Root mean square in dBFS; a full-scale sine measures -3."""
    if not len(samples):
        return QUIETEST
    power = float(np.mean(samples.astype(np.float64) ** 2))
    return 10 * float(np.log10(power / FULL_SCALE**2)) if power > 0 else QUIETEST


def strength(samples: Samples, hz: float) -> float:
    """How strong one frequency is, in dBFS of a full-scale sine."""
    if not len(samples):
        return QUIETEST
    turn = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / RATE)
    amplitude = 2 * abs(complex(np.dot(samples.astype(np.float64), turn))) / len(samples)
    return max(QUIETEST, 20 * float(np.log10(amplitude / FULL_SCALE))) if amplitude > 0 else QUIETEST


def loudest_frequency(samples: Samples) -> float | None:
    """The strongest frequency in Hz, to half a bin; None in silence."""
    if not len(samples) or not samples.any():
        return None
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    spectrum[0] = 0
    return float(np.argmax(spectrum)) * RATE / len(samples)


def resample(samples: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """To 8 kHz through the spectrum: what lies above half the lower rate is cut off, so nothing folds back."""
    if rate == RATE or not len(samples):
        return samples
    count = max(1, round(len(samples) * RATE / rate))
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    return np.fft.irfft(spectrum, count) * (count / len(samples))


def read_wav(data: bytes) -> Samples:
    """A WAV file as 8 kHz samples, its channels mixed. PCM of 8, 16, 24 or 32 bits, or µ-law; raises BadSound."""
    form, body = _chunks(data)
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if kind == EXTENSIBLE and len(form) >= EXTENDED_FORM:
        kind = struct.unpack_from("<H", form, 24)[0]
    if not channels or not rate:
        raise BadSound("a WAV file without channels or rate")
    wide = _widened(body, kind, bits)
    wide = wide[: len(wide) // channels * channels].reshape(-1, channels).mean(axis=1)
    return np.clip(np.round(resample(wide, rate)), -32768, 32767).astype(np.int16)


def _widened(body: bytes, kind: int, bits: int) -> npt.NDArray[np.float64]:
    if kind == MULAW:
        return decode(body).astype(np.float64)
    if kind != PCM or bits not in (8, 16, 24, 32):
        raise BadSound(f"a WAV file of kind {kind} with {bits} bits is not read here; use 16-bit PCM")
    size = bits // 8
    raw = np.frombuffer(body[: len(body) // size * size], np.uint8).reshape(-1, size)
    if bits == EIGHT_BITS:
        return (raw[:, 0].astype(np.float64) - 128) * 256
    top = raw[:, -2:].copy().view("<i2")[:, 0]
    return top.astype(np.float64)


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """The `fmt ` and `data` chunks. A data size beyond the end means: all that is there."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadSound("not a WAV file")
    at, form = 12, b""
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        chunk = data[at + 8 : at + 8 + size]
        if name == b"fmt ":
            form = chunk
        elif name == b"data" and len(form) >= FORM:
            return form, chunk
        at += 8 + size + size % 2
    raise BadSound("a WAV file without sound")


def write_wav(channels: Sequence[Samples]) -> bytes:
    """A 16-bit PCM WAV file at 8 kHz; the channels must be of one length."""
    body = np.stack(channels, axis=1).astype("<i2").tobytes()
    width = 2 * len(channels)
    form = struct.pack("<HHIIHH", PCM, len(channels), RATE, RATE * width, width, 16)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(body))
    return b"RIFF" + struct.pack("<I", len(head) + len(body)) + head + body
