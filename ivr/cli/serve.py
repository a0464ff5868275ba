"""`holdless serve`: the server itself, on one address of this machine."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from config.settings import Settings
from ivr.cli.database import DatabaseUrl
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.site import SiteFolder, read
from ivr.cli.stage import ACCOUNT, SERVER_PORT, TOKEN, free_port


def serve(
    site: SiteFolder,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 for any free one.")] = SERVER_PORT,
    exchange: Annotated[str | None, typer.Option(help="An exchange to use instead of a carrier.")] = None,
    database: DatabaseUrl = "sqlite:///var/holdless.db",
) -> None:
    """Answer calls for a site until stopped; prints {"listening": URL} when ready.

    A real carrier's account, token and the public address come from HOLDLESS_ACCOUNT_SID, HOLDLESS_AUTH_TOKEN and
    HOLDLESS_PUBLIC_URL; docs/operating.md lists every setting.
    """
    read(site)
    settings = settled(site, host, port or free_port(), database)
    if exchange is not None:
        settings = on_exchange(settings, exchange)
    elif not settings.tokens:
        raise Trouble(
            "Nothing to check the carrier's signatures with: set HOLDLESS_ACCOUNT_SID, HOLDLESS_AUTH_TOKEN and "
            "HOLDLESS_PUBLIC_URL, or use --exchange URL; `holdless doctor` shows what is set.",
            Exit.NO_START,
        )
    from ivr.main import serve as run

    run(settings)


def settled(site: Path, host: str, port: int, database: str) -> Settings:
    """The environment's settings, with what the command line says on top."""
    try:
        return Settings(site=site, host=host, port=port, database_url=database)
    except ValidationError as fault:
        first = fault.errors()[0]
        name = "HOLDLESS_" + "_".join(str(part).upper() for part in first["loc"])
        raise Trouble(f"{name} cannot be used: {first['msg']}; docs/operating.md lists every setting.") from fault


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
