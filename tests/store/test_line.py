"""The line's rows: only what changed is written, other copies catch up, and no agent has two open offers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ivr.store import line as line_module
from ivr.store.dialect import Database
from ivr.store.store import Store
from ivr.store.tables import agent as agent_table
from ivr.store.tables import entry as entry_table
from routing.model import Line, TimerDue
from tests.store.samples import NOW, agent, entry, offer, save_line

MINA, JUNG = agent("mina"), agent("jung")


@pytest.fixture
def other(url: str, store: Store) -> Iterator[Store]:
    """A second store on the same database, as a second worker has one."""
    with Store.open(url) as second:
        yield second


def versions(url: str) -> dict[str, tuple[int, bool]]:
    """The version and the tombstone of every agent and entry, as the database has them."""
    database = Database.open(url)
    with database.reading() as connection:
        found = {
            row.id: (row.version, row.gone)
            for table in (agent_table, entry_table)
            for row in connection.execute(select(table.c.id, table.c.version, table.c.gone))
        }
    database.close()
    return found


class TestALine:
    def test_is_empty_where_nothing_ever_happened(self, store: Store) -> None:
        assert store.line.read("orders") == Line()
        with store.line.locked("orders") as row:
            assert row.state == Line()

    def test_comes_back_as_it_was_saved(self, store: Store, other: Store) -> None:
        line = Line({"mina": MINA}, {"CA1": entry("CA1")}, {1: offer(1, "CA1", "mina")}, next_offer=2)
        save_line(store, "orders", "api:1", line)
        assert store.line.read("orders") == line
        assert other.line.read("orders") == line
        with other.line.locked("orders") as row:
            assert row.state == line

    def test_writes_only_what_is_not_the_same_object(self, store: Store, url: str) -> None:
        first = Line({"mina": MINA, "jung": JUNG}, {"CA1": entry("CA1")})
        save_line(store, "orders", "api:1", first)
        second = replace(first, agents={**first.agents, "jung": replace(JUNG, name="Jung-ho")}, entries={})
        save_line(store, "orders", "api:2", second)
        assert versions(url) == {"mina": (1, False), "jung": (2, False), "CA1": (2, True)}

    def test_shares_records_that_others_did_not_touch(self, store: Store, other: Store) -> None:
        first = Line({"mina": MINA, "jung": JUNG})
        save_line(store, "orders", "api:1", first)
        save_line(other, "orders", "api:2", replace(other.line.read("orders"), entries={"CA1": entry("CA1")}))
        caught_up = store.line.read("orders")
        assert caught_up.agents is first.agents
        assert caught_up.entries == {"CA1": entry("CA1")}

    def test_forgets_what_others_took_away_and_takes_it_back(self, store: Store, other: Store) -> None:
        save_line(store, "orders", "api:1", Line({"mina": MINA}, {"CA1": entry("CA1")}))
        save_line(other, "orders", "api:2", replace(other.line.read("orders"), entries={}))
        assert store.line.read("orders").entries == {}
        save_line(store, "orders", "api:3", Line({"mina": MINA}, {"CA1": entry("CA1")}))
        assert other.line.read("orders") == Line({"mina": MINA}, {"CA1": entry("CA1")})

    def test_of_a_failed_transaction_is_forgotten(self, store: Store) -> None:
        save_line(store, "orders", "api:1", Line({"mina": MINA}))
        with pytest.raises(ZeroDivisionError), store.line.locked("orders") as row:
            row.save(Line({"jung": JUNG}), TimerDue("x"), (), cause="api:2", now=NOW)
            raise ZeroDivisionError
        assert store.line.read("orders") == Line({"mina": MINA})
        with store.line.locked("orders") as row:
            assert row.state == Line({"mina": MINA})
        assert [one.cause for one in store.journal.of("line", "orders")] == ["api:1"]

    def test_answers_a_repeated_cause(self, store: Store) -> None:
        save_line(store, "orders", "accept:1", Line({"mina": MINA}))
        with store.line.locked("orders") as row:
            assert row.already_did("accept:1") is not None
            assert row.already_did("accept:2") is None

    def test_keeps_several_events_of_one_transaction_apart(self, store: Store, other: Store) -> None:
        with store.line.locked("orders") as row:
            row.save(Line({"mina": MINA}), TimerDue("a"), (), cause="api:1", now=NOW)
            row.save(Line({"mina": MINA, "jung": JUNG}), TimerDue("b"), (), cause="api:2", now=NOW)
        assert other.line.read("orders") == Line({"mina": MINA, "jung": JUNG})
        assert [(one.seq, one.cause) for one in store.journal.of("line", "orders")] == [(1, "api:1"), (2, "api:2")]


class TestTheLastGuard:
    def test_refuses_a_second_open_offer_of_one_agent(self, store: Store) -> None:
        line = Line({"mina": MINA}, {"CA1": entry("CA1")}, {1: offer(1, "CA1", "mina")}, 2)
        save_line(store, "orders", "api:1", line)
        double = replace(line, offers={**line.offers, 2: offer(2, "CA2", "mina")})
        with pytest.raises(IntegrityError):
            save_line(store, "orders", "api:2", double)
        assert store.line.read("orders") == line

    def test_holds_across_pools(self, store: Store) -> None:
        save_line(store, "orders", "api:1", Line(offers={1: offer(1, "CA1", "mina")}))
        number = store_pool(store, "cards")
        with pytest.raises(IntegrityError):
            save_line(store, "cards", "api:2", Line(offers={number: offer(number, "CA2", "mina")}))

    def test_lets_one_step_end_an_offer_and_make_the_next(self, store: Store, other: Store) -> None:
        save_line(store, "orders", "api:1", Line(offers={1: offer(1, "CA1", "mina")}))
        after = Line(offers={2: offer(2, "CA2", "mina")}, next_offer=3)
        save_line(store, "orders", "api:2", after)
        assert other.line.read("orders") == after


def store_pool(store: Store, pool: str) -> int:
    """Make a pool; the number of its first offer."""
    with store.line.locked(pool) as row:
        row.save(row.state, TimerDue("first"), (), cause="api:0", now=NOW)
        return row.state.next_offer


def test_pools_number_their_offers_apart(store: Store) -> None:
    numbers = [store_pool(store, pool) for pool in ("orders", "cards", "billing")]
    assert numbers == [1, line_module.OFFERS + 1, 2 * line_module.OFFERS + 1]
    save_line(store, "cards", "api:1", Line(offers={numbers[1]: offer(numbers[1], "CA1", "mina")}))
    assert store.line.pool_of(numbers[1]) == "cards"
    assert store.line.pool_of(7) is None


def test_a_copy_older_than_the_tombstones_reads_everything(store: Store, other: Store) -> None:
    save_line(store, "orders", "api:1", Line({"mina": MINA}, {"CA1": entry("CA1"), "CA2": entry("CA2")}))
    assert set(other.line.read("orders").entries) == {"CA1", "CA2"}
    line = Line({"mina": MINA}, {"CA2": entry("CA2")})
    save_line(store, "orders", "api:2", line)
    with store.line.locked("orders") as row:
        for number in range(2 * line_module.KEPT):
            row.save(line, TimerDue("x"), (), cause=f"many:{number}", now=NOW)
    assert other.line.read("orders") == store.line.read("orders") == line
