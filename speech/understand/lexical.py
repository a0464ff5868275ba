"""Which phrase of the site an utterance is most like, by its words and letters.

TF-IDF vectors of unit length, and a linear separator fitted by regularised least squares, one against all: a phrase's
own intent has target 1, every other 0; out-of-scope phrases have 0 everywhere. Everything is kept in its dual form,
cosines to the phrases. The closed form gives exact leave-one-out scores without training again: with G = (K + λI)⁻¹ and
A = GY, the score of phrase i, had it been left out, is yᵢ − aᵢ / Gᵢᵢ (Rifkin & Lippert, Notes on Regularized
Least-Squares, 2007).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from .features import features

Floats = NDArray[np.float64]
RIDGE = 0.3
"""λ: how far a phrase's own score may stay from its target."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A training phrase in plain words. `intent` None: out of scope, or, with `against`, never meant as that intent."""

    words: str
    intent: str | None
    against: str | None = None


class Index:
    """Phrases of one language, ready to be compared with."""

    def __init__(self, phrases: Sequence[Phrase], language: str) -> None:
        self.phrases = tuple(phrases)
        self._language = language
        self._meant = np.array([phrase.intent is not None for phrase in phrases], dtype=bool)
        counted = [features(phrase.words, language) for phrase in phrases]
        common = Counter(feature for found in counted for feature in found)
        self._rarity = {feature: log((1 + len(phrases)) / (1 + count)) + 1 for feature, count in common.items()}
        self._unseen = log(1 + len(phrases)) + 1
        self._postings = postings([self._vector(found) for found in counted])

    def cosines(self, words: str) -> Floats:
        """Cosine of `words` to every phrase, in their order; 0 where nothing is shared."""
        vector = self._vector(features(words, self._language))
        shared = [(self._postings[name], weight) for name, weight in vector.items() if name in self._postings]
        if not shared:
            return np.zeros(len(self.phrases))
        places = np.concatenate([where for (where, _), _ in shared])
        products = np.concatenate([weights * weight for (_, weights), weight in shared])
        return np.asarray(np.bincount(places, weights=products, minlength=len(self.phrases)), dtype=np.float64)

    def nearest(self, cosines: Floats) -> float:
        """The cosine to the nearest phrase that means something."""
        return float(cosines[self._meant].max(initial=0.0))

    def blocked(self, cosines: Floats) -> set[str]:
        """Intents whose never-phrases are nearer than their own phrases."""
        own, against = nearest_by(cosines, self._named("intent")), nearest_by(cosines, self._named("against"))
        return {intent for intent, cosine in against.items() if cosine > own.get(intent, 0.0)}

    def _named(self, which: str) -> list[tuple[int, str]]:
        names = ((k, getattr(phrase, which)) for k, phrase in enumerate(self.phrases))
        return [(k, name) for k, name in names if name is not None]

    def _vector(self, found: Mapping[str, float]) -> dict[str, float]:
        """Unit length over everything said: a feature that no phrase has makes an utterance unlike all of them."""
        weights = {name: log1p(weight) * self._rarity.get(name, self._unseen) for name, weight in found.items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {name: weight / length for name, weight in weights.items()}


class Lexicon(Index):
    """The same, and which intent a comparison speaks for. Trained in a second for 1,500 phrases, in no time for 200."""

    def __init__(self, phrases: Sequence[Phrase], language: str) -> None:
        super().__init__(phrases, language)
        self.intents = tuple(sorted({phrase.intent for phrase in phrases if phrase.intent is not None}))
        size = len(self.phrases)
        self._kernel = np.array([self.cosines(phrase.words) for phrase in phrases]).reshape(size, size)
        targets = np.array([[float(phrase.intent == intent) for intent in self.intents] for phrase in phrases])
        inverse = np.linalg.inv(self._kernel + RIDGE * np.eye(size))
        self._weights: Floats = inverse @ targets.reshape(size, len(self.intents))
        self.left_out: Floats = targets.reshape(self._weights.shape) - self._weights / np.diag(inverse)[:, None]

    def scores(self, cosines: Floats) -> Floats:
        """One score for each of `intents`, about 0 to 1, as far as the phrases around say so."""
        return np.asarray(cosines @ self._weights)

    def nearest_left_out(self) -> Floats:
        """For each phrase, its cosine to the nearest phrase of some intent other than itself."""
        others = self._kernel - 2 * np.eye(len(self.phrases))
        return np.asarray(others[:, self._meant].max(axis=1, initial=0.0))


def postings(vectors: Sequence[Mapping[str, float]]) -> dict[str, tuple[NDArray[np.int64], Floats]]:
    """Feature -> the vectors that have it, and its weight in each."""
    lists: dict[str, tuple[list[int], list[float]]] = {}
    for k, vector in enumerate(vectors):
        for feature, weight in vector.items():
            where, weights = lists.setdefault(feature, ([], []))
            where.append(k)
            weights.append(weight)
    return {feature: (np.array(where), np.array(weights)) for feature, (where, weights) in lists.items()}


def nearest_by(cosines: Floats, named: Sequence[tuple[int, str]]) -> dict[str, float]:
    best: dict[str, float] = {}
    for k, name in named:
        best[name] = max(best.get(name, 0.0), float(cosines[k]))
    return best
