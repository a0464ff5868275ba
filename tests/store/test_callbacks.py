"""Promises: windows counted under the calendar, attempts numbered once, one promise found by its number."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callbacks.model import Attempt, Booked, Closed, Hold, Moved, Queued, TimerDue
from ivr.store.dialect import Database
from ivr.store.store import Store
from ivr.store.tables import attempt
from tests.store.samples import NOW, booked, callback, later, save_callback

NOON = later(7200)


def attempts(url: str) -> list[tuple[str, int, str, str]]:
    database = Database.open(url)
    with database.reading() as connection:
        found = [
            (row.callback, row.number, row.call, row.outcome)
            for row in connection.execute(select(attempt).order_by(attempt.c.callback, attempt.c.number))
        ]
    database.close()
    return found


class TestAPromise:
    def test_comes_back_as_it_was_saved(self, store: Store) -> None:
        value = booked(callback("cb1", NOON))
        save_callback(store, value, "hold:cb1")
        assert store.callbacks.read("cb1") == value
        with store.callbacks.locked("cb1") as row:
            assert row.state == value
            assert row.already_did("hold:cb1") == ()
        assert store.callbacks.read("cb2") is None

    def test_that_fails_to_save_is_not_there(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.callbacks.locked("cb1") as row:
            row.save(callback("cb1"), TimerDue("hold"), (), cause="hold:cb1", now=NOW)
            raise ZeroDivisionError
        assert store.callbacks.read("cb1") is None

    def test_is_found_by_number_once_it_is_booked_and_until_it_is_closed(self, store: Store) -> None:
        held = callback("cb1", NOON)
        save_callback(store, held, "hold:cb1")
        assert store.callbacks.open_for(held.number) is None
        promise = booked(held)
        save_callback(store, promise, "outbox:1")
        assert store.callbacks.open_for(held.number) == promise
        assert store.customers.history(held.number) == ("", "", "cb1")
        assert store.callbacks.open_for("+15550111") is None
        queued = replace(promise, stage=Queued(NOON))
        save_callback(store, queued, "timer:1")
        assert store.callbacks.open_for(held.number) == queued
        save_callback(store, replace(promise, stage=Closed("kept")), "outbox:2")
        assert store.callbacks.open_for(held.number) is None
        assert store.customers.history(held.number).promise == ""

    def test_of_two_to_one_number_the_earlier_is_found_and_both_are_kept(self, store: Store) -> None:
        late, early = booked(callback("cb1", later(9000))), booked(callback("cb2", NOON))
        save_callback(store, late, "hold:cb1")
        save_callback(store, early, "hold:cb2")
        assert store.callbacks.open_for(late.number) == early
        assert store.customers.history(late.number).promise == "cb2"
        assert store.callbacks.open() == [early, late]


class TestACalendar:
    def test_counts_what_is_not_closed(self, store: Store) -> None:
        save_callback(store, callback("cb1", NOON), "hold:cb1")
        save_callback(store, booked(callback("cb2", NOON)), "hold:cb2")
        save_callback(store, replace(callback("cb3", NOON), stage=Closed("released")), "hold:cb3")
        save_callback(store, callback("cb4", later(9000)), "hold:cb4")
        save_callback(store, replace(callback("cb5", NOON), queue="cards"), "hold:cb5")
        with store.callbacks.calendar("orders") as calendar:
            assert calendar.taken(NOON) == 2
            assert calendar.taken(later(9000)) == 1
            assert calendar.taken(later(1)) == 0

    def test_counts_what_it_added_itself_and_keeps_all_or_nothing(self, store: Store) -> None:
        def hold(fail: bool) -> None:
            with store.callbacks.calendar("orders") as calendar:
                for name in ("cb1", "cb2"):
                    row = calendar.add(name)
                    assert row.state is None
                    event = Hold("orders", "+15550100", NOON, later(9000))
                    row.save(callback(name, NOON), event, (), cause=f"hold:{name}", now=NOW)
                assert calendar.taken(NOON) == 2
                if fail:
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            hold(fail=True)
        assert store.callbacks.read("cb1") is None
        hold(fail=False)
        assert store.callbacks.read("cb1") == callback("cb1", NOON)
        assert store.callbacks.read("cb2") == callback("cb2", NOON)


class TestABooking:
    def test_finds_what_is_open_for_its_number_and_keeps_all_or_nothing(self, store: Store) -> None:
        promise = booked(callback("cb1", NOON))
        save_callback(store, promise, "hold:cb1")
        save_callback(store, callback("cb2", NOON), "hold:cb2")
        save_callback(store, booked(callback("cb3", NOON, "+15550111")), "hold:cb3")

        def move(fail: bool) -> None:
            with store.callbacks.booking(promise.number) as booking:
                assert booking.open() == ["cb1"]
                for name, stage in (("cb1", Closed("moved")), ("cb2", Booked(NOON))):
                    row = booking.add(name)
                    assert row.state is not None
                    row.save(replace(row.state, stage=stage), Moved("cb2"), (), cause="outbox:1", now=NOW)
                assert booking.open() == ["cb2"]
                if fail:
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            move(fail=True)
        assert store.callbacks.read("cb1") == promise
        move(fail=False)
        standing = store.callbacks.open_for(promise.number)
        assert standing is not None
        assert standing.id == "cb2"


class TestAnAttempt:
    def test_is_written_with_the_step_that_asks_for_it_and_follows_its_outcome(self, store: Store, url: str) -> None:
        promise = booked(callback("cb1", NOON))
        save_callback(store, promise, "hold:cb1")
        assert attempts(url) == []
        first = replace(promise, attempts=(Attempt(1, NOON),))
        save_callback(store, first, "outbox:1")
        assert attempts(url) == [("cb1", 1, "", "")]
        save_callback(store, replace(promise, attempts=(Attempt(1, NOON, "CA9", "busy"), Attempt(2, NOON))), "outbox:2")
        assert attempts(url) == [("cb1", 1, "CA9", "busy"), ("cb1", 2, "", "")]

    def test_takes_its_number_once(self, store: Store) -> None:
        promise = replace(booked(callback("cb1", NOON)), attempts=(Attempt(1, NOON),))
        save_callback(store, promise, "outbox:1")
        doubled = replace(promise, attempts=(*promise.attempts, Attempt(2, NOON), Attempt(2, NOON)))
        with pytest.raises(IntegrityError):
            save_callback(store, doubled, "outbox:2")
        assert store.callbacks.read("cb1") == promise
