"""Streams of calls: opened once, ended with a word, and the last of a call is found."""

from ivr.store.store import Store
from ivr.store.streams import Stream
from tests.store.samples import NOW, later


def test_a_stream_is_opened_once(store: Store) -> None:
    assert store.streams.open("s1", "CA1", NOW)
    assert not store.streams.open("s1", "CA1", later(5))
    assert not store.streams.open("s1", "CA2", later(5))
    assert store.streams.get("s1") == Stream("s1", "CA1", NOW, "", 0)
    assert store.streams.get("s2") is None


def test_its_end_says_how_and_what_was_heard(store: Store) -> None:
    store.streams.open("s1", "CA1", NOW)
    store.streams.end("s1", "handed over", 7)
    assert store.streams.get("s1") == Stream("s1", "CA1", NOW, "handed over", 7)


def test_the_last_of_a_call_is_the_latest_and_at_one_moment_the_open_one(store: Store) -> None:
    assert store.streams.last_of("CA1") is None
    store.streams.open("b", "CA1", NOW)
    store.streams.end("b", "lost", 0)
    store.streams.open("a", "CA1", NOW)
    store.streams.open("c", "CA2", later(9))
    last = store.streams.last_of("CA1")
    assert last is not None
    assert last.id == "a"
    store.streams.open("0", "CA1", later(1))
    store.streams.end("0", "stopped", 0)
    last = store.streams.last_of("CA1")
    assert last is not None
    assert last.id == "0"
