"""What a seat keeps in memory is what the file holds: never ahead of a commit, never behind one."""

import pytest

from ivr.store import dialect
from ivr.store.dialect import Database
from ivr.store.store import Store
from tests.store.samples import began, press, state


class Refused(Exception):
    """Something in the middle of a turn."""


def test_readers_see_a_turn_from_its_commit_on_and_no_earlier(store: Store) -> None:
    began(store, "CA1")
    with store.calls.locked("CA1") as row:
        press(row, "gather:CA1:0")
        assert store.calls.read("CA1") == state("CA1")
    assert store.calls.read("CA1") == state("CA1", turn=1)


def test_a_turn_that_failed_is_nowhere(store: Store) -> None:
    began(store, "CA1")
    with pytest.raises(Refused), store.calls.locked("CA1") as row:
        press(row, "gather:CA1:0")
        raise Refused
    assert store.calls.read("CA1") == state("CA1")
    with store.calls.locked("CA1") as row:
        assert row.state == state("CA1")
        press(row, "gather:CA1:0")
    assert store.calls.read("CA1") == state("CA1", turn=1)


def test_two_stores_see_each_others_turns(store: Store, url: str) -> None:
    with Store.open(url) as other:
        began(store, "CA1")
        assert other.calls.read("CA1") == state("CA1")
        with other.calls.locked("CA1") as row:
            press(row, "gather:CA1:0")
        assert store.calls.read("CA1") == state("CA1", turn=1)


def test_only_who_writes_alone_keeps_copies(url: str) -> None:
    database = Database.open(url)
    with database.writing():
        database.keep("call", "CA1", (1, "a record"))
        assert database.last("call", "CA1") is None
    kept = (1, "a record") if url.startswith("sqlite") else None
    assert database.last("call", "CA1") == kept
    database.close()


def test_what_is_done_with_is_forgotten(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('copies')}/holdless.db")
    for copy in ((1, "a record"), None):
        with database.writing():
            database.keep("call", "CA1", copy)
        assert database.last("call", "CA1") == copy
    database.close()


def test_what_was_written_longest_ago_is_forgotten_first(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('copies')}/holdless.db")
    names = [str(number) for number in range(dialect.COPIES + 1)]
    for some in (names[:2], names[2:-1], names[:1], names[-1:]):
        with database.writing():
            for name in some:
                database.keep("call", name, (1, name))
    assert [database.last("call", name) is None for name in ("0", "1", "2", names[-1])] == [False, True, False, False]
    database.close()
