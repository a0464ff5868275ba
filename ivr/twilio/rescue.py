"""What is played when our own code fails, or is slow: a sentence, and a way to a person. Pure, and needs no database.

Law: a caller is never left with nothing. A document that was made by a running server carries the number of its round
in its URL, so the rounds are counted: after `ROUNDS` the caller is put through to the site's emergency number without
being asked. Whoever does not want to wait presses 0 in any round.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from config.phrases import PHRASES
from config.site import SiteFacts

from .markup import dial_number, document, element, hang_up, pause, redirect, say

PERSON_KEY = "0"
ROUNDS = 2
BETWEEN = 4
"""Seconds between the end of the words and the next try."""

Sentences = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Rescue:
    """The site's own words and number. Nobody knows here which language the caller speaks: every sentence is said in
    each of the site's."""

    base: str
    languages: tuple[str, ...]
    number: str
    sentences: Sentences

    @classmethod
    def of(cls, facts: SiteFacts, base: str, prompts: Sentences | None = None) -> "Rescue":
        """`prompts` are the site's own wordings of our sentences, where it has any."""
        return cls(base, tuple(facts.languages), facts.emergency_number, {**PHRASES, **(prompts or {})})

    def caller(self, fault: int) -> str:
        """For a caller in conversation. `fault` counts the rounds, from 0."""
        if fault >= ROUNDS:
            return self.person()
        choice = press_for_person(f"{self.base}/twilio/person", self.says("outage") + self.says("press_for_person"))
        return document([choice, redirect(f"{self.base}/twilio/resume?fault={fault + 1}")])

    def person(self) -> str:
        """Straight to a person, and back to us when that talk is over or nobody answers there."""
        words = self.says("outage_over")
        return document([words, dial_number(self.number), redirect(f"{self.base}/twilio/resume")])

    def waiting(self, turn: int, next_round: int, fault: int) -> str:
        """For a caller whom the carrier plays its wait document: <Dial> may not stand there. The last round lets go of
        the carrier's queue, so that the caller is asked for outside it."""
        if fault >= ROUNDS:
            return document([self.says("outage"), element("Leave")])
        again = f"{self.base}/twilio/wait/{turn}/{next_round}?fault={fault + 1}"
        return document([self.says("outage"), pause(BETWEEN), redirect(again)])

    def agent(self, path: str, fault: int) -> str:
        """For an agent's leg: once more, then goodbye; its status then gives the offer to somebody else."""
        if fault >= ROUNDS:
            return document([self.says("agent_too_late"), hang_up()])
        return document([self.says("outage"), pause(BETWEEN), redirect(f"{self.base}{path}?fault={fault + 1}")])

    def says(self, name: str) -> str:
        """A sentence in every language of the site, as markup."""
        return "".join(say(self.sentence(name, one, key=PERSON_KEY), one) for one in self.languages)

    def sentence(self, name: str, language: str, *, key: str = "") -> str:
        """One of our sentences, in the site's wording where it has one, else in the first language there is."""
        texts = self.sentences[name]
        return (texts.get(language) or next(iter(texts.values()))).replace("{key}", key)


def press_for_person(action: str, words: str, *, method: str | None = None) -> str:
    """The words, and any key takes the way out; silence falls through to the next verb."""
    attributes: dict[str, str | int | bool | None] = {
        "input": "dtmf",
        "action": action,
        "method": method,
        "numDigits": 1,
        "finishOnKey": "",
        "timeout": BETWEEN,
    }
    return element("Gather", attributes, words)
