"""Who is next: the best agent for an entry, the best entry for an agent, and the oracle that tries every pair.

Laws: entries are ordered by (arrival - head start), agents by how long they have been idle; an agent who let an entry
ring out or refused it is not rung for it again (`passed`; the step empties it when nobody else is left).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .model import Agent, Away, Entry, Free, Line, Offer, QueueRules
from .widen import able, need_of

Rules = Mapping[str, QueueRules]
Place = tuple[datetime, datetime, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """The agent chosen for an entry, and among how many free able ones."""

    agent: Agent
    among: int


def place(entry: Entry) -> Place:
    """The order of the line: arrival less head start; then arrival, then id, so that no two entries are equal."""
    begins = entry.arrived - timedelta(seconds=entry.head_start) if entry.head_start else entry.arrived
    return (begins, entry.arrived, entry.id)


def idleness(agent: Agent) -> tuple[datetime, str]:
    return (agent.idle_since, agent.id)


def best_agent(entry: Entry, agents: Iterable[Agent], rules: Rules) -> Choice | None:
    """The longest idle of the free agents who are able to answer the entry."""
    need = need_of(entry, rules)
    fit = [
        agent
        for agent in agents
        if isinstance(agent.presence, Free) and agent.id not in entry.passed and able(agent, need)
    ]
    return Choice(min(fit, key=idleness), len(fit)) if fit else None


def best_entry(agent: Agent, entries: Iterable[Entry], rules: Rules) -> Entry | None:
    """The first waiting entry in line that this agent may answer. Entries share few needs: each need is asked once."""
    asked: dict[tuple[str, str, str | None, int], bool] = {}
    fit = []
    for entry in entries:
        if entry.offer is None and agent.id not in entry.passed:
            kind = (entry.queue, entry.language, entry.skill, entry.widened)
            answer = asked.get(kind)
            if answer is None:
                answer = asked[kind] = able(agent, need_of(entry, rules))
            if answer:
                fit.append(entry)
    return min(fit, key=place, default=None)


def somebody_else(entry: Entry, agents: Iterable[Agent], rules: Rules) -> bool:
    """Whether an able agent who has not passed this entry is on duty, free or not."""
    need = need_of(entry, rules)
    return any(
        agent.id not in entry.passed and not isinstance(agent.presence, Away) and able(agent, need) for agent in agents
    )


def ahead(entry: Entry, entries: Iterable[Entry]) -> int:
    """How many waiting entries of the pool stand before this one."""
    mine = place(entry)
    return sum(1 for other in entries if other.offer is None and place(other) < mine)


def position(line: Line, entry: str) -> int | None:
    """The entry's place, from 1, among those of its queue whom no agent has accepted; None when it does not wait."""
    found = line.entries.get(entry)
    if found is None or not waits(found, line.offers):
        return None
    mine = place(found)
    same = (other for other in line.entries.values() if other.queue == found.queue and waits(other, line.offers))
    return 1 + sum(1 for other in same if place(other) < mine)


def waits(entry: Entry, offers: Mapping[int, Offer]) -> bool:
    """Whether the entry still stands in line: no offer, or one that nobody has accepted yet."""
    return entry.offer is None or offers[entry.offer].accepted is None


def why(entry: Entry, choice: Choice, before: int) -> str:
    """The rule that chose this pair, in one sentence. `before` is how many waiting entries this one goes ahead of."""
    who = "the only able agent free" if choice.among == 1 else f"longest idle of {choice.among} able agents"
    parts = [who, "first in line"]
    if before:
        parts[1] = f"first in line whom they may answer, {before} ahead need somebody else"
    if entry.head_start:
        parts.append(f"with a head start of {entry.head_start:g} s")
    if entry.widened:
        parts.append(f"after widening step {entry.widened}")
    return "; ".join(parts)


def every_pair(agents: Mapping[str, Agent], entries: Mapping[str, Entry], rules: Rules) -> list[tuple[str, str]]:
    """The oracle of the tests: tries every entry with every agent, takes the best pair, and begins again.

    Gives (entry, agent) ids in the order in which they are to be rung. What `step` offers after each event must be
    exactly this; it costs (entries x agents) a pair, which is why `step` does not do it.
    """
    chosen: list[tuple[str, str]] = []
    while True:
        taken = {name for pair in chosen for name in pair}
        pairs = [
            (place(entry), idleness(agent), entry.id, agent.id)
            for entry in entries.values()
            for agent in agents.values()
            if entry.offer is None
            and isinstance(agent.presence, Free)
            and not {entry.id, agent.id} & taken
            and agent.id not in entry.passed
            and able(agent, need_of(entry, rules))
        ]
        if not pairs:
            return chosen
        chosen.append(min(pairs)[2:])
