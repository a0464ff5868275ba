"""The line while one step changes it: copied records, the actions so far, and who was set free.

A draft lives for one call of `step` and is never seen outside the package. Law: records that a step does not touch stay
the same objects, so that the store writes only what changed.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from .model import (
    Agent,
    Away,
    CancelTimer,
    Entry,
    Free,
    Line,
    LineAction,
    LineStep,
    Note,
    Offer,
    QueueRules,
    SetTimer,
    WrappingUp,
)
from .widen import rules_of

K = TypeVar("K")
V = TypeVar("V")


class Draft:
    """One step's working copy. `freed_agents` and `freed_entries` name what the matching has to look at."""

    def __init__(self, line: Line, now: datetime, rules: Mapping[str, QueueRules]) -> None:
        self.now = now
        self.rules = rules
        self.agents = dict(line.agents)
        self.entries = dict(line.entries)
        self.offers = dict(line.offers)
        self.next_offer = line.next_offer
        self.freed_agents: set[str] = set()
        self.freed_entries: set[str] = set()
        self.actions: list[LineAction] = []
        self._before = line

    def done(self) -> LineStep:
        before = self._before
        line = Line(
            agents=_kept(before.agents, self.agents),
            entries=_kept(before.entries, self.entries),
            offers=_kept(before.offers, self.offers),
            next_offer=self.next_offer,
        )
        return LineStep(before if line == before else line, tuple(self.actions))

    # -- actions

    def act(self, action: LineAction) -> None:
        self.actions.append(action)

    def note(self, kind: str, text: str, **data: str) -> None:
        self.act(Note(kind, text, data))

    def set_timer(self, name: str, seconds: float) -> None:
        """A timer `seconds` from this event's moment; one of the same name is moved."""
        self.act(SetTimer(name, self.later(seconds)))

    def cancel(self, name: str) -> None:
        self.act(CancelTimer(name))

    def later(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=seconds)

    # -- records

    def rules_of(self, entry: Entry) -> QueueRules:
        return rules_of(self.rules, entry.queue)

    def put_entry(self, entry: Entry) -> None:
        self.entries[entry.id] = entry

    def put_agent(self, agent: Agent) -> None:
        self.agents[agent.id] = agent

    def put_offer(self, offer: Offer) -> None:
        self.offers[offer.number] = offer

    def back_in_line(self, entry: Entry) -> None:
        """The entry waits: look for an agent for it."""
        self.put_entry(entry)
        self.freed_entries.add(entry.id)

    # -- agents

    def release(self, agent: Agent) -> None:
        """Out of an offer without having talked: free as before (still as long idle), or away if they asked for it."""
        if agent.leaving:
            self.send_away(agent, agent.leaving)
        else:
            self.put_agent(replace(agent, presence=Free(agent.idle_since)))
            self.freed_agents.add(agent.id)

    def come_free(self, agent: Agent) -> None:
        """Idle from this moment on."""
        self.put_agent(replace(agent, presence=Free(self.now), idle_since=self.now, leaving=""))
        self.freed_agents.add(agent.id)

    def send_away(self, agent: Agent, reason: str) -> None:
        self.put_agent(replace(agent, presence=Away(agent.leaving or reason), leaving=""))

    def wrap_up(self, agent: Agent, seconds: float) -> None:
        """After a talk: time to finish the work, then free; or away at once if they asked for it."""
        if agent.leaving:
            self.send_away(agent, agent.leaving)
        elif seconds <= 0:
            self.come_free(agent)
        else:
            self.put_agent(replace(agent, presence=WrappingUp(self.later(seconds))))
            self.set_timer(f"wrap:{agent.id}", seconds)


def _kept(before: Mapping[K, V], after: dict[K, V]) -> Mapping[K, V]:
    """`before` itself when nothing in it changed; comparing is by identity first, so this is quick."""
    return before if after == before else after
