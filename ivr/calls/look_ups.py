"""Look-ups that a flow asks for: rows of the site's tables, and the callback windows of a queue.

A look-up changes nothing, except that offered windows are held for this caller; asking twice for the same turn gives
the same windows again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from callbacks.model import Callback
from callbacks.number import refusal
from config.once import once
from config.site import Site
from ivr.flow.model import CallState, Fetch, Fetched, Window

WINDOWS = "callbacks.windows"


class WindowOffers(Protocol):
    def offer(self, ids: tuple[str, ...], queue: str, number: str, now: datetime) -> tuple[Callback, ...]: ...

    def open_for(self, number: str) -> Callback | None: ...


class SiteLookUps:
    """Answers `Fetch` from the site version the call began with."""

    def __init__(self, promises: WindowOffers) -> None:
        self._promises = promises

    def fetch(self, site: Site, state: CallState, fetch: Fetch, now: datetime) -> Fetched:
        if fetch.name == WINDOWS:
            return self._windows(site, state, fetch, now)
        service = site.services.get(fetch.name)
        if service is None or service.csv not in site.tables:
            return Fetched(fetch.turn, fetch.name, problem=f"the site has no look-up {fetch.name!r}")
        wanted = asked_for(service.key, fetch.request)
        row = rows_by(site, service.csv, service.key).get(wanted)
        if row is None:
            return Fetched(fetch.turn, fetch.name, problem="unknown")
        return Fetched(fetch.turn, fetch.name, value=dict(row))

    def _windows(self, site: Site, state: CallState, fetch: Fetch, now: datetime) -> Fetched:
        number = state.caller.number
        reason = refusal(number, site.callbacks) if number else "the number is withheld"
        if reason is not None:
            return Fetched(fetch.turn, fetch.name, problem=reason)
        ids = tuple(f"{state.call}-{fetch.turn}-{place}" for place in (0, 1))
        held = self._promises.offer(ids, fetch.request["queue"], number, now)
        problem = ""
        if not held and (standing := self._promises.open_for(number)) is not None:
            held, problem = (standing,), "promised"
        windows = tuple(Window(one.id, one.start, one.end) for one in held)
        return Fetched(fetch.turn, fetch.name, windows=windows, problem=problem)


def asked_for(key: str, request: Mapping[str, str]) -> str:
    """A request names one value, whatever its own name is."""
    return request.get(key) or next(iter(request.values()), "")


@once
def rows_by(site: Site, table: str, key: str) -> Mapping[str, Mapping[str, str]]:
    """The rows of a table by their key column; of two with one value the first counts."""
    return {row[key]: row for row in reversed(site.tables.get(table, ())) if key in row}
