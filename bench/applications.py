"""What Holdless is measured against, each served as Holdless is, in a process of its own.

python -m bench.applications (bare|signed|stored) [--database URL]
"""

import argparse
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url

from ivr.main import server
from ivr.twilio.signature import Verifier

from .forms import BASE, TOKEN

TWIML = "<Response><Say>Hello.</Say><Redirect>https://bench.example/twilio/resume</Redirect></Response>"
App = Callable[..., Awaitable[None]]
Work = Callable[[str], None]


async def bare(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Any) -> None:  # noqa: ANN401
    """ASGI without a framework, and without looking at what was sent."""
    assert scope["type"] == "http"
    while (await receive()).get("more_body"):
        pass
    head = [(b"content-type", b"text/xml"), (b"content-length", str(len(TWIML)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": TWIML.encode()})


def signed(work: Work | None = None) -> FastAPI:
    """A FastAPI route that checks the signature and returns fixed TwiML; with `work`, after it ran in the thread
    pool."""
    app = FastAPI(openapi_url=None)
    verifier = Verifier(BASE, (TOKEN,))

    @app.post("/twilio/{path:path}")
    async def answer(request: Request) -> Response:
        raw = await request.body()
        if not verifier.verify(request.url.path, request.headers, raw):
            return Response(status_code=403)
        if work is not None:
            await run_in_threadpool(work, dict(parse_qsl(raw.decode(), keep_blank_values=True))["CallSid"])
        return Response(TWIML, media_type="text/xml")

    return app


def read_update_insert(database: str) -> Work:
    """One read, one update, one insert, one commit as durable as ours: the least that a turn which keeps state
    costs."""
    url = make_url(database)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url)
    if url.get_backend_name() == "sqlite":

        @event.listens_for(engine, "connect")
        def durable(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own type
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    metadata = MetaData()
    call = Table(
        "bench_call", metadata, Column("id", Text, primary_key=True), Column("turns", Integer), Column("data", Text)
    )
    journal = Table("bench_journal", metadata, Column("id", Integer, primary_key=True), Column("data", Text))
    metadata.drop_all(engine)
    metadata.create_all(engine)
    read = select(call.c.turns, call.c.data).where(call.c.id == bindparam("key"))
    change = update(call).where(call.c.id == bindparam("key")).values(turns=bindparam("turn"), data=bindparam("text"))
    write = insert(journal).inline()
    with engine.begin() as connection:
        connection.execute(insert(call), {"id": "CA", "turns": 0, "data": json.dumps({"state": "x" * 800})})

    def work(_: str) -> None:
        with engine.begin() as connection:
            turns, data = connection.execute(read, {"key": "CA"}).one()
            connection.execute(change, {"key": "CA", "turn": turns + 1, "text": data})
            connection.execute(write, {"data": data})

    return work


def chosen(name: str, database: str) -> App:
    if name == "bare":
        return bare
    return signed(read_update_insert(database) if name == "stored" else None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("bare", "signed", "stored"))
    parser.add_argument("--database", default="sqlite://")
    options = parser.parse_args()
    server(chosen(options.name, options.database), "127.0.0.1", 0).run()


if __name__ == "__main__":
    main()
