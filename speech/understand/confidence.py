"""How often a comparison as good as this one is right: a probability, so that thresholds mean the same on every site.

A logistic model over the best score, the nearest phrase's cosine, and the lead over the second best. Its starting
weights come from public utterances of banks and shops; each site then moves them, as far as its own phrases, each left
out in turn, and the out-of-scope list give reason to. A handful of phrases moves them little.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PRIOR: Floats = np.array([-2.5, 5.5, 0.6, 8.4])
"""Weights of: 1, best score, nearest cosine, lead. Fitted on CLINC150, BANKING77, NatCS and a Korean set together."""

TRUST = 10.0
"""Precision of the prior: about how many phrases must disagree before the weights follow them."""

STRANGERS = 0.2
"""Share of utterances that are out of scope, as the probability takes it; no list of strange sentences can tell it."""

ROUNDS = 30


def evidence(scores: Floats, nearest: float) -> Floats:
    """What the confidence of one utterance rests on. `scores` of all intents, in any order; at least one."""
    ordered = np.sort(scores)[::-1]
    best = ordered[0]
    return np.array([1.0, best, nearest, best - (ordered[1] if len(ordered) > 1 else 0.0)])


def fitted(rows: Floats, right: Floats, strange: NDArray[np.bool_]) -> Floats:
    """The most probable weights, given the prior and which comparisons were right (1) or wrong (0), by Newton's method.

    `strange` marks the out-of-scope rows, which together count as `STRANGERS` of all.
    """
    count = np.ones(len(rows))
    count[strange] = STRANGERS / (1 - STRANGERS) * (~strange).sum() / max(1, strange.sum())
    weights = PRIOR.copy()
    for _ in range(ROUNDS):
        guess = probability(weights, rows)
        slope = rows.T @ (count * (guess - right)) + TRUST * (weights - PRIOR)
        curve = (rows * (count * guess * (1 - guess))[:, None]).T @ rows + TRUST * np.eye(len(PRIOR))
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def probability(weights: Floats, rows: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -30.0, 30.0))))
