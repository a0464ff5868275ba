"""Small records of each machine for the store's tests, and the shortest ways to save them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callbacks.model import Booked, Callback, Held, Hold
from ivr.flow.model import Action, Asking, Caller, CallState, Facts, Pressed, QueueFacts, Route, Speak, Started
from ivr.store.calls import LockedCall
from ivr.store.store import Store
from routing.model import Agent, Entry, Free, Line, Note, Offer, SignedIn

NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
"""A Monday, an hour after summer time began in New York."""
FACTS = Facts({"orders": QueueFacts(open=True, full=False, wait=40.0)})


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def state(call: str, turn: int = 0) -> CallState:
    return CallState(
        call, "main", "a1b2", Caller("+15550100", {"name": "Ann"}), "+15550199", "en", NOW,
        Route("menu", "default", "nothing is known", ""), "menu", Asking(), turn,
    )  # fmt: skip


def said(text: str) -> tuple[Speak, ...]:
    return (Speak(text, "en", "node:menu"),)


def begin(row: LockedCall, call: str, effects: Sequence[Action] = ()) -> None:
    started = Started(Caller("+15550100"), "+15550199")
    row.save(state(call), started, said("Hello."), cause=f"voice:{call}", now=NOW, effects=effects, facts=FACTS)


def began(store: Store, call: str) -> CallState:
    """A call that was answered."""
    with store.calls.locked(call) as row:
        begin(row, call)
    return state(call)


def press(row: LockedCall, cause: str) -> None:
    """One more turn of a call that exists."""
    assert row.state is not None
    after = replace(row.state, turn=row.state.turn + 1)
    row.save(after, Pressed(row.state.turn, "1"), said(f"Turn {after.turn}."), cause=cause, now=NOW)


def agent(name: str) -> Agent:
    return Agent(name, name.title(), ("orders",), {"orders": 3}, ("en",), "desk", Free(NOW), NOW)


def entry(name: str) -> Entry:
    return Entry(name, "call", "orders", "en", None, NOW, 0.0, 600.0, {"reason": "주문", "tried": ["menu"]})


def offer(number: int, entry: str, agent: str) -> Offer:
    return Offer(number, entry, agent, NOW, later(20))


def save_line(store: Store, pool: str, cause: str, line: Line) -> None:
    with store.line.locked(pool) as row:
        row.save(line, SignedIn(agent("mina")), (Note("test", cause),), cause=cause, now=NOW)


def callback(name: str, start: datetime = NOW, number: str = "+15550100") -> Callback:
    end = start + timedelta(minutes=30)
    return Callback(name, "orders", number, "en", start, end, Held(later(300)), brief={"reason": "주문"})


def save_callback(store: Store, value: Callback, cause: str) -> None:
    with store.callbacks.locked(value.id) as row:
        hold = Hold(value.queue, value.number, value.start, value.end)
        row.save(value, hold, (), cause=cause, now=NOW)


def booked(value: Callback) -> Callback:
    return replace(value, stage=Booked(value.start), words="blue river")
