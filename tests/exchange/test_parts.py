"""The small parts: signing, overrides, scripts, hearing errors, lengths of sound, the clock's order."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from exchange.clock import Clock, Interrupt, Process, Signal
from exchange.ear import Ear
from exchange.hearing import garble
from exchange.overrides import Limits, split
from exchange.script import BadScript, PressKeys, SayWords, steps
from exchange.signature import SigningKey
from exchange.verbs.prompts import speech_seconds
from tests.exchange.openapi import DATA, needs_data

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
names = st.text("ABCabc_", min_size=1, max_size=6)


@given(
    st.dictionaries(names, st.text(max_size=8)), st.sampled_from(["http://a.test:81/x?b=1", "https://a.test:8443/x"])
)
def test_every_form_is_signed_as_the_sdk_checks_it(form: dict[str, str], url: str) -> None:
    signature = SigningKey("12345").headers(url, form.items())["X-Twilio-Signature"]
    assert RequestValidator("12345").validate(url, form, signature)
    assert not RequestValidator("12346").validate(url, form, signature)


@needs_data
def test_the_documented_vectors_are_reached() -> None:
    """Form vectors whose URL keeps the port rule of voice callbacks: http with it, https without."""
    compared = 0
    for vector in json.loads((DATA / "signature-vectors.json").read_text()):
        named_port = "adds" in vector["name"]
        if vector["params"] is None or named_port or "strips" in vector["name"]:
            continue
        headers = SigningKey(vector["token"]).headers(vector["url"], vector["params"].items())
        assert headers["X-Twilio-Signature"] == vector["signature"], urlsplit(vector["url"])
        compared += 1
    assert compared == 2


@pytest.mark.parametrize(
    ("url", "limits"),
    [
        ("http://a/b", Limits()),
        ("http://a/b#ct=2000&rt=3000&tt=4000", Limits(2.0, 3.0, 4.0)),
        ("http://a/b#ct=5&rc=12&rp=nothing", Limits()),
        ("http://a/b#rc=3&rp=4xx,5xx", Limits(retries=3, retry_on=frozenset({"4xx", "5xx"}))),
    ],
)
def test_overrides(url: str, limits: Limits) -> None:
    assert split(url) == ("http://a/b", limits)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("hello", "a list of steps"),
        (["hello"], "step 1 is not an object"),
        ([{"press": "1"}, {"press": "x"}], "step 2: press must be keys"),
        ([{"say": "a", "loud": True}], "does not know loud"),
        ([{"say": "a", "confidence": 2}], "from 0 to 1"),
        ([{"wait": -1}], "a number of seconds"),
        ([{"hang_up": True, "during": "menu"}], "queue, conference or stream"),
    ],
)
def test_a_script_with_a_mistake_is_refused(script: object, sentence: str) -> None:
    with pytest.raises(BadScript, match=sentence):
        steps(script)


def test_steps_are_understood() -> None:
    assert steps([{"say": "a"}, {"press": "1", "barge": True, "after": 2}]) == [
        SayWords("a", "a", 0.93),
        PressKeys("1", True, 2.0),
    ]


@given(st.text("abc 가나", max_size=80), st.floats(0, 1), st.text(max_size=4))
def test_hearing_errors_are_the_same_in_every_run(text: str, rate: float, seed: str) -> None:
    assert garble(text, rate, seed) == garble(text, rate, seed)
    assert garble(text, 0, seed) == text
    assert all(garble(word, 1, seed) != word for word in text.split())


def test_hearing_errors_come_at_about_their_rate() -> None:
    words = [f"word{n}" for n in range(2000)]
    kept = set(garble(" ".join(words), 0.2, "7").split())
    assert 0.80 < sum(word in kept for word in words) / len(words) < 0.93  # doubled words are still there


@given(st.sets(st.sampled_from(["dtmf", "speech"]), min_size=1), st.text("12#*", max_size=8), st.integers(0, 3))
def test_an_ear_takes_no_more_than_it_was_told_to(accepts: set[str], keys: str, most: int) -> None:
    ear = Ear(frozenset(accepts), most, "#")
    for key in keys:
        ear.press(key)
    assert "#" not in ear.digits
    assert not most or len(ear.digits) <= most
    assert "dtmf" in accepts or ear.digits == ""
    assert ear.begun == bool(ear.digits)
    assert not (ear.digits and ear.hears("speech"))


def test_lengths_of_speech() -> None:
    assert speech_seconds("x" * 30) == 2.0
    assert speech_seconds("가" * 14) == 2.0
    assert speech_seconds("") == 0.5


def test_same_moment_same_order_and_no_time_while_busy() -> None:
    seen: list[str] = []

    async def run() -> None:
        clock = Clock(START, virtual=True, wall=lambda: 0.0)
        signal = Signal()

        async def one(name: str, seconds: float) -> None:
            process = Process(clock)
            await process.sleep(seconds)
            seen.append(name)
            if not await process.until(lambda: "c" in seen, signal, within=5):
                seen.append(f"{name} gave up")

        async with asyncio.TaskGroup() as tasks:
            clock.live_in(tasks)
            for name, seconds in (("b", 2), ("a", 1), ("c", 2)):
                clock.spawn(one(name, seconds))
            while True:
                await clock.stillness()
                signal.fire()
                await clock.stillness()
                moment = clock.next_moment()
                if moment is None:
                    break
                clock.move(moment)
                clock.fire_due()
        assert clock.now == START + timedelta(seconds=2)

    asyncio.run(run())
    assert seen == ["a", "b", "c"]


class Called(Interrupt):
    """A test's reason."""


def test_an_interrupt_is_raised_where_the_process_waits_and_the_work_outside_still_ends() -> None:
    seen: list[str] = []

    async def run() -> None:
        clock = Clock(START, virtual=True, wall=lambda: 0.0)
        release = asyncio.Event()
        process = Process(clock)

        async def outside() -> str:
            await release.wait()
            seen.append("answered")
            return "too late"

        async def live() -> None:
            try:
                seen.append(await process.outside(outside()))
            except Called:
                seen.append("interrupted")

        async with asyncio.TaskGroup() as tasks:
            clock.live_in(tasks)
            clock.spawn(live())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            process.interrupt(Called())
            release.set()
            await clock.stillness()

    asyncio.run(run())
    assert seen == ["interrupted", "answered"]
