"""The life of an offer: rung, accepted, joined, over.

A numbered offer binds one entry to one agent until it is over. Laws: the first accept wins; an event for an offer that
is over changes nothing; whatever happens, the agent ends free, wrapping up or away, and the entry in line or out of it.

    ring -> accepted -> agent's leg in -> caller in -> over (wrap-up)
      |        |             |
      |        |             +- caller not in: agent free, entry back in line with a head start
      |        +- leg not in within AGENT_JOINS: agent away, entry back in line
      +- refused, or never rung: agent stays free;  rung and not answered: agent away;  entry back in line

Whoever is late to come in is looked for before anybody is parted: the carrier is asked who stands in the conference,
because its news of a join is sent once and may be lost.
"""

from dataclasses import replace
from typing import assert_never

from .draft import Draft
from .model import (
    AgentEntered,
    AgentGone,
    AgentLost,
    AgentWaits,
    CallerEntered,
    Connect,
    Entry,
    FreeAgent,
    NotThere,
    Offer,
    OfferAccepted,
    OfferRefused,
    Ring,
    Ringing,
    Rung,
    StopRinging,
    TalkEnded,
    Talking,
    Verify,
)
from .notices import notice, parting
from .select import Choice

AGENT_JOINS = 15.0
"""Seconds from an accept until the agent's leg must stand in the conference."""
CALLER_JOINS = {"call": 5.0, "callback": 180.0}
"""Seconds from AgentWaits until the entry must be in. A callback has to be dialled, answered and confirmed first: its
own timers end sooner, and this one only makes sure that no agent is kept for ever."""
SAYS = 20.0
"""Seconds for the carrier to say who stands in a conference, tries that fail included; silent as long, it is taken for
a no."""
RING_AGAIN = 20.0
"""Seconds after which agents who passed an entry may be rung for it again, if nobody else is left."""
PLACE_AGAIN = 5.0
"""Seconds until an agent whom the carrier could not ring is tried again for an entry, if nobody else took it."""
KEPT = 60.0
"""Head start in seconds for an entry that was told of an agent who then did not come."""
UNREACHED = frozenset({"no_answer", "failed"})
"""Refusals that are the telephone's word, not the agent's: nobody is there, so the agent is set away."""

UNPLACED = "unplaced"
"""The refusal that is the carrier's alone: nothing is known of the agent, who stays free."""

OfferEvent = Rung | OfferAccepted | OfferRefused | AgentEntered | CallerEntered | AgentGone | TalkEnded | NotThere


def on_offer(draft: Draft, event: OfferEvent) -> None:
    """Something happened to an offer."""
    offer = draft.offers.get(event.offer)
    if offer is None:
        stray(draft, event)
        return
    match event:
        case Rung():
            draft.put_offer(replace(offer, rung=True))
        case OfferAccepted():
            if event.agent == offer.agent and offer.accepted is None:
                accept(draft, offer)
        case OfferRefused():
            refuse(draft, offer, event)
        case AgentEntered():
            enter_agent(draft, offer, event)
        case CallerEntered():
            enter_caller(draft, offer)
        case AgentGone() | TalkEnded() | NotThere():
            go_apart(draft, offer, event)
        case _:
            assert_never(event)


def go_apart(draft: Draft, offer: Offer, event: AgentGone | TalkEnded | NotThere) -> None:
    match event:
        case AgentGone():
            lose_agent(draft, offer, event.reason)
        case TalkEnded():
            if event.inside:
                enter_caller(draft, offer)
            forget(draft, draft.entries[offer.entry], event.reason)
        case NotThere():
            if offer.asked and event.who == awaited(offer):
                part_unjoined(draft, offer)
        case _:
            assert_never(event)


def stray(draft: Draft, event: OfferEvent) -> None:
    """An offer that is over. Only a leg that still comes in needs an answer: it is ended."""
    if isinstance(event, AgentEntered):
        draft.act(FreeAgent(event.offer, "", event.call, notice("too_late", None)))


def ring(draft: Draft, entry: Entry, choice: Choice, why: str) -> None:
    number, agent = draft.next_offer, choice.agent
    seconds = draft.rules_of(entry).offer
    until = draft.later(seconds)
    draft.next_offer = number + 1
    draft.put_offer(Offer(number, entry.id, agent.id, made=draft.now, until=until))
    draft.put_entry(replace(entry, offer=number))
    draft.put_agent(replace(agent, presence=Ringing(entry.id, number)))
    draft.act(Ring(number, agent.id, entry.id, entry.kind, until, why))
    draft.set_timer(f"offer:{number}", seconds)


def accept(draft: Draft, offer: Offer) -> Offer:
    agent, entry = draft.agents[offer.agent], draft.entries[offer.entry]
    taken = replace(offer, accepted=draft.now)
    draft.put_offer(taken)
    draft.put_agent(replace(agent, presence=Talking(entry.id, offer.number, draft.now)))
    draft.cancel(f"offer:{offer.number}")
    draft.set_timer(f"join:{offer.number}", AGENT_JOINS)
    draft.act(Connect(offer.number, agent.id, agent.name, entry.id, entry.kind))
    return taken


def refuse(draft: Draft, offer: Offer, event: OfferRefused) -> None:
    """An agent who says no stays free; when only their telephone says so, nobody is there."""
    if offer.accepted is not None or event.agent != offer.agent:
        return
    if event.reason == UNPLACED:
        stay_free(draft, offer)
        return
    if event.reason in UNREACHED:
        miss(draft, offer, "could not be reached" if event.reason == "failed" else "did not answer")
        return
    stop_ringing(draft, offer, "refused")
    draft.release(draft.agents[offer.agent])
    give_back(draft, offer, "the agent refused")


def rang_out(draft: Draft, offer: Offer) -> None:
    """The offer's timer. Silence says something of an agent only when the phone has rung."""
    if offer.accepted is not None:
        return
    if offer.rung:
        miss(draft, offer, "did not answer")
    else:
        stay_free(draft, offer)


def stay_free(draft: Draft, offer: Offer) -> None:
    """The carrier could not be brought to ring the agent: somebody else is tried, and the same again after a pause."""
    stop_ringing(draft, offer, "could not be rung")
    draft.release(draft.agents[offer.agent])
    entry = draft.entries[offer.entry]
    draft.put_entry(replace(entry, unplaced=(*entry.unplaced, offer.agent)))
    give_back(draft, offer, "the agent could not be rung")


def miss(draft: Draft, offer: Offer, reason: str) -> None:
    """Nobody answered at the agent's end: the agent is set away, so that no other caller waits for them."""
    stop_ringing(draft, offer, reason)
    draft.send_away(draft.agents[offer.agent], reason)
    give_back(draft, offer, f"the agent {reason}")


def enter_agent(draft: Draft, offer: Offer, event: AgentEntered) -> None:
    """The agent stands in the conference. A leg that is there has accepted, whichever message came first."""
    agent, entry = draft.agents[offer.agent], draft.entries[offer.entry]
    if offer.agent_in:
        if event.call != offer.leg:
            draft.act(FreeAgent(offer.number, agent.id, event.call, notice("too_late", agent)))
        return
    taken = offer if offer.accepted is not None else accept(draft, offer)
    if taken.asked:
        draft.cancel(f"verify:{offer.number}")
    draft.put_offer(replace(taken, agent_in=True, leg=event.call, asked=False))
    draft.set_timer(f"join:{offer.number}", CALLER_JOINS.get(entry.kind, CALLER_JOINS["call"]))
    draft.act(AgentWaits(offer.number, agent.id, agent.name, entry.id, entry.kind))


def enter_caller(draft: Draft, offer: Offer) -> None:
    """The two are together: nothing of the waiting is left. Before the agent stands there nobody can be brought in."""
    if offer.caller_in or not offer.agent_in:
        return
    draft.put_offer(replace(offer, caller_in=True, asked=False))
    stop_expecting(draft, offer)
    stop_waiting(draft, draft.entries[offer.entry])


def lose_agent(draft: Draft, offer: Offer, reason: str) -> None:
    """The agent's leg is out of the conference, or never came in."""
    agent, entry = draft.agents[offer.agent], draft.entries[offer.entry]
    if offer.accepted is None:
        miss(draft, offer, "did not answer")
    elif offer.caller_in:
        del draft.offers[offer.number]
        del draft.entries[entry.id]
        draft.wrap_up(agent, draft.rules_of(entry).wrap_up)
        draft.act(AgentLost(offer.number, entry.id, entry.kind, reason))
    else:
        del draft.offers[offer.number]
        stop_expecting(draft, offer)
        draft.release(agent)
        give_back(draft, offer, "the agent's leg is gone")


def awaited(offer: Offer) -> str:
    """Who is to come into the conference next."""
    return "caller" if offer.agent_in else "agent"


def join_late(draft: Draft, offer: Offer) -> None:
    """The join timer: of either the agent's leg or the caller we did not hear that they came in."""
    if offer.accepted is None or offer.caller_in or offer.asked:
        return
    draft.put_offer(replace(offer, asked=True))
    draft.set_timer(f"verify:{offer.number}", SAYS)
    draft.act(Verify(offer.number, awaited(offer)))


def unheard(draft: Draft, offer: Offer) -> None:
    """The carrier does not say who stands in the conference: nobody is kept waiting for its answer."""
    if offer.asked:
        part_unjoined(draft, offer)


def part_unjoined(draft: Draft, offer: Offer) -> None:
    """Either the agent's leg or the caller did not come in."""
    agent = draft.agents[offer.agent]
    stop_expecting(draft, offer)
    del draft.offers[offer.number]
    if offer.agent_in:
        draft.act(FreeAgent(offer.number, agent.id, offer.leg, notice("caller_missing", agent)))
        draft.release(agent)
    else:
        draft.act(StopRinging(offer.number, agent.id, "did not connect"))
        draft.send_away(agent, "did not connect")
    give_back(draft, offer, f"{'the caller' if offer.agent_in else 'the agent'} did not connect")


def give_back(draft: Draft, offer: Offer, reason: str) -> None:
    """The entry waits again, not for this agent. One that was told of the agent hears so, and gets a head start.

    A callback that was told is out of the line: its promise knows whether the person is being rung or already speaks
    to us, and enters the line again when it is right.
    """
    entry = draft.entries[offer.entry]
    passed = (*(name for name in entry.passed if name != offer.agent), offer.agent)
    if offer.agent_in:
        draft.act(AgentLost(offer.number, entry.id, entry.kind, "failed"))
    if offer.agent_in and entry.kind == "callback":
        stop_waiting(draft, entry)
        del draft.entries[entry.id]
        return
    if offer.agent_in:
        entry = replace(entry, head_start=entry.head_start + KEPT)
    gain = f"and gets a head start of {KEPT:g} s" if offer.agent_in else "and keeps its place"
    draft.note(
        "back_in_line", f"Offer {offer.number} came to nothing: {reason}. It waits again {gain}.", entry=entry.id
    )
    draft.back_in_line(replace(entry, offer=None, passed=passed))
    draft.set_timer(f"again:{entry.id}", PLACE_AGAIN if entry.unplaced else RING_AGAIN)


def forget(draft: Draft, entry: Entry, reason: str) -> None:
    """The entry is out of the line, wherever it stood: its agent is freed as far as the two had come."""
    offer = None if entry.offer is None else draft.offers[entry.offer]
    if offer is None or not offer.caller_in:
        stop_waiting(draft, entry)
    del draft.entries[entry.id]
    if offer is not None:
        part(draft, offer, entry, reason)


def part(draft: Draft, offer: Offer, entry: Entry, reason: str) -> None:
    agent = draft.agents[offer.agent]
    if offer.accepted is None:
        stop_ringing(draft, offer, reason)
        draft.release(agent)
        return
    del draft.offers[offer.number]
    if offer.caller_in:
        draft.act(FreeAgent(offer.number, agent.id, offer.leg, ""))
        draft.wrap_up(agent, draft.rules_of(entry).wrap_up)
        return
    stop_expecting(draft, offer)
    draft.release(agent)
    if offer.agent_in:
        draft.act(FreeAgent(offer.number, agent.id, offer.leg, parting(reason, agent)))
    else:
        draft.act(StopRinging(offer.number, agent.id, reason))


def stop_ringing(draft: Draft, offer: Offer, reason: str) -> None:
    del draft.offers[offer.number]
    draft.cancel(f"offer:{offer.number}")
    draft.act(StopRinging(offer.number, offer.agent, reason))


def stop_expecting(draft: Draft, offer: Offer) -> None:
    """Cancels the timer of a join, or of the carrier's answer about it."""
    draft.cancel(f"{'verify' if offer.asked else 'join'}:{offer.number}")


def stop_waiting(draft: Draft, entry: Entry) -> None:
    """Cancels the timers of an entry that no longer waits."""
    draft.cancel(f"patience:{entry.id}")
    for index in range(entry.widened, len(draft.rules_of(entry).widen)):
        draft.cancel(f"widen:{entry.id}:{index}")
    if entry.passed:
        draft.cancel(f"again:{entry.id}")
