"""What is rendered at each place, what is read before a step, and what a half-broken site leads to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.flow import commands, wishes
from ivr.flow.model import (
    AgentLeft,
    CallState,
    Choosing,
    EndCall,
    Facts,
    Fetching,
    InLine,
    Join,
    JoinQueue,
    Listen,
    Over,
    Place,
    Pressed,
    Record,
    Recording,
    Speak,
    Window,
    WithAgent,
)
from ivr.flow.needs import queues_of
from ivr.flow.step import current, step
from tests.flow.play import Story, site_named

SITE = site_named("small")


def a_call(place: Place | None = None, node: str = "menu") -> CallState:
    state = Story({}).state
    return replace(state, node=node, place=place or state.place)


NOW = a_call().started


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        (WithAgent(7, "mina", NOW), Join),
        (InLine("desk", None, 0.0, NOW), JoinQueue),
        (Recording(60.0), Record),
        (Over("goodbye"), EndCall),
    ],
)
def test_a_place_is_rendered_with_its_turn(place: Place, kind: type) -> None:
    *_, action = current(SITE, a_call(place), Facts())
    assert isinstance(action, kind)
    assert getattr(action, "turn", 1) == 1


def test_windows_are_seen_from_the_moment_they_were_offered_or_else_from_the_call() -> None:
    story = Story({"queues": {"desk": {"open": False}}})
    story.happen({"presses": "0"})
    story.happen({"windows": ["2026-03-03 09:00"]})
    place = story.state.place
    assert isinstance(place, Choosing)
    without = replace(story.state, place=replace(place, offered_at=None))
    assert current(SITE, story.state) == current(SITE, without)


def test_slow_speech_leaves_more_time() -> None:
    story = Story({})
    before = next(action for action in story.last if isinstance(action, Listen))
    after = next(action for action in story.happen({"presses": "7"}) if isinstance(action, Listen))
    assert after.patience == 1.5 * before.patience


@pytest.mark.parametrize("place", [WithAgent(7, "mina", NOW), Recording(60.0)])
def test_keys_during_a_talk_change_nothing(place: Place) -> None:
    state = a_call(place)
    assert step(SITE, state, Pressed(state.turn, "0"), Facts(), NOW).state is state


def test_a_site_without_queues_ends_honestly() -> None:
    empty = replace(SITE, queues={})
    state = a_call()
    ended = step(empty, state, Pressed(state.turn, "0"), Facts(), NOW)
    spoken = [action.source for action in ended.actions if isinstance(action, Speak)]
    assert (spoken, ended.state.place) == (["prompt:closed", "prompt:goodbye"], Over("no queue"))
    lost = step(empty, a_call(WithAgent(7, "mina", NOW, "desk")), AgentLeft(7, "failed"), Facts(), NOW)
    assert lost.state.place == Over("agent lost")


@pytest.mark.parametrize(
    ("place", "node", "named"),
    [
        (None, "menu", {"desk", "night"}),
        (InLine("senior", None, 0.0, NOW), "menu", {"desk", "night", "senior"}),
        (Choosing((), queue="senior"), "menu", {"desk", "night", "senior"}),
        (Fetching("callbacks.windows", {"queue": "senior"}), "menu", {"desk", "night", "senior"}),
        (Over("goodbye"), "menu", set()),
    ],
)
def test_the_queues_a_step_may_ask_about(place: Place | None, node: str, named: set[str]) -> None:
    assert queues_of(SITE, a_call(place, node)) == named


def test_a_call_that_has_yet_to_begin_may_ask_about_any_queue() -> None:
    assert queues_of(SITE, None) == set(SITE.queues)


def test_commands_have_defaults_and_a_flow_may_add_some() -> None:
    main, bare = SITE.flows["main"], SITE.flows["bare"]
    assert commands.keys(bare) == ("0",)
    assert commands.by_intent(bare, "go_back") == "back"
    assert commands.by_intent(main, "opening_hours") == "hours"
    assert commands.by_key(main, "8") == "hours"
    assert commands.by_key(bare, "8") is None


def test_every_declared_wish_has_words_of_its_own() -> None:
    assert set(wishes.CONFIRMED_BY) == set(wishes.DECLARED.values())


def test_a_promise_made_in_this_call_is_open_for_the_rest_of_it() -> None:
    window = Window("hold-1", NOW, NOW + timedelta(minutes=30))
    choosing = a_call(Choosing((window,), queue="desk"), node="person")
    booked = step(SITE, choosing, Pressed(choosing.turn, "1"), Facts(), NOW).state
    assert (booked.caller.open_callback, booked.caller.promised) == ("hold-1", window)
