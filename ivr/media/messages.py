"""The messages of a media stream, both ways. Pure: text in, typed news out, and the text of what we send.

Law: whatever arrives is one of the types below or `Garbled`, which says what is wrong without quoting it (what a caller
pressed is personal). An event of a kind that we do not know is `Unknown` and changes nothing: the carrier may add some.

Source: the carrier's "Media Streams - WebSocket messages". sequenceNumber, chunk and timestamp travel as text and are
not needed: the socket keeps the order, and sound is counted by its own length.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

MOST_TEXT = 64 * 1024
"""Characters of one message; 20 ms of sound take about 400, and a whole second of it 11,000."""
MOST_SOUND = 8_000
"""Bytes of µ-law in one message: a second."""
STREAM = re.compile(r"MZ[0-9a-fA-F]{32}")
KEYS = frozenset("0123456789*#ABCD")
ENCODING, SAMPLE_RATE = "audio/x-mulaw", 8_000


class Garbled(Exception):
    """A message that is none of the protocol's."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The first message; it says nothing that we need."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The stream exists: whose call it is, and the parameters that our document gave it."""

    stream: str
    call: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sound:
    """What the caller's side sounded like: µ-law at 8 kHz, mostly 160 bytes."""

    ulaw: bytes


@dataclass(frozen=True, slots=True)
class Key:
    digit: str


@dataclass(frozen=True, slots=True)
class MarkBack:
    """Everything before our mark was played, or cleared: the message does not say which."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The carrier has ended the stream: the caller hung up, or the call was redirected."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event that we have no use for."""


News = Connected | Begun | Sound | Key | MarkBack | Stopped | Unknown


def read(text: str) -> News:
    """One message of the carrier. Raises Garbled."""
    if len(text) > MOST_TEXT:
        raise Garbled(f"a message of {len(text)} characters")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise Garbled("no JSON") from wrong
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise Garbled("no object with an event")
    reader = READERS.get(message["event"])
    return Unknown() if reader is None else reader(message)


def connected(_: Mapping[str, object]) -> News:
    return Connected()


def begun(message: Mapping[str, object]) -> News:
    start = part(message, "start")
    stream, call = text_of(start, "streamSid"), text_of(start, "callSid")
    if STREAM.fullmatch(stream) is None:
        raise Garbled("start: streamSid is no stream's id")
    sound = part(start, "mediaFormat")
    if (sound.get("encoding"), sound.get("sampleRate"), sound.get("channels")) != (ENCODING, SAMPLE_RATE, 1):
        raise Garbled("start: the sound is not 8 kHz µ-law in one channel")
    given = part(start, "customParameters") if "customParameters" in start else {}
    return Begun(stream, call, {name: value for name, value in given.items() if isinstance(value, str)})


def media(message: Mapping[str, object]) -> News:
    inner = part(message, "media")
    if inner.get("track", "inbound") != "inbound":
        return Unknown()
    try:
        ulaw = base64.b64decode(text_of(inner, "payload"), validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Garbled("media: the payload is no base64") from wrong
    if len(ulaw) > MOST_SOUND:
        raise Garbled(f"media: {len(ulaw)} bytes of sound")
    return Sound(ulaw)


def dtmf(message: Mapping[str, object]) -> News:
    digit = text_of(part(message, "dtmf"), "digit").upper()
    if digit not in KEYS:
        raise Garbled("dtmf: no key of a telephone")
    return Key(digit)


def mark(message: Mapping[str, object]) -> News:
    return MarkBack(text_of(part(message, "mark"), "name"))


def stop(_: Mapping[str, object]) -> News:
    return Stopped()


READERS = {"connected": connected, "start": begun, "media": media, "dtmf": dtmf, "mark": mark, "stop": stop}


def part(message: Mapping[str, object], name: str) -> Mapping[str, object]:
    inner = message.get(name)
    if not isinstance(inner, dict):
        raise Garbled(f"{name} is missing or no object")
    return inner


def text_of(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str):
        raise Garbled(f"{name} is missing or no text")
    return value


# -- what we send ------------------------------------------------------------------------------------------------------


def sound_out(stream: str, ulaw: bytes) -> str:
    """Sound to play behind what is there already; raw µ-law without any header."""
    return json.dumps({"event": "media", "streamSid": stream, "media": {"payload": base64.b64encode(ulaw).decode()}})


def mark_out(stream: str, name: str) -> str:
    """Comes back as `MarkBack` when what was sent before it has been played."""
    return json.dumps({"event": "mark", "streamSid": stream, "mark": {"name": name}})


def clear_out(stream: str) -> str:
    """Throw away what is not played yet; every pending mark comes back at once."""
    return json.dumps({"event": "clear", "streamSid": stream})
