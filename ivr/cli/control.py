"""The stage hand's line to the exchange: its control API, one method an endpoint.

The exchange is a process of its own and is spoken to over HTTP only; it also owns the one clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self

import httpx2

from ivr.cli.outcome import Exit, Trouble

Entry = Mapping[str, Any]
"""One object of the exchange's log: at, kind, text and what else the kind has."""

Step = Mapping[str, Any]
"""One step of a scripted caller or phone: {"say": ...}, {"press": ...}, {"hang_up": true}, ..."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why virtual time stands still again: idle, listening or time."""

    now: datetime
    by: str


class Exchange:
    """A connection to a running exchange. Faults of the connection become one sentence."""

    def __init__(self, url: str, *, patience: float = 120.0) -> None:
        self.url = url
        self._http = httpx2.Client(base_url=url, timeout=patience, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def now(self) -> datetime:
        return datetime.fromisoformat(self._ask("GET", "/exchange/clock")["now"])

    def follow(self, url: str) -> None:
        """Tell the server at `url` about every moment before the exchange reaches it."""
        self._ask("POST", "/exchange/clock/follow", {"url": url})

    def run(
        self,
        stop: Literal["idle", "listening", "time"] = "idle",
        *,
        until: datetime | None = None,
        call: str | None = None,
    ) -> Stopped:
        """Let virtual time pass; see docs/exchange.md for the three conditions."""
        body = {"stop": stop, "until": until.isoformat() if until else None, "call": call}
        answer = self._ask("POST", "/exchange/clock/run", {key: value for key, value in body.items() if value})
        return Stopped(datetime.fromisoformat(answer["now"]), answer["stopped_by"])

    def number(self, number: str, *, voice: str, fallback: str, status: str) -> None:
        """Point a telephone number at a server."""
        body = {"voice_url": voice, "voice_fallback_url": fallback, "status_callback": status}
        self._ask("PUT", f"/exchange/numbers/{number}", body)

    def dial(self, caller: str, to: str, script: Sequence[Step], *, language: str = "en") -> str:
        """A scripted caller dials in; the call's id."""
        body = {"from": caller, "to": to, "script": list(script), "language": language}
        return str(self._ask("POST", "/exchange/calls", body)["sid"])

    def add(self, call: str, steps: Sequence[Step]) -> None:
        """The caller goes on with these steps when the earlier ones are done."""
        self._ask("POST", f"/exchange/calls/{call}/script", {"steps": list(steps)})

    def phone(self, address: str, answer: str, script: Sequence[Step] = (), *, after: float = 3.0) -> None:
        """How a telephone behaves from now on when it is rung."""
        self._ask("PUT", f"/exchange/phones/{address}", {"answer": answer, "after": after, "script": list(script)})

    def dial_in(self, address: str, url: str, params: Mapping[str, str], script: Sequence[Step] = ()) -> str:
        """A browser telephone (client:name) dials in; the call's id."""
        body = {"app_url": url, "params": dict(params), "script": list(script)}
        return str(self._ask("POST", f"/exchange/phones/{address}/dial", body)["sid"])

    def call(self, sid: str) -> Entry:
        answer: Entry = self._ask("GET", f"/exchange/calls/{sid}")
        return answer

    def events(self, after: int, *, wait: float = 0.0) -> tuple[Sequence[Entry], int]:
        """The global log behind entry `after`, and the number to ask behind next."""
        answer = self._ask("GET", f"/exchange/events?after={after}&wait={wait}")
        return answer["events"], answer["next"]

    def faults(self) -> Sequence[Entry]:
        answer = self._ask("GET", "/exchange/faults")
        found: Sequence[Entry] = answer["faults"] if isinstance(answer, dict) else answer
        return found

    def host(self, path: str, document: str, media: str = "text/xml") -> str:
        """Host a static document as a web host would; its address."""
        self._send("PUT", f"/exchange/static/{path}", content=document.encode(), headers={"Content-Type": media})
        return f"{self.url}/static/{path}"

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        answer = self._send(method, path, json=body) if body is not None else self._send(method, path)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, **what: Any) -> httpx2.Response:  # noqa: ANN401 - httpx2's own keywords
        try:
            answer = self._http.request(method, path, **what)
        except httpx2.HTTPError as fault:
            raise Trouble(
                f"The exchange at {self.url} does not answer ({type(fault).__name__}); is it still running?",
                Exit.NO_START,
            ) from fault
        if answer.is_error:
            raise Trouble(f"The exchange refused {method} {path}: {answer.text.strip()[:300]}")
        return answer
