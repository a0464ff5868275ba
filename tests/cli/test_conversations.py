"""Written conversations: slips in them are named with their line, and their clock is the site's and goes on."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.cli.site import DEMO
from ivr.simulate.network import length

GOOD = """\
- test: the hours
  at: 2026-03-02 10:00
  agents: {mina: free}
  call:
    - we say: welcome
    - we ask: help
    - caller presses: "2"
    - we say: {node: opening, has: Monday}
    - caller hangs up
  ends: resolved opening_hours
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("tests"))
    (folder / "tests").mkdir()
    return folder


def told(shop: Path, text: str, *words: str) -> tuple[int, str]:
    (shop / "tests" / "one.yaml").write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(app, [*words, str(shop)])
    return answer.exit_code, answer.output


@pytest.mark.parametrize("command", ["check", "test"])
@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("we ask: help", "we ask: hlep", "tests/one.yaml:6: no node named 'hlep'; did you mean 'help'?"),
        ("node: opening", "node: zzz", "tests/one.yaml:8: no node named 'zzz'"),
        ("caller presses", "caller pressed", "7: 'caller pressed' is no step; did you mean 'caller presses'?"),
        ("{mina:", "{minna:", "no agent named 'minna'; did you mean 'mina'?"),
        ("ends: resolved", "end: resolved", "tests/one.yaml:10: a test has no 'end'; did you mean 'ends'?"),
        ("ends: resolved", "ends: resovled", "10: a call never ends 'resovled'; did you mean 'resolved'?"),
        ("opening_hours", "openinghours", "10: no intent named 'openinghours'; did you mean 'opening_hours'?"),
        ("    - we ask", "\t- we ask", "tests/one.yaml:6: a tab; indent with spaces"),
    ],
)
def test_a_slip_in_a_test_is_named(shop: Path, command: str, before: str, after: str, sentence: str) -> None:
    assert GOOD.count(before) == 1
    code, screen = told(shop, GOOD.replace(before, after), command)
    assert (code, sentence in screen) == (1, True), screen


def test_a_good_test_is_played_and_checked(shop: Path) -> None:
    assert told(shop, GOOD, "check")[0] == 0
    code, screen = told(shop, GOOD, "test")
    assert (code, "1 as written, 0 not." in screen) == (0, True), screen


def test_a_test_in_another_encoding_is_named(shop: Path) -> None:
    (shop / "tests" / "two.yaml").write_bytes(GOOD.replace("the hours", "영업시간").encode("cp949"))
    code, screen = told(shop, GOOD, "check")
    assert (code, "tests/two.yaml:1: this is not UTF-8" in screen) == (1, True), screen


def test_the_clock_of_a_failed_test_is_the_sites_and_goes_on(shop: Path) -> None:
    code, screen = told(shop, GOOD.replace("has: Monday", "has: nowhere"), "test")
    times = [line.split()[0] for line in screen.splitlines() if "we say" in line]
    assert code == 1
    assert times[0] == "10:00:00"
    assert len(set(times)) == len(times) == len(sorted(times)) > 2


@pytest.mark.parametrize(("text", "seconds"), [("a" * 30, 2.0), ("가" * 14, 2.0), ("", 0.0)])
def test_how_long_a_sentence_takes(text: str, seconds: float) -> None:
    assert length(text) == pytest.approx(timedelta(seconds=seconds), abs=timedelta(milliseconds=1))


def test_the_example_of_the_reference_goes_as_written(shop: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")
    example = text.partition("## Tests")[2].partition("```yaml\n")[2].partition("```")[0]
    assert told(shop, example, "check")[0] == 0
    code, screen = told(shop, example, "test")
    assert (code, "1 as written, 0 not." in screen) == (0, True), screen
