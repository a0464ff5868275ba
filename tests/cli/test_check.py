"""`holdless check`, `fallback`, `doctor`, `migrate`: what a shell and a person get from them."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.cli.site import DEMO


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the demo site that a test may spoil."""
    folder = tmp_path / "shop"
    shutil.copytree(DEMO, folder)
    return folder


def spoil(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_a_clean_site_is_ready() -> None:
    answer = CliRunner().invoke(app, ["check", str(DEMO)])
    assert (answer.exit_code, "0 errors" in answer.output or "no problems" in answer.output) == (0, True)


def test_a_typo_is_named_by_file_and_line_with_the_right_word(shop: Path) -> None:
    spoil(shop / "segments.yaml", "{generation: boomer_or_older}", "{generation: gen_zz}")
    answer = CliRunner().invoke(app, ["check", str(shop)])
    line = next(line for line in answer.output.splitlines() if line.startswith("segments.yaml:"))
    assert answer.exit_code == 1
    assert "gen_zz" in line
    assert "did you mean 'gen_z'" in line


def test_problems_as_json(shop: Path) -> None:
    spoil(shop / "flows" / "support.yaml", "then: which_order}", "then: wich_order}")
    answer = CliRunner().invoke(app, ["check", str(shop), "--json"])
    problems = [json.loads(line) for line in answer.output.splitlines()]
    assert answer.exit_code == 1
    assert {"file", "line", "level", "text"} == set(problems[0])
    assert any("wich_order" in problem["text"] and problem["level"] == "error" for problem in problems)


def test_a_folder_that_is_not_there_is_a_misspelt_command() -> None:
    assert CliRunner().invoke(app, ["check", "no/such/folder"]).exit_code == 2


def test_a_site_with_an_error_takes_no_calls(shop: Path) -> None:
    spoil(shop / "segments.yaml", "{generation: boomer_or_older}", "{generation: gen_zz}")
    answer = CliRunner().invoke(app, ["call", str(shop), "--press", "1"])
    assert answer.exit_code == 1
    assert "is not ready for calls: segments.yaml:" in answer.output


def test_the_outage_documents_are_printed_or_written(tmp_path: Path) -> None:
    address = ["--public-url", "https://phone.example.com"]
    printed = CliRunner().invoke(app, ["fallback", str(DEMO), *address])
    written = CliRunner().invoke(app, ["fallback", str(DEMO), *address, "--out", str(tmp_path / "public")])
    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert "https://phone.example.com/twilio/resume" in printed.output
    assert (tmp_path / "public" / "fallback.xml").read_text(encoding="utf-8") in printed.output


def test_the_doctor_finds_the_embedded_defaults() -> None:
    answer = CliRunner().invoke(app, ["doctor"])
    assert (answer.exit_code, "`holdless demo` will run" in answer.output) == (0, True)


def test_the_doctor_says_when_the_database_does_not_answer() -> None:
    where = {"HOLDLESS_DATABASE_URL": "postgresql+psycopg://somebody:secret@127.0.0.1:1/nothing"}
    answer = CliRunner().invoke(app, ["doctor"], env=where)
    assert answer.exit_code == 1
    assert "does not answer" in answer.output
    assert "secret" not in answer.output


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    where = ["--database", f"sqlite:///{tmp_path / 'line.db'}"]
    first, again = (CliRunner().invoke(app, ["migrate", *where]) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "is ready" in again.output


def test_why_without_a_database_says_the_way_out(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["why", "last", "--database", f"sqlite:///{tmp_path / 'none.db'}"])
    assert answer.exit_code == 3
    assert "There is no database at" in answer.output


def test_why_of_an_unknown_call_names_it(tmp_path: Path) -> None:
    where = ["--database", f"sqlite:///{tmp_path / 'line.db'}"]
    CliRunner().invoke(app, ["migrate", *where])
    answer = CliRunner().invoke(app, ["why", "CA1", *where])
    assert (answer.exit_code, "no call 'CA1'" in answer.output) == (1, True)


def test_an_agent_without_a_server_is_told_how_to_get_one() -> None:
    answer = CliRunner().invoke(app, ["agent", "mina", "--server", "http://127.0.0.1:1"])
    assert answer.exit_code == 3
    assert "holdless call" in answer.output
