"""The laws of voices: recordings first, the next voice where one fails, and nothing of a caller on disk."""

import asyncio
from pathlib import Path

import pytest

from speech import audio, wav
from speech.audio import Pcm
from speech.cache import Cache
from speech.engines.hibari import HibariVoice
from speech.engines.optional import present
from speech.engines.pyttsx3 import Pyttsx3Voice, faults
from speech.hear import SpeechError
from speech.say import Speech
from speech.voices import PAUSE, REMEMBERED, Recorded, Voices


class Tone:
    """A voice whose sentences are as long as their text; broken where it is told to be."""

    def __init__(self, name: str, languages: tuple[str, ...] = ("en", "ko"), broken: bool = False) -> None:
        self.name = name
        self.languages = languages
        self.broken = broken
        self.said: list[tuple[str, str, float]] = []

    def say(self, text: str, language: str, pace: float) -> Pcm:
        self.said.append((text, language, pace))
        if self.broken:
            raise SpeechError(f"{self.name} broke")
        return b"\x10\x20" * len(text) * 10


def said(voices: Voices, *texts: str, language: str = "en", name: str = "", fixed: bool = False) -> list[Speech]:
    async def all_of_them() -> list[Speech]:
        return [await voices.say(text, language, name=name, fixed=fixed) for text in texts]

    try:
        return asyncio.run(all_of_them())
    finally:
        voices.close()


def test_the_first_voice_that_can_speaks_and_the_same_sentence_is_spoken_once() -> None:
    korean, both = Tone("korean", ("ko",)), Tone("both")
    first, second, third = said(Voices([korean, both]), "hello", "hello", "good bye")
    assert first is second
    assert (first.voice, len(third.pcm)) == ("both", 160)
    assert both.said == [("hello", "en", 1.0), ("good bye", "en", 1.0)]
    assert korean.said == []


def test_a_voice_that_fails_costs_the_next_one() -> None:
    assert said(Voices([Tone("first", broken=True), Tone("second")]), "hello")[0].voice == "second"


def test_no_voice_left_is_an_error_with_a_reason() -> None:
    with pytest.raises(SpeechError, match="second broke"):
        said(Voices([Tone("first", broken=True), Tone("second", broken=True)]), "hello")
    with pytest.raises(SpeechError, match="no voice on this machine speaks 'ko'"):
        said(Voices([Tone("english", ("en",))]), "네", language="ko")


def test_a_text_without_letters_is_a_short_pause() -> None:
    tone = Tone("tone")
    assert said(Voices([tone]), "...", "") == [Speech(PAUSE, "none")] * 2
    assert tone.said == []


def test_a_recording_of_the_site_comes_before_every_voice(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "greeting.wav").write_bytes(wav.write(b"\x01\x02" * 80))
    (tmp_path / "en" / "torn.wav").write_bytes(b"RIFF")
    recorded = Recorded(tmp_path)
    assert said(Voices([Tone("tone")], recorded=recorded), "hello", name="greeting") == [
        Speech(b"\x01\x02" * 80, "recorded")
    ]
    for name in ("other", "torn", "../en/greeting", "", "greeting/"):
        assert said(Voices([Tone("tone")], recorded=recorded), "hello", name=name)[0].voice == "tone"
    assert [file.name for file in recorded.broken()] == ["torn.wav"]


def test_only_fixed_sentences_are_kept_on_disk_and_found_again(tmp_path: Path) -> None:
    cache, first, second = Cache(tmp_path / "sounds"), Tone("tone"), Tone("tone")
    said(Voices([first], cache=cache), "your order, Mina, is on its way")
    assert list(tmp_path.rglob("*.wav")) == []
    kept = said(Voices([first], cache=cache), "hello", fixed=True)
    assert said(Voices([second], cache=cache), "hello", fixed=True) == kept
    assert second.said == []
    assert len(list(tmp_path.rglob("*"))) == 3


def test_a_cache_file_that_was_cut_off_is_spoken_again(tmp_path: Path) -> None:
    said(Voices([Tone("tone")], cache=Cache(tmp_path)), "hello", fixed=True)
    (file,) = tmp_path.rglob("*.wav")
    file.write_bytes(file.read_bytes()[:20])
    again = Tone("tone")
    said(Voices([again], cache=Cache(tmp_path)), "hello", fixed=True)
    assert len(again.said) == 1


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "sounds").write_text("a file where a folder should be")
    assert said(Voices([Tone("tone")], cache=Cache(tmp_path / "sounds")), "hello", fixed=True)[0].voice == "tone"


def test_memory_is_bounded() -> None:
    tone = Tone("tone")
    said(Voices([tone]), "zero", *(f"sentence {number}" for number in range(REMEMBERED)), "zero")
    assert [text for text, _, _ in tone.said].count("zero") == 2


@pytest.mark.parametrize(
    ("pcm", "problem"),
    [(b"", "no sound"), (bytes(16_000), "silent"), (b"\x10\x20" * 4_000, ""), (b"\x10\x20", "no sound")],
)
def test_what_is_no_voice_is_told_from_what_is_one(pcm: Pcm, problem: str) -> None:
    assert problem in faults(pcm)
    assert bool(faults(pcm)) == bool(problem)


@pytest.mark.engines
@pytest.mark.skipif(
    not (present("pyttsx3") and present("espeakng_loader")),
    reason="no voice is installed; `pip install 'holdless[voices]'` brings one",
)
def test_pyttsx3_speaks_both_languages_at_the_pace_it_is_asked_for() -> None:
    voice = Pyttsx3Voice()
    try:
        usual = voice.say("Welcome to the shop. How can I help?", "en", 1.0)
        quick = voice.say("Welcome to the shop. How can I help?", "en", 1.4)
        korean = voice.say("안녕하세요. 무엇을 도와 드릴까요?", "ko", 1.0)
        assert all(-35 < audio.level(pcm) < -10 for pcm in (usual, quick, korean))
        assert audio.seconds(quick) < 0.8 * audio.seconds(usual)
        lengths = {round(audio.seconds(voice.say("five", "en", 1.0)), 2) for _ in range(10)}
        assert len(lengths) == 1
        with pytest.raises(SpeechError, match="silent"):
            voice.say("...", "en", 1.0)
        with pytest.raises(SpeechError, match="no voice for 'fr'"):
            voice.say("bonjour", "fr", 1.0)
    finally:
        voice.close()


@pytest.mark.engines
@pytest.mark.skipif(not present("hibari"), reason="hibari is not installed; `pip install 'holdless[hibari]'` brings it")
def test_hibari_speaks_english_the_same_each_time() -> None:
    voice = HibariVoice()
    first = voice.say("Where is my order?", "en", 1.0)
    assert voice.say("Where is my order?", "en", 1.0) == first
    assert 0.8 < audio.seconds(first) < 3.0
    with pytest.raises(SpeechError):
        voice.say("네", "ko", 1.0)
