"""What one webhook costs: CPU per request of a new call and of a Gather action, beside what cannot be avoided.

Four servers run in processes of their own and are asked over loopback, on connections that are kept, in turns within
one run, so that the machine's mood falls on all alike: bare ASGI; a FastAPI route that checks the signature and returns
fixed TwiML; the same with one read, one update and one insert; and `holdless serve` on the demo site. CPU is what the
kernel counts for the whole process (user and system, every thread), so it includes what a request makes others do.
Every answer is checked: a refusal is never a fast success.

python -m bench.webhook [--requests 120] [--rounds 10] [--connections 1] [--database URL]
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

from .forms import ACCOUNT, BASE, TOKEN, Question, opening, pressed

LIMIT = 4.0
"""Times the bare signed route that a turn may cost on SQLite."""
SHARE = 0.6
"""Of the rate that one read, one update and one insert allow: the goal beside the limit, and on both databases."""
PATIENCE = 20.0
"""Seconds to start a server, or to answer one request."""
HELLO, FIRST, SECOND = b"<Say>Hello.</Say>", b'action="%b/twilio/answer/1"', b'action="%b/twilio/answer/2"'


@dataclass(slots=True)
class Cost:
    """CPU microseconds a request, one figure a round."""

    name: str
    rounds: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return statistics.median(self.rounds)


class Child:
    """A server in a process of its own, with connections to it."""

    def __init__(self, process: subprocess.Popen[str], connections: int) -> None:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"a server did not start: {process.args!r}")
        where = urlsplit(json.loads(line)["listening"])
        self._address = (where.hostname, where.port)
        self._clock = (~process.pid << 3) | 2  # Linux: the CPU clock of another process
        self._connections = connections

    def cost(self, questions: Sequence[Question]) -> float:
        """Ask them all; CPU microseconds that one took."""
        count = self._connections
        shares = [questions[place::count] for place in range(count)]
        with ExitStack() as stack:
            callers = [
                stack.enter_context(socket.create_connection(self._address, timeout=PATIENCE)) for _ in range(count)
            ]
            hands = stack.enter_context(ThreadPoolExecutor(count))
            begun = time.clock_gettime(self._clock)
            for _ in hands.map(ask_all, callers, shares):
                pass
            return (time.clock_gettime(self._clock) - begun) / len(questions) * 1e6


def ask_all(connection: socket.socket, questions: Sequence[Question]) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for question in questions:
        connection.sendall(question.wire)
        head, body = answered(connection)
        if not head.startswith(b"HTTP/1.1 200") or question.must not in body:
            raise SystemExit(f"an answer was not what it should be: {(head + body)[:600]!r}")


def answered(connection: socket.socket) -> tuple[bytes, bytes]:
    """One answer of a kept connection: its head and its body."""
    got = connection.recv(65536)
    while b"\r\n\r\n" not in got:
        got += received(connection)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += received(connection)
    return head, body


def received(connection: socket.socket) -> bytes:
    more = connection.recv(65536)
    if not more:
        raise SystemExit("a server closed its connection in the middle of an answer")
    return more


@contextmanager
def child(connections: int, *arguments: str) -> Iterator[Child]:
    """A server until the block ends."""
    settings = {
        "HOLDLESS_PUBLIC_URL": BASE,
        "HOLDLESS_AUTH_TOKEN": TOKEN,
        "HOLDLESS_ACCOUNT_SID": ACCOUNT,
        "HOLDLESS_CARRIER_API": "http://127.0.0.1:9",  # nobody: a turn asks nothing of the carrier
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOLDLESS_")}
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True, env=environment | settings
    )
    try:
        yield Child(process, connections)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def questions(run: str, round_: int, count: int) -> tuple[list[Question], list[Question]]:
    """New calls, and the answer of each caller to the first question."""
    first, second = FIRST % BASE.encode(), SECOND % BASE.encode()
    openings, answers = [], []
    for number in range(count):
        call, caller = f"CA{run}{round_:08x}{number:08x}", f"+1555{round_:03d}{number:04d}"
        openings.append(Question(opening(call, caller), first))
        answers.append(Question(pressed(call, caller), second))
    return openings, answers


def compare(options: argparse.Namespace, folder: Path) -> list[Cost]:
    """Every figure of every round; the first round only warms up."""
    names = ("bare ASGI", "bare signed route", "signed + read, update, insert", "new call", "Gather action")
    costs = [Cost(name) for name in names]
    run = token_hex(8)  # a database that is used again must not know these calls
    with ExitStack() as stack:
        bare, route, stored, ours = (
            stack.enter_context(child(options.connections, *arguments))
            for arguments in (
                ("bench.applications", "bare"),
                ("bench.applications", "signed"),
                ("bench.applications", "stored", "--database", options.database or f"sqlite:///{folder}/floor.db"),
                ("ivr.cli.main", "serve", "config/demo", "--port", "0",
                 "--database", options.database or f"sqlite:///{folder}/holdless.db"),
            )
        )  # fmt: skip
        for round_ in range(options.rounds + 1):
            openings, answers = questions(run, round_, options.requests)
            fixed = [Question(one.wire, HELLO) for one in openings]
            figures = (
                bare.cost(fixed), route.cost(fixed), stored.cost(fixed), ours.cost(openings), ours.cost(answers)
            )  # fmt: skip
            if round_:
                for cost, figure in zip(costs, figures, strict=True):
                    cost.rounds.append(figure)
    return costs


def report(costs: Sequence[Cost], limit: float | None) -> bool:
    """Print the table; whether the dearest turn is within the limit."""
    route, stored = costs[1].middle, costs[2].middle
    print(
        f"{'CPU us a request':32}{'median':>8}{'min':>8}{'max':>8}{'x signed':>11}{'x stored':>11}{'a core and s':>14}"
    )
    for cost in costs:
        print(
            f"{cost.name:32}{cost.middle:8.0f}{min(cost.rounds):8.0f}{max(cost.rounds):8.0f}"
            f"{cost.middle / route:11.2f}{cost.middle / stored:11.2f}{1e6 / cost.middle:14.0f}"
        )
    dearest = max(cost.middle for cost in costs[3:])
    within = limit is None or dearest <= limit * route
    verdict = "" if limit is None else f": {'within' if within else 'OVER'} the limit of {limit:g} x"
    print(f"\nthe dearest turn costs {dearest / route:.2f} x the bare signed route{verdict}")
    print(f"its rate is {stored / dearest:.0%} of what one read, one update and one insert allow (goal: {SHARE:.0%})")
    return within


def main() -> None:
    """Exit 1 when a turn on SQLite costs more than LIMIT times the bare signed route."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=120, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=1, help="asked on at the same time")
    parser.add_argument("--database", default="", help="a PostgreSQL that may be filled, instead of a new SQLite file")
    options = parser.parse_args()
    if sys.platform != "linux":
        raise SystemExit("the CPU clock of another process is read as Linux has it: measure there")
    with tempfile.TemporaryDirectory() as folder:
        costs = compare(options, Path(folder))
    raise SystemExit(not report(costs, None if options.database else LIMIT))


if __name__ == "__main__":
    main()
