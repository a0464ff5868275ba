"""The ways through a flow: every node can be reached, every exit is written, no loop runs without a question."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from config.flow import (
    AskNode,
    BranchNode,
    CallbackNode,
    CollectNode,
    EndNode,
    Flow,
    LookUpNode,
    QueueNode,
    Said,
    kind_of,
)
from config.problem import Problem
from config.site import Site

from .place import at, edges, nodes

NEEDED: Mapping[type[Said], tuple[str, ...]] = {
    QueueNode: ("closed", "full", "gave_up"),
    LookUpNode: ("fails",),
    CallbackNode: ("no_window",),
}
"""Exits that a kind of node must write, because a caller can always be brought to them."""

POSSIBLE: Mapping[type[Said], tuple[str, ...]] = {
    AskNode: ("unclear", "silence"),
    CollectNode: ("unclear", "silence"),
    LookUpNode: ("fails", "unknown"),
    QueueNode: ("closed", "full", "gave_up"),
    CallbackNode: ("no_window", "unclear", "silence"),
}
"""Exits that a kind of node can take at all."""

UNASKED = {"closed", "full", "no_window", "fails"}
"""Exits of waiting nodes that are taken before the caller could answer anything."""


def unreachable(site: Site) -> Iterator[Problem]:
    for flow in site.flows.values():
        if site.places.names_lost("flows", flow.flow, "nodes") or any(map(endless, flow.nodes.values())):
            continue
        started = {flow.start, *(command.then for command in flow.always.values() if command.then is not None)}
        reached = reach(flow, started | slips(flow, started))
        for name in flow.nodes:
            if name not in reached:
                yield at(site, ("flows", flow.flow, "nodes", name), f"no way leads to the node '{name}'")


def slips(flow: Flow, started: set[str]) -> set[str]:
    """The nodes that were probably meant where a name leads nowhere: their own problem is named already."""
    named = {target for node in flow.nodes.values() for _, target in edges(node)} | started
    lost = named - flow.nodes.keys()
    return {near for name in lost for near in get_close_matches(name, flow.nodes, n=1)}


def exits(site: Site) -> Iterator[Problem]:
    for path, _, name, node in nodes(site):
        missing = [way for way in NEEDED.get(type(node), ()) if way not in node.on]
        if missing:
            yield at(site, path, f"'{name}' needs {', '.join(missing)} under 'on:': callers are always brought there")
        for way in node.on:
            if way not in POSSIBLE.get(type(node), ()):
                yield at(site, (*path, "on", way), f"a node with '{kind_of(node)}' never takes the exit '{way}'")


def branches(site: Site) -> Iterator[Problem]:
    """The last line of a branch, and only it, fits every caller."""
    for path, _, _, node in nodes(site):
        cases = node.branch if isinstance(node, BranchNode) else []
        for number, case in enumerate(cases):
            if case.otherwise and number < len(cases) - 1:
                here = (*path, "branch", number)
                yield at(site, here, "'otherwise' fits every caller, so the lines after it are never read")
        if cases and not cases[-1].otherwise:
            yield at(site, (*path, "branch"), "a caller whom no line fits goes nowhere: end with '- otherwise: NODE'")


def endless(node: Said) -> bool:
    """A branch without its last line: what it would have led to is missing, and is not the fault of other nodes."""
    return isinstance(node, BranchNode) and not any(case.otherwise for case in node.branch)


def loops(site: Site) -> Iterator[Problem]:
    for flow in site.flows.values():
        seen: set[frozenset[str]] = set()
        for name in flow.nodes:
            circle = way_back(flow, name)
            if circle and frozenset(circle) not in seen:
                seen.add(frozenset(circle))
                text = f"a loop without a question: {' → '.join((*circle, name))}"
                yield at(site, ("flows", flow.flow, "nodes", name), text)


def way_back(flow: Flow, name: str) -> tuple[str, ...]:
    """The nodes of the shortest way from a node to itself on which nobody is asked anything; () when there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = set()
    for way in ways:
        for target in unasked(flow, way[-1]):
            if target == name:
                return way
            if target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return ()


def unasked(flow: Flow, name: str) -> tuple[str, ...]:
    """Where a call can go from a node without the caller's doing."""
    node = flow.nodes.get(name)
    if node is None or isinstance(node, AskNode | CollectNode):
        return ()
    if isinstance(node, QueueNode | CallbackNode):
        return tuple(target for way, target in node.on.items() if way in UNASKED)
    return tuple(target for _, target in edges(node))


def no_person(site: Site) -> Iterator[Problem]:
    """From every question a place in line or a callback is within the caller's reach."""
    for path, flow, name, node in nodes(site):
        if not isinstance(node, AskNode | CollectNode) or site.places.names_lost("flows", flow.flow, "nodes"):
            continue
        helped = {n for n, found in flow.nodes.items() if isinstance(found, QueueNode | CallbackNode)}
        always = {command.then for command in flow.always.values() if command.then is not None}
        after = reach(flow, {name, *always})
        if after <= flow.nodes.keys() and not after & helped:
            yield at(site, path, f"from the question '{name}' no person is in reach: no queue and no callback")


def reach(flow: Flow, started: set[str]) -> set[str]:
    """The names of all nodes that can follow, those at the start included."""
    found, left = set(started), list(started)
    while left:
        node = flow.nodes.get(left.pop())
        for _, target in edges(node) if node is not None else ():
            if target not in found:
                found.add(target)
                left.append(target)
    return found


def no_end(site: Site) -> Iterator[Problem]:
    """Every node can be followed by an end: a line for a person, a callback, or a goodbye."""
    last = QueueNode | CallbackNode | EndNode
    for path, flow, name, _ in nodes(site):
        if site.places.names_lost("flows", flow.flow, "nodes"):
            continue
        after = reach(flow, {name})
        if after <= flow.nodes.keys() and not any(isinstance(flow.nodes[n], last) for n in after):
            yield at(site, path, f"a call that comes to '{name}' never ends: no goodbye, queue or callback follows")


RULES = (unreachable, exits, branches, loops, no_person, no_end)
