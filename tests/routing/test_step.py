"""The line, story by story."""

import pytest

from routing.model import (
    AgentEntered,
    AgentGone,
    AgentLost,
    AgentWaits,
    Arrived,
    Away,
    CallerEntered,
    CancelTimer,
    Connect,
    Free,
    FreeAgent,
    GaveUp,
    Left,
    LineEvent,
    Note,
    OfferAccepted,
    OfferRefused,
    PresenceSet,
    Refused,
    Ring,
    Ringing,
    SetTimer,
    SignedIn,
    StopRinging,
    TalkEnded,
    Talking,
    TimerDue,
    WrappingUp,
)
from tests.routing.line import Played, agent, at, entry, told

LEFT_EN = "The caller has left. You are free again."
MISSING_EN = "The caller could not be connected. You are free again."
LATE_EN = "This call is no longer yours to answer."


def ringing() -> Played:
    """Mina is rung for call A as offer 1."""
    played = Played().has(agent("mina"))
    played.arrives(entry("A"))
    return played


def accepted() -> Played:
    played = ringing()
    played.event(OfferAccepted(1, "mina"))
    return played


def agent_waits() -> Played:
    played = accepted()
    played.event(AgentEntered(1, "leg-1"))
    return played


def talking() -> Played:
    played = agent_waits()
    played.event(CallerEntered(1))
    return played


def test_from_the_ring_to_the_next_call() -> None:
    played = Played().has(agent("mina"))
    assert played.arrives(entry("A")) == (
        SetTimer("patience:A", at(600)),
        Ring(1, "mina", "A", "call", at(20), "the only able agent free; first in line"),
        SetTimer("offer:1", at(20)),
    )
    assert told(played.event(OfferAccepted(1, "mina"))) == [Connect(1, "mina", "Mina", "A", "call")]
    assert played.timers["join:1"] == at(15)
    assert "offer:1" not in played.timers
    played.now = 2
    assert told(played.event(AgentEntered(1, "leg-1"))) == [AgentWaits(1, "mina", "Mina", "A", "call")]
    assert played.timers["join:1"] == at(7)
    assert told(played.event(CallerEntered(1))) == []
    assert played.timers == {}
    assert played.presence("mina") == Talking("A", 1, at(0))
    played.now = 100
    played.arrives(entry("B", arrived=100))
    assert told(played.event(TalkEnded(1, "hung_up"))) == [FreeAgent(1, "mina", "leg-1", "")]
    assert played.presence("mina") == WrappingUp(at(130))
    assert list(played.line.entries) == ["B"]
    assert [action.entry for action in played.until(130) if isinstance(action, Ring)] == ["B"]
    assert played.line.agents["mina"].idle_since == at(130)


def noted(played: Played) -> list[str]:
    return [action.text for action in played.did if isinstance(action, Note)]


def test_nobody_answers() -> None:
    played = ringing()
    assert told(played.until(20)) == [StopRinging(1, "mina", "did not answer")]
    assert played.presence("mina") == Away("did not answer")
    assert noted(played) == ["Offer 1 came to nothing: the agent did not answer. It waits again and keeps its place."]
    assert played.line.entries["A"].offer is None
    assert played.line.entries["A"].arrived == at(0)
    assert played.line.entries["A"].head_start == 0


def test_an_unanswered_call_goes_to_the_next_agent() -> None:
    played = Played().has(agent("mina", idle=0), agent("joon", idle=5))
    played.arrives(entry("A"))
    did = told(played.until(20))
    assert did == [
        StopRinging(1, "mina", "did not answer"),
        Ring(2, "joon", "A", "call", at(40), "the only able agent free; first in line"),
    ]


def test_who_comes_back_is_rung_for_the_call_that_rang_out() -> None:
    played = ringing()
    played.until(20)
    assert [type(action) for action in told(played.event(PresenceSet("mina", free=True)))] == [Ring]
    assert played.line.agents["mina"].idle_since == at(20)


def test_a_refusal_leaves_the_agent_free_but_not_for_this_call() -> None:
    played = ringing()
    assert told(played.event(OfferRefused(1, "mina", "not now"))) == [StopRinging(1, "mina", "refused")]
    assert played.presence("mina") == Free(at(0))
    assert told(played.arrives(entry("B", arrived=1))) == [
        Ring(2, "mina", "B", "call", at(20), "the only able agent free; "
             "first in line whom they may answer, 1 ahead need somebody else"),
    ]  # fmt: skip


def test_who_refused_is_rung_again_when_nobody_else_is_left() -> None:
    played = Played().has(agent("mina"), agent("joon", idle=1))
    played.arrives(entry("A"))
    played.event(OfferRefused(1, "mina", ""))
    played.event(OfferRefused(2, "joon", ""))
    assert told(played.until(19)) == []
    assert told(played.until(20)) == [
        Ring(3, "mina", "A", "call", at(40), "longest idle of 2 able agents; first in line")
    ]


def test_who_refused_is_left_alone_while_somebody_else_may_come() -> None:
    played = Played().has(agent("mina"), agent("joon", idle=1))
    played.arrives(entry("A"))
    played.talks(1, "mina")
    played.arrives(entry("B"))
    played.event(OfferRefused(2, "joon", ""))
    assert told(played.until(500)) == []
    played.event(TalkEnded(1, "hung_up"))
    assert [action.agent for action in played.until(530) if isinstance(action, Ring)] == ["mina"]


@pytest.mark.parametrize(
    ("reason", "presence"),
    [
        ("busy", Free(at(0))),
        ("no_answer", Away("did not answer")),
        ("failed", Away("could not be reached")),
    ],
)
def test_a_telephone_that_refuses(reason: str, presence: Free | Away) -> None:
    played = ringing()
    played.event(OfferRefused(1, "mina", reason))
    assert played.presence("mina") == presence
    assert played.line.entries["A"].passed == ("mina",)


def test_a_phone_that_was_answered_by_nobody_who_accepts() -> None:
    played = ringing()
    assert told(played.event(AgentGone(1, "hung_up"))) == [StopRinging(1, "mina", "did not answer")]
    assert played.presence("mina") == Away("did not answer")


def test_an_accept_without_a_leg_is_rescinded() -> None:
    played = accepted()
    assert told(played.until(15)) == [StopRinging(1, "mina", "did not connect")]
    assert played.presence("mina") == Away("did not connect")
    assert played.line.entries["A"].head_start == 0
    assert told(played.event(AgentEntered(1, "leg-1"))) == [FreeAgent(1, "", "leg-1", LATE_EN)]


def test_a_caller_who_does_not_come_in_keeps_a_head_start_and_the_agent_is_free() -> None:
    played = agent_waits()
    assert told(played.until(5)) == [
        FreeAgent(1, "mina", "leg-1", MISSING_EN),
        AgentLost(1, "A", "call", "failed"),
    ]
    assert noted(played) == [
        "Offer 1 came to nothing: the caller did not connect. It waits again and gets a head start of 60 s."
    ]
    assert played.presence("mina") == Free(at(0))
    assert played.line.entries["A"].head_start == 60
    again = told(played.until(20))
    assert (
        again
        == [Ring(2, "mina", "A", "call", at(45), "the only able agent free; first in line; with a head start of 60 s")]
        or [action.why for action in again if isinstance(action, Ring)] == []
    )


def test_a_callback_has_time_to_be_dialled() -> None:
    played = Played().has(agent("mina"))
    played.arrives(entry("C", kind="callback"))
    played.event(OfferAccepted(1, "mina"))
    played.event(AgentEntered(1, "leg-1"))
    assert played.timers["join:1"] == at(180)


def test_a_callback_that_was_not_reached_frees_the_agent_with_a_notice() -> None:
    played = Played().has(agent("mina", languages=("ko", "en")))
    played.arrives(entry("C", kind="callback"))
    played.event(OfferAccepted(1, "mina"))
    played.event(AgentEntered(1, "leg-1"))
    did = told(played.event(TalkEnded(1, "not_reached")))
    assert did == [FreeAgent(1, "mina", "leg-1", "고객님이 전화를 끊으셨습니다. 다시 대기 상태가 됩니다.")]
    assert played.presence("mina") == Free(at(0))
    assert played.line.entries == {}


def test_an_agent_who_goes_before_the_caller_is_in() -> None:
    played = agent_waits()
    assert told(played.event(AgentGone(1, "hung_up")))[0] == AgentLost(1, "A", "call", "failed")
    assert played.presence("mina") == Free(at(0))
    assert played.line.entries["A"].offer is None
    assert "join:1" not in played.timers


def test_an_agent_who_goes_between_accept_and_conference() -> None:
    played = accepted()
    assert told(played.event(AgentGone(1, "failed"))) == []
    assert played.line.entries["A"].passed == ("mina",)
    assert played.line.entries["A"].head_start == 0


@pytest.mark.parametrize("reason", ["hung_up", "failed"])
def test_an_agent_who_goes_while_talking(reason: str) -> None:
    played = talking()
    assert told(played.event(AgentGone(1, reason))) == [AgentLost(1, "A", "call", reason)]
    assert played.presence("mina") == WrappingUp(at(30))
    assert played.line.entries == {}
    assert played.line.offers == {}


def test_a_caller_who_leaves_while_waiting() -> None:
    played = Played()
    played.arrives(entry("A", queue="cards"))
    assert set(played.timers) == {"patience:A", "widen:A:0", "widen:A:1"}
    assert told(played.event(Left("A", "hung_up"))) == []
    assert played.line.entries == {}
    assert played.timers == {}


def test_a_caller_who_leaves_after_a_refusal_leaves_no_timer() -> None:
    played = ringing()
    played.event(OfferRefused(1, "mina", ""))
    played.event(Left("A", "hung_up"))
    assert played.timers == {}


def test_a_caller_who_leaves_while_the_agent_is_rung() -> None:
    played = ringing()
    assert told(played.event(Left("A", "hung_up"))) == [StopRinging(1, "mina", "hung_up")]
    assert played.presence("mina") == Free(at(0))
    assert (played.line.offers, played.timers) == ({}, {})


def test_a_caller_who_leaves_before_the_agents_leg_is_in() -> None:
    played = accepted()
    assert told(played.event(Left("A", "hung_up"))) == [StopRinging(1, "mina", "hung_up")]
    assert played.presence("mina") == Free(at(0))
    assert told(played.event(AgentEntered(1, "leg-1"))) == [FreeAgent(1, "", "leg-1", LATE_EN)]


def test_a_caller_who_leaves_while_the_agent_waits() -> None:
    played = agent_waits()
    assert told(played.event(Left("A", "hung_up"))) == [FreeAgent(1, "mina", "leg-1", LEFT_EN)]
    assert played.presence("mina") == Free(at(0))
    assert played.timers == {}


def test_a_caller_who_leaves_while_talking() -> None:
    played = talking()
    assert told(played.event(Left("A", "hung_up"))) == [FreeAgent(1, "mina", "leg-1", "")]
    assert played.presence("mina") == WrappingUp(at(30))


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


def test_a_leg_in_the_conference_has_accepted() -> None:
    played = ringing()
    assert [type(action) for action in told(played.event(AgentEntered(1, "leg-1")))] == [Connect, AgentWaits]
    assert played.timers["join:1"] == at(5)


def test_a_second_leg_of_the_same_agent_is_ended() -> None:
    played = agent_waits()
    assert played.event(AgentEntered(1, "leg-1")) == ()
    assert played.event(AgentEntered(1, "leg-2")) == (FreeAgent(1, "mina", "leg-2", LATE_EN),)


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


def test_a_callback_that_loses_its_agent_is_out_of_the_line_and_its_promise_decides() -> None:
    played = Played().has(agent("mina"))
    played.arrives(entry("C", kind="callback"))
    played.event(OfferAccepted(1, "mina"))
    played.event(AgentEntered(1, "leg-1"))
    assert told(played.event(AgentGone(1, "failed"))) == [AgentLost(1, "C", "callback", "failed")]
    assert played.line.entries == {}
    assert played.timers == {}
    assert told(played.arrives(entry("C", kind="callback")))[0] == Ring(
        2, "mina", "C", "callback", at(20), "the only able agent free; first in line"
    )


def test_widening_steps_may_be_claimed_in_either_order() -> None:
    played = Played()
    played.arrives(entry("A", queue="cards"))
    assert played.event(TimerDue("widen:A:1")) == (CancelTimer("widen:A:0"),)
    assert played.line.entries["A"].widened == 2
    assert played.event(TimerDue("widen:A:0")) == ()
    assert played.event(TimerDue("widen:A:7")) == ()
