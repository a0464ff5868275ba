"""`holdless doctor`: what this machine has, what it lacks, and what to do about it."""

import importlib.metadata
import importlib.resources
import os
import re
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.database import first_line, place, plain
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.screen import OUT
from ivr.cli.settled import settled
from speech.engines.installed import parts

Verdict = Literal["ok", "missing", "later"]
COLOURS: dict[Verdict, str] = {"ok": "green", "missing": "red", "later": "yellow"}
NEED = re.compile(r"(?P<name>[\w.-]+)(\[[\w,-]+\])?(==(?P<version>[\d.]+?)(\.\*)?(?=\s|;|$))?")
"""A requirement as pyproject.toml writes them: a name, extras, and a version that ends in a star."""
SQLITE = (3, 35, 0)
"""RETURNING came with 3.35; claiming a due row needs it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `later` is not needed for the demo, but for a real line."""

    what: str
    verdict: Verdict
    text: str


def doctor() -> None:
    """Look at this machine and say what is missing and what to do.

    Ends with 0 when the embedded defaults work, with 1 when something that they need is missing.
    """
    table = Table("", "What", "What was found", box=None, pad_edge=False)
    findings = [finding for examine in EXAMINATIONS for finding in examine()]
    for finding in findings:
        table.add_row(Text(finding.verdict, COLOURS[finding.verdict]), finding.what, finding.text)
    OUT.print(table)
    if any(finding.verdict == "missing" for finding in findings):
        OUT.print("\nSomething that Holdless needs is missing; see above.", style="red")
        raise typer.Exit(Exit.PROBLEM)
    OUT.print("\nThe embedded defaults work on this machine: `holdless demo` will run.", style="green")


def python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= (3, 11):  # noqa: UP036 - somebody may start it with an older one all the same
        yield Finding("Python", "ok", version)
    else:
        yield Finding("Python", "missing", f"{version}; install 3.11 or later")


def packages() -> Iterator[Finding]:
    """Whether what pyproject.toml asks for is here, in the versions it asks for."""
    try:
        needs = importlib.metadata.requires("holdless") or []
    except importlib.metadata.PackageNotFoundError:
        yield Finding("packages", "later", "started from the source folder; `make install` sets up an environment")
        return
    wrong = [text for need in needs if "extra ==" not in need and (text := lacking(need))]
    if wrong:
        yield Finding("packages", "missing", f"{'; '.join(wrong)}. `make install` brings them.")
    else:
        yield Finding("packages", "ok", "all there, in the versions that the tests ran with")


def lacking(need: str) -> str:
    """What is wrong with one requirement such as 'rich==15.*'; empty when it is met."""
    match = NEED.match(need)
    if match is None:
        return ""
    name, wanted = match.group("name"), match.group("version")
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"{name} is not installed"
    fits = not wanted or f"{version}.".startswith(f"{wanted}.")
    return "" if fits else f"{name} is {version}, not {wanted}"


def sqlite() -> Iterator[Finding]:
    found = sqlite3.sqlite_version_info
    if found < SQLITE:
        yield Finding("SQLite", "missing", f"{sqlite3.sqlite_version}; 3.35 or later is needed: use a newer Python")
        return
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "trial.db")
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        connection.close()
    if mode == "wal":
        yield Finding("SQLite", "ok", sqlite3.sqlite_version)
    else:
        where = tempfile.gettempdir()
        yield Finding("SQLite", "missing", f"the disk of {where} cannot keep a write-ahead log; set TMPDIR to another")


def loopback() -> Iterator[Finding]:
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
    except OSError as fault:
        yield Finding("127.0.0.1", "missing", f"cannot listen on it ({fault}); the exchange and the server both do")
    else:
        yield Finding("127.0.0.1", "ok", "can listen")


def zones() -> Iterator[Finding]:
    try:
        ZoneInfo("Asia/Seoul")
    except ZoneInfoNotFoundError:
        yield Finding("time zones", "missing", "no time zone data; `pip install tzdata` brings it")
    else:
        yield Finding("time zones", "ok", "known")


def screen() -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding == "utf8":
        yield Finding("screen", "ok", f"{OUT.width} columns, UTF-8")
    else:
        yield Finding("screen", "later", f"{encoding or 'no encoding'}: Korean needs UTF-8; set PYTHONUTF8=1")


def demo_site() -> Iterator[Finding]:
    if importlib.resources.files("config").joinpath("demo", "site.yaml").is_file():
        yield Finding("demo site", "ok", "comes along")
    else:
        yield Finding("demo site", "missing", "config/demo is not installed; install Holdless again")


def database() -> Iterator[Finding]:
    url = os.environ.get("HOLDLESS_DATABASE_URL")
    if not url:
        yield Finding("database", "ok", "SQLite in a file; several processes need PostgreSQL in HOLDLESS_DATABASE_URL")
        return
    try:
        engine = create_engine(place(url))
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
    except Trouble as trouble:
        yield Finding("database", "missing", f"HOLDLESS_DATABASE_URL: {trouble.sentence}")
    except SQLAlchemyError as fault:
        why = first_line(fault)
        yield Finding("database", "missing", f"HOLDLESS_DATABASE_URL, {plain(url)}, does not answer: {why}")
    else:
        yield Finding("database", "ok", plain(url))


def settings() -> Iterator[Finding]:
    """Every HOLDLESS_ variable, read as the server reads it."""
    found = settled()
    if isinstance(found, list):
        yield from (Finding("settings", "missing", sentence) for sentence in found)
    else:
        yield Finding("settings", "ok", "can be used")


def line() -> Iterator[Finding]:
    """What a real telephone line needs; the demo needs none of it."""
    wanted = {
        "HOLDLESS_PUBLIC_URL": "the https address under which the carrier reaches this server",
        "HOLDLESS_ACCOUNT_SID": "the carrier account's id",
        "HOLDLESS_AUTH_TOKEN": "the carrier account's token",
    }
    for name, meaning in wanted.items():
        if os.environ.get(name):
            yield Finding(name, "ok", "set")
        else:
            yield Finding(name, "later", f"not set; a real line needs it: {meaning}")


def hearing_and_speaking() -> Iterator[Finding]:
    """Engines, models and voices; the calls of those that are missing are played by keys and the carrier's voice."""
    for part in parts(os.environ):
        yield Finding(part.what, "ok" if part.there else "later", part.text)


EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python, packages, sqlite, loopback, zones, screen, demo_site, settings, database, line,
    hearing_and_speaking,
)  # fmt: skip
