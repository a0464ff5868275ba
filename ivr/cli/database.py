"""The database that a command works on, by its address."""

from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="HOLDLESS_DATABASE_URL",
        help="sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
    ),
]


def plain(url: str) -> str:
    """The address without its password, for the screen."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url
