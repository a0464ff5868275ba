"""Names that nothing has: nodes, flows, queues, skills, intents, look-ups, prompts, hours."""

from collections.abc import Iterator
from dataclasses import replace

from config.flow import AskNode, CallbackNode, CollectNode, Flow, LookUpNode, QueueNode
from config.people import Outcome
from config.problem import Problem
from config.site import Site
from config.source import Path

from .place import at, edges, names_of, nodes, sentences, unknown

FOLD = 3
"""So many lines may lead to one missing node and still be told one by one."""


def node_names(site: Site) -> Iterator[Problem]:
    """A node that is not there is one problem of its flow, at the first line that names it."""
    for flow in site.flows.values():
        known = {*flow.nodes, *site.places.names_lost("flows", flow.flow, "nodes")}
        missing: dict[str, list[Problem]] = {}
        for path, target in targets(flow):
            missing.setdefault(target, []).extend(unknown(site, path, "node", target, known))
        for found in missing.values():
            first = min(found, default=None)
            if first is not None and len(found) > FOLD:
                yield replace(first, text=f"{first.text} ({len(found) - 1} more lines lead there)")
            else:
                yield from found


def targets(flow: Flow) -> Iterator[tuple[Path, str]]:
    """Every name of a node in a flow, with its address."""
    here = ("flows", flow.flow)
    yield (*here, "start"), flow.start
    for name, command in flow.always.items():
        if command.then is not None:
            yield (*here, "always", name, "then"), command.then
    for name, node in flow.nodes.items():
        yield from (((*here, "nodes", name, *below), target) for below, target in edges(node))


def flow_names(site: Site) -> Iterator[Problem]:
    if not site.flows and not site.places.names_lost("flows"):
        yield at(site, ("facts", "numbers"), "there is no flow: no file in flows/ says what a caller hears")
        return
    for number, line in site.facts.numbers.items():
        known = names_of(site, "flows", site.flows)
        yield from unknown(site, ("facts", "numbers", number, "flow"), "flow", line.flow, known)


def intent_names(site: Site) -> Iterator[Problem]:
    known = names_of(site, "intents", site.intents)
    for path, _, _, node in nodes(site):
        if node.resolved is not None:
            yield from unknown(site, (*path, "resolved"), "intent", node.resolved, known)
        for number, choice in enumerate(node.choices if isinstance(node, AskNode) else ()):
            if choice.intent is not None:
                yield from unknown(site, (*path, "choices", number, "intent"), "intent", choice.intent, known)
    for flow in site.flows.values():
        for name, command in flow.always.items():
            if command.intent is not None:
                path = ("flows", flow.flow, "always", name, "intent")
                yield from unknown(site, path, "intent", command.intent, known)


def queue_names(site: Site) -> Iterator[Problem]:
    known = names_of(site, "queues", site.queues)
    for path, name in (*queues_of_calls(site), *queues_of_people(site)):
        yield from unknown(site, path, "queue", name, known)


def queues_of_calls(site: Site) -> Iterator[tuple[Path, str]]:
    for path, _, _, node in nodes(site):
        if isinstance(node, QueueNode):
            yield (*path, "queue"), node.queue
        if isinstance(node, CallbackNode):
            yield (*path, "callback"), node.callback
    for path, outcome in outcomes(site):
        if outcome.queue is not None:
            yield (*path, "queue"), outcome.queue


def queues_of_people(site: Site) -> Iterator[tuple[Path, str]]:
    for name, agent in site.agents.items():
        for number, queue in enumerate(agent.queues):
            yield ("agents", name, "queues", number), queue
    for name, rules in site.queues.items():
        for number, step in enumerate(rules.widen):
            if step.add_queue is not None:
                yield ("queues", name, "widen", number, "add_queue"), step.add_queue


def skill_names(site: Site) -> Iterator[Problem]:
    """Skills are named where queues ask for them; a queue's node and its widening know that queue's skills alone."""
    if site.places.names_lost("queues"):
        return
    for path, skill in skills_anywhere(site):
        known = {skill for queue in site.queues.values() for skill in queue.skills}
        yield from unknown(site, path, "skill", skill, known)
    for path, skill, queue in skills_of_queues(site):
        yield from unknown(site, path, "skill", skill, site.queues[queue].skills)


def skills_anywhere(site: Site) -> Iterator[tuple[Path, str]]:
    for path, outcome in outcomes(site):
        if outcome.skill is not None:
            yield (*path, "skill"), outcome.skill
    for name, agent in site.agents.items():
        for skill in agent.skills:
            yield ("agents", name, "skills", skill), skill


def skills_of_queues(site: Site) -> Iterator[tuple[Path, str, str]]:
    for path, _, _, node in nodes(site):
        if isinstance(node, QueueNode) and node.skill is not None and node.queue in site.queues:
            yield (*path, "skill"), node.skill, node.queue
    for name, rules in site.queues.items():
        for number, step in enumerate(rules.widen):
            if step.drop_skill is not None:
                yield ("queues", name, "widen", number, "drop_skill"), step.drop_skill, name


def service_names(site: Site) -> Iterator[Problem]:
    known = names_of(site, "services", site.services)
    for path, _, _, node in nodes(site):
        if isinstance(node, LookUpNode):
            yield from unknown(site, (*path, "look_up"), "look-up", node.look_up, known)
    if site.segments.identify is not None:
        yield from unknown(site, ("segments", "identify"), "look-up", site.segments.identify, known)


def prompt_names(site: Site) -> Iterator[Problem]:
    known = names_of(site, "prompts", site.prompts)
    for path, _, _, node in nodes(site):
        for below, sentence in sentences(node):
            if isinstance(sentence, str):
                yield from unknown(site, (*path, *below), "prompt", sentence, known)


def hours_names(site: Site) -> Iterator[Problem]:
    known = names_of(site, "hours", site.hours)
    for name, queue in site.queues.items():
        if queue.hours is not None:
            yield from unknown(site, ("queues", name, "hours"), "hours", queue.hours, known)


def outcomes(site: Site) -> Iterator[tuple[Path, Outcome]]:
    """What follows for callers, with its address."""
    for number, rule in enumerate(site.segments.rules):
        yield ("segments", "rules", number, "then"), rule.then
    yield ("segments", "otherwise"), site.segments.otherwise


def known_slots(site: Site) -> Iterator[Problem]:
    """A `known:` value is a column of the caller's own row."""
    columns = {f"{room}.{name}" for room in ("caller", "customer") for name in caller_columns(site)}
    for path, _, _, node in nodes(site):
        if isinstance(node, CollectNode) and node.known is not None and columns:
            yield from unknown(site, (*path, "known"), "value on file", node.known, columns)


def caller_columns(site: Site) -> tuple[str, ...]:
    """The columns of the table that the identify look-up reads."""
    service = site.services.get(site.segments.identify or "")
    rows = site.tables.get(service.csv, ()) if service is not None else ()
    return tuple(rows[0]) if rows else ()


RULES = (
    node_names,
    flow_names,
    intent_names,
    queue_names,
    skill_names,
    service_names,
    prompt_names,
    hours_names,
    known_slots,
)
