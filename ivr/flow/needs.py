"""What the shell reads before a step, so that the step itself looks at nothing.

Law: `queues_of` never leaves out a queue that the next step asks about; naming one too many costs a read and no more.
"""

from config.flow import (
    AskNode,
    BranchNode,
    CallbackNode,
    CollectNode,
    Flow,
    LookUpNode,
    Node,
    QueueNode,
    SayNode,
    SetNode,
)
from config.once import once
from config.site import Site

from . import commands
from .model import CallState, Choosing, Fetching, InLine, Over, WithAgent
from .places import default_queue


def queues_of(site: Site, state: CallState | None) -> frozenset[str]:
    """The queues whose facts a step from here may read; every queue for a call that has yet to begin."""
    if state is None:
        return frozenset(site.queues)
    if isinstance(state.place, Over):
        return frozenset()
    named = asked_from(site.flows[state.flow], state.node, state.came_from)
    named |= {*held(state), default_queue(site, state) or "", state.route.queue or ""}
    return frozenset(named & site.queues.keys())


@once
def asked_from(flow: Flow, node: str, before: str) -> frozenset[str]:
    """The queues that any walk from a node asks about, or from the one before it."""
    reached = reachable(flow, {node, before, flow.start, *commanded(flow)})
    return frozenset(queue for name in reached for queue in asked_by(flow.nodes[name]))


def reachable(flow: Flow, starts: set[str]) -> set[str]:
    """The nodes a walk from one of `starts` can come to, without going past a place where it waits."""
    seen: set[str] = set()
    ahead = [name for name in starts if name in flow.nodes]
    while ahead:
        name = ahead.pop()
        seen.add(name)
        passed = name in starts or not isinstance(flow.nodes[name], AskNode | CollectNode | LookUpNode)
        ahead.extend(target for target in exits(flow.nodes[name]) if passed and target in flow.nodes.keys() - seen)
    return seen


def exits(node: Node) -> set[str]:
    """Every node that a node may lead to."""
    found = set(node.on.values())
    match node:
        case SayNode() | CollectNode() | LookUpNode() | SetNode() | CallbackNode():
            found.add(node.then)
        case AskNode():
            found |= {choice.then for choice in node.choices}
        case BranchNode():
            found |= {case.target for case in node.branch}
        case _:
            pass
    return found


def commanded(flow: Flow) -> set[str]:
    return {then for name in commands.names(flow) if (then := commands.command(flow, name).then)}


def asked_by(node: Node) -> set[str]:
    """The queues that a node asks about."""
    match node:
        case QueueNode():
            return {node.queue}
        case CallbackNode():
            return {node.callback}
        case BranchNode():
            return {
                str(case.if_[name])
                for case in node.branch
                if case.if_
                for name in ("closed", "full")
                if name in case.if_
            }
        case _:
            return set()


def held(state: CallState) -> set[str]:
    """The queues that the place itself is about."""
    match state.place:
        case InLine(queue=queue) | WithAgent(queue=queue) | Choosing(queue=queue):
            return {queue}
        case Fetching(request=request):
            return {request.get("queue", "")}
        case _:
            return set()
