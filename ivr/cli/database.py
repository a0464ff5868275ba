"""The database that a command works on, by its address."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ivr.cli.outcome import Exit, Trouble
from ivr.store.dialect import named

DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="HOLDLESS_DATABASE_URL",
        help="sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME.",
    ),
]


Keep = Annotated[
    Path | None,
    typer.Option("--keep", help="Keep the database in this file, which must not exist yet; else it is thrown away."),
]


def kept(file: Path | None) -> str | None:
    """The address of a database to keep. A stage begins its calls' ids anew, so that it needs an empty one."""
    if file is None:
        return None
    if file.exists():
        raise Trouble(f"{file} exists already; --keep wants a new file, so that no call is mixed with another.")
    return f"sqlite:///{file.resolve()}"


def place(url: str) -> URL:
    """The address with the driver that we use. Raises Trouble for what is no address of a database that we know."""
    try:
        found = named(url)
    except ArgumentError:
        found = None
    if found is None or found.get_backend_name() not in ("sqlite", "postgresql"):
        raise Trouble(
            f"{plain(url)!r} is no database's address; write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
            Exit.NO_START,
        )
    return found


@contextmanager
def usable(url: str) -> Iterator[None]:
    """What the database or the file system says while it is opened, as one sentence."""
    place(url)
    try:
        yield
    except (SQLAlchemyError, OSError) as fault:
        raise Trouble(f"The database {plain(url)} cannot be used: {first_line(fault)}.", Exit.NO_START) from fault


def first_line(fault: Exception) -> str:
    """What went wrong, without the trail of statements and of drivers' names."""
    if isinstance(fault, OSError):
        where = f" ({fault.filename})" if fault.filename else ""
        return f"{fault.strerror or fault}{where}"
    first = str(fault).strip().splitlines()[0]
    return first.partition(") ")[2] if first.startswith("(") and ") " in first else first


def plain(url: str) -> str:
    """The address without its password, for the screen."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url
