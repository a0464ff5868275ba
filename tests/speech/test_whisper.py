"""English by Whisper, with the real model and people's voices."""

import pytest

from speech.audio import widened
from speech.engines.installed import whisper_folder
from speech.engines.optional import present
from speech.engines.whisper import WhisperRecognizer, once
from speech.hear import Hearing, Question, SpeechError

from .recordings import ABSENT, FOLDER, recording, recordings

SHOP = ("where is my order", "a person please", "i want my money back", "yes", "no", "go back")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Seven of clubs. Seven of clubs. Seven of", "Seven of clubs."),
        ("5 5 5 5", "5"),
        ("five of five", "five of five"),
        ("no no, no. No", "no"),
        ("where is my order", "where is my order"),
        ("", ""),
    ],
)
def test_what_is_repeated_was_said_once(text: str, said: str) -> None:
    assert once(text) == said


@pytest.mark.engines
@pytest.mark.skipif(
    not present("faster_whisper"), reason="faster-whisper is missing: `pip install 'holdless[whisper]'`"
)
@pytest.mark.skipif(FOLDER is None, reason=ABSENT)
def test_phrases_are_chosen_digits_are_figures_and_the_rest_is_dictated() -> None:
    folder = whisper_folder()
    assert folder is not None
    engine = WhisperRecognizer(folder, workers=1)
    engine.warm()

    def heard(path: str, question: Question) -> Hearing:
        ear = engine.open(question)
        ear.feed(widened(recording(path)))
        found = ear.finish()
        ear.close()
        with pytest.raises(SpeechError):
            ear.finish()
        return found

    chosen = heard("psphinx/card_001.wav", Question("choices", "en", (*SHOP, "ten of clubs")))
    assert (chosen.text, chosen.mode, chosen.engine) == ("ten of clubs", "grammar", "whisper")
    assert chosen.confidence is not None
    assert chosen.confidence > 0.9
    outside = heard("psphinx/card_001.wav", Question("choices", "en", SHOP))
    assert (outside.mode, outside.confidence) == ("free", None)
    assert "clubs" in outside.text
    free = heard("leopard/test.wav", Question("free", "en"))
    assert "apostle of the middle classes" in free.text

    some = recordings("fsdd")[:20]
    right = [heard(one.path, Question("choices", "en", DIGITS)).text == one.transcript for one in some]
    assert sum(right) >= 18

    quiet = engine.open(Question("choices", "en", SHOP))
    quiet.feed(bytes(64_000))
    assert quiet.finish().text == ""
    with pytest.raises(SpeechError, match="hears English, not 'ko'"):
        engine.open(Question("free", "ko"))
