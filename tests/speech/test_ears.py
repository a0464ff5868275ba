"""The laws of ears: off the loop, one thread at a time, and nothing left open."""

import asyncio
import threading

import pytest

from speech.ears import Ears
from speech.engines.scripted import Line, Scripted
from speech.hear import Abilities, Ear, Hearing, Question, SpeechError

ORDER = Question("choices", "en", ("where is my order", "a person please"))
SECOND = bytes(16_000)


def test_partials_come_as_they_change_and_the_end_has_the_whole() -> None:
    engine = Scripted([[Line(0.5, "where"), Line(1.5, "where is my order", 0.9)]])

    async def heard() -> tuple[list[str | None], Hearing]:
        ears = Ears([engine])
        ear = await ears.open(ORDER)
        partials = [await ear.feed(SECOND[:8_000]) for _ in range(3)]
        found = await ear.finish()
        assert ears.in_use == 0
        ears.close()
        return partials, found

    partials, found = asyncio.run(heard())
    assert partials == ["where", None, "where is my order"]
    assert found == Hearing("where is my order", 0.9, (), "scripted", "grammar", 1.5)
    assert engine.asked == [ORDER]
    assert [ear.closed for ear in engine.ears] == [True]


def test_frames_are_gathered_and_none_is_lost() -> None:
    async def heard() -> Hearing:
        ears = Ears([Scripted([[]])])
        ear = await ears.open(ORDER)
        for _ in range(7):
            await ear.feed(bytes(320))
        found = await ear.finish()
        ears.close()
        return found

    assert asyncio.run(heard()).seconds == pytest.approx(0.14)


def test_what_no_engine_hears_is_refused_with_what_is_missing() -> None:
    async def refused() -> None:
        ears = Ears([Scripted([], ("en",))])
        korean = Question("free", "ko")
        assert ears.lacking(ORDER) == ""
        assert ears.languages == ("en",)
        with pytest.raises(SpeechError, match=r"hears 'ko' \(heard: en\)"):
            await ears.open(korean)
        assert ears.in_use == 0
        ears.close()

    asyncio.run(refused())


def test_more_utterances_than_there_are_ears_are_refused_until_one_is_given_back() -> None:
    async def crowded() -> None:
        ears = Ears([Scripted([])], most=2)
        first, second = await ears.open(ORDER), await ears.open(ORDER)
        with pytest.raises(SpeechError, match="all 2 ears"):
            await ears.open(ORDER)
        await first.close()
        await first.close()
        third = await ears.open(ORDER)
        await asyncio.gather(second.close(), third.finish())
        assert ears.in_use == 0
        ears.close()

    asyncio.run(crowded())


def test_an_ear_that_breaks_says_so_and_is_closed() -> None:
    engine = Scripted([[Line(0.0, "", breaks=True)]])

    async def broken() -> None:
        ears = Ears([engine])
        ear = await ears.open(ORDER)
        with pytest.raises(SpeechError):
            await ear.feed(SECOND)
        with pytest.raises(SpeechError):
            await ear.finish()
        with pytest.raises(SpeechError, match="closed"):
            await ear.feed(SECOND)
        assert ears.in_use == 0
        ears.close()

    asyncio.run(broken())
    assert engine.ears[0].closed


class Free:
    """An engine for dictation only."""

    name = "free"
    abilities = Abilities(streaming=False, grammar=False, n_best=False, languages=("en",))

    def open(self, question: Question) -> Ear:
        raise SpeechError("not asked")


@pytest.mark.parametrize(("question", "name"), [(ORDER, "scripted"), (Question("free", "en", ("hint",)), "free")])
def test_phrases_go_to_an_engine_with_grammars(question: Question, name: str) -> None:
    ears = Ears([Free(), Scripted([])])
    engine = ears.chosen(question)
    assert engine is not None
    assert engine.name == name
    ears.close()


class Slow(Ear):
    """An ear whose feeding waits until it is told to go on."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.inside = threading.Event()
        self.order: list[str] = []

    def feed(self, pcm16k: bytes) -> str | None:
        self.inside.set()
        self.go.wait(5)
        self.order.append("fed")
        return None

    def finish(self) -> Hearing:
        return Hearing("", None, (), "slow", "free", 0.0)

    def close(self) -> None:
        self.order.append("closed")


class SlowEngine:
    name = "slow"
    abilities = Free.abilities

    def __init__(self, ear: Slow) -> None:
        self._ear = ear

    def open(self, question: Question) -> Ear:
        return self._ear


def test_an_ear_is_not_closed_while_it_hears_even_when_its_call_is_over() -> None:
    slow = Slow()

    async def cancelled() -> None:
        ears = Ears([SlowEngine(slow)])
        ear = await ears.open(Question("free", "en"))
        async with asyncio.TaskGroup() as tasks:
            feeding = tasks.create_task(ear.feed(SECOND))
            await asyncio.to_thread(slow.inside.wait, 5)
            feeding.cancel()
            closing = tasks.create_task(ear.close())
            await asyncio.sleep(0)
            assert slow.order == []
            slow.go.set()
            await closing
        ears.close()

    asyncio.run(cancelled())
    assert slow.order == ["fed", "closed"]


class Unhurried:
    """An engine whose opening waits until it is told to go on."""

    name = "unhurried"
    abilities = Free.abilities

    def __init__(self, ear: Slow) -> None:
        self._ear = ear
        self.inside = threading.Event()

    def open(self, question: Question) -> Ear:
        self.inside.set()
        self._ear.go.wait(5)
        return self._ear


def test_an_ear_whose_caller_left_before_it_was_open_is_closed() -> None:
    slow = Slow()
    engine = Unhurried(slow)

    async def left() -> None:
        ears = Ears([engine])
        async with asyncio.TaskGroup() as tasks:
            opening = tasks.create_task(ears.open(Question("free", "en")))
            await asyncio.to_thread(engine.inside.wait, 5)
            opening.cancel()
        assert ears.in_use == 0
        slow.go.set()
        ears.close()

    asyncio.run(left())
    assert slow.order == ["closed"]
