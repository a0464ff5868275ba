"""A promise to play with, and the rows of promises in memory: one lock at a time, a journal of causes, due rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from callbacks.model import (
    AgentReserved,
    Book,
    Callback,
    CallbackAction,
    CallbackEvent,
    Closed,
    Confirmed,
    Held,
    Hold,
    Placed,
    Rules,
    TimerDue,
)
from callbacks.service import Timer
from callbacks.step import step

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
START = NOW + timedelta(minutes=30)
END = START + timedelta(minutes=30)
NUMBER = "+15550101952"
RULES = Rules(attempts=3, spacing=600.0, ring=30.0, hold=180.0)
HOLD = Hold("care", NUMBER, START, END)
BOOK = Book("care", NUMBER, "en", "blue lamp", "senior", {"reason": "order"})
DUE = TimerDue("try")


def after(seconds: float, since: datetime = START) -> datetime:
    return since + timedelta(seconds=seconds)


def told(*events: CallbackEvent, at: datetime = START, rules: Rules = RULES) -> Callback:
    """The promise after these events, the first two of them long before its window."""
    state: Callback | None = None
    for event in events:
        state = step(state, event, NOW if isinstance(event, Hold | Book) else at, rules, key="p1").callback
    assert state is not None
    return state


def held() -> Callback:
    return told(HOLD)


def booked() -> Callback:
    return told(HOLD, BOOK)


def queued() -> Callback:
    return told(HOLD, BOOK, DUE)


def dialling(*, placed: bool = True) -> Callback:
    ringing: list[CallbackEvent] = [HOLD, BOOK, DUE, AgentReserved(7, "mina")]
    return told(*ringing, *([Placed(1, "CA1")] if placed else []))


def talking() -> Callback:
    return told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), Placed(1, "CA1"), Confirmed(1))


@dataclass
class LockedRow:
    """One promise in memory; `save` keeps what a database would keep."""

    rows: "Rows"
    key: str
    state: Callback | None

    def already_did(self, cause: str) -> tuple[CallbackAction, ...] | None:
        return self.rows.journal.get((self.key, cause))

    def claim(self, due: int) -> bool:
        return self.rows.due.pop(due, None) is not None

    def save(
        self,
        state: Callback,
        event: CallbackEvent,
        actions: Sequence[CallbackAction],
        *,
        cause: str,
        now: datetime,
        effects: Sequence[CallbackAction] = (),
        timers: Sequence[Timer] = (),
        facts: Rules | None = None,
    ) -> None:
        assert (self.key, cause) not in self.rows.journal
        self.rows.journal[self.key, cause] = tuple(actions)
        self.rows.facts[self.key, cause] = facts
        self.rows.kept[self.key] = self.state = state
        self.rows.outbox.extend((self.key, effect) for effect in effects)
        for timer in timers:
            self._set(*timer)

    def _set(self, name: str, at: datetime | None, event: object) -> None:
        for number in [number for number, row in self.rows.due.items() if row[:2] == (self.key, name)]:
            del self.rows.due[number]
        if at is not None:
            assert isinstance(event, TimerDue)
            self.rows.numbers += 1
            self.rows.due[self.rows.numbers] = (self.key, name, at, event)


@dataclass
class QueueCalendar:
    rows: "Rows"
    queue: str

    def taken(self, start: datetime) -> int:
        return sum(
            1
            for callback in self.rows.kept.values()
            if callback.queue == self.queue and callback.start == start and not isinstance(callback.stage, Closed)
        )

    def add(self, callback: str) -> LockedRow:
        return LockedRow(self.rows, callback, self.rows.kept.get(callback))


@dataclass
class NumberBooking:
    rows: "Rows"
    number: str

    def open(self) -> list[str]:
        return [
            one.id
            for one in self.rows.kept.values()
            if one.number == self.number and not isinstance(one.stage, Held | Closed)
        ]

    def add(self, callback: str) -> LockedRow:
        return LockedRow(self.rows, callback, self.rows.kept.get(callback))


@dataclass
class Rows:
    """Promises in memory, shaped like the store's."""

    kept: dict[str, Callback] = field(default_factory=dict)
    journal: dict[tuple[str, str], tuple[CallbackAction, ...]] = field(default_factory=dict)
    facts: dict[tuple[str, str], Rules | None] = field(default_factory=dict)
    outbox: list[tuple[str, CallbackAction]] = field(default_factory=list)
    due: dict[int, tuple[str, str, datetime, TimerDue]] = field(default_factory=dict)
    numbers: int = 0

    @contextmanager
    def locked(self, callback: str) -> Iterator[LockedRow]:
        yield LockedRow(self, callback, self.kept.get(callback))

    @contextmanager
    def calendar(self, queue: str) -> Iterator[QueueCalendar]:
        yield QueueCalendar(self, queue)

    @contextmanager
    def booking(self, number: str) -> Iterator[NumberBooking]:
        yield NumberBooking(self, number)

    def read(self, callback: str) -> Callback | None:
        return self.kept.get(callback)

    def open_for(self, number: str) -> Callback | None:
        return next(
            (one for one in self.kept.values() if one.number == number and not isinstance(one.stage, Held | Closed)),
            None,
        )
