"""Sound as numbers, and as a function of time: µ-law, WAV files, tones, tracks, mixes."""

import io
import wave
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.playback import Playback
from exchange.sound import (
    BadSound,
    Samples,
    decode,
    encode,
    loudest_frequency,
    loudness,
    mix,
    read_wav,
    strength,
    tone,
    write_wav,
)
from exchange.track import MUSIC, Handset, Mix, Recorded, Track

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def level(value: int, count: int) -> Samples:
    return np.full(count, value, np.int16)


@pytest.mark.parametrize(
    ("code", "sample"), [(0xFF, 0), (0x7F, 0), (0x00, -32124), (0x80, 32124), (0xFE, 8), (0x8F, 16764)]
)
def test_mulaw_has_the_standards_values(code: int, sample: int) -> None:
    """G.711, table 2a, scaled to 16 bits."""
    assert decode(bytes([code]))[0] == sample


def test_every_code_comes_back() -> None:
    codes = bytes(range(256))
    again = encode(decode(codes))
    assert [n for n in range(256) if again[n] != n] == [0x7F]  # minus zero is zero


@given(st.integers(-32768, 32767))
def test_mulaw_is_off_by_a_thirtieth_at_most(sample: int) -> None:
    back = int(decode(encode(np.array([sample], np.int16)))[0])
    assert abs(back - sample) <= max(4, abs(sample) / 30 + 4) or abs(sample) > 32124


def wav(samples: Samples, rate: int, channels: int = 1, width: int = 2) -> bytes:
    """As the standard library writes it."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        wide = np.repeat(samples, channels)
        file.writeframes(((wide >> 8) + 128).astype(np.uint8).tobytes() if width == 1 else wide.tobytes())
    return data.getvalue()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100])
@pytest.mark.parametrize(("channels", "width"), [(1, 2), (2, 2), (1, 1)])
def test_a_wav_file_keeps_its_tone_and_length(rate: int, channels: int, width: int) -> None:
    moments = np.arange(rate) / rate
    sine = (8000 * np.sin(2 * np.pi * 700 * moments)).astype(np.int16)
    samples = read_wav(wav(sine, rate, channels, width))
    assert len(samples) == 8000
    assert loudest_frequency(samples) == 700
    assert strength(samples, 700) == pytest.approx(-12.2, abs=0.3)


def test_what_lies_above_the_line_does_not_fold_back() -> None:
    moments = np.arange(16000) / 16000
    samples = read_wav(wav((8000 * np.sin(2 * np.pi * 6000 * moments)).astype(np.int16), 16000))
    assert loudness(samples[200:-200]) < -50


@pytest.mark.parametrize("data", [b"", b"ID3", b"RIFF\0\0\0\0WAVE", wav(level(1, 10), 8000)[:30]])
def test_what_is_no_wav_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadSound):
        read_wav(data)


def test_what_is_written_is_read_again() -> None:
    samples = tone([440], 0.1, -20)
    assert (read_wav(write_wav([samples])) == samples).all()
    assert write_wav([samples, samples])[22] == 2


def test_a_sum_is_clipped_and_does_not_wrap() -> None:
    assert mix([level(30000, 2), level(30000, 2)], 2).tolist() == [32767, 32767]
    assert mix([], 3).tolist() == [0, 0, 0]


spans = st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(-9000, 9000))


@given(st.lists(spans, max_size=5), st.integers(0, 60), st.integers(1, 60))
def test_a_track_reads_the_sum_of_its_pieces(pieces: list[tuple[int, int, int]], start: int, count: int) -> None:
    track, whole = Track(), np.zeros(200, np.int64)
    for at, length, value in pieces:
        track.add(Recorded(level(value, length)), at, length)
        whole[at : at + length] += value
    expected = np.clip(whole, -32768, 32767)[start : start + count]
    assert track.read(start, start + count).tolist() == expected.tolist()


def test_a_cut_piece_ends_and_reading_in_parts_is_reading_at_once() -> None:
    track = Track()
    track.add(MUSIC, 100, 8000).cut(500)
    whole = track.read(0, 1000)
    assert not whole[500:].any()
    assert whole[100:500].any()
    parts = np.concatenate([track.read(at, at + 160) for at in range(0, 960, 160)])
    assert parts.tolist() == whole[:960].tolist()


def test_a_mix_changes_whom_it_hears() -> None:
    one, two, chosen = Track(), Track(), Mix()
    one.add(Recorded(level(1, 100)), 0, 100)
    two.add(Recorded(level(2, 100)), 0, 100)
    chosen.choose(10, [one])
    chosen.choose(20, [one, two])
    chosen.choose(30, [])
    heard = chosen.read(0, 40)
    assert heard.tolist() == [0] * 10 + [1] * 10 + [3] * 10 + [0] * 10


def test_a_leg_hears_its_earpiece_and_those_it_is_joined_to_and_not_itself() -> None:
    mine, other = Handset(), Handset()
    mine.mouth.add(Recorded(level(1, 10)), 0, 10)
    mine.earpiece.add(Recorded(level(10, 10)), 0, 10)
    other.mouth.add(Recorded(level(100, 10)), 0, 10)
    mine.listen_to(5, [other])
    assert mine.hearing.read(4, 6).tolist() == [10, 110]
    assert mine.both.read(4, 6).tolist() == [11, 111]


@given(st.lists(st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(1, 60))), max_size=12))
def test_a_playing_buffer_plays_in_order_and_drops_on_clear(script: list[tuple[int, int | None]]) -> None:
    """Against a list of what is to be heard at each sample; None is a clear, a number so much audio."""

    def position(moment: datetime) -> int:
        return (moment - START) // timedelta(microseconds=125)

    track = Track()
    playback = Playback(track, position)
    expected: dict[int, int] = {}
    now = end = 0
    for number, (wait, count) in enumerate(script, 1):
        now += wait
        if count is None:
            playback.cut(START + timedelta(microseconds=125 * now))
            expected = {at: value for at, value in expected.items() if at < now}
            end = now
        else:
            end = max(end, now)
            playback.add(START + timedelta(microseconds=125 * end), level(number, count))
            expected.update({at: number for at in range(end, end + count)})
            end += count
    heard = track.read(0, 2000)
    assert {at: int(value) for at, value in enumerate(heard) if value} == expected
    runs = playback.finished(START + timedelta(seconds=1))
    assert sum(run.seconds for run in runs) == pytest.approx(len(expected) / 8000)
