"""A kept journal steps again: the same actions, or the first one that differs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.site import Site
from ivr.cli.journal import Row, as_json
from ivr.cli.main import app
from ivr.cli.site import DEMO, read
from ivr.flow.model import CallEnded, Caller, CallEvent, Facts, Pressed, QueueFacts, Speak, Started
from ivr.flow.step import begin, step

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FACTS = Facts({name: QueueFacts(open=True, full=False, wait=30.0) for name in ("care", "billing", "cards")})
STARTED = Started(Caller("+15550107700"), "+15550100100")


@pytest.fixture(scope="module")
def site() -> Site:
    return read(DEMO)


def history(site: Site, *presses: str) -> list[Row]:
    """The rows of a call that presses these keys and hangs up."""
    result = begin(site, "CA1", STARTED, FACTS, AT)
    rows = [Row(1, "call", "CA1", 1, "voice:CA1", AT, STARTED, FACTS, result.actions)]
    for number, keys in enumerate((*presses, None), 2):
        turn = result.state.turn
        event: CallEvent = CallEnded("completed") if keys is None else Pressed(turn, keys)
        at = AT + timedelta(seconds=10 * number)
        result = step(site, result.state, event, FACTS, at)
        rows.append(Row(number, "call", "CA1", number, f"cause:{number}", at, event, FACTS, result.actions))
    return rows


def kept(file: Path, site: Site, rows: list[Row]) -> Path:
    lines = [{"kind": "site", "hash": site.hash, "files": dict(site.files)}, *map(as_json, rows)]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return file


@pytest.mark.parametrize("presses", [("1", "10442", "2"), ("2", "2"), ("0",), ("*", "7", "9", "1")])
def test_every_action_is_the_same(tmp_path: Path, site: Site, presses: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, ["replay", str(kept(tmp_path / "call.jsonl", site, history(site, *presses)))])
    assert (answer.exit_code, "every action is the same" in answer.output) == (0, True), answer.output


def test_the_first_difference_is_shown(tmp_path: Path, site: Site) -> None:
    rows = history(site, "2", "2")
    changed = Row(2, "call", "CA1", 2, "cause:2", rows[1].at, rows[1].event, FACTS, (Speak("Hm.", "en", "x"),))
    answer = CliRunner().invoke(app, ["replay", str(kept(tmp_path / "call.jsonl", site, [rows[0], changed, rows[2]]))])
    assert answer.exit_code == 1
    assert "CA1, event 2 (Pressed, cause:2): action 1 differs" in answer.output
    assert "Hm." in answer.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no call with its site"),
        ("not json", ":1: this is not JSON"),
        ('{"kind": "call"}', ":1: this is no journal line"),
        ('{"kind": "site", "hash": "x", "files": {}}', "cannot be read by this version"),
    ],
)
def test_what_is_no_journal_is_said_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "call.jsonl"
    file.write_text(text, encoding="utf-8")
    answer = CliRunner().invoke(app, ["replay", str(file)])
    assert (answer.exit_code, sentence in answer.output) == (1, True), answer.output
