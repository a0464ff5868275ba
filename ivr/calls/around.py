"""What is known around a call before a step: who is probably calling, and how the queues stand.

Read without a lock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from callbacks.model import Callback
from config.hours import is_open
from config.site import Site
from ivr.flow.model import Caller, Facts, QueueFacts
from routing.estimate import wait
from routing.model import Line, QueueRules


class LineReader(Protocol):
    def look(self, pool: str) -> Line: ...


class PromiseReader(Protocol):
    def open_for(self, number: str) -> Callback | None: ...


class WishReader(Protocol):
    def wish(self, number: str) -> str | None: ...


class Around:
    """Reads customers from the site's own table, wishes and open promises from the store, waits from the line."""

    def __init__(self, line: LineReader, promises: PromiseReader, wishes: WishReader, pool: str) -> None:
        self._line = line
        self._promises = promises
        self._wishes = wishes
        self._pool = pool

    def caller(self, site: Site, number: str) -> Caller:
        """A withheld number has no history: it is nobody's."""
        if not number:
            return Caller("")
        known = identify(site, number)
        kept = self._promises.open_for(number)
        told = self._wishes.wish(number)
        wish = told if told is not None else known.get("wish", "")
        return Caller(number, known, wish, kept.id if kept is not None else "")

    def facts(self, site: Site, queues: Sequence[str], now: datetime) -> Facts:
        if not queues:
            return Facts()
        line = self._line.look(self._pool)
        rules = line_rules(site)
        return Facts({name: queue_facts(site, line, rules, name, now) for name in queues if name in site.queues})


def queue_facts(site: Site, line: Line, rules: Mapping[str, QueueRules], name: str, now: datetime) -> QueueFacts:
    waiting = sum(1 for entry in line.entries.values() if entry.queue == name)
    guess = wait(line, name, now, rules)
    return QueueFacts(
        open=is_open(site, name, now),
        full=waiting >= rules[name].capacity,
        wait=guess.upper if guess else None,
        mean=guess.mean if guess else None,
    )


def identify(site: Site, number: str) -> Mapping[str, str]:
    """The row of the identify look-up whose key is this number, or nothing: caller ID is a guess, never proof."""
    service = site.services.get(site.segments.identify or "")
    if service is None:
        return {}
    rows = site.tables.get(service.csv, ())
    return next((dict(row) for row in rows if row.get(service.key) == number), {})


def line_rules(site: Site) -> Mapping[str, QueueRules]:
    """What the line needs of each queue's configuration."""
    return {
        name: QueueRules(
            name=name, skills=tuple(queue.skills), offer=queue.offer, wrap_up=queue.wrap_up, capacity=queue.capacity,
            talk=queue.talk, patience=queue.patience,
            widen=tuple((step.after, step.drop_skill, step.add_queue) for step in queue.widen),
        )
        for name, queue in site.queues.items()
    }  # fmt: skip
