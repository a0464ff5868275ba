"""Several threads and stores at one database: everything once, in one order, and nothing lost.

Threads stand for workers, two Store objects for two processes (as far as SQLite has two: they share one seat).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import pytest

from callbacks.model import Book, Hold
from callbacks.service import CallbackService
from ivr.flow.model import CallEnded, Due
from ivr.store.dialect import Database
from ivr.store.journal import JournalRow
from ivr.store.store import Store
from routing.model import Line, Refused, TimerDue
from tests.callbacks.test_service import site
from tests.store.samples import NOW, agent, began, begin, callback, later, press, said, state

WORKERS = 8
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
HOLD = Hold("orders", "+15550100", later(3600), later(5400))
REFUSED = Refused("CA1", "call", "full")
LOOKS = 100_000
"""How often we look whether another connection waits before we say that it never will."""


@pytest.fixture
def stores(url: str, store: Store) -> Iterator[tuple[Store, Store]]:
    with Store.open(url) as second:
        yield store, second


def together(work: Callable[[int], object]) -> list[object]:
    """Run one piece of work per worker, all let go at once; give what each returned."""
    gate = Barrier(WORKERS)

    def run(worker: int) -> object:
        gate.wait()
        return work(worker)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def until_somebody_waits(url: str) -> None:
    """Return once a connection waits for a lock. Under SQLite they wait in this process: nothing can be missed."""
    if url.startswith("sqlite"):
        return
    database = Database.open(url)
    with database.reading() as connection:
        waits = any(connection.exec_driver_sql(WAITING).scalar_one() for _ in range(LOOKS))
    database.close()
    assert waits


class TestOneAggregate:
    def test_takes_every_turn_in_one_order_without_a_gap(self, stores: tuple[Store, Store]) -> None:
        began(stores[0], "CA1")

        def turns(worker: int) -> None:
            for number in range(10):
                with stores[worker % 2].calls.locked("CA1") as row:
                    press(row, f"gather:CA1:{worker}:{number}")

        together(turns)
        kept = stores[0].calls.read("CA1")
        assert kept is not None
        assert kept.turn == WORKERS * 10
        history = stores[0].journal.of("call", "CA1")
        assert [one.seq for one in history] == list(range(1, WORKERS * 10 + 2))
        assert [one.actions for one in history[1:]] == [said(f"Turn {turn}.") for turn in range(1, WORKERS * 10 + 1)]

    def test_does_a_repeated_cause_once(self, stores: tuple[Store, Store]) -> None:
        def answer(worker: int) -> object:
            with stores[worker % 2].calls.locked("CA1") as row:
                if (before := row.already_did("voice:CA1")) is not None:
                    return before
                assert row.state is None
                begin(row, "CA1")
                return "first"

        answers = together(answer)
        assert answers.count("first") == 1
        assert answers.count(said("Hello.")) == WORKERS - 1
        assert len(stores[0].journal.of("call", "CA1")) == 1

    def test_finds_the_answer_of_the_one_it_waited_for(self, url: str, stores: tuple[Store, Store]) -> None:
        """The statement that waits for the lock looks for the answer too, and must not see the journal of before."""
        began(stores[0], "CA1")
        held, found = Event(), []

        def second() -> None:
            held.wait()
            with stores[1].calls.locked("CA1") as row:
                found.append(row.already_did("gather:CA1:0"))
                assert row.state == state("CA1", turn=1)

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(second)
            with stores[0].calls.locked("CA1") as row:
                assert row.already_did("gather:CA1:0") is None
                held.set()
                until_somebody_waits(url)
                press(row, "gather:CA1:0")
            waiting.result()
        assert found == [said("Turn 1.")]

    def test_gives_a_due_row_to_one(self, stores: tuple[Store, Store]) -> None:
        with stores[0].calls.locked("CA1") as row:
            timers = [("silence", later(5), Due("silence", 1))]
            row.save(state("CA1"), CallEnded("x"), (), cause="voice:CA1", now=NOW, timers=timers)
        [due] = stores[0].due.ready(later(5), 10)

        def fire(worker: int) -> bool:
            with stores[worker % 2].calls.locked("CA1") as row:
                if not row.claim(due.id):
                    return False
                press(row, f"timer:{due.id}")
                return True

        assert together(fire).count(True) == 1


class TestTheLine:
    def test_loses_no_agent_that_two_workers_add(self, stores: tuple[Store, Store]) -> None:
        def sign_in(worker: int) -> None:
            for number in range(5):
                name = f"agent-{worker}-{number}"
                with stores[worker % 2].line.locked("orders") as row:
                    line = replace(row.state, agents={**row.state.agents, name: agent(name)})
                    row.save(line, TimerDue(name), (), cause=f"api:{name}", now=NOW)

        together(sign_in)
        expected = {f"agent-{worker}-{number}" for worker in range(WORKERS) for number in range(5)}
        assert set(stores[0].line.read("orders").agents) == expected
        assert stores[0].line.read("orders") == stores[1].line.read("orders")
        assert [one.seq for one in stores[0].journal.of("line", "orders")] == list(range(1, WORKERS * 5 + 1))

    def test_is_read_whole_while_others_write(self, stores: tuple[Store, Store]) -> None:
        """A reader without the lock sees one moment: the agents always fit the number of the next offer."""
        stop = Event()

        def write() -> None:
            for number in range(60):
                with stores[0].line.locked("orders") as row:
                    agents = {name: agent(name) for name in ("mina", "jung", f"extra-{number}")}
                    line = Line(agents, {}, {}, next_offer=number + 1)
                    row.save(line, TimerDue("x"), (), cause=f"api:{number}", now=NOW)
            stop.set()

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            while not stop.is_set() and not writing.done():
                line = stores[1].line.read("orders")
                if line.agents:
                    assert set(line.agents) == {"mina", "jung", f"extra-{line.next_offer - 1}"}
            writing.result()


class TestTheOutbox:
    def test_gives_an_effect_to_one(self, stores: tuple[Store, Store]) -> None:
        with stores[0].line.locked("orders") as row:
            row.save(row.state, TimerDue("x"), (), cause="api:1", now=NOW, effects=[REFUSED])
        [effect] = stores[0].outbox.pending(10, NOW)
        assert together(lambda worker: stores[worker % 2].outbox.lease(effect.id, NOW, 60)).count(True) == 1

    def test_lets_one_place_a_leg(self, stores: tuple[Store, Store]) -> None:
        assert together(lambda worker: stores[worker % 2].placements.claim("dial:cb1:1", NOW)).count(True) == 1


class TestTheCalendar:
    def test_never_promises_a_window_more_often_than_it_has_places(self, stores: tuple[Store, Store]) -> None:
        def hold(worker: int) -> bool:
            with stores[worker % 2].callbacks.calendar("orders") as calendar:
                if calendar.taken(later(3600)) >= 3:
                    return False
                row = calendar.add(f"cb{worker}")
                row.save(callback(f"cb{worker}", later(3600)), HOLD, (), cause=f"hold:cb{worker}", now=NOW)
                return True

        assert together(hold).count(True) == 3


class TestANumber:
    def test_that_many_calls_book_at_once_has_one_promise(self, stores: tuple[Store, Store]) -> None:
        """Half of them choose one window and half another: one of the bookings stands, in one of the windows."""
        for worker in range(WORKERS):
            held = callback(f"cb{worker}", later(3600 * (1 + worker % 2)))
            with stores[0].callbacks.locked(held.id) as row:
                row.save(held, HOLD, (), cause=f"hold:{held.id}", now=NOW)
        services = [CallbackService(one.callbacks, site()) for one in stores]

        def book(worker: int) -> object:
            wanted = Book("orders", "+15550100", "en", "", None, {})
            return services[worker // 4].handle(f"cb{worker}", wanted, cause=f"outbox:{worker}", now=NOW)

        assert all(together(book))
        kept = [stores[0].callbacks.read(f"cb{worker}") for worker in range(WORKERS)]
        stages = [type(one.stage).__name__ for one in kept if one is not None]
        assert sorted(stages) == ["Booked", *["Closed"] * (WORKERS - 1)]


class TestACursor:
    def test_gives_each_row_once_while_many_write(self, stores: tuple[Store, Store]) -> None:
        seen: list[JournalRow] = []
        written = Event()

        def follow() -> None:
            cursor = ""
            while True:
                last = written.is_set()
                rows, cursor = stores[0].journal.since(cursor)
                seen.extend(rows)
                if last:
                    return

        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(follow)
            together(lambda worker: [began(stores[worker % 2], f"CA{worker}-{number}") for number in range(10)])
            written.set()
            following.result()
        assert sorted(one.key for one in seen) == sorted(f"CA{w}-{n}" for w in range(WORKERS) for n in range(10))

    def test_does_not_lose_who_commits_late(self, url: str, stores: tuple[Store, Store]) -> None:
        if url.startswith("sqlite"):
            pytest.skip("SQLite has one writer, so nobody commits late")
        early, late = Event(), Event()

        def slow() -> None:
            with stores[1].calls.locked("CA-slow") as row:
                begin(row, "CA-slow")
                early.set()
                late.wait()

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(slow)
            early.wait()
            began(stores[0], "CA-quick")
            first, cursor = stores[0].journal.since()
            late.set()
            writing.result()
        second, _ = stores[0].journal.since(cursor)
        assert [one.key for one in first] == ["CA-quick"]
        assert [one.key for one in second] == ["CA-slow"]
