"""One streamed call: asked, answered, interrupted, handed over; all on virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from ivr.calls.ports import Said
from ivr.flow.model import Action, Brief, JoinQueue, Pressed, Silence, Speak
from ivr.media.leg import Ending
from ivr.media.ports import Speech
from ivr.media.session import House, Session
from ivr.media.timing import Turnaround
from tests.media.carrier import Carrier
from tests.media.desk import GOODBYE, Desk, Plain, question
from tests.media.speech import TestEars, TestVoices, heard, speech
from tests.media.virtual import run
from tests.web.desk import NOW

Caller = Callable[[Carrier], Awaitable[None]]
THREADS = ThreadPoolExecutor(1)


@dataclass
class Scene:
    """One call and what came of it."""

    desk: Desk
    caller: Caller
    speech: tuple[Speech, TestEars, TestVoices] = field(default_factory=speech)
    notes: list[Turnaround] = field(default_factory=list)
    ending: Ending | None = None
    seconds: float = 0.0
    carrier: Carrier = field(init=False)

    def play(self, change: Callable[[Carrier], None] = lambda _: None) -> "Scene":
        async def scene() -> None:
            self.carrier = Carrier(self.caller)
            change(self.carrier)
            house = House(self.desk, self.speech[0], Plain(), THREADS, self.notes.append)
            loop = asyncio.get_running_loop()
            async with asyncio.TaskGroup() as tasks:
                carrier = tasks.create_task(self.carrier.run())
                begun = loop.time()
                await self.carrier.receive()
                await self.carrier.receive()
                self.ending = await asyncio.wait_for(Session(house, self.carrier, self.carrier.begun()).run(), 600)
                self.seconds = loop.time() - begun
                carrier.cancel()

        run(scene())
        assert self.speech[1].open_now == 0, "an ear was left open"
        return self

    @property
    def answers(self) -> list[object]:
        return [what[0] for what in self.desk.told[1:]]


def two_questions(*replies: tuple[Action, ...]) -> Desk:
    return Desk(replies or (question(7), question(8, "And then?"), GOODBYE))


async def silent(_: Carrier) -> None:
    await asyncio.Event().wait()


def test_a_key_answers_at_once_and_the_end_is_heard_before_we_close() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.press("1")
        await phone.asked()
        phone.press("2")

    scene = Scene(two_questions(), caller).play()
    assert scene.answers == [Pressed(7, "1"), Pressed(8, "2")]
    assert [cause for _, cause in scene.desk.told[1:]] == [f"gather:{scene.carrier.call}:{n}" for n in (7, 8)]
    assert scene.ending == Ending("handed over", 9)
    assert scene.speech[2].said == ["How can I help you today?", "And then?", "Goodbye."]
    assert len(scene.carrier.of("mark")) == 3
    assert scene.carrier.of("clear") == []


def test_words_answer_when_the_caller_has_finished() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.say(1.2)
        await phone.asked()
        phone.press("1")

    scene = Scene(two_questions(), caller, speech([heard("where is my order", 1.0)])).play()
    assert scene.answers[0] == Said(7, "where is my order", None)
    [asked] = scene.speech[1].asked
    assert asked.kind == "choices"
    [hearing, *_] = scene.notes
    assert 0.6 <= hearing.words - hearing.ended <= 0.75  # the pause that ends a turn, and the ear's own 50 ms
    assert hearing.sounded is not None
    assert hearing.sounded - hearing.decided == pytest.approx(0.02)  # what the voice takes


def test_nothing_said_is_silence_after_the_question_was_heard() -> None:
    scene = Scene(two_questions(question(7), GOODBYE), silent).play()
    assert scene.answers == [Silence(7)]
    spoken = sum(len(text) for text in scene.speech[2].said) / 15
    assert scene.seconds == pytest.approx(spoken + 5.0, abs=0.3)


def test_a_number_ends_by_its_key_its_length_or_a_pause() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.press("#10442#")
        await phone.asked()
        phone.press("12345678")
        await phone.asked()
        phone.press("555")

    number: dict[str, Any] = {"digits": (5, 8), "keys": ("0",)}
    desk = Desk((question(1, **number), question(2, **number), question(3, **number), GOODBYE))
    scene = Scene(desk, caller).play()
    assert scene.answers == [Pressed(1, "10442"), Pressed(2, "12345678"), Pressed(3, "555")]
    last = scene.notes[-1]
    assert last.words - last.ended == pytest.approx(3.0, abs=0.05)


def test_a_key_interrupts_and_what_was_cleared_was_not_heard() -> None:
    long = "This is a very long question that nobody wants to hear to its end. " * 3

    async def caller(phone: Carrier) -> None:
        await phone.speaking(1.0)
        phone.press("1")

    scene = Scene(two_questions(question(7, long), GOODBYE), caller).play()
    assert scene.answers == [Pressed(7, "1")]
    assert len(scene.carrier.of("clear")) == 1
    events = [one["event"] for one in scene.carrier.sent]
    before = events[: events.index("clear")].count("media") * 0.02
    assert before <= 1.0 + 0.3, "no more was sent ahead than the law allows"


def test_words_interrupt_but_a_noise_only_makes_us_pause() -> None:
    long = "This is a very long question that somebody interrupts before its end has come. " * 2

    async def caller(phone: Carrier) -> None:
        await phone.speaking(1.0)
        phone.say(0.5)
        await asyncio.sleep(4.0)
        phone.say(1.0)

    scene = Scene(two_questions(question(7, long), GOODBYE), caller, speech([heard(""), heard("a person")])).play()
    assert scene.answers == [Said(7, "a person", None)]
    assert len(scene.carrier.of("clear")) == 1
    gaps = [b - a for a, b in zip(scene.carrier.sent_at, scene.carrier.sent_at[1:], strict=False)]
    assert max(gaps) > 0.6, "we paused for the noise"


def test_a_noise_loses_nothing_of_the_question() -> None:
    text = "A question that is spoken to its end although something falls over."

    async def caller(phone: Carrier) -> None:
        await phone.speaking(1.0)
        phone.say(0.4)

    scene = Scene(two_questions(question(7, text), GOODBYE), caller, speech([heard("")])).play()
    assert scene.answers == [Silence(7)]
    assert scene.carrier.of("clear") == []
    assert scene.carrier.seconds_sent == pytest.approx((len(text) + len("Goodbye.")) / 15, abs=0.05)


def test_a_mark_that_never_comes_back_costs_two_seconds() -> None:
    def forget(carrier: Carrier) -> None:
        carrier.returns_marks = False

    usual = Scene(two_questions(question(7), GOODBYE), silent).play()
    scene = Scene(two_questions(question(7), GOODBYE), silent).play(forget)
    assert scene.answers == [Silence(7)]
    assert scene.ending == Ending("handed over", 9)
    assert scene.seconds - usual.seconds == pytest.approx(4.0, abs=0.2)


def test_a_queue_is_joined_outside_and_its_words_are_heard_first() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.press("1")

    words = "I'm connecting you to a person."
    line: tuple[Action, ...] = (Speak(words, "en", "node:person"), join())
    scene = Scene(Desk((question(7), line)), caller).play()
    assert scene.ending == Ending("handed over", 9)
    last_mark = scene.carrier.of("mark")[-1]
    assert last_mark == scene.carrier.sent[-1]
    assert scene.carrier.seconds_sent == pytest.approx((len("How can I help you today?") + len(words)) / 15, abs=0.05)


def join() -> JoinQueue:
    return JoinQueue(9, "care", None, 0.0, NOW, Brief("", "en"))


def test_the_carrier_ends_it_and_nothing_is_left() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.say(2.0)
        await asyncio.sleep(0.8)
        phone.stop()

    scene = Scene(two_questions(), caller, speech([heard("where")])).play()
    assert scene.ending == Ending("stopped")
    assert scene.answers == []


def test_a_socket_that_breaks_in_mid_word_leaves_nothing() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.say(2.0)
        await asyncio.sleep(0.8)
        phone.drop()

    scene = Scene(two_questions(), caller, speech([heard("where")])).play()
    assert scene.ending == Ending("lost")


def test_a_dead_socket_is_noticed() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.stutters = True

    scene = Scene(two_questions(question(7, patience=600.0)), caller).play()
    assert scene.ending is not None
    assert (scene.ending.outcome, scene.ending.why) == ("lost", "no message came any more")


def test_frames_that_stop_in_mid_word_do_not_stop_the_turn() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.say(30.0)
        await asyncio.sleep(1.0)
        phone.stutters = True
        await asyncio.sleep(3.0)
        phone.say(0)
        phone.stutters = False

    scene = Scene(two_questions(question(7), GOODBYE), caller, speech(["where is my order"])).play()
    assert scene.answers == [Said(7, "where is my order", None)]


def test_a_slow_ear_costs_time_and_no_answer() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.say(1.0)

    made = speech(["a person"])
    made[1].feeding = 2.0
    scene = Scene(two_questions(question(7), GOODBYE), caller, made).play()
    assert scene.answers == [Said(7, "a person", None)]


def test_a_key_does_not_wait_for_an_ear_that_hangs() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.say(1.0)
        await asyncio.sleep(1.5)
        phone.press("2")

    made = speech(["a person"])
    made[1].finishing = 5.0
    scene = Scene(two_questions(question(7), GOODBYE), caller, made).play()
    assert scene.answers == [Pressed(7, "2")]


def test_two_utterances_without_an_ear_end_the_stream() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        for _ in range(2):
            phone.say(0.6)
            await asyncio.sleep(2.0)

    made = speech()
    made[1].deaf = "all 16 ears are in use"
    scene = Scene(two_questions(question(7, patience=30.0)), caller, made).play()
    assert scene.ending == Ending("failed", why="no ear: all 16 ears are in use")


def test_a_voice_that_breaks_ends_the_stream() -> None:
    made = speech()
    made[2].mute = "the voice is gone"
    scene = Scene(two_questions(), silent, made).play()
    assert scene.ending == Ending("failed", why="no voice: the voice is gone")


def test_a_language_without_an_ear_or_voice_ends_the_stream() -> None:
    scene = Scene(two_questions(question(7, language="ko")), silent, speech(languages=("en",))).play()
    assert scene.ending == Ending("failed", why="no ear for ko")


def test_a_fault_of_the_machines_is_raised_and_leaves_nothing() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.press("1")

    desk = two_questions()
    desk.fault = KeyError("x")
    with pytest.raises(ExceptionGroup) as raised:
        Scene(desk, caller).play()
    assert "KeyError" in repr(raised.value)


def test_keys_pressed_while_nobody_asks_are_dropped() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.press("12")
        await phone.asked()
        phone.press("2")

    scene = Scene(two_questions(), caller).play()
    assert scene.answers == [Pressed(7, "1"), Pressed(8, "2")]


def test_a_single_key_that_is_no_choice_is_an_answer_too() -> None:
    async def caller(phone: Carrier) -> None:
        await phone.asked()
        phone.press("#")

    assert Scene(two_questions(question(7), GOODBYE), caller).play().answers == [Pressed(7, "#")]
