"""The worker: faults stay with their own row, lost webhooks are made good, texts go out once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.errors import CallGone, CarrierError, CarrierUnsure
from ivr.flow.model import InLine, Over, Pressed
from routing.model import Away, CallerEntered, Free, PresenceSet, Talking

from .test_promises import asked_back
from .test_service import CALL, OLDER, agent_comes, begin, in_line
from .world import World, world


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        yield made


def test_a_call_that_ended_while_no_process_stood_leaves_the_line_at_the_next_start(tmp_path: Path) -> None:
    with world(tmp_path) as before:
        in_line(before)
    with world(tmp_path) as after:
        after.carrier.ended = {CALL}
        after.settle()
        state = after.application.store.calls.read(CALL)
        assert state is not None
        assert isinstance(state.place, Over)
        assert not after.application.floor.look().entries


def test_an_agent_who_vanished_meanwhile_brings_the_caller_back_to_the_line(tmp_path: Path) -> None:
    with world(tmp_path) as before:
        in_line(before)
        agent_comes(before)
        before.board.resume(CALL, "")
    with world(tmp_path) as after:
        after.carrier.ended = {"CA" + "9" * 32}
        after.settle()
        state = after.application.store.calls.read(CALL)
        assert state is not None
        assert isinstance(state.place, InLine)
        assert CALL in after.application.floor.look().entries


def test_a_carrier_that_will_not_say_who_lives_ends_nobody(tmp_path: Path) -> None:
    with world(tmp_path) as before:
        in_line(before)
    with world(tmp_path) as after:
        after.carrier.mute = True
        after.settle()
        assert CALL in after.application.floor.look().entries


def test_a_redirect_of_a_call_that_is_gone_is_no_fault(here: World) -> None:
    in_line(here)
    here.board.line(PresenceSet("jun", True), "api:1")
    here.settle()
    here.carrier.refuse = [CallGone("redirecting a call", status=404, code=20404)]
    agent_comes(here)
    assert not here.application.store.outbox.pending(10, here.now)


def test_an_agent_whom_the_carrier_cannot_ring_is_set_away(here: World) -> None:
    in_line(here)
    here.carrier.refuse = [CarrierError("placing a call", status=400, code=21211)]
    here.board.line(PresenceSet("jun", True), "api:1")
    here.settle()
    assert isinstance(here.application.floor.look().agents["jun"].presence, Away)
    assert CALL in here.application.floor.look().entries


def test_a_text_that_may_have_gone_out_is_not_sent_again(here: World) -> None:
    asked_back(here)
    here.carrier.refuse = [CarrierUnsure("sending a text: no answer of the carrier")]
    state = here.application.store.calls.read(CALL)
    assert state is not None
    press_first_window(here, state.turn)
    here.settle(30)
    assert not [what for what in here.carrier.asked if what[0] == "text"]
    assert not here.application.store.outbox.pending(10, here.now)


def press_first_window(here: World, turn: int) -> None:
    here.board.handle(CALL, Pressed(turn, "1"), f"gather:{CALL}:{turn}")


def test_a_server_error_of_the_carrier_is_asked_again_until_it_answers(here: World) -> None:
    in_line(here)
    here.carrier.refuse = [CarrierError("placing a call", status=429)] * 3
    here.board.line(PresenceSet("jun", True), "api:1")
    here.settle(10)
    assert [what[0] for what in here.carrier.asked].count("call") == 1


def test_agents_of_the_site_appear_away_and_keep_their_presence_over_a_restart(tmp_path: Path) -> None:
    with world(tmp_path) as before:
        assert {type(agent.presence) for agent in before.application.floor.look().agents.values()} == {Away}
        before.board.line(PresenceSet("jun", True), "api:1")
    with world(tmp_path) as after:
        assert isinstance(after.application.floor.look().agents["jun"].presence, Free)


def test_begin_reaches_nobody_outside_until_the_worker_runs(here: World) -> None:
    begin(here, OLDER)
    assert here.carrier.asked == []


def test_a_late_redirect_does_not_tear_a_talk_apart(here: World) -> None:
    """The carrier performed the redirect and never answered; it is asked again while the two already talk."""
    in_line(here)
    here.carrier.refuse = [CarrierUnsure("redirecting a call: no answer of the carrier")]
    offer = agent_comes(here)
    here.board.resume(CALL, "")
    here.board.line(CallerEntered(offer), "conference:join")
    here.carrier.refuse = []
    here.settle(30)
    assert not [what for what in here.carrier.asked if what[0] == "redirect"]
    assert isinstance(here.application.floor.look().agents["jun"].presence, Talking)


def test_a_caller_who_hung_up_unheard_leaves_the_line_when_the_carrier_says_so(here: World) -> None:
    in_line(here)
    here.board.line(PresenceSet("jun", True), "api:1")
    here.settle()
    here.carrier.gone = {CALL}
    offer = agent_comes(here)
    assert offer
    here.settle(60)
    assert not here.application.floor.look().entries
    assert isinstance(here.application.floor.look().agents["jun"].presence, Free)


def test_who_vanished_from_the_line_is_missed_within_a_minute_or_two(here: World) -> None:
    in_line(here)
    here.carrier.ended = {CALL}
    here.settle(130)
    assert not here.application.floor.look().entries
