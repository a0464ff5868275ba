"""What the configuration says of queues and agents, in the line's words.

Law: the configuration tells who an agent is and never what they are doing; the line keeps the presence it knows.
"""

from collections.abc import Mapping
from datetime import datetime

from config.people import Agent as Person
from config.people import Queue

from .model import Agent, Away, Free, Presence, QueueRules, SignedIn

DESK = "desk"
"""Contact of an agent who dials in from a desk: nobody can ring them before they have signed in there."""


def rules(queues: Mapping[str, Queue]) -> Mapping[str, QueueRules]:
    """The rules of every queue by name; widening steps in the order in which they come due."""
    return {name: _rules(name, queue) for name, queue in queues.items()}


def sign_in(key: str, person: Person, now: datetime, presence: Presence | None = None) -> SignedIn:
    """The event that makes an agent known to the line. Unless `presence` says so, a desk agent begins away, others free."""
    begins = presence or (Away("not signed in") if person.contact == DESK else Free(now))
    return SignedIn(
        Agent(
            id=key,
            name=person.name,
            queues=tuple(person.queues),
            skills=dict(person.skills),
            languages=tuple(person.languages),
            contact=person.contact,
            presence=begins,
            idle_since=now,
        )
    )


def _rules(name: str, queue: Queue) -> QueueRules:
    steps = sorted(queue.widen, key=lambda step: step.after)
    return QueueRules(
        name=name,
        skills=tuple(queue.skills),
        offer=queue.offer,
        wrap_up=queue.wrap_up,
        capacity=queue.capacity,
        talk=queue.talk,
        patience=queue.patience,
        widen=tuple((step.after, step.drop_skill, step.add_queue) for step in steps),
    )
