"""kill -9 in the middle of a transaction: nothing that was committed is lost, nothing else is kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from ivr.flow.model import JoinQueue
from ivr.store.dialect import Database
from ivr.store.errors import DatabaseTaken, StoreError
from ivr.store.store import Store
from tests.store.samples import NOW, began, later, press, said, state

GOODBYE = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
ROOT = Path(__file__).resolve().parents[2]


def test_a_killed_process_loses_nothing_and_leaves_nothing_half_done(url: str) -> None:
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.store.victim", url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with victim:
        assert victim.stdout is not None
        said_so = [victim.stdout.readline().split()[0] for _ in range(5)]
        assert said_so == ["turn", "turn", "turn", "leased", "inside"]
        if url.startswith("sqlite"):
            with pytest.raises(DatabaseTaken, match="postgresql://"):
                Store.open(url)
        victim.kill()
    with Store.open(url, migrate=False) as store:
        assert store.calls.read("CA1") == state("CA1", turn=3)
        assert [one.seq for one in store.journal.of("call", "CA1")] == [1, 2, 3, 4]
        with store.calls.locked("CA1") as row:
            assert row.already_did("gather:CA1:2") == said("Turn 3.")
            assert row.already_did("gather:CA1:3") is None
            press(row, "gather:CA1:3")
        [effect] = store.outbox.pending(10)
        assert isinstance(effect.action, JoinQueue)
        assert not store.outbox.lease(effect.id, later(59), 60)
        assert store.outbox.lease(effect.id, later(60), 60)
        assert [one.key for one in store.due.ready(later(5), 10)] == ["CA2"]


def test_a_database_server_that_restarted_is_not_noticed_by_the_next_request(url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite has no server")
    with Store.open(url) as store:
        began(store, "CA1")
        other = Database.open(url)
        with other.reading() as connection:
            assert connection.exec_driver_sql(GOODBYE).all()
        other.close()
        assert store.calls.read("CA1") == state("CA1")
        with store.calls.locked("CA1") as row:
            press(row, "gather:CA1:0")


def test_a_second_process_may_read_what_the_first_one_serves(store: Store, url: str) -> None:
    """A command that only reads needs no seat, and cannot write."""
    with Store.open(url, read_only=True) as reader:
        assert reader.journal.since()[0] == []
        with pytest.raises(StoreError, match="for reading only"):
            reader.placements.claim("dial:cb1:1", NOW)
    assert store.placements.claim("dial:cb1:1", NOW)


def test_stores_of_one_process_share_its_seat(url: str) -> None:
    first, second = Database.open(url), Database.open(url)
    first.close()
    with second.writing() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    second.close()
    Database.open(url).close()
