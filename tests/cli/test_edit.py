"""The guided edit believes what the watcher did: the right change is right, and whatever else happens is a sentence."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.cli.edit import AFTER, BEFORE, TYPO, edited
from ivr.cli.screen import OUT
from ivr.cli.site import DEMO, read

Hand = Callable[[Path], str]
"""What a watcher does to the file before Enter, and what is typed at the prompt."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(DEMO, folder)
    return folder


def nothing(rules: Path) -> str:
    return ""


def words(rules: Path) -> str:
    return "if: {generation: gen_z}"


def remove(rules: Path) -> str:
    rules.unlink()
    return ""


def replace_by_a_folder(rules: Path) -> str:
    rules.unlink()
    rules.mkdir()
    return ""


def save_as_cp949(rules: Path) -> str:
    rules.write_bytes("# 규칙\n".encode("cp949"))
    return ""


def write(*lines: str) -> Hand:
    def hand(rules: Path) -> str:
        text = (DEMO / rules.name).read_text(encoding="utf-8")
        for before, after in zip(BEFORE, lines, strict=True):
            text = text.replace(before, after)
        rules.write_text(text, encoding="utf-8")
        return ""

    return hand


def played(shop: Path, *hands: Hand) -> tuple[bool, str]:
    """Whether the checker refused, and the screen. Every hand must be asked for, and none more often."""
    left: Iterator[Hand] = iter(hands)

    def ask(question: str) -> str:
        OUT.print(question)
        return next(left)(shop / "segments.yaml")

    with OUT.capture() as screen:
        refused = edited(shop, ask)
    assert next(left, None) is None
    return refused, screen.get()


def first_rule(shop: Path) -> tuple[str, object]:
    rule = read(shop).segments.rules[0]
    return rule.name, rule.if_["generation"]


def test_enter_alone_has_everything_done(shop: Path) -> None:
    refused, screen = played(shop, nothing, nothing)
    assert refused and "did you mean 'gen_z'" in screen
    assert screen.count("done for you:") == 2
    assert first_rule(shop) == ("younger", "gen_z")


@pytest.mark.parametrize("name", ["- name: older", "- name: younger"])
def test_the_right_change_made_at_once_is_right(shop: Path, name: str) -> None:
    refused, screen = played(shop, write(name, AFTER[1]))
    assert not refused
    assert "right as it is" in screen
    assert "Mend it" not in screen and "done for you:" not in screen
    assert first_rule(shop) == (name.partition(": ")[2], "gen_z")


def test_the_watchers_own_typo_is_refused_and_their_own_mending_taken(shop: Path) -> None:
    refused, screen = played(shop, write(*TYPO), write(*AFTER))
    assert refused
    assert "done for you:" not in screen
    assert first_rule(shop) == ("younger", "gen_z")


def test_words_at_the_prompt_are_sent_to_the_editor(shop: Path) -> None:
    _, screen = played(shop, words, write(*TYPO), words, nothing)
    assert screen.count("Make the change in your editor") == 2
    assert first_rule(shop) == ("younger", "gen_z")


@pytest.mark.parametrize("loss", [remove, replace_by_a_folder])
def test_a_file_that_is_gone_is_put_back_and_said(shop: Path, loss: Hand) -> None:
    _, screen = played(shop, loss, nothing, loss, nothing)
    assert screen.count("it is there again as it came") == 2
    assert first_rule(shop) == ("younger", "gen_z")


def test_a_file_in_another_encoding_is_refused_like_any_typo(shop: Path) -> None:
    refused, screen = played(shop, save_as_cp949, nothing)
    assert refused
    assert "segments.yaml:1: this is not UTF-8" in screen
    assert first_rule(shop) == ("younger", "gen_z")


def test_whoever_never_mends_it_has_it_mended(shop: Path) -> None:
    slips = [write("- name: a", f"if: {{generation: gen_{letter}}}") for letter in "abcde"]
    refused, _ = played(shop, write(*TYPO), *slips)
    assert refused
    assert first_rule(shop) == ("younger", "gen_z")
