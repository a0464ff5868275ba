"""The line's service over rows in memory: once per cause, once per due row, everything in one save."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from routing.model import (
    Arrived,
    CancelTimer,
    Connect,
    Left,
    Line,
    LineAction,
    LineEvent,
    OfferAccepted,
    Ring,
    SetTimer,
    SignedIn,
    TimerDue,
)
from routing.service import LineService, Timer, timers
from tests.routing.line import RULES, agent, at, entry


@dataclass
class Rows:
    """Lines, journal, outbox and due rows of one process, as the store keeps them."""

    lines: dict[str, Line] = field(default_factory=dict)
    journal: dict[str, tuple[LineAction, ...]] = field(default_factory=dict)
    outbox: list[LineAction] = field(default_factory=list)
    due: dict[str, tuple[int, datetime, LineEvent]] = field(default_factory=dict)
    open: int = 0
    given: int = 0

    @contextmanager
    def locked(self, pool: str) -> Iterator["Locked"]:
        assert self.open == 0, "one lock at a time"
        self.open += 1
        try:
            yield Locked(self, pool)
        finally:
            self.open -= 1

    def read(self, pool: str) -> Line:
        return self.lines.get(pool, Line())


@dataclass
class Locked:
    rows: Rows
    pool: str

    @property
    def state(self) -> Line:
        return self.rows.read(self.pool)

    def already_did(self, cause: str) -> tuple[LineAction, ...] | None:
        return self.rows.journal.get(cause)

    def claim(self, due: int) -> bool:
        for name, (number, _, _) in self.rows.due.items():
            if number == due:
                del self.rows.due[name]
                return True
        return False

    def save(
        self,
        state: Line,
        event: LineEvent,
        actions: Sequence[LineAction],
        *,
        cause: str,
        now: datetime,
        effects: Sequence[LineAction] = (),
        timers: Sequence[Timer] = (),
        facts: object = None,
    ) -> None:
        assert cause not in self.rows.journal
        self.rows.lines[self.pool] = state
        self.rows.journal[cause] = tuple(actions)
        self.rows.outbox.extend(effects)
        for name, moment, due in timers:
            self.rows.due.pop(name, None)
            if moment is not None:
                self.rows.given += 1
                self.rows.due[name] = (self.rows.given, moment, due)


def service() -> tuple[LineService, Rows]:
    rows = Rows()
    line = LineService(rows, RULES)
    line.handle("care", SignedIn(agent("mina")), cause="signed_in:mina", now=at(0))
    return line, rows


def test_a_step_is_saved_with_its_effects_and_timers() -> None:
    line, rows = service()
    actions = line.handle("care", Arrived(entry("A"), open=True), cause="outbox:1", now=at(0))
    ring = Ring(1, "mina", "A", "call", at(20), "the only able agent free; first in line")
    assert ring in actions
    assert rows.outbox == [ring]
    assert {name: (moment, event) for name, (_, moment, event) in rows.due.items()} == {
        "patience:A": (at(600), TimerDue("patience:A")),
        "offer:1": (at(20), TimerDue("offer:1")),
    }
    assert line.look("care").entries["A"].offer == 1
    assert line.look("elsewhere") == Line()


def test_the_same_cause_gets_the_stored_answer() -> None:
    line, rows = service()
    once = line.handle("care", Arrived(entry("A"), open=True), cause="outbox:1", now=at(0))
    before = line.look("care")
    assert line.handle("care", Left("A", "hung_up"), cause="outbox:1", now=at(9)) == once
    assert line.look("care") is before
    assert len(rows.outbox) == 1


def test_an_accept_answers_its_sender_and_sends_nothing_out() -> None:
    line, rows = service()
    line.handle("care", Arrived(entry("A"), open=True), cause="outbox:1", now=at(0))
    actions = line.handle("care", OfferAccepted(1, "mina"), cause="accept:1", now=at(2))
    assert Connect(1, "mina", "Mina", "A", "call") in actions
    assert len(rows.outbox) == 1
    assert set(rows.due) == {"patience:A", "join:1"}


def test_a_timer_counts_for_the_one_who_claims_it() -> None:
    line, rows = service()
    line.handle("care", Arrived(entry("A"), open=True), cause="outbox:1", now=at(0))
    number, moment, event = rows.due["offer:1"]
    first = line.handle("care", event, cause=f"timer:{number}", now=moment, due=number)
    assert first != ()
    before = line.look("care")
    assert line.handle("care", event, cause="timer:other", now=moment, due=number) == ()
    assert line.look("care") is before
    assert "timer:other" not in rows.journal
    assert line.handle("care", event, cause=f"timer:{number}", now=moment, due=number) == first


def test_the_last_word_about_a_timer_counts() -> None:
    said = (SetTimer("a", at(1)), CancelTimer("a"), CancelTimer("b"), SetTimer("b", at(2)))
    assert timers(said) == (("a", None, TimerDue("a")), ("b", at(2), TimerDue("b")))
