"""`holdless serve`: the server itself, on one address of this machine."""

import socket
from os import strerror
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from config.settings import Settings
from ivr.cli.database import DatabaseUrl, usable
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.settled import settled
from ivr.cli.site import SiteFolder, read
from ivr.cli.stage import ACCOUNT, SERVER_PORT, TOKEN, free_port
from ivr.store.store import Store


def serve(
    site: SiteFolder,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")] = SERVER_PORT,
    exchange: Annotated[str | None, typer.Option(help="An exchange to use instead of a carrier.")] = None,
    database: DatabaseUrl = "sqlite:///var/holdless.db",
) -> None:
    """Answer calls for a site until stopped; prints {"listening": URL} when ready.

    A real carrier's account, token and the public address come from HOLDLESS_ACCOUNT_SID, HOLDLESS_AUTH_TOKEN and
    HOLDLESS_PUBLIC_URL; docs/operating.md lists every setting.
    """
    read(site)
    settings = ready(site, host, port or free_port(), database)
    if exchange is not None:
        settings = on_exchange(settings, exchange)
    elif not settings.tokens:
        raise Trouble(
            "Nothing to check the carrier's signatures with: set HOLDLESS_ACCOUNT_SID, HOLDLESS_AUTH_TOKEN and "
            "HOLDLESS_PUBLIC_URL, or use --exchange URL; `holdless doctor` shows what is set.",
            Exit.NO_START,
        )
    vacant(host, settings.port)
    with usable(database):
        Store.open(database, migrate=True).close()
    from ivr.main import serve as run

    run(settings)


def ready(site: Path, host: str, port: int, database: str) -> Settings:
    """The environment's settings with the command line on top. Raises Trouble with everything that is wrong."""
    found = settled(site=site, host=host, port=port, database_url=database)
    if isinstance(found, Settings):
        return found
    raise Trouble(" ".join((*found, "docs/operating.md lists every setting.")), Exit.NO_START)


def vacant(host: str, port: int) -> None:
    """Raises Trouble when nobody can listen there."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return
    except OSError as fault:
        raise Trouble(
            f"{host}:{port} cannot be listened on: {strerror(fault.errno or 0)}; choose another with --host or --port.",
            Exit.NO_START,
        ) from fault


def on_exchange(settings: Settings, exchange: str) -> Settings:
    """The account, the address and the clock of an exchange on this machine."""
    return settings.model_copy(
        update={
            "account_sid": ACCOUNT,
            "auth_token": SecretStr(TOKEN),
            "carrier_api": exchange.rstrip("/"),
            "clock": exchange.rstrip("/"),
            "public_url": f"http://{settings.host}:{settings.port}",
        }
    )
