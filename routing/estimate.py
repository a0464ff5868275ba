"""How long somebody who joins a queue would wait: a mean, and a bound that nine in ten waits stay under.

QLm of Ibrahim and Whitt ("Wait-time predictors for customer service systems with time-varying demand and capacity",
Operations Research 59, 2011): with Q ahead, c agents on duty, handling time m and patience rate theta, the time until
the next departure while k still stand ahead is exponential with rate c/m + k theta. The wait has mean sum 1/rate and
variance sum 1/rate^2; a gamma distribution with these moments gives its quantiles. Where nothing is known nothing is
said.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, inf, sqrt
from statistics import NormalDist

from .model import Agent, Away, Entry, Free, Line, QueueRules
from .select import place, waits
from .widen import Need, able, need, need_of

UPPER = 0.9
"""The share of waits that stay under the upper bound."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds: the expected wait, and the upper (90 %) quantile, which is what callers are told, rounded outwards."""

    mean: float
    upper: float


def wait(
    line: Line, queue: str, now: datetime, rules: Mapping[str, QueueRules], entry: str | None = None
) -> Wait | None:
    """The wait of a plain new arrival in `queue`, or of an `entry` that waits there already, from `now` on.

    None when the queue is unknown or nobody on duty may answer it. Patience is the queue's own limit, which is longer
    than callers' patience, so that the bound errs to the long side.
    """
    queue_rules = rules.get(queue)
    if queue_rules is None:
        return None
    mine = line.entries.get(entry) if entry is not None else None
    wanted = need(queue_rules, "", None, 0) if mine is None else need_of(mine, rules)
    on_duty = [agent for agent in line.agents.values() if _on_duty(agent) and _may(agent, wanted)]
    if not on_duty:
        return None
    before = _load(_before(line, mine), on_duty, line, rules)
    free = sum(isinstance(agent.presence, Free) for agent in on_duty)
    if free > before:
        return Wait(0.0, 0.0)
    handling = queue_rules.talk + queue_rules.wrap_up
    return from_moments(*moments(ceil(before), len(on_duty), handling, queue_rules.patience))


def moments(ahead: int, agents: int, handling: float, patience: float) -> tuple[float, float]:
    """Mean (s) and variance (s^2) of the wait with `ahead` entries in front. Spans in seconds, and a site may say 0."""
    spans = [1 / (_rate(agents, handling) + _rate(k, patience)) for k in range(ahead + 1)]
    return sum(spans), sum(span * span for span in spans)


def _rate(count: int, span: float) -> float:
    """How many of `count` are done in a second; what takes no time at all is done at once."""
    if count == 0:
        return 0.0
    return count / span if span > 0 else inf


def from_moments(mean: float, variance: float) -> Wait:
    return Wait(mean, gamma_quantile(mean, variance, UPPER))


def gamma_quantile(mean: float, variance: float, share: float) -> float:
    """The quantile of a gamma distribution with these moments, by Wilson and Hilferty's cube root.

    The shape mean^2/variance is never under 1 here, where the error at the 90 % quantile stays within 1.1 %: far less
    than the whole minutes that are spoken, and it spares a numerical inverse of the incomplete gamma function.
    """
    if variance <= 0:
        return mean
    shape = mean * mean / variance
    z = NormalDist().inv_cdf(share)
    root = 1 - 1 / (9 * shape) + z / (3 * sqrt(shape))
    return mean * root**3


def _before(line: Line, mine: Entry | None) -> list[Entry]:
    """The entries that are served first: all that wait, for a newcomer without a head start."""
    waiting = [entry for entry in line.entries.values() if waits(entry, line.offers)]
    return waiting if mine is None else [entry for entry in waiting if place(entry) < place(mine)]


def _load(before: Iterable[Entry], on_duty: list[Agent], line: Line, rules: Mapping[str, QueueRules]) -> float:
    """How many of those ahead fall to our agents: an entry counts by the share of its able agents who are ours."""
    ours = {agent.id for agent in on_duty}
    total = 0.0
    for wanted, count in Counter(need_of(entry, rules) for entry in before).items():
        theirs = [agent.id for agent in line.agents.values() if _on_duty(agent) and able(agent, wanted)]
        total += count * sum(name in ours for name in theirs) / max(1, len(theirs))
    return total


def _on_duty(agent: Agent) -> bool:
    return not isinstance(agent.presence, Away)


def _may(agent: Agent, wanted: Need) -> bool:
    """Able, in any language when the language of the newcomer is not known."""
    language = wanted.language or next(iter(agent.languages), "")
    return able(agent, Need(wanted.queues, wanted.skills, language))
