"""A promise to call, kept through the real machines: rung once, whatever the carrier answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from callbacks.model import Booked, Callback, Closed, Dialling, Queued
from ivr.calls.look_ups import SiteLookUps
from ivr.calls.ports import Reply
from ivr.errors import CarrierError
from ivr.flow.model import CallEnded, Choosing, Fetch, Pressed, QueueNews, Window
from routing.model import AgentEntered, Free, OfferAccepted, PresenceSet

from .world import World, dials, world

CALL, CALLER = "CA" + "1" * 32, "+15550107777"


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        yield made


def asked_back(here: World) -> Reply:
    """The caller waits where nobody is on duty, is offered a callback and takes it: two windows are held."""
    reply = here.board.handle(CALL, dials(CALLER), f"voice:{CALL}")
    for name, event in (("0", Pressed), ("1", Pressed)):
        assert reply.state is not None
        at = reply.state.turn
        reply = here.board.handle(CALL, event(at, name), f"gather:{CALL}:{at}")
        if name == "0":
            assert reply.state is not None
            here.settle()
            reply = here.board.handle(CALL, QueueNews(reply.state.turn, 1, 0.0), f"wait:{CALL}:{reply.state.turn}:0")
    assert reply.state is not None
    assert isinstance(reply.state.place, Choosing)
    return reply


def booked(here: World) -> Callback:
    reply = asked_back(here)
    assert reply.state is not None
    at = reply.state.turn
    here.board.handle(CALL, Pressed(at, "1"), f"gather:{CALL}:{at}")
    here.board.handle(CALL, CallEnded("completed"), f"status:{CALL}:completed")
    here.settle()
    return kept(here)


def kept(here: World) -> Callback:
    found = here.application.promises.open_for(CALLER)
    assert found is not None
    return found


def to_the_window(here: World, promise: Callback) -> None:
    """Time passes to the window; Jun is free and takes the offer."""
    here.board.line(PresenceSet("jun", True), "api:1")
    here.settle((promise.start - here.now + timedelta(seconds=1)).total_seconds())
    offers = here.application.floor.look().offers
    assert [offer.entry for offer in offers.values()] == [promise.id]
    for number in offers:
        here.board.line(OfferAccepted(number, "jun"), f"accept:{number}:jun")
        here.board.line(AgentEntered(number, "CA" + "9" * 32), f"conference:{number}:1")


def rung(here: World) -> list[str]:
    return [call for call, leg in here.carrier.legs.items() if leg.number == CALLER]


def test_the_key_books_the_window_and_frees_the_other(here: World) -> None:
    promise = booked(here)
    assert isinstance(promise.stage, Booked)
    other = here.application.promises.read(promise.id[:-1] + "1")
    assert other is not None
    assert other.stage == Closed("released")
    assert any(what[0] == "text" and what[1] == CALLER for what in here.carrier.asked)


AGAIN = "CA" + "2" * 32
OLDER = "+15550101952"  # goes to a person first, and is offered a callback at once where we are closed


@pytest.mark.parametrize("keys", ["11", "12"])
def test_two_calls_from_one_number_at_once_make_one_promise_and_one_text(here: World, keys: str) -> None:
    """An office, a family: both are offered the same windows, and each presses a key."""
    here.clock[0] += timedelta(hours=10)
    began = {call: here.board.handle(call, dials(OLDER), f"voice:{call}").state for call in (CALL, AGAIN)}
    for (call, state), key in zip(began.items(), keys, strict=True):
        assert state is not None
        assert isinstance(state.place, Choosing)
        here.board.handle(call, Pressed(state.turn, key), f"gather:{call}")
        said_last = state.place.windows[int(key) - 1]
    here.settle(5)
    (promise,) = [one for one in here.application.store.callbacks.open() if isinstance(one.stage, Booked)]
    assert (promise.start, promise.end) == (said_last.start, said_last.end)
    assert [what[1] for what in here.carrier.asked if what[0] == "text"] == [OLDER]


def calls_again(here: World) -> Reply:
    return here.board.handle(AGAIN, dials(CALLER), f"voice:{AGAIN}")


def test_who_calls_with_an_open_promise_is_told_when_it_will_be_kept_and_may_cancel_it(here: World) -> None:
    promise = booked(here)
    reply = calls_again(here)
    assert reply.state is not None
    assert reply.state.caller.promised == Window(promise.id, promise.start, promise.end)
    here.board.handle(AGAIN, Pressed(reply.state.turn, "3"), f"gather:{AGAIN}:{reply.state.turn}")
    here.settle()
    closed = here.application.promises.read(promise.id)
    assert closed is not None
    assert closed.stage == Closed("cancelled")


def test_a_promise_that_stands_is_not_taken_for_times_that_are_not_free(here: World) -> None:
    promise = booked(here)
    reply = calls_again(here)
    for key in ("2", "*"):
        assert reply.state is not None
        at = reply.state.turn
        reply = here.board.handle(AGAIN, Pressed(at, key), f"gather:{AGAIN}:{at}:{key}")
    assert reply.state is not None
    fetch = Fetch(reply.state.turn, "callbacks.windows", {"queue": "care"})
    site = here.application.sites.published
    found = SiteLookUps(here.application.promises).fetch(site, reply.state, fetch, here.now)
    assert (found.problem, found.windows) == ("promised", (Window(promise.id, promise.start, promise.end),))


def test_who_has_a_promise_and_talks_with_a_person_first_is_not_rung_later(here: World) -> None:
    promise = booked(here)
    here.board.line(PresenceSet("jun", True), "api:1")
    reply = calls_again(here)
    assert reply.state is not None
    reply = here.board.handle(AGAIN, Pressed(reply.state.turn, "2"), f"gather:{AGAIN}:{reply.state.turn}")
    here.settle()
    (number,) = here.application.floor.look().offers
    here.board.line(OfferAccepted(number, "jun"), f"accept:{number}:jun")
    here.board.line(AgentEntered(number, "CA" + "9" * 32), f"conference:{number}:1")
    here.settle()
    assert reply.state is not None
    here.board.handle(AGAIN, QueueNews(reply.state.turn, 1, 0.0), f"wait:{AGAIN}:{reply.state.turn}:0")
    here.settle((promise.end - here.now).total_seconds())
    closed = here.application.promises.read(promise.id)
    assert closed is not None
    assert closed.stage == Closed("cancelled")
    assert rung(here) == []


def test_who_asked_to_be_called_and_hangs_up_over_the_choice_gets_the_first_window(here: World) -> None:
    asked_back(here)
    here.board.handle(CALL, CallEnded("completed"), f"status:{CALL}:completed")
    here.settle()
    assert isinstance(kept(here).stage, Booked)


def test_a_promise_is_rung_in_its_window_and_kept(here: World) -> None:
    promise = booked(here)
    to_the_window(here, promise)
    here.settle()
    (leg,) = rung(here)
    reply = here.board.picked_up(leg, promise.id, 1, f"voice:{leg}")
    assert reply.state is not None
    here.board.handle(leg, Pressed(reply.state.turn, "1"), f"gather:{leg}:1")
    here.board.handle(leg, CallEnded("completed"), f"status:{leg}:completed")
    here.settle(60)
    closed = here.application.promises.read(promise.id)
    assert closed is not None
    assert closed.stage == Closed("kept")
    assert isinstance(here.application.floor.look().agents["jun"].presence, Free)
    assert rung(here) == [leg]


def test_a_lost_answer_of_the_carrier_rings_nobody_twice(here: World) -> None:
    promise = booked(here)
    to_the_window(here, promise)
    here.carrier.lost = True
    here.settle(60)
    assert len(rung(here)) == 1
    stage = kept(here).stage
    assert isinstance(stage, Dialling)
    assert stage.call == rung(here)[0]


def test_a_carrier_that_has_too_much_to_do_is_asked_again(here: World) -> None:
    promise = booked(here)
    to_the_window(here, promise)
    here.carrier.refuse = [CarrierError("placing a call", status=429)] * 2
    here.settle(20)
    assert len(rung(here)) == 1


def test_a_carrier_that_says_no_frees_the_agent_and_another_try_follows(here: World) -> None:
    promise = booked(here)
    to_the_window(here, promise)
    here.carrier.refuse = [CarrierError("placing a call", status=400, code=21211)]
    here.settle()
    assert rung(here) == []
    assert isinstance(kept(here).stage, Booked | Queued)
    assert [one.outcome for one in kept(here).attempts] == ["failed"]


def test_who_calls_with_an_open_promise_hears_of_it(here: World) -> None:
    promise = booked(here)
    again = here.board.handle("CA" + "2" * 32, dials(CALLER), "voice:2")
    assert again.state is not None
    assert again.state.caller.open_callback == promise.id
    assert again.state.node == "your_callback"
