"""Who may answer an entry: its queue, its language, its skills, and who else after it has waited.

Law: what an entry needs changes only when the timer of a widening step is due, so that two steps at different moments
agree on who is able as long as no event came between them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .model import Agent, Entry, QueueRules, SetTimer


@dataclass(frozen=True, slots=True)
class Need:
    """What an agent must bring: one of the queues, the language, every skill (at any level)."""

    queues: tuple[str, ...]
    skills: frozenset[str]
    language: str


def rules_of(rules: Mapping[str, QueueRules], queue: str) -> QueueRules:
    """The rules of a queue; plain ones for a queue that left the configuration while entries still stand in it."""
    found = rules.get(queue)
    return found or QueueRules(
        queue, skills=(), offer=20.0, wrap_up=20.0, capacity=0, talk=240.0, patience=600.0, widen=()
    )


def need_of(entry: Entry, rules: Mapping[str, QueueRules]) -> Need:
    """What the entry needs, the widening steps it has reached included."""
    return need(rules_of(rules, entry.queue), entry.language, entry.skill, entry.widened)


def need(queue: QueueRules, language: str, skill: str | None, widened: int) -> Need:
    skills = {*queue.skills} if skill is None else {*queue.skills, skill}
    queues = [queue.name]
    for _, dropped, added in steps(queue)[:widened]:
        if dropped is not None:
            skills.discard(dropped)
        if added is not None:
            queues.append(added)
    return Need(tuple(queues), frozenset(skills), language)


def steps(queue: QueueRules) -> list[tuple[float, str | None, str | None]]:
    """The widening steps in the order in which they come due."""
    return sorted(queue.widen, key=lambda step: step[0])


def able(agent: Agent, need: Need) -> bool:
    return (
        need.language in agent.languages
        and any(queue in agent.queues for queue in need.queues)
        and need.skills <= agent.skills.keys()
    )


def reached(queue: QueueRules, waited: float) -> int:
    """How many widening steps count after `waited` seconds."""
    return sum(1 for after, _, _ in queue.widen if after <= waited)


def timers(entry: Entry, queue: QueueRules) -> Iterator[SetTimer]:
    """The timers of the widening steps that are still to come."""
    for index, (after, _, _) in enumerate(steps(queue)):
        if index >= entry.widened:
            yield SetTimer(f"widen:{entry.id}:{index}", _later(entry.arrived, after))


def _later(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)
