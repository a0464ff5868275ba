"""The server's agent API, as the command line uses it: presence, offers, accept, refuse."""

from collections.abc import Mapping
from typing import Any

import httpx2

from ivr.cli.outcome import Exit, Trouble

View = Mapping[str, Any]
"""One agent as the server shows them: id, name, presence, detail, offer."""


class Desk:
    """A connection to a running server, in the name of its agents."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._http = httpx2.Client(
            base_url=url, timeout=30.0, trust_env=False, headers={"Authorization": f"Bearer {token}"}
        )

    def close(self) -> None:
        self._http.close()

    def look(self, agent: str) -> View:
        return self._ask("GET", f"/api/agents/{agent}")

    def free(self, agent: str) -> View:
        return self._ask("POST", f"/api/agents/{agent}/presence", {"free": True, "reason": ""})

    def away(self, agent: str, reason: str) -> View:
        return self._ask("POST", f"/api/agents/{agent}/presence", {"free": False, "reason": reason})

    def accept(self, agent: str, offer: int) -> View:
        return self._ask("POST", f"/api/agents/{agent}/offers/{offer}/accept")

    def refuse(self, agent: str, offer: int) -> View:
        return self._ask("POST", f"/api/agents/{agent}/offers/{offer}/refuse")

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> View:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx2.HTTPError as fault:
            raise Trouble(
                f"No server answers at {self.url} ({type(fault).__name__}); `holdless call` starts one beside this.",
                Exit.NO_START,
            ) from fault
        if answer.is_error:
            raise Trouble(f"The server at {self.url} refused: {_detail(answer)}")
        found: View = answer.json()
        return found


def _detail(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:200]}"
