"""`python -m exchange`: listens on 127.0.0.1 and prints one JSON line on stdout when it does."""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import uvicorn

from exchange.app import serving
from exchange.world import Settings

ACCOUNT = "AC" + "0" * 32


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m exchange", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--clock", choices=("virtual", "real"), default="virtual")
    parser.add_argument(
        "--start", type=_moment, help="the first moment, ISO 8601 with a zone (default: the wall clock)"
    )
    parser.add_argument("--account", default=ACCOUNT, help="the account's sid")
    parser.add_argument("--token", default="12345", help="the account's token, which signs the webhooks")
    parser.add_argument("--shared-key", metavar="ID", help="sign with HMAC-SHA256 under this key id")
    parser.add_argument("--cps", type=float, default=1.0, help="calls a second that REST may start")
    parser.add_argument("--seed", type=int, default=0, help="drives hearing errors")
    parser.add_argument("--stream-drop", choices=("action", "next_verb", "end_call"), default="action")
    parser.add_argument(
        "--speaker", default="", metavar="COMMAND", help="speaks: {text} {language} {out} are filled in"
    )
    parser.add_argument("--with-parent", action="store_true", help="exit when stdin closes")
    return parser.parse_args(given)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("give a zone, such as 2026-03-02T10:00:00+00:00")
    return moment


async def serve(options: argparse.Namespace) -> None:
    """Serve until interrupted, or until the parent goes."""
    settings = Settings(
        options.account,
        options.token,
        options.cps,
        options.stream_drop,
        options.seed,
        options.shared_key,
        options.speaker,
    )
    start = options.start or datetime.now(UTC)
    with socket.create_server(("127.0.0.1", options.port)) as listener:
        # Accepted connections inherit it; asyncio sets it by itself only where the socket names its protocol.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with serving(settings, start, virtual=options.clock == "virtual") as exchange:
            config = uvicorn.Config(
                exchange.app, log_level="warning", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
            )
            server = uvicorn.Server(config)
            print(json.dumps({"listening": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
            if options.with_parent:
                asyncio.get_running_loop().add_reader(sys.stdin, _watch_parent, server)
            await server.serve(sockets=[listener])


def _watch_parent(server: uvicorn.Server) -> None:
    """Stdin is readable: either somebody wrote, or, at its end, the parent is gone."""
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin)
        server.should_exit = True


if __name__ == "__main__":
    asyncio.run(serve(arguments(sys.argv[1:])))
