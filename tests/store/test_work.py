"""What is still to do: timers by a `now` that is passed in, effects at least once and in order, legs placed once."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from callbacks.model import Tell
from ivr.flow.model import Action, Brief, Due, JoinQueue, LeaveQueue, SendText
from ivr.store.due import Timer
from ivr.store.outbox import OutboxRow, lane
from ivr.store.store import Store
from routing.model import AgentWaits, LineAction, Refused, Ring, StopRinging, TimerDue
from tests.store.samples import NOW, began, later, said, state

JOIN = JoinQueue(1, "orders", None, 0.0, NOW, Brief("+15550100", "en"))
LEAVE = LeaveQueue(1, "hung_up")
TEXT = SendText("+15550100", "감사합니다", "ko")


def step(store: Store, call: str, cause: str, effects: Sequence[Action] = (), timers: Sequence[Timer] = ()) -> None:
    """A turn of a call that asks for effects and timers."""
    with store.calls.locked(call) as row:
        row.save(state(call), Due("x", 0), said("Hm."), cause=cause, now=NOW, effects=effects, timers=timers)


def silence(at: datetime | None, turn: int = 1) -> Timer:
    return ("silence", at, Due("silence", turn))


class TestADueRow:
    def test_is_ready_from_its_moment_on(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5)), ("other", later(9), Due("other", 1))])
        assert store.due.next_at() == later(5)
        assert store.due.ready(later(4), 10) == []
        [row] = store.due.ready(later(5), 10)
        assert (row.kind, row.key, row.name, row.at, row.event) == (
            "call", "CA1", "silence", later(5), Due("silence", 1),
        )  # fmt: skip
        assert [one.name for one in store.due.ready(later(9), 10)] == ["silence", "other"]
        assert [one.name for one in store.due.ready(later(9), 1)] == ["silence"]

    def test_is_claimed_once(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5))])
        [row] = store.due.ready(later(5), 10)
        with store.calls.locked("CA1") as first:
            assert first.claim(row.id)
            assert not first.claim(row.id)
        with store.calls.locked("CA1") as second:
            assert not second.claim(row.id)
        assert store.due.next_at() is None

    def test_stays_when_the_one_who_claimed_it_fails(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5))])
        [row] = store.due.ready(later(5), 10)
        with pytest.raises(ZeroDivisionError), store.calls.locked("CA1") as call:
            assert call.claim(row.id)
            raise ZeroDivisionError
        assert store.due.ready(later(5), 10) == [row]

    def test_belongs_to_its_aggregate(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5))])
        began(store, "CA2")
        [row] = store.due.ready(later(5), 10)
        with store.calls.locked("CA2") as other:
            assert not other.claim(row.id)

    def test_that_was_moved_is_not_claimed_by_who_saw_it_before(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5), turn=1)])
        [seen] = store.due.ready(later(5), 10)
        step(store, "CA1", "c:2", timers=[silence(later(8), turn=2)])
        with store.calls.locked("CA1") as call:
            assert not call.claim(seen.id)
        assert store.due.ready(later(5), 10) == []
        [moved] = store.due.ready(later(8), 10)
        assert moved.event == Due("silence", 2)

    def test_that_could_not_be_fired_waits_and_keeps_its_number(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5))])
        [row] = store.due.ready(later(5), 10)
        store.due.postpone(row.id, later(7))
        assert store.due.ready(later(6), 10) == []
        [again] = store.due.ready(later(7), 10)
        assert (again.id, again.event) == (row.id, row.event)

    def test_that_was_cancelled_is_gone(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5))])
        step(store, "CA1", "c:2", timers=[silence(None), ("never set", None, None)])
        assert store.due.next_at() is None

    def test_set_twice_in_one_step_counts_as_said_last(self, store: Store) -> None:
        step(store, "CA1", "c:1", timers=[silence(later(5)), silence(None), silence(later(7))])
        assert store.due.next_at() == later(7)
        step(store, "CA1", "c:2", timers=[silence(later(9)), silence(None)])
        assert store.due.next_at() is None

    def test_never_has_the_number_of_one_before_it(self, store: Store) -> None:
        numbers = []
        for turn in range(3):
            step(store, "CA1", f"c:{turn}", timers=[silence(later(5))])
            [row] = store.due.ready(later(5), 10)
            numbers.append(row.id)
            with store.calls.locked("CA1") as call:
                assert call.claim(row.id)
        assert len(set(numbers)) == 3

    def test_of_a_line_comes_back_as_the_lines_event(self, store: Store) -> None:
        with store.line.locked("orders") as row:
            timers = [("offer:1", later(20), TimerDue("offer:1"))]
            row.save(row.state, TimerDue("x"), (), cause="api:1", now=NOW, timers=timers)
        [due] = store.due.ready(later(20), 10)
        assert (due.kind, due.key, due.event) == ("line", "orders", TimerDue("offer:1"))


def ids(rows: list[OutboxRow]) -> list[int]:
    return [row.id for row in rows]


class TestAnEffect:
    def test_waits_from_the_commit_on_until_it_is_done(self, store: Store) -> None:
        step(store, "CA1", "c:1", effects=[JOIN])
        [row] = store.outbox.pending(10)
        assert (row.kind, row.key, row.action, row.at, row.tries) == ("call", "CA1", JOIN, NOW, 0)
        assert store.outbox.pending(10, NOW) == [row]
        store.outbox.done(row.id)
        assert store.outbox.pending(10) == []

    def test_is_leased_to_one_and_free_again_when_that_one_dies(self, store: Store) -> None:
        step(store, "CA1", "c:1", effects=[JOIN])
        [row] = store.outbox.pending(10, NOW)
        assert store.outbox.lease(row.id, NOW, 60)
        assert not store.outbox.lease(row.id, NOW, 60)
        assert not store.outbox.lease(row.id, later(59), 60)
        assert store.outbox.pending(10, later(59)) == []
        [again] = store.outbox.pending(10, later(60))
        assert (again.id, again.action, again.tries) == (row.id, JOIN, 1)
        assert store.outbox.lease(row.id, later(60), 60)

    def test_that_failed_is_tried_again_from_the_given_moment(self, store: Store) -> None:
        step(store, "CA1", "c:1", effects=[JOIN])
        [row] = store.outbox.pending(10, NOW)
        assert store.outbox.lease(row.id, NOW, 60)
        store.outbox.fail(row.id, later(2))
        assert not store.outbox.lease(row.id, later(1), 60)
        assert store.outbox.lease(row.id, later(2), 60)

    def test_that_is_done_cannot_be_leased(self, store: Store) -> None:
        step(store, "CA1", "c:1", effects=[JOIN])
        [row] = store.outbox.pending(10, NOW)
        store.outbox.done(row.id)
        assert not store.outbox.lease(row.id, NOW, 60)

    def test_waits_for_those_before_it_but_not_for_texts(self, store: Store) -> None:
        step(store, "CA1", "c:1", effects=[TEXT, JOIN])
        step(store, "CA1", "c:2", effects=[LEAVE])
        step(store, "CA2", "c:1", effects=[LEAVE])
        text, join, other = store.outbox.pending(10, NOW)
        assert [text.action, join.action, other.key] == [TEXT, JOIN, "CA2"]
        behind = other.id - 1
        assert store.outbox.lease(join.id, NOW, 60)
        assert not store.outbox.lease(behind, NOW, 60)
        store.outbox.fail(join.id, later(2))
        assert not store.outbox.lease(behind, NOW, 60)
        store.outbox.done(join.id)
        assert store.outbox.lease(behind, NOW, 60)

    def test_says_when_there_is_work_next(self, store: Store) -> None:
        assert store.outbox.next_at(NOW) is None
        step(store, "CA1", "c:1", effects=[JOIN])
        assert store.outbox.next_at(later(3)) == later(3)
        [row] = store.outbox.pending(10, NOW)
        store.outbox.fail(row.id, later(9))
        assert store.outbox.next_at(later(3)) == later(9)


def test_a_lines_effects_wait_only_for_those_about_the_same_offer_or_entry() -> None:
    ring = Ring(1, "mina", "CA1", "call", NOW, "longest idle")
    one: list[LineAction] = [ring, StopRinging(1, "mina", "gone"), AgentWaits(1, "mina", "Mina", "CA1", "call")]
    assert {lane("line", action) for action in one} == {"1"}
    assert lane("line", Refused("CA2", "call", "full")) == "CA2"
    assert lane("call", JOIN) == lane("call", LEAVE) == ""
    assert lane("callback", Tell("+15550100", "en", "booked", NOW, NOW)) == "texts"


class TestAPlacement:
    def test_is_claimed_once(self, store: Store) -> None:
        assert store.placements.claim("dial:cb1:1", NOW)
        assert not store.placements.claim("dial:cb1:1", later(5))
        assert store.placements.claim("dial:cb1:2", NOW)

    def test_keeps_what_came_of_it(self, store: Store) -> None:
        assert store.placements.get("dial:cb1:1") is None
        store.placements.claim("dial:cb1:1", NOW)
        found = store.placements.get("dial:cb1:1")
        assert found is not None
        assert (found.effect, found.at, found.call, found.outcome) == ("dial:cb1:1", NOW, "", "")
        store.placements.set("dial:cb1:1", "CA7", "placed")
        found = store.placements.get("dial:cb1:1")
        assert found is not None
        assert (found.at, found.call, found.outcome) == (NOW, "CA7", "placed")

    def test_may_be_claimed_again_once_it_was_released(self, store: Store) -> None:
        store.placements.claim("dial:cb1:1", NOW)
        store.placements.release("dial:cb1:1")
        assert store.placements.get("dial:cb1:1") is None
        assert store.placements.claim("dial:cb1:1", NOW)
