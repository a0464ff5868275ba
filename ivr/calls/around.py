"""What is known around a call before a step: who is probably calling, and how the queues stand.

Read without a lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from config.hours import is_open
from config.once import once
from config.site import Site
from ivr.flow.model import Caller, Facts, QueueFacts, Window
from ivr.flow.wishes import SHOWN_ONCE
from routing.estimate import Wait, wait
from routing.model import Line, QueueRules
from routing.select import waits

from .look_ups import rows_by


class LineReader(Protocol):
    def look(self, pool: str) -> Line: ...


class PastReader(Protocol):
    def history(self, number: str) -> tuple[str, str, str]:
        """(wish, how it was shown, id of the open promise to call) of a number; "" for what there is not."""
        ...

    def promised(self, callback: str) -> tuple[datetime, datetime] | None:
        """The window of a promise, if there is one of that id."""
        ...


class Around:
    """Reads customers from the site's own table, wishes and open promises from the store, waits from the line."""

    def __init__(self, line: LineReader, past: PastReader, pool: str) -> None:
        self._line = line
        self._past = past
        self._pool = pool

    def caller(self, site: Site, number: str) -> Caller:
        """A withheld number has no history: it is nobody's."""
        if not number:
            return Caller("")
        known = identify(site, number)
        told, shown_by, promise = self._past.history(number)
        wish = told if shown_by and shown_by != SHOWN_ONCE else known.get("wish", "")
        window = self._past.promised(promise) if promise else None
        standing = None if window is None else Window(promise, *window)
        return Caller(number, known, wish, promise, shown_by, standing)

    def facts(self, site: Site, queues: Sequence[str], now: datetime, call: str = "") -> Facts:
        """How these queues stand for `call`, which may stand in one of them already."""
        if not queues:
            return Facts()
        line = self._line.look(self._pool)
        view = View(line, line_rules(site), now, call)
        return Facts({name: queue_facts(site, view, name) for name in queues if name in site.queues})


@dataclass(frozen=True, slots=True)
class View:
    """The line at one moment, as seen by one call."""

    line: Line
    rules: Mapping[str, QueueRules]
    now: datetime
    call: str


def queue_facts(site: Site, view: View, name: str) -> QueueFacts:
    line, rules = view.line, view.rules
    waiting = sum(entry.queue == name and waits(entry, line.offers) for entry in line.entries.values())
    guess = expected(view, name)
    return QueueFacts(
        open=is_open(site, name, view.now),
        full=waiting >= rules[name].capacity,
        wait=guess.upper if guess else None,
        mean=guess.mean if guess else None,
        staffed=guess is not None,
    )


def expected(view: View, name: str) -> Wait | None:
    """The wait of this call in a queue. Whose agent is being rung waits no longer than it may ring."""
    mine = view.line.entries.get(view.call)
    if mine is not None and mine.queue == name and mine.offer is not None:
        return Wait(0.0, view.rules[name].offer)
    return wait(view.line, name, view.now, view.rules, view.call if mine is not None else None)


def identify(site: Site, number: str) -> Mapping[str, str]:
    """The row of the identify look-up whose key is this number, or nothing: caller ID is a guess, never proof."""
    service = site.services.get(site.segments.identify or "")
    if service is None:
        return {}
    return dict(rows_by(site, service.csv, service.key).get(number, {}))


@once
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
