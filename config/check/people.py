"""Agents, queues, hours and generations: everybody can be rung, and every line has somebody to answer it."""

import re
from collections.abc import Iterator
from datetime import date

from config.hours import DAYS, days_of, spans_of
from config.problem import Problem
from config.site import Site

from .numbers import no_number
from .place import at, language_name, no_language

BORN = re.compile(r"\s*(\d{4})?\s*\.\.\s*(\d{4})?\s*")
LEVELS = range(1, 6)
ELSEWHERE = ("sip:", "client:")
ADDRESS = re.compile(r"(sip|client):[!-~]+")


def agents(site: Site) -> Iterator[Problem]:
    for name, agent in site.agents.items():
        here = ("agents", name)
        if not agent.queues:
            yield at(site, (*here, "queues"), f"'{name}' answers no queue")
        if not agent.languages:
            yield at(site, (*here, "languages"), f"'{name}' speaks no language")
        for number, language in enumerate(agent.languages):
            if language not in site.facts.languages:
                yield no_language(site, (*here, "languages", number), language)
        for skill, level in agent.skills.items():
            if level not in LEVELS:
                yield at(site, (*here, "skills", skill), f"a skill's level is 1 (some) to 5 (expert), not {level}")
        if agent.contact != "desk" and (reason := no_contact(agent.contact)) is not None:
            yield at(site, (*here, "contact"), reason)


def no_contact(written: str) -> str | None:
    """Why nobody can be rung there, or None."""
    if written.startswith(ELSEWHERE):
        wrong = ADDRESS.fullmatch(written) is None
        return f"'{written}' needs a name in Latin letters after the colon, without blanks" if wrong else None
    reason = no_number(written)
    return None if reason is None else f"{reason}; or sip:NAME, client:NAME, desk"


def telephones(site: Site) -> Iterator[Problem]:
    """Two agents with one telephone would be rung at once, and only one of them can answer."""
    first: dict[str, str] = {}
    for name, agent in site.agents.items():
        if agent.contact != "desk" and first.setdefault(agent.contact, name) != name:
            text = f"'{name}' has the telephone of '{first[agent.contact]}': {agent.contact}"
            yield at(site, ("agents", name, "contact"), text)


def served(site: Site) -> Iterator[Problem]:
    """Every queue has agents, for every language and skill. A site without agents keeps them elsewhere."""
    if not site.agents or site.places.names_lost("agents"):
        return
    for name, queue in site.queues.items():
        staff = [agent for agent in site.agents.values() if name in agent.queues]
        if not staff:
            yield at(site, ("queues", name), f"no agent answers the queue '{name}'")
            continue
        for language in site.facts.languages:
            if not any(language in agent.languages for agent in staff):
                text = f"nobody in the queue '{name}' speaks {language_name(language)}"
                yield at(site, ("queues", name), text, "warning")
        for number, skill in enumerate(queue.skills):
            if not any(skill in agent.skills for agent in staff):
                text = f"nobody in the queue '{name}' has the skill '{skill}'"
                yield at(site, ("queues", name, "skills", number), text, "warning")


def hours(site: Site) -> Iterator[Problem]:
    for name, opening in site.hours.items():
        here = ("hours", name)
        taken: set[int] = set()
        for days, spans in opening.days.items():
            path = (*here, "days", days)
            try:
                found = set(days_of(days))
                spans_of(spans)
            except ValueError as error:
                yield at(site, path, f"{error}".replace('"', "'"))
                continue
            for day in sorted(found & taken):
                yield at(site, path, f"'{DAYS[day]}' stands in two lines of '{name}'")
            taken |= found
        for number, holiday in enumerate(opening.holidays):
            if not is_date(holiday):
                yield at(site, (*here, "holidays", number), f"'{holiday}' is no date, like \"2026-12-25\"")


def is_date(written: str) -> bool:
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def generations(site: Site) -> Iterator[Problem]:
    for name, generation in site.segments.generations.items():
        path = ("segments", "generations", name, "born")
        match = BORN.fullmatch(generation.born)
        if match is None or match.groups() == (None, None):
            yield at(site, path, f"'{generation.born}' is no span of years, like ..1964, 1965..1980 or 1997..")
        elif None not in match.groups() and match[1] > match[2]:
            yield at(site, path, f"'{generation.born}' ends before it begins")


def rules(site: Site) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, rule in enumerate(site.segments.rules):
        path = ("segments", "rules", number)
        if rule.name in seen:
            yield at(site, (*path, "name"), f"the rule '{rule.name}' is written twice")
        if rule.name in ("wish", "otherwise"):
            yield at(
                site, (*path, "name"), f"'{rule.name}' is what the engine itself calls a route; name the rule otherwise"
            )
        if not rule.if_:
            yield at(site, (*path, "if"), "this rule fits every caller: write it under 'otherwise:'")
        seen.add(rule.name)


RULES = (agents, telephones, served, hours, generations, rules)
