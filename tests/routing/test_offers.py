"""The life of an offer, story by story: rung, accepted, joined, lost, over."""

import pytest

from routing.model import (
    AgentEntered,
    AgentGone,
    AgentLost,
    AgentWaits,
    Away,
    CallerEntered,
    Connect,
    Free,
    FreeAgent,
    GaveUp,
    Left,
    NotThere,
    OfferAccepted,
    OfferRefused,
    PresenceSet,
    Ring,
    SetTimer,
    StopRinging,
    TalkEnded,
    Talking,
    Verify,
    WrappingUp,
)
from tests.routing.line import Played, accepted, agent, agent_waits, at, entry, noted, ringing, talking, told

LEFT_EN = "The caller has left. You are free again."
MISSING_EN = "The caller could not be connected. You are free again."
LATE_EN = "This call is no longer yours to answer."


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
    assert told(played.until(15)) == [Verify(1, "agent")]
    assert told(played.event(NotThere(1, "agent"))) == [StopRinging(1, "mina", "did not connect")]
    assert played.presence("mina") == Away("did not connect")
    assert played.line.entries["A"].head_start == 0
    assert told(played.event(AgentEntered(1, "leg-1"))) == [FreeAgent(1, "", "leg-1", LATE_EN)]


def test_a_caller_who_does_not_come_in_keeps_a_head_start_and_the_agent_is_free() -> None:
    played = agent_waits()
    assert told(played.until(5)) == [Verify(1, "caller")]
    assert told(played.event(NotThere(1, "caller"))) == [
        FreeAgent(1, "mina", "leg-1", MISSING_EN),
        AgentLost(1, "A", "call", "failed"),
    ]
    assert noted(played) == [
        "Offer 1 came to nothing: the caller did not connect. It waits again and gets a head start of 60 s."
    ]
    assert played.presence("mina") == Free(at(0))
    assert played.line.entries["A"].head_start == 60
    assert told(played.until(24)) == []
    assert told(played.until(25)) == [
        Ring(2, "mina", "A", "call", at(45), "the only able agent free; first in line; with a head start of 60 s")
    ]


def test_a_join_of_the_caller_that_was_not_heard_of_parts_nobody() -> None:
    played = agent_waits()
    assert told(played.until(5)) == [Verify(1, "caller")]
    assert told(played.event(CallerEntered(1))) == []
    assert played.timers == {}
    assert told(played.until(500)) == []
    assert played.presence("mina") == Talking("A", 1, at(0))


def test_a_join_of_the_agent_that_was_not_heard_of_brings_the_caller() -> None:
    played = accepted()
    assert told(played.until(15)) == [Verify(1, "agent")]
    assert told(played.event(AgentEntered(1, "leg-1"))) == [AgentWaits(1, "mina", "Mina", "A", "call")]
    assert told(played.event(NotThere(1, "agent"))) == [], "an answer about somebody who came meanwhile is stale"
    assert told(played.until(20)) == [Verify(1, "caller")]


@pytest.mark.parametrize(("played", "late"), [(accepted(), 15), (agent_waits(), 5)])
def test_a_carrier_that_does_not_say_who_came_keeps_nobody(played: Played, late: int) -> None:
    assert [type(action) for action in told(played.until(late))] == [Verify]
    assert told(played.until(late + 19)) == []
    assert told(played.until(late + 20)) != []
    assert played.line.offers == {}


def test_who_is_seen_leaving_had_come_in() -> None:
    played = agent_waits()
    assert told(played.event(TalkEnded(1, "hung_up", inside=True))) == [FreeAgent(1, "mina", "leg-1", "")]
    assert played.presence("mina") == WrappingUp(at(30))
    assert set(played.timers) == {"wrap:mina"}


def unplaced(*agents: str) -> Played:
    """The carrier could not be brought to ring Mina for call A, and nobody is rung by itself from here on."""
    played = Played(phones=False).has(*[agent(name, idle=n) for n, name in enumerate(agents)])
    played.arrives(entry("A"))
    return played


def test_who_could_not_be_rung_stays_free_and_is_tried_again() -> None:
    played = unplaced("mina")
    assert told(played.event(OfferRefused(1, "mina", "unplaced"))) == [StopRinging(1, "mina", "could not be rung")]
    assert played.presence("mina") == Free(at(0))
    assert told(played.until(4)) == []
    assert [action.agent for action in told(played.until(5)) if isinstance(action, Ring)] == ["mina"]


def test_an_offer_that_never_rang_cannot_be_missed() -> None:
    played = unplaced("mina")
    assert told(played.until(20)) == [StopRinging(1, "mina", "could not be rung")]
    assert played.presence("mina") == Free(at(0))


def test_another_is_rung_first_and_whom_the_carrier_failed_waits_for_nobody() -> None:
    played = unplaced("mina", "joon")
    did = told(played.event(OfferRefused(1, "mina", "unplaced")))
    assert [action.agent for action in did if isinstance(action, Ring)] == ["joon"]
    played.event(OfferRefused(2, "joon", "busy"))
    assert [action.agent for action in told(played.until(5)) if isinstance(action, Ring)] == ["mina"]
    assert played.passed("A") == ("joon",)


def test_patience_ends_also_while_the_carrier_rings_nobody() -> None:
    played = unplaced("mina")
    did = told(played.until(620))
    assert did[-1] == GaveUp("A", "call", "patience")
    assert played.timers == {}
    assert played.presence("mina") == Free(at(0))


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
    assert did == [FreeAgent(1, "mina", "leg-1", "고객님과 연결되지 않았습니다. 다시 대기 상태가 됩니다.")]
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


def test_a_leg_in_the_conference_has_accepted() -> None:
    played = ringing()
    assert [type(action) for action in told(played.event(AgentEntered(1, "leg-1")))] == [Connect, AgentWaits]
    assert played.timers["join:1"] == at(5)


def test_a_second_leg_of_the_same_agent_is_ended() -> None:
    played = agent_waits()
    assert played.event(AgentEntered(1, "leg-1")) == ()
    assert played.event(AgentEntered(1, "leg-2")) == (FreeAgent(1, "mina", "leg-2", LATE_EN),)


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
