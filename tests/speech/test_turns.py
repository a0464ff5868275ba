"""The laws of turns: every turn ends, silence begins none, and time is the sound's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import Pcm, decode, encode
from speech.engines.webrtc import gate
from speech.turns import FRAME, PACES, STANDS_OUT, Began, Ended, Turns

from .recordings import ABSENT, FOLDER, recording, recordings

QUIET, VOICE = 8.0, 6_000.0
NEWS = list[Began | Ended]


def noise(seconds: float, height: float, seed: int = 1) -> Pcm:
    """White noise as it leaves a telephone line."""
    values = np.random.default_rng(seed).normal(0, height, round(seconds / FRAME) * 160)
    return decode(encode(np.clip(values, -32_000, 32_000).astype("<i2").tobytes()))


def talk(*parts: tuple[float, float]) -> Pcm:
    """Parts of (seconds, height)."""
    return b"".join(noise(seconds, height, seed) for seed, (seconds, height) in enumerate(parts))


def played(pcm: Pcm, kind: str = "choices", *, speaking: bool = False, text: str = "") -> NEWS:
    turns, found = Turns(None), []
    for start in range(0, len(pcm) - 319, 320):
        news = turns.frame(pcm[start : start + 320], PACES[kind], speaking=speaking)  # type: ignore[index]
        if news is not None:
            found.append(news)
        if turns.talking and text:
            turns.partial(text)
    return found


def test_a_sentence_is_one_turn_that_begins_before_it_and_ends_after_its_hang_over() -> None:
    began, ended = played(talk((1.0, QUIET), (0.8, VOICE), (2.0, QUIET)))
    assert isinstance(began, Began)
    assert began.at == pytest.approx(0.7)
    assert isinstance(ended, Ended)
    assert ended.why == "quiet"
    assert ended.last == pytest.approx(1.8, abs=0.03)
    assert ended.at == pytest.approx(2.4, abs=0.03)


@pytest.mark.parametrize(("kind", "turns"), [("yes_no", 2), ("choices", 2), ("free", 1), ("digits", 1)])
def test_who_reads_a_number_out_may_pause_longer_than_who_says_yes(kind: str, turns: int) -> None:
    news = played(talk((1.0, QUIET), (0.5, VOICE), (0.7, QUIET), (0.5, VOICE), (2.0, QUIET)), kind)
    assert [type(one) for one in news] == [Began, Ended] * turns


@pytest.mark.parametrize("height", [0.0, QUIET, 60.0, 400.0, 3_000.0])
def test_even_noise_begins_no_turn_that_lasts(height: float) -> None:
    pcm = talk((8.0, height))
    news = played(pcm)
    assert len(news) <= 2
    assert not any(isinstance(one, Began) and one.at > 1.0 for one in news)


def test_a_short_sound_stops_us_only_when_we_are_silent() -> None:
    click = talk((1.0, QUIET), (0.12, VOICE), (2.0, QUIET))
    assert len(played(click)) == 2
    assert played(click, speaking=True) == []
    assert len(played(talk((1.0, QUIET), (0.4, VOICE), (2.0, QUIET)), speaking=True)) == 2


def test_a_text_that_stands_still_ends_a_turn_that_noise_keeps_open() -> None:
    bumpy = talk((1.0, QUIET), *[(0.4, VOICE), (0.2, QUIET)] * 12)
    assert [one.why for one in played(bumpy) if isinstance(one, Ended)][:1] == []
    still = next(one for one in played(bumpy, text="an order") if isinstance(one, Ended))
    assert still.why == "still"
    assert still.at == pytest.approx(1.08 + 1.2, abs=0.05)


def test_the_longest_utterance_ends_what_nothing_else_does() -> None:
    endless = talk((1.0, QUIET), *[(0.4, VOICE), (0.2, QUIET)] * 20)
    ended = next(one for one in played(endless) if isinstance(one, Ended))
    assert ended.why == "longest"
    assert ended.at == pytest.approx(0.7 + 10.0, abs=0.05)


def test_a_turn_that_is_forgotten_never_ends() -> None:
    turns = Turns(None)
    for start in range(0, 48_000, 320):
        news = turns.frame(talk((1.0, QUIET), (2.0, VOICE))[start : start + 320], PACES["choices"])
        assert not isinstance(news, Ended)
        if isinstance(news, Began):
            turns.forget()
            assert not turns.talking
            break
    else:
        pytest.fail("no turn began")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.02, 2.0), st.sampled_from([0.0, QUIET, 100.0, 900.0, VOICE])), max_size=8),
    st.sampled_from(sorted(PACES)),
)
def test_turns_alternate_in_order_and_none_outlasts_its_limit(parts: list[tuple[float, float]], kind: str) -> None:
    pace = PACES[kind]  # type: ignore[index]
    news = played(talk((0.5, QUIET), *parts, (pace.hang_over + 1.0, 0.0)), kind)
    assert [type(one) for one in news] == [Began, Ended] * (len(news) // 2)
    for began, ended in zip(news[::2], news[1::2], strict=True):
        assert isinstance(began, Began)
        assert isinstance(ended, Ended)
        assert 0 <= began.at <= ended.last <= ended.at
        assert ended.at - began.at <= pace.longest + FRAME


@pytest.mark.skipif(FOLDER is None, reason=ABSENT)
def test_people_on_a_line_are_cut_off_never_and_waited_for_no_longer_than_the_hang_over() -> None:
    for one in (
        "leopard/test.wav",
        "leopard/test_ko.wav",
        "psphinx/card_001.wav",
    ):
        pcm = recording(one)
        news = played(noise(1.0, QUIET) + pcm + noise(4.0, QUIET), "digits")
        assert [type(each) for each in news] == [Began, Ended], one
        assert isinstance(news[1], Ended)
        assert 1.0 < news[1].last <= 1.02 + len(pcm) / 16_000
        assert news[1].at - news[1].last == pytest.approx(PACES["digits"].hang_over, abs=0.02)


def test_speech_must_stand_out_of_the_floor() -> None:
    louder = talk((2.0, 500.0), (0.5, 500.0 * 10 ** ((STANDS_OUT - 4) / 20)), (2.0, 500.0))
    assert not [one for one in played(louder) if isinstance(one, Began) and one.at > 1.0]
    much_louder = talk((2.0, 500.0), (0.5, 500.0 * 10 ** ((STANDS_OUT + 6) / 20)), (2.0, 500.0))
    assert [one for one in played(much_louder) if isinstance(one, Began) and one.at > 1.0]


@pytest.mark.engines
@pytest.mark.skipif(FOLDER is None, reason=ABSENT)
@pytest.mark.skipif(gate() is None, reason="webrtcvad is missing; `pip install 'holdless[ears]'` brings it")
def test_the_gate_knows_a_voice_and_leaves_digits_whole() -> None:
    missed = 0
    for one in recordings("fsdd")[:40]:
        turns, found = Turns(gate()), False
        pcm = noise(1.0, QUIET) + recording(one.path) + noise(1.0, QUIET)
        for start in range(0, len(pcm) - 319, 320):
            found |= isinstance(turns.frame(pcm[start : start + 320], PACES["yes_no"]), Ended)
        missed += not found
    assert missed <= 1
    turns, pcm = Turns(gate()), noise(5.0, QUIET)
    assert not any(turns.frame(pcm[start : start + 320], PACES["yes_no"]) for start in range(0, len(pcm), 320))
