"""What outlives a call: wishes, versions of the site, the history; and all of it a restart."""

import pytest
from sqlalchemy.exc import IntegrityError

from callbacks.model import Hold, Rules
from ivr.flow.model import Started
from ivr.store.store import Store
from routing.model import Line
from tests.store.samples import (
    FACTS,
    NOW,
    agent,
    began,
    booked,
    callback,
    entry,
    later,
    offer,
    press,
    said,
    save_callback,
    save_line,
)

HOLD = Hold("orders", "+15550100", NOW, later(1800))


class TestAWish:
    def test_is_nothing_until_one_was_shown_and_then_the_last(self, store: Store) -> None:
        assert store.customers.history("+15550100") == ("", "", "")
        store.customers.remember("+15550100", "person", "asked twice", NOW)
        assert store.customers.history("+15550100") == ("person", "asked twice", "")
        assert store.customers.history("+15550111") == ("", "", "")
        store.customers.remember("+15550100", "", "took it back", later(5))
        assert store.customers.history("+15550100") == ("", "took it back", "")


class TestAVersion:
    FILES = {"segments.yaml": "rules:\n", "flows/main.yaml": "say: 안녕하십니까?\n"}  # noqa: RUF012 - read only

    def test_is_kept_once(self, store: Store) -> None:
        assert store.versions.get("h1") is None
        store.versions.keep("h1", self.FILES, NOW)
        store.versions.keep("h1", {"other.yaml": ""}, later(5))
        assert store.versions.get("h1") == self.FILES

    def test_published_last_counts(self, store: Store) -> None:
        assert store.versions.published() is None
        for name in ("h1", "h2"):
            store.versions.keep(name, self.FILES, NOW)
        for name in ("h1", "h2", "h1"):
            store.versions.publish(name, NOW)
            assert store.versions.published() == name

    def test_that_was_not_kept_cannot_be_published(self, store: Store) -> None:
        with pytest.raises(IntegrityError):
            store.versions.publish("h9", NOW)


class TestTheJournal:
    def test_tells_what_happened_with_what_was_known(self, store: Store) -> None:
        began(store, "CA1")
        [row] = store.journal.of("call", "CA1")
        assert (row.kind, row.key, row.seq, row.cause, row.at) == ("call", "CA1", 1, "voice:CA1", NOW)
        assert isinstance(row.event, Started)
        assert (row.facts, row.actions) == (FACTS, said("Hello."))

    def test_of_each_machine_comes_back_in_its_own_words(self, store: Store) -> None:
        save_line(store, "orders", "api:1", Line({"mina": agent("mina")}))
        with store.callbacks.locked("cb1") as row:
            row.save(callback("cb1"), HOLD, (), cause="hold:cb1", now=NOW, facts=Rules(3, 600.0, 25.0, 120.0))
        assert [type(one.event).__module__ for one in store.journal.of("line", "orders")] == ["routing.model"]
        [promise] = store.journal.of("callback", "cb1")
        assert promise.facts == Rules(3, 600.0, 25.0, 120.0)

    def test_of_one_aggregate_may_be_read_on_from_a_row(self, store: Store) -> None:
        began(store, "CA1")
        for turn in range(3):
            with store.calls.locked("CA1") as row:
                press(row, f"gather:CA1:{turn}")
        assert [one.seq for one in store.journal.of("call", "CA1", after=2)] == [3, 4]

    def test_is_followed_by_a_cursor_that_gives_each_row_once(self, store: Store) -> None:
        began(store, "CA1")
        seen, cursor = store.journal.since()
        assert [one.key for one in seen] == ["CA1"]
        assert store.journal.since(cursor) == ([], cursor)
        began(store, "CA2")
        save_line(store, "orders", "api:1", Line({"mina": agent("mina")}))
        seen, after = store.journal.since(cursor)
        assert [(one.kind, one.key) for one in seen] == [("call", "CA2"), ("line", "orders")]
        assert store.journal.since(after)[0] == []

    def test_may_be_followed_from_where_it_stands(self, store: Store) -> None:
        began(store, "CA1")
        cursor = store.journal.cursor()
        began(store, "CA2")
        assert [one.key for one in store.journal.since(cursor)[0]] == ["CA2"]


def test_everything_outlives_a_restart(url: str) -> None:
    line = Line({"mina": agent("mina")}, {"CA1": entry("CA1")}, {1: offer(1, "CA1", "mina")}, 2)
    promise = booked(callback("cb1", later(3600)))
    with Store.open(url) as before:
        call = began(before, "CA1")
        save_line(before, "orders", "api:1", line)
        save_callback(before, promise, "hold:cb1")
        before.placements.claim("dial:cb1:1", NOW)
        before.customers.remember("+15550100", "person", "asked", NOW)
        before.versions.keep("h1", {"a.yaml": "x"}, NOW)
        before.versions.publish("h1", NOW)
        history, _ = before.journal.since()
    with Store.open(url) as after:
        assert after.calls.read("CA1") == call
        assert after.line.read("orders") == line
        assert after.callbacks.read("cb1") == promise
        assert not after.placements.claim("dial:cb1:1", NOW)
        assert after.customers.history("+15550100").wish == "person"
        assert after.versions.published() == "h1"
        assert after.journal.since()[0] == history
        with after.calls.locked("CA1") as row:
            assert row.already_did("voice:CA1") == said("Hello.")
