"""What one step may look at besides the call itself, and how small steps are put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.flow import Flow, Node
from config.site import Site

from .model import Action, CallState, Facts, Note, Step
from .replacing import replace


@dataclass(frozen=True, slots=True)
class Moment:
    """The site version the call began with, what the shell read before the step, and the event's moment (aware)."""

    site: Site
    facts: Facts
    now: datetime


Then = Callable[[Moment, CallState], Step]
"""The rest of a step: what follows once something was said or noted."""


def first(actions: tuple[Action, ...], step: Step) -> Step:
    """`actions`, then everything that `step` does."""
    return Step(step.state, (*actions, *step.actions), step.rendering)


def flow_of(site: Site, state: CallState) -> Flow:
    return site.flows[state.flow]


def node_of(site: Site, state: CallState) -> Node:
    """Where the call is. A call keeps its site version, and a walk never stops at a node that is not there."""
    return site.flows[state.flow].nodes[state.node]


def note(kind: str, text: str, /, **data: str) -> tuple[Note, ...]:
    """A plain sentence for the journal: `holdless why` prints it."""
    return (Note(kind, text, data),)


def keep(state: CallState, **slots: str) -> CallState:
    return replace(state, slots={**state.slots, **slots})
