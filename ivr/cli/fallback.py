"""`holdless fallback`: the static documents for the time when our process is gone."""

from pathlib import Path
from typing import Annotated

import typer

from config.settings import web_address
from config.site import Site
from ivr.cli.outcome import Trouble
from ivr.cli.screen import OUT
from ivr.cli.site import SiteFolder, read
from ivr.twilio.fallback import documents


def fallback(
    site: SiteFolder,
    public_url: Annotated[
        str, typer.Option("--public-url", envvar="HOLDLESS_PUBLIC_URL", help="Where the carrier reaches the server.")
    ],
    static_url: Annotated[str, typer.Option("--static-url", help="Where the documents will be published.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write the documents into this folder.")] = None,
) -> None:
    """Print the documents that answer when the server is gone, or write them into a folder.

    Publish them on a web host outside the server, and give the address of fallback.xml to the carrier as the number's
    voice fallback URL. They keep the caller, try the server again, and offer the site's emergency number.
    """
    for name, text in made(
        read(site), address(public_url, "--public-url"), address(static_url, "--static-url")
    ).items():
        if out is None:
            OUT.print(f"<!-- {name} -->", style="dim")
            print(text)
        else:
            write(out, name, text)
            OUT.print(f"wrote {out / name}")


def address(written: str, option: str) -> str:
    """A web address as the option has it; raises a misspelt command for anything else. Empty stays empty."""
    try:
        return written and web_address(written)
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint=option) from fault


def write(folder: Path, name: str, text: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Trouble(f"{folder / name} cannot be written: {fault.strerror}.") from fault


def made(site: Site, public_url: str, static_url: str) -> dict[str, str]:
    return dict(documents(site.facts, public_url, static_url, site.prompts))
