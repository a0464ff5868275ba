"""What a caller wants, from the words a recogniser heard.

    plain words ─▶ rules: a person, again, slower, a language; yes, no and digits where they were asked for
                      └─ nothing certain ─▶ the site's phrases ─▶ an intent with the probability that it is right

Laws: rules come first, and a person before all others; what the question expects is a prior, never a wall; below
`CONFIRM` nothing was understood, so that what the site is not there for does not become what it is there for; any text
whatever gets an answer, never an error.
"""

from collections import Counter
from collections.abc import Mapping, Set

import numpy as np
from numpy.typing import NDArray

from config.site import Site

from . import rules
from .commands import intents_of
from .confidence import PRIOR, evidence, fitted, probability
from .digits import digits
from .learnt import answers_of, essence, exact_of, phrases_of
from .lexical import Floats, Index, Lexicon, Phrase
from .model import ACT, CONFIRM, Expects, Understood
from .scope import OUT_OF_SCOPE
from .text import plain, script_of, without_numbers

EXPECTED = 1.3
"""Scores of the intents that the question names are taken times this."""

MOST = 1.0
"""No phrase is more like an intent than one of its own: beyond it, what is expected would pass for what is certain."""

TOO_CLOSE = 0.45
"""An out-of-scope sentence with a cosine above this to a phrase of the site is left out: here it may be in scope."""

EXACT = 0.98
"""Of a phrase of the site, word for word."""
UNLIKE = 0.85
"""The most that is believed of words unlike any phrase; the ceiling rises from here to EXACT with the likeness."""
ENOUGH = 3
"""Phrases of an intent from which on leaving one out says something about the others."""


class Tongue:
    """Everything learnt of one language."""

    def __init__(self, phrases: list[Phrase], exact: Mapping[str, str], language: str) -> None:
        known = Index(phrases, language)
        strange = (without_numbers(plain(sentence)) for sentence in OUT_OF_SCOPE.get(language, ()))
        outside = [Phrase(words, None) for words in strange if known.nearest(known.cosines(words)) < TOO_CLOSE]
        self.lexicon = Lexicon([*phrases, *outside], language)
        self.exact = exact
        self.weights = fitted(*left_out(self.lexicon))

    def compare(self, words: str, expected: tuple[str, ...], never: Set[str]) -> tuple[str | None, float]:
        """The likeliest intent and its probability; (None, 0) when nothing is shared with any phrase. Those of `never`
        are not meant, whatever they are like.
        """
        intents = self.lexicon.intents
        cosines = self.lexicon.cosines(words)
        nearest = self.lexicon.nearest(cosines)
        if not intents or nearest == 0.0:
            return None, 0.0
        scores = np.maximum(self.lexicon.scores(cosines), 0.0)
        blocked = self.lexicon.blocked(cosines) | never
        favour = [0.0 if intent in blocked else EXPECTED if intent in expected else 1.0 for intent in intents]
        scores = np.minimum(scores * np.array(favour), MOST)
        best = intents[int(scores.argmax())]
        sure = float(probability(self.weights, evidence(scores, nearest)[None, :])[0])
        return best, min(sure, UNLIKE + (EXACT - UNLIKE) * nearest)


class Understanding:
    """Trained once for a site version; `understand` may be called from many threads."""

    def __init__(self, site: Site) -> None:
        self._commands = intents_of(site)
        self._tongues = {
            language: Tongue(
                phrases_of(site, self._commands, language), exact_of(site, self._commands, language), language
            )
            for language in site.facts.languages
        }
        self._answers = {language: answers_of(site, language) for language in site.facts.languages}

    def understand(self, text: str, language: str, expects: Expects) -> Understood:
        """What `text`, heard on a line spoken in `language`, most probably means."""
        words = plain(text)
        written = script_of(words, language)
        spoken = written if written in self._tongues else language
        if not words or spoken not in self._tongues:
            return Understood(None, 0.0)
        return self._certain(words, spoken, expects) or self._likely(words, spoken, expects)

    def _certain(self, words: str, language: str, expects: Expects) -> Understood | None:
        """What a rule says, or a phrase of the site word for word."""
        answer = rules.yes_or_no(words, language)
        bare = answer is not None and rules.is_bare_answer(words, language)
        exact = self._tongues[language].exact.get(words)
        if exact is not None and not bare and not (answer and expects.yes_no):
            return Understood(exact, EXACT, self._slots(exact, words, language), "words")
        if (name := rules.command(words, language)) is not None:
            intent = self._commands[name]
            return Understood(intent, rules.CERTAIN, self._slots(intent, words, language), "rules")
        if expects.yes_no and (name := rules.waiting(words, language)) is not None:
            return Understood(self._commands[name], rules.CERTAIN, {}, "rules")
        if expects.digits is not None:
            number, (least, most) = digits(words, language, expects.digits), expects.digits
            if least <= len(number) <= most:
                return Understood(None, rules.CERTAIN, {"digits": number}, "rules")
        if answer is not None and expects.yes_no:
            return Understood(answer[0], answer[1], self._slots(answer[0], words, language), "rules")
        return self._stands_for(answer, language, expects) if answer is not None and bare else None

    def _stands_for(self, answer: tuple[str, float], language: str, expects: Expects) -> Understood:
        """A mere yes or no where a choice of the question stands for it ("anything else?"); else it is only a nod."""
        said, confidence = answer
        choices = [intent for intent in expects.intents if self._answers[language].get(intent) == said]
        if len(choices) != 1:
            return Understood(None, 0.0, {}, "rules")
        return Understood(choices[0], confidence, {}, "rules")

    def _likely(self, words: str, language: str, expects: Expects) -> Understood:
        """What the site's phrases say; where that was not asked for, whether the caller would rather be called back."""
        meant = self._compared(words, language, expects)
        asked_for = meant.intent in expects.intents and meant.confidence >= ACT
        if not asked_for and rules.waiting(words, language) == "callback":
            return Understood(self._commands["callback"], rules.CERTAIN, {}, "rules")
        return meant

    def _compared(self, words: str, language: str, expects: Expects) -> Understood:
        declined = ("person", "always_person") if rules.declines_person(words, language) else ()
        never = {self._commands[name] for name in declined}
        intent, confidence = self._tongues[language].compare(essence(words, language), expects.intents, never)
        meant = intent if confidence >= CONFIRM else None
        return Understood(meant, round(confidence, 3), self._slots(meant, words, language), "words")

    def _slots(self, intent: str | None, words: str, language: str) -> Mapping[str, str]:
        """The language that is asked for, and digits that were said without being asked for."""
        named = rules.language_named(words) if intent == self._commands["language"] else ""
        found = {"language": named, "digits": digits(words, language, None)}
        return {name: value for name, value in found.items() if value}


def left_out(lexicon: Lexicon) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Evidence for each phrase as if it had not been learnt, whether it would have been understood rightly, and whether
    it is out of scope.

    Phrases of intents with fewer than `ENOUGH` say nothing: without one, too little of its intent is left.
    """
    counted = Counter(phrase.intent for phrase in lexicon.phrases)
    telling = [
        k
        for k, phrase in enumerate(lexicon.phrases)
        if lexicon.intents and (phrase.intent is None or counted[phrase.intent] >= ENOUGH)
    ]
    scores, nearest = np.maximum(lexicon.left_out, 0.0), lexicon.nearest_left_out()
    rows = [evidence(scores[k], float(nearest[k])) for k in telling]
    right = [lexicon.phrases[k].intent == lexicon.intents[int(scores[k].argmax())] for k in telling]
    strange = [lexicon.phrases[k].intent is None for k in telling]
    return np.array(rows).reshape(-1, len(PRIOR)), np.array(right, dtype=float), np.array(strange, dtype=bool)
