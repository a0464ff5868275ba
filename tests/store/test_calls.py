"""One call's row: once per cause, all or nothing, and history without a gap."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from ivr.flow.model import Brief as AgentBrief
from ivr.flow.model import CallEnded, EndCall, JoinQueue, Over, SendText
from ivr.store.errors import Overtaken
from ivr.store.store import Store
from ivr.store.tables import call
from ivr.store.turn import Committed
from tests.store.samples import FACTS, NOW, began, begin, later, press, said, state

JOIN = JoinQueue(1, "orders", None, 0.0, NOW, AgentBrief("+15550100", "en"))


class TestACall:
    def test_is_unknown_until_it_was_saved(self, store: Store) -> None:
        with store.calls.locked("CA1") as row:
            assert row.state is None
            assert row.already_did("voice:CA1") is None
        assert store.calls.read("CA1") is None

    def test_comes_back_as_it_was_saved(self, store: Store) -> None:
        before = began(store, "CA1")
        assert store.calls.read("CA1") == before
        with store.calls.locked("CA1") as row:
            assert row.state == before

    def test_moves_from_turn_to_turn(self, store: Store) -> None:
        began(store, "CA1")
        for turn in range(3):
            with store.calls.locked("CA1") as row:
                press(row, f"gather:CA1:{turn}")
        kept = store.calls.read("CA1")
        assert kept is not None
        assert kept.turn == 3
        assert [one.seq for one in store.journal.of("call", "CA1")] == [1, 2, 3, 4]

    def test_may_be_saved_twice_in_one_transaction(self, store: Store) -> None:
        with store.calls.locked("CA1") as row:
            begin(row, "CA1")
            press(row, "gather:CA1:0")
            assert row.state == state("CA1", turn=1)
        assert [one.cause for one in store.journal.of("call", "CA1")] == ["voice:CA1", "gather:CA1:0"]

    def test_counts_as_running_until_it_is_over(self, store: Store) -> None:
        began(store, "CA1")
        began(store, "CA2")
        with store.calls.locked("CA1") as row:
            over = replace(state("CA1"), place=Over("caller"))
            row.save(over, CallEnded("caller"), (EndCall("caller"),), cause="status:CA1:completed", now=NOW)
        assert store.calls.running() == ["CA2"]


class TestACause:
    def test_finds_the_stored_answer(self, store: Store) -> None:
        began(store, "CA1")
        with store.calls.locked("CA1") as row:
            assert row.already_did("voice:CA1") == said("Hello.")
            assert row.already_did("gather:CA1:0") is None
            assert row.already_did("voice:CA1") == said("Hello.")

    @pytest.mark.parametrize("first", ["state", "cause"])
    def test_is_found_whatever_is_asked_first(self, store: Store, first: str) -> None:
        began(store, "CA1")
        with store.calls.locked("CA1") as row:
            if first == "state":
                assert row.state == state("CA1")
            assert row.already_did("voice:CA1") == said("Hello.")
            assert row.state == state("CA1")

    def test_is_known_within_its_own_transaction(self, store: Store) -> None:
        with store.calls.locked("CA1") as row:
            begin(row, "CA1")
            assert row.already_did("voice:CA1") == said("Hello.")

    def test_of_one_call_is_not_that_of_another(self, store: Store) -> None:
        began(store, "CA1")
        began(store, "CA2")
        with store.calls.locked("CA2") as row:
            assert row.already_did("voice:CA1") is None

    def test_cannot_be_written_twice_even_if_nobody_asked(self, store: Store) -> None:
        began(store, "CA1")
        with pytest.raises(IntegrityError), store.calls.locked("CA1") as row:
            press(row, "voice:CA1")
        assert store.calls.read("CA1") == state("CA1")
        assert len(store.journal.of("call", "CA1")) == 1


class TestATransaction:
    def test_that_fails_keeps_nothing(self, store: Store) -> None:
        began(store, "CA1")
        with pytest.raises(ZeroDivisionError), store.calls.locked("CA1") as row:
            after = state("CA1", turn=1)
            row.save(
                after, CallEnded("x"), said("Gone."), cause="gather:CA1:0", now=NOW, facts=FACTS,
                effects=[JOIN], timers=[("silence", later(5), CallEnded("x"))],
            )  # fmt: skip
            raise ZeroDivisionError
        assert store.calls.read("CA1") == state("CA1")
        assert [one.cause for one in store.journal.of("call", "CA1")] == ["voice:CA1"]
        assert store.outbox.pending(10) == []
        assert store.due.next_at() is None

    def test_leaves_the_call_free_for_the_next_one(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.calls.locked("CA1") as row:
            begin(row, "CA1")
            raise ZeroDivisionError
        assert store.calls.read("CA1") is None
        assert began(store, "CA1") == store.calls.read("CA1")

    def test_does_not_nest(self, store: Store) -> None:
        with (
            store.calls.locked("CA1"),
            pytest.raises(RuntimeError, match="one transaction, one aggregate"),
            store.calls.locked("CA2"),
        ):
            pass

    def test_notices_that_its_row_changed_under_it(self, store: Store) -> None:
        began(store, "CA1")
        with pytest.raises(Overtaken), store.calls.locked("CA1") as row:
            assert row.state is not None
            row.turn.connection.execute(call.update().values(version=7))
            press(row, "gather:CA1:0")
        assert store.calls.read("CA1") == state("CA1")

    def test_may_be_read_round_while_it_is_open(self, store: Store) -> None:
        began(store, "CA1")
        with store.calls.locked("CA1") as row:
            press(row, "gather:CA1:0")
            assert store.calls.read("CA1") == state("CA1")


def test_who_listens_hears_of_each_commit_and_of_nothing_else(url: str) -> None:
    heard: list[Committed] = []
    text = SendText("+15550100", "Thanks", "en")
    with Store.open(url, told=heard.append) as store:
        with store.calls.locked("CA1") as row:
            begin(row, "CA1", effects=[JOIN, text])
            assert heard == []
        with pytest.raises(ZeroDivisionError), store.calls.locked("CA1") as row:
            press(row, "gather:CA1:0")
            raise ZeroDivisionError
        [committed] = heard
        assert (committed.kind, committed.key, committed.seq, committed.timers) == ("call", "CA1", 1, False)
        assert list(committed.effects) == sorted(store.outbox.pending(10), key=lambda one: one.id)
        assert [one.action for one in committed.effects] == [JOIN, text]
