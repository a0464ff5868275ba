"""What one webhook costs: CPU per request of a new call and of a Gather action, beside what cannot be avoided.

Four applications answer the same signed requests in one process and one run, in turns, so that the machine's mood
falls on all alike: bare ASGI; a FastAPI route that checks the signature and returns fixed TwiML; the same with one
read, one update and one insert; and Holdless. CPU is the process's own (user + system, all threads); ratios are
against the bare signed route.

python -m bench.webhook [--requests 400] [--rounds 5] [--database URL]
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import SecretStr
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, create_engine, event, insert, select, update
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from config.settings import Settings
from ivr.main import build, web
from ivr.twilio.signature import Verifier

BASE = "https://bench.example"
TOKEN = "bench-token"
LIMIT = 4.0
"""Times the bare signed route that a turn may cost on SQLite."""

TWIML = "<Response><Say>Hello.</Say><Redirect>https://bench.example/twilio/resume</Redirect></Response>"
App = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request29:
    """One signed request with the 29 form fields of a real webhook."""

    path: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def signed(path: str, fields: Mapping[str, str]) -> Request29:
    body = urlencode(fields).encode()
    signature = RequestValidator(TOKEN).compute_signature(BASE + path, dict(fields))
    headers = (
        (b"host", b"bench.example"),
        (b"content-type", b"application/x-www-form-urlencoded; charset=UTF-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-twilio-signature", signature.encode()),
    )
    return Request29(path, body, headers)


def fields(call: str, **more: str) -> dict[str, str]:
    """A form as the carrier sends it: blanks included."""
    places = {
        f"{who}{part}": "" for who in ("From", "To", "Caller", "Called") for part in ("City", "State", "Zip", "Country")
    }
    return {
        "AccountSid": "AC" + "0" * 32, "ApiVersion": "2010-04-01", "CallSid": call, "CallStatus": "ringing",
        "Called": "+15550100100", "Caller": "+15550107777", "Direction": "inbound", "From": "+15550107777",
        "To": "+15550100100", **places, **more,
    }  # fmt: skip


async def ask(app: App, request: Request29) -> bytes:
    """One request through the ASGI interface, as a server would hand it over; the answer's body."""
    sent = False
    answer = bytearray()

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answer.extend(message.get("body", b""))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
        "path": request.path, "raw_path": request.path.encode(), "query_string": b"", "root_path": "",
        "headers": list(request.headers), "client": ("127.0.0.1", 40000), "server": ("bench.example", 443), "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    return bytes(answer)


async def bare(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Any) -> None:  # noqa: ANN401
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/xml")]})
    await send({"type": "http.response.body", "body": TWIML.encode()})


def signed_route(work: Callable[[str], None] | None = None) -> FastAPI:
    """A FastAPI route that checks the signature and returns fixed TwiML; with `work`, after it ran in the thread
    pool."""
    app = FastAPI(openapi_url=None)
    verifier = Verifier(BASE, (TOKEN,), {})

    @app.post("/{path:path}")
    async def answer(path: str, request: Request) -> Response:
        raw = await request.body()
        if not verifier.verify(f"/{path}", request.headers, raw):
            return Response(status_code=403)
        form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        if work is not None:
            await run_in_threadpool(work, form["CallSid"])
        return Response(TWIML, media_type="text/xml")

    return app


def one_of_each(folder: Path) -> Callable[[str], None]:
    """One read, one update, one insert, one commit: what any turn that keeps state must pay on SQLite."""
    engine = create_engine(f"sqlite:///{folder / 'floor.db'}")

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own type
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    metadata = MetaData()
    call = Table("call", metadata, Column("id", Text, primary_key=True), Column("turns", Integer), Column("data", Text))
    journal = Table("journal", metadata, Column("id", Integer, primary_key=True), Column("data", Text))
    metadata.create_all(engine)
    read = select(call.c.turns, call.c.data).where(call.c.id == bindparam("key"))
    change = update(call).where(call.c.id == bindparam("key")).values(turns=bindparam("turn"), data=bindparam("text"))
    write = insert(journal)
    text = json.dumps({"state": "x" * 800})
    with engine.begin() as connection:
        connection.execute(insert(call), {"id": "CA", "turns": 0, "data": text})

    def work(_: str) -> None:
        with engine.begin() as connection:
            turns, data = connection.execute(read, {"key": "CA"}).one()
            connection.execute(change, {"key": "CA", "turn": turns + 1, "text": data})
            connection.execute(write, {"data": text})

    return work


def calls(kind: str, count: int) -> Iterator[tuple[Request29, Request29]]:
    """(new call, its first Gather action) for `count` callers; the action presses 1 in the turn of the first
    question."""
    for number in range(count):
        call = f"CA{kind}{number:030d}"[:34]
        opening = signed("/twilio/voice", fields(call))
        yield opening, signed("/twilio/answer/1", fields(call, Digits="1", FinishedOnKey="", msg="Gather End"))


@dataclass(slots=True)
class Cost:
    """CPU microseconds a request, one figure a round."""

    name: str
    rounds: list[float]

    @property
    def middle(self) -> float:
        return statistics.median(self.rounds)


def measure(run: asyncio.AbstractEventLoop, app: App, requests: list[Request29], must: bytes) -> float:
    """CPU microseconds a request.

    Every answer must hold `must`, so that a fast refusal is never a good figure.
    """
    begun = time.process_time()
    answers = [run.run_until_complete(ask(app, request)) for request in requests]
    spent = time.process_time() - begun
    wrong = next((answer for answer in answers if must not in answer), None)
    if wrong is not None:
        raise SystemExit(f"an answer was not what it should be: {wrong[:300]!r}")
    return spent / len(requests) * 1e6


def main() -> None:
    """Print the table; exit 1 when a turn costs more than LIMIT times the bare signed route."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or f"sqlite:///{folder}/holdless.db"
        settings = Settings(
            public_url=BASE, auth_token=SecretStr(TOKEN), account_sid="AC" + "0" * 32, database_url=database
        )
        application = build(settings)
        costs = compare(options, web(application), Path(folder))
        application.close()
    report(costs)


def compare(options: argparse.Namespace, ours: App, folder: Path) -> list[Cost]:
    loop = asyncio.new_event_loop()
    route, floor = signed_route(), signed_route(one_of_each(folder))
    names = ("bare ASGI", "bare signed route", "signed + read, update, insert", "new call", "Gather action")
    costs = [Cost(name, []) for name in names]
    for round_ in range(options.rounds + 1):
        pairs = list(calls(f"{round_:02d}", options.requests))
        openings, answers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        figures = (
            measure(loop, bare, openings, b"Hello"),
            measure(loop, route, openings, b"Hello"),
            measure(loop, floor, openings, b"Hello"),
            measure(loop, ours, openings, b"<Gather"),
            measure(loop, ours, answers, b"<Gather"),
        )
        if round_:  # the first round warms every application up
            for cost, figure in zip(costs, figures, strict=True):
                cost.rounds.append(figure)
    loop.close()
    return costs


def report(costs: list[Cost]) -> None:
    bare_signed = costs[1].middle
    print(f"{'':34}{'us CPU, median':>15}{'min':>8}{'max':>8}{'x bare signed':>15}")
    for cost in costs:
        ratio = cost.middle / bare_signed
        print(f"{cost.name:34}{cost.middle:15.0f}{min(cost.rounds):8.0f}{max(cost.rounds):8.0f}{ratio:15.2f}")
    worst = max(cost.middle for cost in costs[3:]) / bare_signed
    verdict = "within" if worst <= LIMIT else "OVER"
    print(f"\nthe dearest turn costs {worst:.2f} x the bare signed route: {verdict} the limit of {LIMIT:.0f} x")
    raise SystemExit(worst > LIMIT)


if __name__ == "__main__":
    main()
