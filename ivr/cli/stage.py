"""A whole telephone world on this machine: the exchange and the server, each a process of its own, with one clock.

Used by `demo`, `call` and the tests of processes. Law: when this process leaves, no child stays: the exchange goes when
its stdin closes, the server is told to end and then made to.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Literal, Self

from ivr.cli.control import Exchange
from ivr.cli.outcome import Exit, Trouble

ACCOUNT = "AC" + "0" * 32
TOKEN = "0" * 32
"""The exchange is ours and listens on this machine alone: its account needs no secret."""

API_TOKEN = "this-machine-only"
"""Opens the agent API of a server that listens on this machine alone; a real one has its own in HOLDLESS_API_TOKEN."""
SERVER_PORT = 8470
EXCHANGE_PORT = 8471
"""Where `holdless call` listens when the ports are free, so that `holdless agent` finds it."""

READY = 30.0
"""Seconds a process has for saying that it listens; a cold start on a busy machine takes three."""
GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to put on the stage. A port is the one to take if it is free, 0 for any; `database` None means a file in a
    folder of the stage."""

    site: Path
    numbers: tuple[str, ...]
    start: datetime
    clock: Literal["virtual", "real"] = "virtual"
    database: str | None = None
    exchange_port: int = 0
    server_port: int = 0
    exchange_options: tuple[str, ...] = ()
    server: tuple[str, ...] = ("ivr.cli.main",)  # module that serves, and what stands before its own arguments


@dataclass(eq=False, slots=True)
class Child:
    """A process that says on stdout, in one JSON line, where it listens."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None
    url: str = ""

    def start(self) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                encoding="utf-8", env={**os.environ, **self.environment},
            )  # fmt: skip
        try:
            self.url = json.loads(self._first_line())["listening"]
        except (ValueError, KeyError, Empty) as fault:
            self.end()
            raise Trouble(f"The {self.name} did not start: {self.last_words()}", Exit.NO_START) from fault

    def _first_line(self) -> str:
        """The first line on stdout, waited for no longer than READY seconds."""
        assert self.process is not None
        lines: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=_pass_on, args=(self.process.stdout, lines), daemon=True).start()
        return lines.get(timeout=READY)

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self._bury()

    def end(self) -> None:
        if self.process is None:
            return
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.close()
        self.process.terminate()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._bury()

    def _bury(self) -> None:
        assert self.process is not None
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self.process = None

    def last_words(self) -> str:
        """The end of what it wrote to stderr: why it did not start."""
        lines = [line for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else "it said nothing"


def free_port(wanted: int = 0) -> int:
    """`wanted` when it is free on this machine, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as listener, suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            return int(listener.getsockname()[1])
    raise Trouble("No port is free on 127.0.0.1.", Exit.NO_START)


def on_a_port(wanted: int, start: Callable[[int], None]) -> None:
    """Start on `wanted`, or on any free port; once more where somebody else took the port in between."""
    for port in (free_port(wanted), free_port()):
        try:
            start(port)
        except Trouble:
            if free_port(port) == port:  # the port was not the reason
                raise
        else:
            return
    start(free_port())


def _pass_on(pipe: IO[str] | None, lines: SimpleQueue[str]) -> None:
    """The first line to whoever waits; the rest is read and dropped, so that the pipe never fills."""
    if pipe is None:
        return
    with suppress(ValueError):  # the pipe was closed under us: the process is gone
        for line in pipe:
            lines.put(line)
    lines.put("")


@dataclass(eq=False, slots=True)
class Stage:
    """The two processes of a plan, running while the `with` block lasts."""

    plan: Plan
    folder: Path = field(init=False)
    exchange: Exchange = field(init=False)
    server_url: str = field(init=False, default="")
    _exchange: Child = field(init=False)
    _server: Child = field(init=False)
    _undo: ExitStack = field(init=False, default_factory=ExitStack)

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            self.folder = Path(undo.enter_context(TemporaryDirectory(prefix="holdless-")))
            on_a_port(self.plan.exchange_port, lambda port: self._start_exchange(port, undo))
            on_a_port(self.plan.server_port, lambda port: self._start_server(port, undo))
            self._undo = undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._undo.close()

    @property
    def database(self) -> str:
        return self.plan.database or f"sqlite:///{self.folder / 'holdless.db'}"

    @property
    def usual(self) -> bool:
        """Whether both listen where `holdless agent` looks first."""
        here = "http://127.0.0.1"
        return (self.server_url, self.exchange.url) == (f"{here}:{SERVER_PORT}", f"{here}:{EXCHANGE_PORT}")

    @property
    def server_log(self) -> Path:
        return self.folder / "server.log"

    def kill_server(self) -> None:
        """SIGKILL: what was not committed never happened."""
        self._server.kill()

    @property
    def standing(self) -> bool:
        """Whether the server's process lives."""
        process = self._server.process
        return process is not None and process.poll() is None

    def start_server(self) -> None:
        """Start the server again, at the address it had."""
        self._server.start()

    def signal_server(self, number: signal.Signals) -> None:
        process = self._server.process
        if process is not None:
            process.send_signal(number)

    def _start_exchange(self, port: int, undo: ExitStack) -> None:
        plan = self.plan
        command = (
            sys.executable, "-m", "exchange", "--port", str(port), "--clock", plan.clock,
            "--start", plan.start.isoformat(), "--account", ACCOUNT, "--token", TOKEN, "--with-parent",
            *plan.exchange_options,
        )  # fmt: skip
        self._exchange = Child("exchange", command, self.folder / "exchange.log")
        self._exchange.start()
        undo.callback(self._exchange.end)
        self.exchange = undo.enter_context(Exchange(self._exchange.url))

    def _start_server(self, port: int, undo: ExitStack) -> None:
        command = (
            sys.executable, "-m", *self.plan.server, "serve", str(self.plan.site), "--port", str(port),
            "--exchange", self.exchange.url, "--database", self.database,
        )  # fmt: skip
        self._server = Child("server", command, self.server_log, {"HOLDLESS_API_TOKEN": API_TOKEN})
        self._server.start()
        undo.callback(self._server.end)
        self.server_url = self._server.url
        self._wire()

    def _wire(self) -> None:
        """Point the site's numbers at the server, and its clock at the exchange's."""
        for number in self.plan.numbers:
            self.exchange.number(
                number,
                voice=f"{self.server_url}/twilio/voice",
                fallback=f"{self.exchange.url}/static/fallback.xml",
                status=f"{self.server_url}/twilio/status",
            )
        self.exchange.follow(f"{self.server_url}/clock")
