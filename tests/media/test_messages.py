"""Every message of the carrier becomes one of our types, and everything else is called garbled without being quoted."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.media.messages import (
    MOST_TEXT,
    Begun,
    Connected,
    Garbled,
    Key,
    MarkBack,
    Sound,
    Stopped,
    Unknown,
    clear_out,
    mark_out,
    read,
    sound_out,
)
from tests.exchange.openapi import DATA, needs_data
from tests.media.carrier import CALL, QUIET, STREAM, media, start

DTMF = {"event": "dtmf", "streamSid": STREAM, "dtmf": {"track": "inbound_track", "digit": "5"}}


@pytest.mark.parametrize(
    ("message", "news"),
    [
        ({"event": "connected", "protocol": "Call", "version": "1.0.0"}, Connected()),
        (start(CALL, {"token": "t"}), Begun(STREAM, CALL, {"token": "t"})),
        (media(QUIET), Sound(QUIET)),
        ({"event": "media", "media": {"track": "outbound", "payload": "////"}}, Unknown()),
        (DTMF, Key("5")),
        ({"event": "mark", "streamSid": STREAM, "mark": {"name": "said-1"}}, MarkBack("said-1")),
        ({"event": "stop", "streamSid": STREAM, "stop": {"callSid": CALL}}, Stopped()),
        ({"event": "something of next year"}, Unknown()),
    ],
)
def test_a_message_is_understood(message: dict[str, Any], news: object) -> None:
    assert read(json.dumps(message)) == news


def changed(name: str, **more: object) -> str:
    message = start()
    return json.dumps({**message, name: {**message[name], **more}})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "no object with an event"),
        ('{"event": 7}', "no object with an event"),
        ("[" * 60_000, "no JSON"),
        ("x" * (MOST_TEXT + 1), "a message of 65537 characters"),
        ('{"event": "start"}', "start is missing"),
        (changed("start", streamSid="MZ1"), "streamSid is no stream's id"),
        (changed("start", callSid=None), "callSid is missing"),
        (changed("start", mediaFormat={"encoding": "audio/l16", "sampleRate": 16000, "channels": 1}), "8 kHz"),
        (changed("start", mediaFormat=None), "mediaFormat is missing"),
        (changed("start", customParameters=[]), "customParameters is missing or no object"),
        ('{"event": "media", "media": {"payload": "!!!"}}', "no base64"),
        ('{"event": "media", "media": {"payload": 5}}', "payload is missing or no text"),
        (json.dumps(media(b"\xff" * 8_001)), "8001 bytes of sound"),
        ('{"event": "dtmf", "dtmf": {"digit": "55"}}', "no key"),
        ('{"event": "dtmf", "dtmf": {"digit": ""}}', "no key"),
        ('{"event": "dtmf", "dtmf": "5"}', "dtmf is missing or no object"),
        ('{"event": "mark", "mark": {}}', "name is missing"),
    ],
)
def test_anything_else_is_garbled(text: str, why: str) -> None:
    with pytest.raises(Garbled, match=why):
        read(text)


@given(st.text() | st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(st.text(), inner)).map(json.dumps))
def test_nothing_else_is_ever_raised(text: str) -> None:
    try:
        read(text)
    except Garbled as wrong:
        assert len(str(wrong)) < 200


@needs_data
def test_the_documented_session_is_read() -> None:
    lines = (DATA / "websocket" / "media_stream_docs_all_events.jsonl").read_text().splitlines()
    theirs = [one["msg"] for one in map(json.loads, lines) if one["dir"] == "twilio->app"]
    kinds = set()
    for message in theirs:
        if message["event"] == "start":  # the documentation shortens its ids
            message["start"]["streamSid"] = STREAM
        try:
            kinds.add(type(read(json.dumps(message))))
        except Garbled as wrong:
            assert "base64" in str(wrong), "its sound is shortened too"
            kinds.add(Sound)
    assert {Connected, Begun, Sound, Key, MarkBack, Stopped} <= kinds


def test_what_we_send_is_raw_sound_under_the_stream() -> None:
    out = json.loads(sound_out(STREAM, QUIET))
    assert (out["event"], out["streamSid"], base64.b64decode(out["media"]["payload"])) == ("media", STREAM, QUIET)
    assert json.loads(mark_out(STREAM, "said-1")) == {"event": "mark", "streamSid": STREAM, "mark": {"name": "said-1"}}
    assert json.loads(clear_out(STREAM)) == {"event": "clear", "streamSid": STREAM}
