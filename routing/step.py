"""The line as a state machine: `step(line, event, now, rules)` applies one event, then offers what that event set free.

Laws: nobody waits while somebody able is free; an agent is never in two calls; an entry leaves exactly once; a repeated
event changes nothing. Only entries and agents that this event set free are looked at; `select.every_pair` says the same
by trying everything. Nothing here reads a clock, a row or the world.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from . import offers, widen
from .draft import Draft
from .model import (
    AgentEntered,
    AgentGone,
    Arrived,
    Away,
    CallerEntered,
    Entry,
    Free,
    GaveUp,
    Left,
    Line,
    LineEvent,
    LineStep,
    NotThere,
    OfferAccepted,
    OfferRefused,
    PresenceSet,
    QueueRules,
    Refused,
    Ringing,
    Rung,
    SignedIn,
    TalkEnded,
    Talking,
    TimerDue,
    WrappingUp,
)
from .select import ahead, best_agent, best_entry, place, somebody_else, waits, why


def step(line: Line, event: LineEvent, now: datetime, rules: Mapping[str, QueueRules]) -> LineStep:
    """The line after `event`, and what follows from it. `rules` holds every queue of the pool by name."""
    draft = Draft(line, now, rules)
    apply(draft, event)
    offer_freed(draft)
    return draft.done()


def apply(draft: Draft, event: LineEvent) -> None:
    """What the event itself changes; who is offered to whom comes afterwards."""
    match event:
        case Arrived():
            arrive(draft, event)
        case Left():
            leave(draft, event)
        case SignedIn():
            sign_in(draft, event)
        case PresenceSet():
            set_presence(draft, event)
        case TimerDue():
            on_timer(draft, event.name)
        case (
            Rung() | OfferAccepted() | OfferRefused() | AgentEntered() | CallerEntered() | AgentGone() | TalkEnded()
            | NotThere()
        ):  # fmt: skip
            offers.on_offer(draft, event)
        case _:
            assert_never(event)


def offer_freed(draft: Draft) -> None:
    """Rings for every pair that this event made possible, first in line first.

    Before the event no free agent was able to answer a waiting entry, so every possible pair holds something freed: the
    first entry in line that can be answered is a freed entry, or the first one that a freed agent may answer.
    """
    while draft.freed_agents or draft.freed_entries:
        entry = min(_candidates(draft), key=place, default=None)
        if entry is None:
            return
        choice = best_agent(entry, draft.agents.values(), draft.rules)
        if choice is None:
            draft.freed_entries.discard(entry.id)
        else:
            offers.ring(draft, entry, choice, why(entry, choice, ahead(entry, draft.entries.values())))


def _candidates(draft: Draft) -> list[Entry]:
    found = [draft.entries[name] for name in draft.freed_entries if name in draft.entries]
    for name in draft.freed_agents:
        agent = draft.agents[name]
        if isinstance(agent.presence, Free):
            entry = best_entry(agent, draft.entries.values(), draft.rules)
            found.extend(() if entry is None else (entry,))
    return [entry for entry in found if entry.offer is None]


# -- entries ---------------------------------------------------------------------------------------------------------


def arrive(draft: Draft, event: Arrived) -> None:
    """A place in line, unless the entry has one already, the queue is closed, or its places are taken."""
    entry = event.entry
    if entry.id in draft.entries:
        return
    queue = draft.rules.get(entry.queue)
    if queue is None or not event.open:
        draft.act(Refused(entry.id, entry.kind, "closed"))
        return
    standing = sum(other.queue == entry.queue and waits(other, draft.offers) for other in draft.entries.values())
    if standing >= queue.capacity:
        draft.act(Refused(entry.id, entry.kind, "full"))
        return
    reached = widen.reached(queue, (draft.now - entry.arrived).total_seconds())
    placed = replace(entry, offer=None, passed=(), widened=reached)
    draft.back_in_line(placed)
    draft.set_timer(f"patience:{entry.id}", entry.patience)
    draft.actions.extend(widen.timers(placed, queue))


def leave(draft: Draft, event: Left) -> None:
    entry = draft.entries.get(event.entry)
    if entry is not None:
        offers.forget(draft, entry, event.reason)


# -- agents ----------------------------------------------------------------------------------------------------------


def sign_in(draft: Draft, event: SignedIn) -> None:
    """Who the agent is may change at any time; what they are doing is the line's own knowledge and stays."""
    told = event.agent
    known = draft.agents.get(told.id)
    if known is None:
        presence = told.presence if isinstance(told.presence, Free | Away) else Free(draft.now)
        draft.put_agent(replace(told, presence=presence, leaving=""))
    else:
        draft.put_agent(replace(told, presence=known.presence, idle_since=known.idle_since, leaving=known.leaving))
    draft.freed_agents.add(told.id)


def set_presence(draft: Draft, event: PresenceSet) -> None:
    agent = draft.agents.get(event.agent)
    if agent is None:
        return
    reason = event.reason or "away"
    match agent.presence:
        case Ringing() | Talking():
            draft.put_agent(replace(agent, leaving="" if event.free else reason))
        case Free():
            if not event.free:
                draft.send_away(agent, reason)
        case Away():
            if event.free:
                welcome_back(draft, agent.id)
                draft.come_free(agent)
            else:
                draft.send_away(agent, reason)
        case WrappingUp():
            draft.cancel(f"wrap:{agent.id}")
            if event.free:
                draft.come_free(agent)
            else:
                draft.send_away(agent, reason)
        case _:
            assert_never(agent.presence)


def welcome_back(draft: Draft, agent: str) -> None:
    """Who says they are free again may be rung for entries that rang out at their empty desk."""
    for entry in [*draft.entries.values()]:
        if agent in entry.passed:
            others = tuple(name for name in entry.passed if name != agent)
            unplaced = tuple(name for name in entry.unplaced if name != agent)
            draft.put_entry(replace(entry, passed=others, unplaced=unplaced))
            if not others:
                draft.cancel(f"again:{entry.id}")


# -- timers ----------------------------------------------------------------------------------------------------------


def on_timer(draft: Draft, name: str) -> None:
    """A timer of the line is due. One whose subject has moved on changes nothing."""
    kind, _, subject = name.partition(":")
    match kind:
        case "offer" | "join" | "verify":
            offer_due(draft, kind, int(subject))
        case "wrap":
            wrap_due(draft, subject)
        case "patience" | "again" | "widen":
            entry_due(draft, kind, subject)


def offer_due(draft: Draft, kind: str, number: int) -> None:
    offer = draft.offers.get(number)
    if offer is None:
        return
    match kind:
        case "join":
            offers.join_late(draft, offer)
        case "verify":
            offers.unheard(draft, offer)
        case _:
            offers.rang_out(draft, offer)


def wrap_due(draft: Draft, name: str) -> None:
    agent = draft.agents.get(name)
    if agent is not None and isinstance(agent.presence, WrappingUp):
        draft.come_free(agent)


def entry_due(draft: Draft, kind: str, subject: str) -> None:
    name, _, index = subject.rpartition(":") if kind == "widen" else (subject, "", "")
    entry = draft.entries.get(name)
    if entry is None:
        return
    match kind:
        case "widen":
            widen_due(draft, entry, int(index) + 1)
        case "patience":
            patience_due(draft, entry)
        case _:
            again_due(draft, entry)


def widen_due(draft: Draft, entry: Entry, steps: int) -> None:
    """More agents may answer from here on; while an offer is open it only counts for the next one.

    Two steps that are due together may be claimed in either order: the later one includes the earlier.
    """
    if entry.widened < steps <= len(draft.rules_of(entry).widen):
        for earlier in range(entry.widened, steps - 1):
            draft.cancel(f"widen:{entry.id}:{earlier}")
        draft.back_in_line(replace(entry, widened=steps))


def patience_due(draft: Draft, entry: Entry) -> None:
    """The line gives up, unless an agent is being rung or joined at this very moment."""
    offer = None if entry.offer is None else draft.offers[entry.offer]
    if offer is None or (offer.accepted is None and not offer.rung):
        offers.forget(draft, entry, "patience")
        draft.act(GaveUp(entry.id, entry.kind, "patience"))
    elif not offer.caller_in:
        draft.set_timer(f"patience:{entry.id}", offers.AGENT_JOINS)


def again_due(draft: Draft, entry: Entry) -> None:
    """Agents who passed this entry are rung again once nobody else is left who could answer it; those whom the carrier
    could not ring are rung again in any case."""
    if entry.offer is not None or not entry.passed:
        return
    left = tuple(name for name in entry.passed if name not in entry.unplaced)
    if not somebody_else(replace(entry, passed=left), draft.agents.values(), draft.rules):
        left = ()
    if left:
        draft.set_timer(f"again:{entry.id}", offers.RING_AGAIN)
    if left != entry.passed:
        draft.back_in_line(replace(entry, passed=left, unplaced=()))
