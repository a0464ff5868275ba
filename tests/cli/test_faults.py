"""What a person can get wrong is one sentence with the way out, and the exit code that the documents name."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli.main import app
from ivr.cli.outcome import Trouble
from ivr.cli.site import DEMO
from ivr.cli.stage import free_port, on_a_port

NOWHERE = "http://127.0.0.1:1"
SERVE = ("serve", str(DEMO), "--exchange", NOWHERE)


def told(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, words, env=environment)


@pytest.fixture
def letter(tmp_path: Path) -> str:
    """The address of a file that is no database."""
    file = tmp_path / "letter.db"
    file.write_text("Dear customer, " * 20)
    return f"sqlite:///{file}"


@pytest.mark.parametrize(
    ("words", "environment", "sentence"),
    [
        (("why", "last", "--database", "foo"), {}, "'foo' is no database's address; write sqlite:///FILE"),
        (("migrate", "--database", "mysql://a/b"), {}, "is no database's address"),
        ((*SERVE, "--database", "foo"), {}, "'foo' is no database's address"),
        ((*SERVE, "--port", "0", "--database", "sqlite:////proc/none/a.db"), {}, "No such file or directory"),
        (SERVE, {"HOLDLESS_PUBLIC_URL": "phone.example.com"}, "HOLDLESS_PUBLIC_URL cannot be used"),
        (SERVE, {"HOLDLESS_SHARED_KEYS": "{bad"}, "HOLDLESS_SHARED_KEYS is not JSON"),
        (SERVE, {"HOLDLESS_CALLS_PER_SECOND": "fast"}, "HOLDLESS_CALLS_PER_SECOND needs a number, not 'fast'"),
        (SERVE, {"HOLDLESS_LISTENING": "both"}, "HOLDLESS_LISTENING cannot be used"),
    ],
)
def test_what_cannot_start_says_why(words: tuple[str, ...], environment: dict[str, str], sentence: str) -> None:
    answer = told(*words, **environment)
    assert (answer.exit_code, sentence in answer.output) == (3, True), answer.output
    assert len(answer.output.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [("why", "last"), ("migrate",), (*SERVE, "--port", "0")])
def test_a_file_that_is_no_database(words: tuple[str, ...], letter: str) -> None:
    answer = told(*words, "--database", letter)
    assert (answer.exit_code, "file is not a database" in answer.output) == (3, True), answer.output


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize("words", [("why", "last"), ("migrate",)])
def test_every_form_of_a_postgresql_address_is_understood(scheme: str, words: tuple[str, ...]) -> None:
    answer = told(*words, "--database", f"{scheme}://somebody:secret@127.0.0.1:1/none")
    assert (answer.exit_code, "Connection refused" in answer.output) == (3, True), answer.output
    assert "secret" not in answer.output


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_a_port_that_is_taken_is_named(taken: int) -> None:
    answer = told(*SERVE, "--port", str(taken))
    assert (answer.exit_code, f"127.0.0.1:{taken} cannot be listened on" in answer.output) == (3, True), answer.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*SERVE, "--port", "80000"), "--port"),
        (("fallback", str(DEMO), "--public-url", "ftp://x"), "'ftp://x' is no web address"),
        (("fallback", str(DEMO), "--public-url", "https://a.example", "--static-url", "b"), "'b' is no web address"),
    ],
)
def test_a_misspelt_command(words: tuple[str, ...], sentence: str) -> None:
    answer = told(*words)
    assert (answer.exit_code, sentence in answer.output) == (2, True), answer.output


def test_a_language_that_no_number_speaks() -> None:
    answer = told("call", str(DEMO), "--language", "fr", "--hang-up")
    assert answer.exit_code == 1
    assert "No number of the site speaks 'fr'; its languages are en, ko." in answer.output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOLDLESS_CALLS_PER_SECOND", "fast"),
        ("HOLDLESS_PUBLIC_URL", "phone.example.com"),
        ("HOLDLESS_SHARED_KEYS", "{bad"),
        ("HOLDLESS_DATABASE_URL", "foo"),
    ],
)
def test_the_doctor_reads_the_settings_as_the_server_does(name: str, value: str) -> None:
    answer = told("doctor", **{name: value})
    assert (answer.exit_code, name in answer.output) == (1, True), answer.output


def test_what_looks_like_markup_or_an_emoji_is_printed_as_it_is(tmp_path: Path) -> None:
    site = tmp_path / "[red]shop"
    site.mkdir()
    lines = "\n" * 99 + "zzz: 1\n"
    for name, text in {"site.yaml": lines, "intents.yaml": ""}.items():
        (site / name).write_text(text)
    answer = told("check", str(site))
    assert "site.yaml:100: 'zzz' means nothing here" in answer.output
    assert "[red]shop: " in answer.output


def test_a_port_that_goes_to_somebody_else_meanwhile_is_left_for_another(taken: int) -> None:
    tried: list[int] = []

    def start(port: int) -> None:
        tried.append(port)
        if len(tried) == 1:
            blocker.bind(("127.0.0.1", port))
            blocker.listen()
            raise Trouble("The exchange did not start: address already in use")

    with socket.socket() as blocker:
        on_a_port(free_port(), start)
    assert len(set(tried)) == 2


def test_another_reason_is_not_tried_again() -> None:
    tried: list[int] = []

    def start(port: int) -> None:
        tried.append(port)
        raise Trouble("The server did not start: no disk")

    with pytest.raises(Trouble, match="no disk"):
        on_a_port(0, start)
    assert len(tried) == 1
