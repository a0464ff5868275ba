"""Which queues and agents stand in one line: the connected components, each with one row lock.

Law: an agent is in exactly one pool, because two lines that both know an agent could put them in two calls.
"""

from collections.abc import Iterable, Iterator, Mapping

from config.people import Agent, Queue


def pools(queues: Mapping[str, Queue], agents: Mapping[str, Agent]) -> Mapping[str, str]:
    """The pool of each queue. A pool is named by the smallest name among its queues.

    Two queues belong together when an agent serves both, or when one widens into the other. Names of queues that do not
    exist are left to the checker.
    """
    pool = {name: name for name in queues}
    for group in _together(queues, agents):
        found = sorted({pool[name] for name in group if name in pool})
        for name, old in pool.items():
            if old in found[1:]:
                pool[name] = found[0]
    return pool


def pool_of(agent: Agent, pools: Mapping[str, str]) -> str | None:
    """The pool an agent stands in; None for one whose queues do not exist."""
    return next((pools[queue] for queue in agent.queues if queue in pools), None)


def _together(queues: Mapping[str, Queue], agents: Mapping[str, Agent]) -> Iterator[Iterable[str]]:
    for agent in agents.values():
        yield agent.queues
    for name, queue in queues.items():
        yield (name, *(step.add_queue for step in queue.widen if step.add_queue is not None))
