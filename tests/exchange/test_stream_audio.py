"""Sound on a media stream: what the caller says arrives, what the application says is heard, and whose turn it is."""

import base64
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from exchange.sound import Samples, decode, encode, loudness, read_wav, silence, tone, write_wav
from tests.exchange.application import Stage, play
from tests.exchange.test_streams import Puppet, application

SAID = tone([440], 0.5, -12)
PROMPT = tone([1000], 0.4, -12)
SPEECH = base64.b64encode(encode(PROMPT)).decode()


async def upload(stage: Stage, name: str, samples: Samples) -> None:
    reply = await stage.client.put(f"/exchange/sounds/{name}", content=write_wav([samples]))
    assert reply.raise_for_status().json() == {"name": name, "seconds": len(samples) / 8000}


async def audio(stage: Stage, sid: str, side: str, **query: float) -> Samples:
    reply = await stage.client.get(f"/exchange/calls/{sid}/audio", params={"side": side, **query})
    return read_wav(reply.raise_for_status().content)


async def entries(stage: Stage, sid: str, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in (await stage.seen(sid))["log"] if entry["kind"] == kind]


def received(puppet: Puppet) -> Samples:
    return decode(b"".join(base64.b64decode(message["media"]["payload"]) for message in puppet.events("media")))


def find(samples: Samples, wanted: Samples) -> int:
    """Where `wanted` stands in `samples`, up to µ-law."""
    wanted = decode(encode(wanted))
    heads = np.flatnonzero(samples[: len(samples) - len(wanted) + 1] == wanted[1])
    return next(int(at) - 1 for at in heads if (samples[at - 1 : at - 1 + len(wanted)] == wanted).all())


def prompting(puppet: Puppet, message: dict[str, Any]) -> None:
    """Says its prompt at once; closes 0.3 s after the caller was heard and fell silent again."""
    if message["event"] == "start":
        puppet.say("media", media={"payload": SPEECH})
    said = received(puppet)
    if message["event"] == "media" and loudness(said[-2400:]) < -60 and loudness(said) > -60:
        puppet.hang_up(1000)


def test_a_wav_caller_is_heard_sample_for_sample_after_the_prompt() -> None:
    site, puppet = application(prompting)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await upload(stage, "order", SAID)
        sid = await stage.call({"wav": "order"})
        await stage.run()
        begins = find(received(puppet), SAID) / 8000
        assert 0.4 + 0.7 <= begins <= 0.4 + 0.7 + 0.2
        spoken, heard = await audio(stage, sid, "spoken"), await audio(stage, sid, "heard")
        assert find(heard, PROMPT) < find(encode_again(spoken), SAID)
        assert (await entries(stage, sid, "spoke"))[0]["seconds"] == 0.5

    play(scene, site)
    frames = puppet.events("media")
    assert {len(base64.b64decode(frame["media"]["payload"])) for frame in frames} == {160}
    timestamps = [int(frame["media"]["timestamp"]) for frame in frames]
    assert timestamps[0] > 0
    assert {later - earlier for earlier, later in pairwise(timestamps)} == {20}


def encode_again(samples: Samples) -> Samples:
    return decode(encode(samples))


def test_clear_stops_at_once_and_gives_the_marks_back() -> None:
    def interrupting(puppet: Puppet, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            puppet.say("media", media={"payload": base64.b64encode(encode(tone([1000], 5, -12))).decode()})
            puppet.say("mark", mark={"name": "end"})
        elif message["event"] == "media" and message["media"]["chunk"] == "25":
            puppet.say("clear")
        elif message["event"] == "mark":
            puppet.say("mark", mark={"name": "nothing is buffered"}) if len(puppet.events("mark")) == 1 else None
            puppet.hang_up(1000) if len(puppet.events("mark")) == 2 else None

    site, puppet = application(interrupting)

    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run()
        (run,) = await entries(stage, sid, "heard_audio")
        assert run["cut"] is True
        assert 0.4 <= run["seconds"] <= 0.6
        heard = await audio(stage, sid, "heard")
        sounding = np.flatnonzero(heard)
        assert (sounding[-1] - sounding[0]) / 8000 == pytest.approx(run["seconds"], abs=0.001)

    play(scene, site)
    assert [mark["mark"]["name"] for mark in puppet.events("mark")] == ["end", "nothing is buffered"]
    assert len(puppet.events("media")) < 40


def test_a_caller_barges_in_and_then_waits_for_the_answer() -> None:
    """The first words come half a second into a long prompt; the keys only when the answer is over."""
    heard_at: list[int] = []

    def talkative(puppet: Puppet, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            puppet.say("media", media={"payload": base64.b64encode(encode(tone([1000], 3, -12))).decode()})
        if message["event"] == "media" and not heard_at and loudness(received(puppet)[-160:]) > -60:
            heard_at.append(len(puppet.events("media")))
            puppet.say("clear")
            puppet.say("media", media={"payload": SPEECH})
        if message["event"] == "dtmf":
            heard_at.append(len(puppet.events("media")))
            puppet.hang_up(1000)

    site, _ = application(talkative)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await upload(stage, "no", tone([440], 0.2, -12))
        sid = await stage.call({"wav": "no", "barge": True, "after": 0.5}, {"press": "2"})
        await stage.run()
        runs = await entries(stage, sid, "heard_audio")
        assert [run["cut"] for run in runs] == [True, False]
        assert runs[1]["seconds"] == pytest.approx(0.4)
        spoke = datetime.fromisoformat((await entries(stage, sid, "spoke"))[0]["at"])
        assert abs((datetime.fromisoformat(runs[1]["began"]) - spoke).total_seconds()) < 0.1

    play(scene, site)
    assert 25 <= heard_at[0] <= 40
    assert 0.4 + 0.7 <= (heard_at[1] - heard_at[0]) * 0.02 <= 0.4 + 0.7 + 0.3


def test_words_without_a_voice_are_a_murmur_of_the_right_length() -> None:
    site, puppet = application(prompting)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"say": "where is my order please"})
        await stage.run()

    play(scene, site)
    voiced = [loudness(decode(base64.b64decode(m["media"]["payload"]))) > -60 for m in puppet.events("media")]
    assert sum(voiced) * 0.02 == pytest.approx(24 / 15, abs=0.1)


def test_silence_between_frames_does_not_count_as_speech() -> None:
    """An application that sends silence for ever still lets its caller speak."""

    def hissing(puppet: Puppet, message: dict[str, Any]) -> None:
        if message["event"] == "start":
            puppet.say("media", media={"payload": SPEECH})
            puppet.say("media", media={"payload": base64.b64encode(encode(silence(80000))).decode()})
        if message["event"] == "dtmf":
            puppet.hang_up(1000)

    site, puppet = application(hissing)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"press": "1"})
        await stage.run()

    play(scene, site)
    assert len(puppet.events("media")) * 0.02 < 1.5


def test_a_silent_caller_lets_the_question_pass_and_answers_the_next() -> None:
    def asking_again(puppet: Puppet, message: dict[str, Any]) -> None:
        """Its question comes at the start and again after two seconds."""
        if message["event"] == "start" or (message["event"] == "media" and message["media"]["chunk"] == "100"):
            puppet.say("media", media={"payload": SPEECH})
        elif message["event"] == "dtmf":
            puppet.hang_up(1000)

    site, puppet = application(asking_again)

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"silence": True}, {"press": "1"})
        await stage.run()

    play(scene, site)
    assert 2 + 0.4 + 0.7 <= len(puppet.events("media")) * 0.02 <= 2 + 0.4 + 0.7 + 0.3


def test_a_run_to_listening_stops_when_it_is_the_callers_turn() -> None:
    site, puppet = application(prompting)

    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        assert await stage.run("listening", call=sid) == "listening"
        assert 1.0 <= len(puppet.events("media")) * 0.02 <= 1.4
        tones = (await stage.client.get(f"/exchange/calls/{sid}/tones", params={"seconds": 5, "hz": "1000,440"})).json()
        assert tones["loudest"] == pytest.approx(1000, abs=10)
        assert tones["tones"]["1000"] > tones["tones"]["440"] + 20
        assert len(await audio(stage, sid, "heard", seconds=0.5)) == 4000

    play(scene, site)


def test_a_sound_that_is_not_there_is_refused() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        body = {"from": "+15550111", "to": "+15550100", "script": [{"wav": "no such"}]}
        reply = await stage.client.post("/exchange/calls", json=body)
        assert (reply.status_code, "no such" in reply.json()["error"]) == (400, True)
        bad = await stage.client.put("/exchange/sounds/x", content=b"ID3")
        assert (bad.status_code, bad.json()["error"]) == (400, "not a WAV file")
        sid = await stage.call()
        for query in ({"side": "both"}, {"seconds": "-1"}, {"seconds": "x"}):
            assert (await stage.client.get(f"/exchange/calls/{sid}/audio", params=query)).status_code == 400
        assert (await stage.client.get("/exchange/calls/CA0/audio")).status_code == 404

    play(scene, {})
