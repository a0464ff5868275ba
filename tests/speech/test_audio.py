"""The laws of telephone sound: what a line does to it, and nothing more."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech import audio, wav

PCM = st.lists(st.integers(-32_768, 32_767), max_size=400).map(lambda values: np.array(values, dtype="<i2").tobytes())
KNOWN = [(0, 0xFF), (-1, 0x7F), (8, 0xFE), (-8, 0x7E), (1000, 0xCE), (-1000, 0x4E), (32_767, 0x80), (-32_768, 0x00)]
"""Samples and their codes, as ITU-T's reference coder (G.191) and `audioop` give them."""


def tone(hertz: float, seconds: float, rate: int = audio.RATE, height: float = 10_000) -> bytes:
    moments = np.arange(int(seconds * rate)) / rate
    wave: bytes = np.rint(height * np.sin(2 * np.pi * hertz * moments)).astype("<i2").tobytes()
    return wave


@pytest.mark.parametrize(("sample", "code"), KNOWN)
def test_codes_are_those_of_the_standard(sample: int, code: int) -> None:
    assert audio.encode(np.array([sample], dtype="<i2").tobytes()) == bytes([code])


def test_every_code_but_minus_zero_comes_back() -> None:
    codes = bytes(range(256))
    back = audio.encode(audio.decode(codes))
    assert [code for code in codes if back[code] != code] == [0x7F]
    assert back[0x7F] == audio.SILENCE


@given(PCM)
def test_the_line_errs_by_no_more_than_half_a_step(pcm: bytes) -> None:
    sent = audio.samples(pcm).astype(int)
    came = audio.samples(audio.decode(audio.encode(pcm))).astype(int)
    heights = np.minimum(np.abs(sent), 32_635)
    steps = 2.0 ** (np.floor(np.log2(heights + 132)) - 4)
    assert np.all(np.abs(np.abs(came) - heights) <= steps / 2 + 1)
    assert np.all(came * sent >= 0)


@given(st.binary(max_size=1_000))
def test_frames_are_160_bytes_and_lose_nothing(ulaw: bytes) -> None:
    cut = list(audio.frames(ulaw))
    assert all(len(frame) == audio.FRAME_BYTES for frame in cut)
    assert b"".join(cut)[: len(ulaw)] == ulaw
    assert set(b"".join(cut)[len(ulaw) :]) <= {audio.SILENCE}


@given(PCM, st.lists(st.integers(0, 400), max_size=5))
def test_widening_is_the_same_however_the_sound_is_cut(pcm: bytes, places: list[int]) -> None:
    cuts = [0, *sorted(min(place * 2, len(pcm)) for place in places), len(pcm)]
    widener = audio.Widener()
    pieces = [widener.widen(pcm[start:end]) for start, end in pairwise(cuts)]
    assert b"".join(pieces) == audio.widened(pcm)
    assert len(audio.widened(pcm)) == 2 * len(pcm)


def test_levels() -> None:
    assert audio.level(b"") == audio.level(bytes(320)) == audio.FLOOR
    assert audio.level(tone(400, 1, height=32_767)) == pytest.approx(10 * math.log10(0.5), abs=0.01)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100])
def test_a_wav_of_any_rate_keeps_its_length_and_its_tone(rate: int) -> None:
    heard = wav.read(wav.write(tone(1_000, 0.5, rate), rate))
    assert audio.seconds(heard) == pytest.approx(0.5, abs=0.001)
    spectrum = np.abs(np.fft.rfft(audio.samples(heard)))
    assert int(spectrum.argmax()) * audio.RATE / len(audio.samples(heard)) == pytest.approx(1_000, abs=3)
    assert audio.level(heard) == pytest.approx(audio.level(tone(1_000, 0.5)), abs=0.3)


def test_what_a_line_cannot_carry_does_not_come_back_as_another_tone() -> None:
    heard = wav.read(wav.write(tone(6_000, 0.5, 22_050), 22_050))
    assert audio.level(heard[800:-800]) < audio.level(tone(6_000, 0.5, 22_050)) - 40


def test_two_channels_and_long_headers_are_read() -> None:
    left = audio.samples(tone(500, 0.1)).astype(int)
    both = np.stack([left, np.zeros_like(left)], axis=1).astype("<i2").tobytes()
    head = (
        wav._FORMAT.pack(0xFFFE, 2, 8_000, 32_000, 4, 16)
        + b"\x16\x00\x10\x00\x03\x00\x00\x00"
        + b"\x01\x00"
        + bytes(14)
    )
    body = b"fmt " + len(head).to_bytes(4, "little") + head + b"data" + len(both).to_bytes(4, "little") + both
    heard = wav.read(b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WAVE" + body)
    assert np.max(np.abs(audio.samples(heard) - left / 2)) <= 1


@given(st.binary(max_size=80))
def test_what_is_no_wav_is_refused(data: bytes) -> None:
    with pytest.raises(wav.BadWav):
        wav.read(data)


@given(st.integers(0, 63))
def test_a_wav_that_was_cut_off_is_read_as_far_as_it_goes_or_refused(length: int) -> None:
    whole = wav.write(tone(500, 0.001) + bytes(4))[:length]
    if length < 44:
        with pytest.raises(wav.BadWav):
            wav.read(whole)
    else:
        assert len(wav.read(whole)) == (length - 44) // 2 * 2
