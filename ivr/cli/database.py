"""The database that a command works on, by its address."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ivr.cli.outcome import Trouble

DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="HOLDLESS_DATABASE_URL",
        help="sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
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


def plain(url: str) -> str:
    """The address without its password, for the screen."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url
