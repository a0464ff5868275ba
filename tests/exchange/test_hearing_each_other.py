"""Who hears whom: bridges, conferences with hold, mute and coach, and what recordings keep."""

from collections.abc import Mapping

import pytest

from exchange.sound import Samples, read_wav, strength, tone, write_wav
from tests.exchange.application import Stage, play, response

TONES = {"ada": 440.0, "ben": 1000.0, "cho": 2300.0}
ROOM = response('<Dial><Conference waitUrl="">room</Conference></Dial>')
START = "2026-03-02T10:00:{:02d}+00:00"


async def prepare(stage: Stage) -> None:
    for name, hz in TONES.items():
        content = write_wav([tone([hz], 60, -12)])
        (await stage.client.put(f"/exchange/sounds/{name}", content=content)).raise_for_status()


async def until(stage: Stage, second: int) -> None:
    assert await stage.run("time", until=START.format(second)) == "time"


async def heard(stage: Stage, sid: str, seconds: float = 0.5) -> set[str]:
    """Whose tones were heard in the last half second."""
    params: Mapping[str, str] = {"seconds": str(seconds), "hz": ",".join(str(hz) for hz in TONES.values())}
    tones = (await stage.client.get(f"/exchange/calls/{sid}/tones", params=params)).json()["tones"]
    return {name for name, hz in TONES.items() if tones[f"{hz:g}"] > -30}


async def three_in_a_room(stage: Stage) -> dict[str, str]:
    await prepare(stage)
    pages = [("+15550101", "/room"), ("+15550102", "/room"), ("+15550103", "/room")]
    sids = {}
    for (number, page), name in zip(pages, TONES, strict=True):
        await stage.number(number, voice_url=f"http://app.test{page}")
        sids[name] = await stage.call({"wav": name}, to=number)
    return sids


async def participant(stage: Stage, sid: str, **form: str) -> None:
    conference = next(iter(stage.world.conferences))
    (await stage.rest("POST", f"/Conferences/{conference}/Participants/{sid}.json", **form)).raise_for_status()


def test_in_a_conference_each_hears_all_others() -> None:
    async def scene(stage: Stage) -> None:
        sids = await three_in_a_room(stage)
        await until(stage, 2)
        for name, sid in sids.items():
            assert await heard(stage, sid) == set(TONES) - {name}
        await stage.client.post(f"/exchange/calls/{sids['cho']}/hang_up")
        await until(stage, 4)
        assert await heard(stage, sids["ada"]) == {"ben"}

    play(scene, {"/room": ROOM})


def test_the_muted_are_not_heard_and_the_held_neither_hear_nor_are_heard() -> None:
    async def scene(stage: Stage) -> None:
        sids = await three_in_a_room(stage)
        await until(stage, 1)
        await participant(stage, sids["ada"], Muted="true")
        await until(stage, 2)
        assert [await heard(stage, sids[name]) for name in TONES] == [{"ben", "cho"}, {"cho"}, {"ben"}]
        await participant(stage, sids["ada"], Muted="false")
        await participant(stage, sids["ben"], Hold="true")
        await until(stage, 4)
        assert [await heard(stage, sids[name]) for name in TONES] == [{"cho"}, set(), {"ada"}]
        music = await stage.client.get(f"/exchange/calls/{sids['ben']}/tones")
        assert music.json()["level"] > -50
        await participant(stage, sids["ben"], Hold="false")
        await until(stage, 6)
        assert [await heard(stage, sids[name]) for name in TONES] == [{"ben", "cho"}, {"ada", "cho"}, {"ada", "ben"}]

    play(scene, {"/room": ROOM})


def test_a_coach_hears_all_and_is_heard_by_the_coached_alone() -> None:
    async def scene(stage: Stage) -> None:
        sids = await three_in_a_room(stage)
        await until(stage, 1)
        await participant(stage, sids["cho"], Coaching="true", CallSidToCoach=sids["ben"])
        await until(stage, 2)
        assert [await heard(stage, sids[name]) for name in TONES] == [{"ben"}, {"ada", "cho"}, {"ada", "ben"}]

    play(scene, {"/room": ROOM})


def test_a_bridge_joins_two_and_parts_them() -> None:
    async def scene(stage: Stage) -> None:
        await prepare(stage)
        await stage.phone("+15550199", {"wav": "ben"}, after=1)
        await stage.number()
        sid = await stage.call({"wav": "ada"})
        await until(stage, 3)
        (leg,) = [call.sid for call in stage.world.calls.values() if call.direction == "outbound-dial"]
        assert (await heard(stage, sid), await heard(stage, leg)) == ({"ben"}, {"ada"})
        await stage.client.post(f"/exchange/calls/{leg}/hang_up")
        await until(stage, 5)
        assert await heard(stage, sid) == set()

    play(scene, {"/voice": response("<Dial>+15550199</Dial><Pause length='60'/>")})


async def recording(stage: Stage, number: int = 0) -> bytes:
    sid = list(stage.world.recordings)[number]
    reply = await stage.client.get(f"/2010-04-01/Accounts/{stage.world.settings.account}/Recordings/{sid}.wav")
    return reply.raise_for_status().content


def has(samples: Samples, name: str) -> bool:
    return strength(samples, TONES[name]) > -30


def test_a_message_is_recorded_as_it_was_said() -> None:
    async def scene(stage: Stage) -> None:
        said = tone([440], 1.5, -12)
        await stage.client.put("/exchange/sounds/message", content=write_wav([said]))
        await stage.number()
        await stage.call({"wav": "message"})
        await stage.run()
        samples = read_wav(await recording(stage))
        assert len(samples) == pytest.approx((1.5 + 5) * 8000, abs=8)
        assert (samples[: len(said)] == said).all()
        assert not samples[len(said) :].any()
        wrong = await stage.client.get(f"/2010-04-01/Accounts/x/Recordings/{next(iter(stage.world.recordings))}.mp3")
        assert wrong.status_code == 406

    play(scene, {"/voice": response('<Record action="/done"/>'), "/done": response("<Hangup/>")})


def test_a_recording_of_a_call_has_both_sides_and_leaves_out_its_pauses() -> None:
    async def scene(stage: Stage) -> None:
        await prepare(stage)
        await stage.phone("+15550199", {"wav": "ben"}, after=1)
        await stage.number()
        sid = await stage.call({"wav": "ada"})
        await until(stage, 2)
        made = await stage.rest("POST", f"/Calls/{sid}/Recordings.json", RecordingChannels="dual")
        path = f"/Calls/{sid}/Recordings/{made.json()['sid']}.json"
        await until(stage, 4)
        await stage.rest("POST", path, Status="paused", PauseBehavior="skip")
        await until(stage, 7)
        await stage.rest("POST", path, Status="in-progress")
        await until(stage, 8)
        await stage.rest("POST", path, Status="paused", PauseBehavior="silence")
        await until(stage, 9)
        await stage.rest("POST", path, Status="stopped")
        data = await recording(stage)
        assert data[22] == 2
        body = read_wav(data)
        assert len(body) == (2 + 1 + 1) * 8000
        assert has(body[:16000], "ada")
        assert has(body[:16000], "ben")
        assert not body[24000:].any()

    play(scene, {"/voice": response("<Dial>+15550199</Dial>")})


def test_a_conference_is_recorded_with_everybody_but_the_coach() -> None:
    room = response('<Dial><Conference waitUrl="" record="record-from-start">room</Conference></Dial>')

    async def scene(stage: Stage) -> None:
        sids = await three_in_a_room(stage)
        await until(stage, 1)
        await participant(stage, sids["cho"], Coaching="true", CallSidToCoach=sids["ben"])
        await until(stage, 3)
        for sid in sids.values():
            await stage.client.post(f"/exchange/calls/{sid}/hang_up")
        await stage.run()
        last = read_wav(await recording(stage))[-8000:]
        assert (has(last, "ada"), has(last, "ben"), has(last, "cho")) == (True, True, False)

    play(scene, {"/room": room})
