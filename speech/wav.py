"""WAV as bytes: what recordings, prompts and the command line read and write.

The format is RIFF of Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", with the coding
numbers of RFC 2361: 1 is PCM, 7 is µ-law, and 0xFFFE puts the number into a longer header.
"""

import struct

import numpy as np

from .audio import RATE, Pcm, Samples, decode, narrowed, samples

_PCM, _ULAW, _EXTENSIBLE = 1, 7, 0xFFFE
_FORMAT = struct.Struct("<HHIIHH")
_HEAD = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")


class BadWav(ValueError):
    """The bytes are no WAV, or one of a coding that is not read here."""


def read(data: bytes) -> Pcm:
    """The sound at 8 kHz, channels averaged. Reads 16-bit and 8-bit PCM and µ-law at any rate. Raises BadWav."""
    coding, channels, rate, bits, body = _parts(data)
    if coding == _ULAW and bits == 8:  # noqa: PLR2004 - G.711 has 8
        found = samples(decode(body))
    elif coding == _PCM and bits == 16:  # noqa: PLR2004
        found = samples(body[: len(body) // 2 * 2])
    elif coding == _PCM and bits == 8:  # noqa: PLR2004
        found = ((np.frombuffer(body, dtype=np.uint8).astype(np.int32) - 128) << 8).astype("<i2")
    else:
        raise BadWav(f"coding {coding} with {bits} bits is not read; write 16-bit PCM or µ-law")
    return narrowed(_mixed(found, channels), rate).tobytes()


def write(pcm: Pcm, rate: int = RATE) -> bytes:
    """A mono 16-bit WAV."""
    head = _FORMAT.pack(_PCM, 1, rate, rate * 2, 2, 16)
    body = _CHUNK.pack(b"fmt ", len(head)) + head + _CHUNK.pack(b"data", len(pcm)) + pcm
    return _HEAD.pack(b"RIFF", len(body) + 4, b"WAVE") + body


def _mixed(found: Samples, channels: int) -> Samples:
    if channels == 1:
        return found
    whole = found[: found.size // channels * channels].reshape(-1, channels)
    mean: Samples = whole.mean(axis=1).astype("<i2")
    return mean


def _parts(data: bytes) -> tuple[int, int, int, int, bytes]:
    """Coding, channels, rate, bits and body. A body that says it is longer than the file ends with the file."""
    if len(data) < _HEAD.size or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadWav("this is no WAV file")
    found: dict[bytes, bytes] = {}
    place = _HEAD.size
    while place + _CHUNK.size <= len(data):
        name, length = _CHUNK.unpack_from(data, place)
        place += _CHUNK.size
        found.setdefault(name, data[place : place + length])
        place += length + length % 2
    head, body = found.get(b"fmt ", b""), found.get(b"data")
    if len(head) < _FORMAT.size or body is None:
        raise BadWav("the WAV file has no format or no sound")
    coding, channels, rate, _, _, bits = _FORMAT.unpack_from(head)
    if coding == _EXTENSIBLE and len(head) >= _FORMAT.size + 10:
        coding = struct.unpack_from("<H", head, _FORMAT.size + 8)[0]
    if not channels or not rate:
        raise BadWav("the WAV file says that it has no channel or no rate")
    return coding, channels, rate, bits, body
