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

Ways = Mapping[str, tuple[str, ...]]
"""Where a call can go from each node, by their names."""

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
        ways = {name: unasked(flow, name) for name in flow.nodes}
        circles = circling(ways)
        for name in flow.nodes:
            circle = way_back(circles, name) if name in circles else ()
            if circle and frozenset(circle) not in seen:
                seen.add(frozenset(circle))
                text = f"a loop without a question: {' → '.join((*circle, name))}"
                yield at(site, ("flows", flow.flow, "nodes", name), text)


def circling(ways: Ways) -> Ways:
    """What is left of `ways` without the nodes that only lead to an end, or that no loop leads to: the loops, and the
    ways between them."""
    known = {name: tuple(target for target in targets if target in ways) for name, targets in ways.items()}
    kept = without_ends(turned(without_ends(known)))
    return {name: tuple(target for target in known[name] if target in kept) for name in known if name in kept}


def without_ends(ways: Ways) -> Ways:
    """Nodes from which a call could go on for ever, with their ways to one another. Each node is taken away once."""
    back, left = turned(ways), {name: len(targets) for name, targets in ways.items()}
    ends = [name for name, count in left.items() if count == 0]
    for name in ends:
        for before in back[name]:
            left[before] -= 1
            if left[before] == 0:
                ends.append(before)
    return {name: tuple(one for one in ways[name] if left[one]) for name, count in left.items() if count}


def turned(ways: Ways) -> Ways:
    """Each way walked backwards; every name on it is there."""
    back: dict[str, list[str]] = {name: [] for name in ways}
    for name, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    return {name: tuple(names) for name, names in back.items()}


def way_back(ways: Ways, name: str) -> tuple[str, ...]:
    """The nodes of the shortest way from a node to itself; () when there is none."""
    came_from: dict[str, str] = {}
    left = [name]
    for here in left:
        for target in ways[here]:
            if target == name:
                return walked(came_from, here)
            if target not in came_from:
                came_from[target] = here
                left.append(target)
    return ()


def walked(came_from: Mapping[str, str], last: str) -> tuple[str, ...]:
    """The way to a node, from where it began."""
    way = [last]
    while way[-1] in came_from:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


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
    for flow in site.flows.values():
        if site.places.names_lost("flows", flow.flow, "nodes"):
            continue
        helped = leading(flow, (QueueNode, CallbackNode))
        if any(
            command.then in helped or command.then not in flow.nodes
            for command in flow.always.values()
            if command.then is not None
        ):
            continue
        for name, node in flow.nodes.items():
            if isinstance(node, AskNode | CollectNode) and name not in helped:
                text = f"from the question '{name}' no person is in reach: no queue and no callback"
                yield at(site, ("flows", flow.flow, "nodes", name), text)


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


def leading(flow: Flow, kinds: tuple[type[Said], ...]) -> set[str]:
    """The names of all nodes that a node of these kinds can follow, or is; what leads to a name that nothing has counts
    too, because nobody knows what follows there."""
    back = turned({name: tuple(target for _, target in edges(node)) for name, node in flow.nodes.items()})
    left = [name for name in back if name not in flow.nodes or isinstance(flow.nodes[name], kinds)]
    found = set(left)
    for name in left:
        new = [before for before in back[name] if before not in found]
        found.update(new)
        left.extend(dict.fromkeys(new))
    return found


def no_end(site: Site) -> Iterator[Problem]:
    """Every node can be followed by an end: a line for a person, a callback, or a goodbye."""
    for flow in site.flows.values():
        if site.places.names_lost("flows", flow.flow, "nodes"):
            continue
        for name in flow.nodes.keys() - leading(flow, (QueueNode, CallbackNode, EndNode)):
            text = f"a call that comes to '{name}' never ends: no goodbye, queue or callback follows"
            yield at(site, ("flows", flow.flow, "nodes", name), text)


RULES = (unreachable, exits, branches, loops, no_person, no_end)
