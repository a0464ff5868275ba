"""The line under a simulated clock, beside exact theory: the steps themselves serve a day of calls.

Erlang A: Poisson arrivals, exponential talks and patience. The birth-death chain must give the table's rows, and the
line must give one of them.
"""

from collections.abc import Iterator
from dataclasses import replace
from heapq import heappop, heappush
from math import sqrt
from random import Random  # noqa: TID251 - seeded
from statistics import fmean, stdev

import pytest

from routing.model import (
    AgentEntered,
    Arrived,
    CallerEntered,
    Left,
    Line,
    LineAction,
    LineEvent,
    OfferAccepted,
    QueueRules,
    Ring,
    SignedIn,
    TalkEnded,
)
from routing.step import step
from tests.routing.line import agent, at, entry

HANDLING = 340.0
PATIENCE = 347.0
LOAD = 100.0
TABLE = {95: (0.06925, 24.03), 100: (0.03966, 13.76), 105: (0.01989, 6.90), 110: (0.00862, 2.99)}
"""Agents -> P(abandon), E[wait] in seconds, at offered load 100, handling 340 s, patience 347 s."""


def erlang_a(agents: int) -> tuple[float, float]:
    """P(abandon) and E[wait] from the birth-death chain, truncated far out in the tail."""
    arrivals, service, leaving = LOAD / HANDLING, 1 / HANDLING, 1 / PATIENCE
    weight, weights = 1.0, [1.0]
    for state in range(1, agents + 1500):
        weight *= arrivals / (min(state, agents) * service + max(0, state - agents) * leaving)
        weights.append(weight)
    queue = sum(max(0, state - agents) * weight for state, weight in enumerate(weights)) / sum(weights)
    wait = queue / arrivals
    return wait * leaving, wait


@pytest.mark.parametrize("agents", TABLE)
def test_the_table_is_erlang_a(agents: int) -> None:
    lost, wait = erlang_a(agents)
    assert lost == pytest.approx(TABLE[agents][0], abs=1e-5)
    assert wait == pytest.approx(TABLE[agents][1], abs=0.005)


class Centre:
    """One queue, `agents` people who accept at once, and callers who wait as long as they are patient."""

    def __init__(self, agents: int, seed: int) -> None:
        self.random = Random(seed)
        self.rules = {"care": QueueRules("care", (), 20, 0, 10_000, HANDLING, 1e6)}
        self.line = Line()
        self.now = 0.0
        self.due: list[tuple[float, int, LineEvent]] = []
        self.count = 0
        for number in range(agents):
            self.do(SignedIn(agent(f"a{number:03}", idle=-number)))

    def do(self, event: LineEvent) -> tuple[LineAction, ...]:
        result = step(self.line, event, at(self.now), self.rules)
        self.line = result.line
        return result.actions

    def plan(self, after: float, event: LineEvent) -> None:
        self.count += 1
        heappush(self.due, (self.now + after, self.count, event))

    def run(self, calls: int) -> Iterator[tuple[bool, float]]:
        """Plays `calls` arrivals to their end; gives (abandoned, waited) for each."""
        arrived: dict[str, float] = {}
        self.plan(0, self.next_call(0))
        while self.due:
            self.now, _, event = heappop(self.due)
            match event:
                case Arrived(entry=one):
                    arrived[one.id] = self.now
                    self.plan(self.random.expovariate(1 / PATIENCE), Left(one.id, "abandoned"))
                    if len(arrived) < calls:
                        self.plan(self.random.expovariate(LOAD / HANDLING), self.next_call(len(arrived)))
                case Left(entry=name):
                    waiting = self.line.entries.get(name)
                    if waiting is None or waiting.offer is not None:
                        continue
                    yield True, self.now - arrived[name]
                case _:
                    pass
            for action in self.do(event):
                if isinstance(action, Ring):
                    self.answer(action)
                    yield False, self.now - arrived[action.entry]

    def answer(self, ring: Ring) -> None:
        for event in (
            OfferAccepted(ring.offer, ring.agent),
            AgentEntered(ring.offer, "leg"),
            CallerEntered(ring.offer),
        ):
            self.do(event)
        self.plan(self.random.expovariate(1 / HANDLING), TalkEnded(ring.offer, "done"))

    def next_call(self, number: int) -> Arrived:
        moment = at(self.now)
        return Arrived(replace(entry(f"c{number}"), arrived=moment, patience=1e6), open=True)


def test_the_line_serves_as_erlang_a_says() -> None:
    """Batch means after a warm-up, within three standard errors of the exact values; and P(Ab) = E[W] / patience, whose
    sampling error is far smaller because every second waited carries the same risk of leaving."""
    agents, batches, size, warm_up = 95, 20, 1200, 1000
    found = list(Centre(agents, seed=20260302).run(warm_up + batches * size))[warm_up:]
    groups = [found[start : start + size] for start in range(0, batches * size, size)]
    for index, exact in enumerate(TABLE[agents]):
        means = [fmean(float(one[index]) for one in group) for group in groups]
        error = stdev(means) / sqrt(batches)
        assert abs(fmean(means) - exact) < 3 * error
        assert error < exact / 5, "a sample that could not tell right from wrong"
    lost, waited = sum(one[0] for one in found), sum(one[1] for one in found)
    assert abs(lost - waited / PATIENCE) < 3 * sqrt(lost)
