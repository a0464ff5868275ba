"""One number has one promise that may still ring, whatever several calls from it book, and in whatever order."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from callbacks.model import (
    AgentReserved,
    Book,
    Booked,
    Callback,
    Cancel,
    Closed,
    Confirmed,
    Dialling,
    FreeAgent,
    HangUp,
    Held,
    LineGaveUp,
    Note,
    Placed,
    Queued,
    Talking,
    Tell,
    TimerDue,
)
from callbacks.service import CallbackService
from tests.callbacks.promises import NUMBER, Rows
from tests.callbacks.test_service import MORNING, site

WANTED = Book("care", NUMBER, "en", "blue lamp", None, {})


class World:
    """A service, its rows, and the windows that the calls from one number were told."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.service = CallbackService(self.rows, site(per_window=2))
        self.causes = 0

    def offer(self, call: str) -> list[Callback]:
        return list(self.service.offer((f"{call}-0", f"{call}-1"), "care", NUMBER, MORNING))

    def book(self, key: str, cause: str = "") -> None:
        self.causes += 1
        self.service.handle(key, WANTED, cause=cause or f"outbox:{self.causes}", now=MORNING)

    def may_ring(self) -> list[Callback]:
        open_ones = self.rows.kept.values()
        return [one for one in open_ones if isinstance(one.stage, Booked | Queued | Dialling)]

    def texts(self) -> list[Tell]:
        return [effect for _, effect in self.rows.outbox if isinstance(effect, Tell)]


@pytest.fixture
def here() -> World:
    """Two calls from one number at once: both were offered the same two windows."""
    made = World()
    for call in ("A", "B"):
        assert [f"{one.start:%H:%M}" for one in made.offer(call)] == ["01:30", "02:00"]
    return made


def test_the_same_window_booked_twice_is_one_promise_with_one_text(here: World) -> None:
    here.book("A-0")
    here.book("B-0")
    assert [one.id for one in here.may_ring()] == ["A-0"]
    assert here.rows.kept["B-0"].stage == Closed("moved")
    assert [text.kind for text in here.texts()] == ["booked"]


def test_another_window_moves_the_promise_there(here: World) -> None:
    here.book("A-0")
    here.book("B-1", "outbox:9")
    assert [(one.id, f"{one.start:%H:%M}") for one in here.may_ring()] == [("B-1", "02:00")]
    assert here.rows.kept["A-0"].stage == Closed("moved")
    assert [(text.kind, f"{text.start:%H:%M}") for text in here.texts()] == [("booked", "01:30"), ("booked", "02:00")]
    assert [note.kind for note in here.rows.journal["A-0", "outbox:9"] if isinstance(note, Note)] == ["moved"]
    assert "A-0" not in {key for key, *_ in here.rows.due.values()}


def test_a_booking_delivered_late_or_again_does_not_bring_an_older_one_back(here: World) -> None:
    here.book("A-0", "outbox:1")
    here.book("B-1", "outbox:2")
    for cause in ("outbox:1", "outbox:3"):
        here.book("A-0", cause)
    assert [one.id for one in here.may_ring()] == ["B-1"]


def test_a_leg_that_rings_for_the_older_promise_is_hung_up(here: World) -> None:
    here.book("A-0")
    start = here.rows.kept["A-0"].start
    here.service.handle("A-0", TimerDue("try"), cause="timer:1", now=start)
    here.service.handle("A-0", AgentReserved(7, "mina"), cause="outbox:5", now=start)
    here.service.handle("A-0", Placed(1, "CA9"), cause="outbox:6", now=start)
    here.book("B-1")
    assert [one.id for one in here.may_ring()] == ["B-1"]
    assert ("A-0", HangUp("CA9")) in here.rows.outbox


def test_a_promise_that_is_being_kept_goes_on_beside_a_later_one(here: World) -> None:
    here.book("A-0")
    start = here.rows.kept["A-0"].start
    here.service.handle("A-0", TimerDue("try"), cause="timer:1", now=start)
    here.service.handle("A-0", AgentReserved(7, "mina"), cause="outbox:5", now=start)
    here.service.handle("A-0", Confirmed(1), cause="outbox:6", now=start)
    here.book("B-1")
    assert isinstance(here.rows.kept["A-0"].stage, Talking)
    assert [one.id for one in here.may_ring()] == ["B-1"]


def test_who_is_served_while_we_ring_is_not_rung_and_the_agent_is_freed(here: World) -> None:
    here.book("A-0")
    start = here.rows.kept["A-0"].start
    here.service.handle("A-0", TimerDue("try"), cause="timer:1", now=start)
    here.service.handle("A-0", AgentReserved(7, "mina"), cause="outbox:5", now=start)
    here.service.handle("A-0", Cancel("served"), cause="outbox:6", now=start)
    here.service.handle("A-0", Placed(1, "CA9"), cause="outbox:7", now=start)
    assert here.rows.kept["A-0"].stage == Closed("cancelled")
    assert ("A-0", FreeAgent(7, "cancelled")) in here.rows.outbox
    assert ("A-0", HangUp("CA9")) in here.rows.outbox


class OneNumber(RuleBasedStateMachine):
    """Calls from one number are offered windows, book, cancel, and are rung, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.here = World()
        self.calls = 0
        self.said_last = ""  # the window of the booking that was made last and was never taken back
        self.now = MORNING

    @rule()
    def call(self) -> None:
        self.calls += 1
        self.here.offer(f"C{self.calls}")

    @precondition(lambda self: any(isinstance(one.stage, Held) for one in self.here.rows.kept.values()))
    @rule(data=st.data())
    def book(self, data: st.DataObject) -> None:
        held = sorted(one.id for one in self.here.rows.kept.values() if isinstance(one.stage, Held))
        key = data.draw(st.sampled_from(held))
        self.said_last = f"{self.here.rows.kept[key].start}"
        self.here.book(key)

    @precondition(lambda self: self.here.rows.kept)
    @rule(data=st.data())
    def book_again(self, data: st.DataObject) -> None:
        """Delivered once more under another cause: what is no longer held or released is not booked by it."""
        closed = [one.id for one in self.here.rows.kept.values() if one.stage in (Closed("moved"), Closed("cancelled"))]
        if closed:
            self.here.book(data.draw(st.sampled_from(sorted(closed))))

    @precondition(lambda self: self.here.may_ring())
    @rule(event=st.sampled_from([Cancel("caller"), TimerDue("try"), LineGaveUp("full"), AgentReserved(7, "mina")]))
    def happen(self, event: Cancel | TimerDue | LineGaveUp | AgentReserved) -> None:
        (promise,) = self.here.may_ring()
        self.now = max(self.now, promise.start) + timedelta(seconds=1)
        self.here.causes += 1
        self.here.service.handle(promise.id, event, cause=f"event:{self.here.causes}", now=self.now)
        if isinstance(event, Cancel):
            self.said_last = ""

    @invariant()
    def at_most_one_may_ring_and_it_is_the_one_that_was_said_last(self) -> None:
        standing = [f"{one.start}" for one in self.here.may_ring()]
        assert standing == ([self.said_last] if self.said_last else [])


TestOneNumber = OneNumber.TestCase
TestOneNumber.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
