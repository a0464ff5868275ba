"""The line, story by story: places, patience, widening, presence, and what comes too late."""

import pytest

from routing.model import (
    AgentGone,
    Arrived,
    Away,
    CallerEntered,
    CancelTimer,
    Free,
    GaveUp,
    Left,
    LineEvent,
    OfferAccepted,
    OfferRefused,
    PresenceSet,
    Refused,
    Ring,
    Ringing,
    SignedIn,
    StopRinging,
    TalkEnded,
    Talking,
    TimerDue,
    WrappingUp,
)
from tests.routing.line import Played, agent, at, entry, ringing, talking, told


def test_patience_ends() -> None:
    played = Played()
    played.arrives(entry("A"))
    assert told(played.until(600)) == [GaveUp("A", "call", "patience")]
    assert played.line.entries == {}


def test_patience_waits_for_the_agent_who_is_being_rung() -> None:
    played = Played()
    played.arrives(entry("A"))
    played.until(590)
    played.has(agent("mina"))
    assert told(played.until(605)) == []
    assert told(played.until(615)) == [StopRinging(1, "mina", "did not answer"), GaveUp("A", "call", "patience")]


def test_patience_is_over_once_they_talk() -> None:
    played = talking()
    assert played.event(TimerDue("patience:A")) == ()


@pytest.mark.parametrize(
    ("opened", "queue", "waiting", "reason"),
    [(False, "care", 0, "closed"), (True, "nowhere", 0, "closed"), (True, "care", 5, "full")],
)
def test_a_place_is_refused(opened: bool, queue: str, waiting: int, reason: str) -> None:
    played = Played()
    for number in range(waiting):
        played.arrives(entry(f"W{number}"))
    assert played.event(Arrived(entry("A", queue=queue), opened)) == (Refused("A", "call", reason),)
    assert "A" not in played.line.entries


def test_a_talk_takes_no_place_in_line() -> None:
    played = talking()
    for number in range(5):
        played.arrives(entry(f"W{number}"))
    assert len(played.line.entries) == 6


def test_arriving_twice_changes_nothing() -> None:
    played = ringing()
    assert played.arrives(entry("A", arrived=9)) == ()
    assert played.line.entries["A"].arrived == at(0)


def test_widening_lets_others_answer() -> None:
    played = Played().has(
        agent("plain", queues=("cards",)), agent("other", queues=("care",), languages=("ko",), idle=-9)
    )
    assert [type(action) for action in told(played.arrives(entry("A", queue="cards")))] == []
    assert told(played.until(30)) == [
        Ring(1, "plain", "A", "call", at(50), "the only able agent free; first in line; after widening step 1")
    ]
    played.has(agent("joon", queues=("care",)))
    assert told(played.until(50)) == [StopRinging(1, "plain", "did not answer")]
    assert [action.agent for action in played.until(60) if isinstance(action, Ring)] == ["joon"]


def test_widening_during_an_offer_counts_for_the_next_one() -> None:
    played = Played().has(agent("expert", queues=("cards",), skills={"cards": 5}), agent("joon", queues=("care",)))
    played.arrives(entry("A", queue="cards"))
    played.event(OfferAccepted(1, "expert"))
    assert told(played.event(TimerDue("widen:A:1"))) == []
    assert told(played.event(AgentGone(1, "failed"))) == [
        Ring(2, "joon", "A", "call", at(20), "the only able agent free; first in line; after widening step 2")
    ]
    assert played.event(TimerDue("widen:A:0")) == ()


def test_who_returns_with_an_old_arrival_has_widened_already() -> None:
    played = Played(now=45)
    played.arrives(entry("A", queue="cards", arrived=0))
    assert played.line.entries["A"].widened == 1
    assert played.timers == {"patience:A": at(645), "widen:A:1": at(60)}


def test_a_skill_of_the_entry_itself() -> None:
    played = Played().has(agent("junior", idle=0), agent("senior", skills={"senior": 3}, idle=5))
    assert [action.agent for action in played.arrives(entry("A", skill="senior")) if isinstance(action, Ring)] == [
        "senior"
    ]


def test_a_head_start_overtakes_by_its_seconds_only() -> None:
    played = Played()
    played.arrives(entry("early", arrived=0))
    played.arrives(entry("late", arrived=100, head_start=50))
    played.arrives(entry("later", arrived=110, head_start=120))
    played.has(agent("a"), agent("b"), agent("c"))
    rung = [played.line.entries[name].offer for name in ("later", "early", "late")]
    assert rung == [1, 2, 3]


def test_an_agent_says_away_and_free() -> None:
    played = Played().has(agent("mina"))
    played.event(PresenceSet("mina", free=False, reason="lunch"))
    assert played.presence("mina") == Away("lunch")
    played.event(PresenceSet("mina", free=False))
    assert played.presence("mina") == Away("away")
    played.now = 50
    played.event(PresenceSet("mina", free=True))
    assert played.presence("mina") == Free(at(50))
    before = played.line
    played.now = 60
    played.event(PresenceSet("mina", free=True))
    played.event(PresenceSet("nobody", free=True))
    assert played.line is before


@pytest.mark.parametrize(
    ("end", "presence"),
    [
        (OfferRefused(1, "mina", ""), Away("lunch")),
        (TimerDue("offer:1"), Away("lunch")),
        (Left("A", "hung_up"), Away("lunch")),
    ],
)
def test_away_while_ringing_takes_effect_afterwards(end: LineEvent, presence: Away) -> None:
    played = ringing()
    played.event(PresenceSet("mina", free=False, reason="lunch"))
    assert played.presence("mina") == Ringing("A", 1)
    played.event(end)
    assert played.presence("mina") == presence
    assert played.line.agents["mina"].leaving == ""


def test_away_while_talking_takes_effect_afterwards_and_can_be_taken_back() -> None:
    played = talking()
    played.event(PresenceSet("mina", free=False, reason="lunch"))
    played.event(PresenceSet("mina", free=True))
    assert played.line.agents["mina"].leaving == ""
    played.event(PresenceSet("mina", free=False, reason="lunch"))
    played.event(TalkEnded(1, "hung_up"))
    assert played.presence("mina") == Away("lunch")


@pytest.mark.parametrize(("free", "presence"), [(True, Free(at(10))), (False, Away("lunch"))])
def test_wrap_up_ends_early(free: bool, presence: Free | Away) -> None:
    played = talking()
    played.event(TalkEnded(1, "hung_up"))
    played.now = 10
    played.event(PresenceSet("mina", free=free, reason="lunch"))
    assert played.presence("mina") == presence
    assert played.timers == {}
    assert played.event(TimerDue("wrap:mina")) == ()


def test_a_queue_without_wrap_up() -> None:
    played = Played().has(agent("mina", queues=("cards",), skills={"cards": 1}))
    played.arrives(entry("A", queue="cards"))
    played.talks(1, "mina")
    played.now = 9
    played.event(TalkEnded(1, "hung_up"))
    assert played.presence("mina") == Free(at(9))


def test_signing_in_again_keeps_what_the_agent_is_doing() -> None:
    played = talking()
    played.event(SignedIn(agent("mina", queues=("care", "cards"), idle=77)))
    mina = played.line.agents["mina"]
    assert (mina.presence, mina.idle_since, mina.queues) == (Talking("A", 1, at(0)), at(0), ("care", "cards"))


def test_a_new_skill_is_used_at_once() -> None:
    played = Played().has(agent("mina", queues=("cards",)))
    played.arrives(entry("A", queue="cards"))
    assert [
        type(action) for action in told(played.event(SignedIn(agent("mina", queues=("cards",), skills={"cards": 1}))))
    ] == [Ring]


def test_a_new_agent_is_free_or_away_whatever_is_claimed() -> None:
    played = Played().has(agent("mina", presence=Ringing("X", 9)), agent("joon", presence=Away("not signed in")))
    assert played.presence("mina") == Free(at(0))
    assert played.presence("joon") == Away("not signed in")


STALE: list[LineEvent] = [
    OfferAccepted(1, "joon"),
    OfferAccepted(9, "mina"),
    OfferRefused(1, "joon", ""),
    OfferRefused(9, "mina", ""),
    CallerEntered(9),
    AgentGone(9, "hung_up"),
    TalkEnded(9, "hung_up"),
    Left("nobody", "hung_up"),
    TimerDue("offer:9"),
    TimerDue("join:9"),
    TimerDue("wrap:nobody"),
    TimerDue("wrap:mina"),
    TimerDue("patience:nobody"),
    TimerDue("again:A"),
    TimerDue("something:else"),
]


@pytest.mark.parametrize("event", [*STALE, CallerEntered(1), TimerDue("join:1")], ids=str)
def test_what_is_not_meant_for_the_open_offer_changes_nothing(event: LineEvent) -> None:
    played = ringing()
    before = played.line
    assert played.event(event) == ()
    assert played.line is before


@pytest.mark.parametrize(
    "event",
    [
        *STALE,
        OfferAccepted(1, "mina"),
        OfferRefused(1, "mina", ""),
        CallerEntered(1),
        TimerDue("offer:1"),
        TimerDue("join:1"),
    ],
    ids=str,
)
def test_what_comes_late_in_a_talk_changes_nothing(event: LineEvent) -> None:
    played = talking()
    before = played.line
    assert played.event(event) == ()
    assert played.line is before


def test_again_for_an_entry_that_nobody_passed() -> None:
    played = Played()
    played.arrives(entry("A"))
    assert played.event(TimerDue("again:A")) == ()


def test_a_queue_that_left_the_configuration_lets_its_entries_out() -> None:
    played = talking()
    played.rules = {}
    played.event(TalkEnded(1, "hung_up"))
    assert played.presence("mina") == WrappingUp(at(20))


def test_widening_steps_may_be_claimed_in_either_order() -> None:
    played = Played()
    played.arrives(entry("A", queue="cards"))
    assert played.event(TimerDue("widen:A:1")) == (CancelTimer("widen:A:0"),)
    assert played.line.entries["A"].widened == 2
    assert played.event(TimerDue("widen:A:0")) == ()
    assert played.event(TimerDue("widen:A:7")) == ()


def test_who_comes_back_is_taken_out_of_what_they_passed_and_nothing_else() -> None:
    played = Played().has(agent("mina", idle=0), agent("joon", idle=1))
    played.arrives(entry("A"))
    played.until(40)
    played.arrives(entry("K", language="ko", arrived=40))
    assert played.passed("A") == ("mina", "joon")
    played.event(PresenceSet("mina", free=True))
    assert played.passed("A") == ("joon",)
    assert played.line.entries["A"].offer is not None
    assert "again:A" in played.timers
