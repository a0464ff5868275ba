"""The call service on the demo site and a real database: repeated, stale and out-of-band events."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ivr.calls.ports import Reply, Said
from ivr.flow.model import (
    AgentLeft,
    Asking,
    Brief,
    CallEnded,
    InLine,
    Join,
    JoinQueue,
    Listen,
    Pressed,
    QueueNews,
    Silence,
    Speak,
    WithAgent,
)
from ivr.work.wording import Wording
from routing.model import AgentEntered, AgentGone, CallerEntered, Free, OfferAccepted, PresenceSet, Talking

from .world import World, dials, world

CALL, OTHER = "CA" + "1" * 32, "CA" + "2" * 32
OLDER, YOUNG, NOBODY = "+15550101952", "+15550101999", "+15550107777"


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        yield made


def begin(here: World, number: str = NOBODY, call: str = CALL) -> Reply:
    return here.board.handle(call, dials(number), f"voice:{call}")


def press(here: World, keys: str, turn: int, call: str = CALL) -> Reply:
    return here.board.handle(call, Pressed(turn, keys), f"gather:{call}:{turn}")


def words(reply: Reply) -> str:
    return " ".join(action.text for action in reply.actions if isinstance(action, Speak))


def journal(here: World, call: str = CALL) -> list[str]:
    return [row.cause for row in here.application.store.journal.of("call", call)]


def turn(reply: Reply) -> int:
    assert reply.state is not None
    return reply.state.turn


def test_a_repeated_request_gets_the_same_answer_and_changes_nothing(here: World) -> None:
    first = begin(here)
    again = begin(here)
    assert again.actions == first.actions
    assert again.state == first.state
    assert journal(here) == [f"voice:{CALL}"]


def test_a_repeated_answer_holds_what_its_look_up_found(here: World) -> None:
    """The reply was lost: the caller has yet to hear about the order, and the question after it."""
    at = turn(press(here, "1", turn(begin(here))))
    told = press(here, "10442", at)
    assert "on its way" in words(told)
    again = press(here, "10442", at)
    assert words(again) == words(told)
    assert [type(action) for action in again.actions] == [type(action) for action in told.actions]
    assert len(journal(here)) == len(set(journal(here)))


def test_an_answer_to_an_old_question_renders_the_current_one(here: World) -> None:
    old = turn(begin(here))
    at = turn(press(here, "1", old))
    late = here.board.handle(CALL, Silence(old), f"gather:{CALL}:{old}:late")
    assert turn(late) == at
    assert any(isinstance(action, Listen) and action.turn == at for action in late.actions)


def test_a_repeated_request_after_the_call_went_on_renders_the_current_turn(here: World) -> None:
    old = turn(begin(here))
    at = turn(press(here, "1", old))
    late = begin(here)
    assert turn(late) == at
    assert "order number" in words(late)


def test_nobody_knows_a_call_that_never_began(here: World) -> None:
    assert press(here, "1", 1, OTHER) == Reply((), None)
    assert here.board.resume(OTHER, "") == Reply((), None)
    assert here.board.said(OTHER, Said(1, "hello"), "gather:x") == Reply((), None)
    here.application.calls.tell(OTHER, CallEnded("x"), cause="x", now=here.now)


def test_words_are_understood_before_the_lock_and_journalled_with_their_confidence(here: World) -> None:
    at = turn(begin(here))
    reply = here.board.said(CALL, Said(at, "where is my order", 0.9), f"gather:{CALL}:{at}")
    assert "order number" in words(reply)
    heard = here.application.store.journal.of("call", CALL)[-1].event
    assert heard.intent == "order_status"
    assert 0.7 < heard.confidence <= 1
    assert heard.by


def test_a_weak_line_lowers_what_we_believe(here: World) -> None:
    at = turn(begin(here))
    here.board.said(CALL, Said(at, "where is my order", 0.1), f"gather:{CALL}:{at}")
    assert here.application.store.journal.of("call", CALL)[-1].event.confidence <= 0.55


def in_line(here: World, number: str = OLDER) -> int:
    """An older caller stands in line, parked; the turn."""
    reply = begin(here, number)
    assert isinstance(reply.actions[-1], JoinQueue)
    at = turn(reply)
    here.board.handle(CALL, QueueNews(at, 1, 0.0), f"wait:{CALL}:{at}:0")
    here.settle()
    return at


def agent_comes(here: World) -> int:
    """Jun is free, rung, takes the offer and stands in its conference; the offer."""
    here.board.line(PresenceSet("jun", True), "api:1")
    here.settle()
    line = here.application.floor.look()
    offer = next(iter(line.offers))
    here.board.line(OfferAccepted(offer, "jun"), f"accept:{offer}:jun")
    here.board.line(AgentEntered(offer, "CA" + "9" * 32), f"conference:{offer}:1")
    here.settle()
    return offer


def test_an_agent_from_outside_makes_the_carrier_come_back_and_the_caller_hears_who_it_is(here: World) -> None:
    in_line(here)
    offer = agent_comes(here)
    asked, call, url = here.carrier.asked[-1]
    assert (asked, call) == ("redirect", CALL)
    after = parse_qs(urlsplit(url).query)["after"][0]
    reply = here.board.resume(CALL, after)
    assert "Jun is here" in words(reply)
    assert any(isinstance(action, Join) and action.offer == offer for action in reply.actions)


def test_an_agent_who_comes_before_the_caller_is_parked_waits_for_the_carrier(here: World) -> None:
    reply = begin(here, OLDER)
    here.settle()
    agent_comes(here)
    assert not [what for what in here.carrier.asked if what[0] == "redirect"]
    parked = here.board.handle(CALL, QueueNews(turn(reply), 1, 0.0), f"wait:{CALL}:{turn(reply)}:0")
    assert any(isinstance(action, Join) for action in parked.actions)


def test_who_hangs_up_frees_the_agent(here: World) -> None:
    in_line(here)
    agent_comes(here)
    assert isinstance(here.application.floor.look().agents["jun"].presence, Talking)
    here.board.handle(CALL, CallEnded("completed"), f"status:{CALL}:completed")
    here.settle(60)
    assert isinstance(here.application.floor.look().agents["jun"].presence, Free)
    assert not here.application.floor.look().entries


def test_who_hangs_up_in_line_leaves_it(here: World) -> None:
    in_line(here)
    assert CALL in here.application.floor.look().entries
    here.board.handle(CALL, CallEnded("completed"), f"status:{CALL}:completed")
    here.settle()
    assert not here.application.floor.look().entries


def test_a_wish_that_was_said_counts_in_the_next_call(here: World) -> None:
    at = turn(begin(here, YOUNG))
    here.board.said(CALL, Said(at, "always a person please"), f"gather:{CALL}:{at}")
    here.board.handle(CALL, CallEnded("completed"), f"status:{CALL}:completed")
    here.settle()
    later = begin(here, YOUNG, OTHER)
    assert later.state is not None
    assert (later.state.route.rule, later.state.route.path) == ("wish", "person_first")
    assert isinstance(later.state.place, InLine)


def test_asking_for_a_person_early_in_two_calls_becomes_a_wish(here: World) -> None:
    for call in (CALL, OTHER):
        at = turn(begin(here, YOUNG, call))
        press(here, "0", at, call)
        here.board.handle(call, CallEnded("completed"), f"status:{call}:completed")
        here.settle()
    third = begin(here, YOUNG, "CA" + "3" * 32)
    assert third.state is not None
    assert third.state.route.rule == "wish"


def test_a_withheld_number_has_no_history(here: World) -> None:
    reply = begin(here, "")
    assert reply.state is not None
    assert reply.state.caller.known == {}
    assert isinstance(reply.state.place, Asking)


def test_a_server_that_comes_back_goes_on_with_the_call(tmp_path: Path) -> None:
    with world(tmp_path) as before:
        at = turn(press(before, "1", turn(begin(before))))
    with world(tmp_path) as after:
        reply = after.board.resume(CALL, "")
        assert turn(reply) == at
        assert "order number" in words(reply)
        assert "on its way" in words(press(after, "10442", at))


def test_who_was_talking_when_the_server_died_is_still_talking(tmp_path: Path) -> None:
    with world(tmp_path) as before:
        in_line(before)
        offer = agent_comes(before)
    with world(tmp_path) as after:
        reply = after.board.resume(CALL, "")
        assert reply.state is not None
        assert isinstance(reply.state.place, WithAgent)
        assert reply.state.place.offer == offer


def test_a_talk_that_ends_before_its_news_waits_for_it_instead_of_joining_again(here: World) -> None:
    in_line(here)
    offer = agent_comes(here)
    here.board.line(CallerEntered(offer), "conference:8")
    early = here.board.left_talk(CALL, AgentLeft(offer, "hung_up"), f"talk:{CALL}:{offer}")
    assert early.actions == ()
    here.board.line(AgentGone(offer, "hung_up"), "conference:9")
    here.settle()
    after = here.board.left_talk(CALL, AgentLeft(offer, "hung_up"), f"talk:{CALL}:{offer}")
    assert "Jun is here" not in words(after)
    assert "Thank you" in words(after)


def test_the_matter_is_told_in_the_words_of_the_menu(here: World) -> None:
    at = turn(begin(here))
    here.board.said(CALL, Said(at, "I lost my card"), f"gather:{CALL}:{at}")
    here.settle()
    here.board.line(PresenceSet("sora", True), "api:1")
    here.settle()
    wording = Wording(here.application.sites)
    (entry,) = here.application.floor.look().entries.values()
    assert "카드 분실" in wording.brief("call", entry.brief, "ko", 60)
    assert "lost_card" not in wording.brief("call", entry.brief, "en", 60)
    assert wording.words(Brief(number="", language="ko", reason="lost_card")) == "카드 분실"
