"""Walking a flow: from node to node until one must wait or ends.

Laws: a walk always ends; a loop without a question is left for a person, and so is a name that leads nowhere; every
exit that a flow does not write has a way on that ends at a person, a callback or an honest goodbye.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from config.flow import (
    AskNode,
    BranchNode,
    CallbackNode,
    CollectNode,
    EndNode,
    Exit,
    LookUpNode,
    Node,
    QueueNode,
    SayNode,
    SetNode,
)

from . import commands, facts
from .current import source
from .model import Action, Asking, CallState, CancelCallback, Fetching, InLine, Note, Speak, Step
from .moment import Moment, first, flow_of, keep, node_of, note
from .places import PATIENT_LOOPS, finish, last_resort, line_up, offer_windows, refusal, tell_why, wait
from .replacing import replace
from .values import raw, speak, value_of

VISITS = 2  # how often one walk may come to the same node: `set` and `branch` may lead back once
CANCELLED = "cancelled"
RETRIES = 3  # look-ups that know nothing of what the caller gave, before a person takes over


@dataclass(frozen=True, slots=True)
class Onward:
    """The walk goes on at `then`."""

    state: CallState
    actions: tuple[Action, ...]
    then: str


def enter(moment: Moment, state: CallState, name: str) -> Step:
    """Go to a node and on until the call waits or ends."""
    flow = flow_of(moment.site, state)
    done: tuple[Action, ...] = ()
    visited: list[str] = []
    while name in flow.nodes and visited.count(name) < VISITS and state.unheard <= PATIENT_LOOPS:
        visited.append(name)
        state, marks = mark_resolved(replace(state, node=name), flow.nodes[name])
        went = visit(moment, state, flow.nodes[name])
        if isinstance(went, Step):
            return first((*done, *marks), went)
        done, state, name = (*done, *marks, *went.actions), went.state, went.then
    why = f"The flow turns in a circle at '{name}'." if name in flow.nodes else f"There is no node '{name}'."
    return first((*done, *note("cut", why, node=name)), last_resort(moment, state))


def visit(moment: Moment, state: CallState, node: Node) -> Step | Onward:  # noqa: PLR0911 - one a kind
    """What one node does."""
    said = before(moment, state, node)
    match node:
        case SayNode():
            return Onward(state, said, node.then)
        case BranchNode():
            return Onward(state, said, fitting(moment, state, node))
        case SetNode():
            cancelled = cancellation(state, node)
            return Onward(assign(moment, state, node), (*cancelled, *said), node.then)
        case AskNode():
            return first(said, wait(moment.site, state, Asking()))
        case CollectNode():
            return first(said, wait(moment.site, state, Asking(confirming=known_value(moment, state, node))))
        case LookUpNode():
            request = {name: raw(moment.site, state, value) for name, value in node.with_.items()}
            return first(said, wait(moment.site, state, Fetching(node.look_up, request)))
        case QueueNode():
            return stand(moment, state, node)
        case CallbackNode():
            return offer_windows(moment, state, node.callback)
        case EndNode():
            closing = () if node.end is True else speak(moment.site, state, node.end, source(state))
            return first((*said, *closing), finish(moment.site, state, "goodbye"))
        case _:
            assert_never(node)


def before(moment: Moment, state: CallState, node: Node) -> tuple[Speak, ...]:
    """The `say` that stands before what the node does."""
    return () if node.say is None else speak(moment.site, state, node.say, source(state))


def mark_resolved(state: CallState, node: Node) -> tuple[CallState, tuple[Note, ...]]:
    """Whether this node settles what the caller came for; it counts only if no call about it follows."""
    if node.resolved is None:
        return state, ()
    state = replace(state, resolved=node.resolved, tried=(*state.tried, f"told: {node.resolved}"))
    return state, note("resolved", f"'{node.resolved}' was settled at '{state.node}'.", intent=node.resolved)


def fitting(moment: Moment, state: CallState, node: BranchNode) -> str:
    """The first line whose facts all hold; without one, a person."""
    for case in node.branch:
        if case.if_ is None or facts.hold(moment, state, case.if_):
            return case.target
    return commands.command(flow_of(moment.site, state), commands.PERSON).then or ""


def assign(moment: Moment, state: CallState, node: SetNode) -> CallState:
    """New slots; `language` and `pace` change how the call goes on, and `callback: cancelled` ends an open promise."""
    values = {name: raw(moment.site, state, value) for name, value in node.set.items()}
    if values.get("language") in moment.site.facts.languages:
        state = replace(state, language=values["language"])
    if values.get("callback") == CANCELLED:
        state = replace(state, caller=replace(state.caller, open_callback="", promised=None))
    if values.get("pace") in ("normal", "slow"):
        state = replace(state, pace=values["pace"])
    return keep(state, **values)


def cancellation(state: CallState, node: SetNode) -> tuple[Action, ...]:
    """What tells an open promise that it is no longer wanted."""
    if node.set.get("callback") != CANCELLED or not state.caller.open_callback:
        return ()
    told = note("callback", "The caller cancelled the callback.", callback=state.caller.open_callback)
    return (CancelCallback(state.caller.open_callback), *told)


def known_value(moment: Moment, state: CallState, node: CollectNode) -> str | None:
    """What a verified caller is offered first. Caller ID is a guess, so nothing is offered on its word alone."""
    if node.known is None or node.confirm is None or state.slots.get("caller.level") != "verified":
        return None
    return value_of(moment.site, state, node.known) or None


# -- queues -----------------------------------------------------------------------------------------------------------


def stand(moment: Moment, state: CallState, node: QueueNode) -> Step:
    """Into the line, unless it is known to be closed or full: then nobody is told that they are being connected."""
    queue = queue_of(moment, state, node)
    if queue is None:
        return last_resort(moment, state)
    if refused := refusal(moment, queue):
        return leave_line(moment, state, "closed" if refused == "closed" else "full")
    told = note("queue", f"At '{state.node}' the caller took a place in the line of '{queue}'.", queue=queue)
    return first((*told, *before(moment, state, node)), line_up(moment, state, queue))


def queue_of(moment: Moment, state: CallState, node: QueueNode) -> str | None:
    """The node's queue. At the node of `person`, where nobody in particular is wanted, the segment's comes first."""
    person = commands.command(flow_of(moment.site, state), commands.PERSON).then
    wanted = (state.route.queue if state.node == person else None, node.queue)
    return next((queue for queue in wanted if queue in moment.site.queues), None)


def leave_line(moment: Moment, state: CallState, why: Exit) -> Step:
    """The exit of a queue node that cannot be served; unwritten, a callback is offered.

    Before a callback the caller hears why; another queue, or sentences of the flow's own, may know better.
    """
    node = node_of(moment.site, state)
    told = note("queue", f"The line could not take the call at '{state.node}': {why}.", reason=why)
    queue = state.place.queue if isinstance(state.place, InLine) else None
    if queue is None and isinstance(node, QueueNode):
        queue = queue_of(moment, state, node)
    if target := node.on.get(why):
        reason: tuple[Speak, ...] = ()
        if queue is not None and isinstance(flow_of(moment.site, state).nodes.get(target), CallbackNode):
            state, reason = tell_why(moment, state, queue, why)
        return first((*told, *reason), enter(moment, state, target))
    if queue is None or state.unheard > PATIENT_LOOPS:
        return first(told, last_resort(moment, state))
    state, reason = tell_why(moment, state, queue, why)
    return first((*told, *reason), offer_windows(moment, state, queue))


# -- ways out ---------------------------------------------------------------------------------------------------------


def to_person(moment: Moment, state: CallState) -> Step:
    """The node that the flow names for a person, or a person without any node."""
    target = commands.command(flow_of(moment.site, state), commands.PERSON).then
    return enter(moment, state, target) if target else last_resort(moment, state)


def leave(moment: Moment, state: CallState, exits: Sequence[Exit]) -> Step:
    """By the first of `exits` that the node writes, else to a person."""
    written = node_of(moment.site, state).on
    target = next((written[way] for way in exits if way in written), None)
    return to_person(moment, state) if target is None else enter(moment, state, target)
