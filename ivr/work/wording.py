"""Sentences that leave by other roads than a call's own turn: texts, notices to agents, the words a promise is kept
with."""

from collections.abc import Mapping
from datetime import datetime

from callbacks.model import Tell
from config.phrases import LANGUAGE_NAMES
from config.site import Site
from ivr.calls.ports import Sites
from ivr.flow.model import Brief
from ivr.flow.times import window
from ivr.flow.values import in_language, menu_words, prompt_text

TEXTS: Mapping[str, str] = {
    "booked": "text_booked",
    "not_reached": "text_not_reached",
    "cancelled": "text_cancelled",
}


class Wording:
    """Puts the published site's words to what happened."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites

    def told(self, action: Tell, now: datetime) -> str:
        """The text message for a promise, as somebody reads it at `now`."""
        site = self._sites.published
        when = window((action.start, action.end), now, site.facts.zone, action.language)
        return fill(
            prompt_text(site, TEXTS[action.kind], action.language), company=company(site, action.language), window=when
        )

    def words(self, brief: Brief) -> str:
        """What the person is told first when we ring: the matter in the menu's words, or nothing if none was
        given."""
        return menu_words(self._sites.published, brief.reason, brief.language) if brief.reason else ""

    def voice(self, agent: str) -> str:
        """The language in which an agent is spoken to: the first they speak."""
        site = self._sites.published
        written = site.agents.get(agent)
        return written.languages[0] if written else site.facts.languages[0]

    def own_number(self) -> str:
        """The number from which we ring."""
        return self._sites.published.callbacks.caller_id

    def brief(self, kind: str, told: Mapping[str, object], language: str, waited: float) -> str:
        """One sentence for an agent's ear: who, in which language, why, and how long they have waited (seconds)."""
        site = self._sites.published
        name = "agent_brief" if kind == "call" else "agent_callback_brief"
        spoken = str(told.get("language") or language)
        return fill(
            prompt_text(site, name, language),
            name=str(told.get("name") or prompt_text(site, "agent_unknown_caller", language)),
            language=LANGUAGE_NAMES.get(spoken, {}).get(language, spoken),
            reason=self._matter(str(told.get("reason") or ""), language),
            minutes=str(round(waited / 60)),
        )

    def _matter(self, intent: str, language: str) -> str:
        """What a caller wants, in the words of the menu and the language of who hears it."""
        site = self._sites.published
        return menu_words(site, intent, language) if intent else prompt_text(site, "agent_unknown_reason", language)


def company(site: Site, language: str) -> str:
    return in_language(site.facts.name, language)


def fill(template: str, **values: str) -> str:
    """A template without a caller: only the values given here."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template
