"""The site as a whole and its promises: languages, zone, numbers, quiet hours, countries."""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import phonenumbers

from config.hours import clock
from config.problem import Problem, meant
from config.site import Site

from .numbers import no_number
from .place import at, language_name, no_language

CODE = re.compile(r"[a-z]{2}")
TIME = re.compile(r"\d{1,2}:\d{2}")


def languages(site: Site) -> Iterator[Problem]:
    spoken = site.facts.languages
    for number, language in enumerate(spoken):
        path = ("facts", "languages", number)
        if CODE.fullmatch(language) is None:
            yield at(site, path, f"'{language}' is no language: write its two letters, like en or ko")
        if language in spoken[:number]:
            yield at(site, path, f"the language '{language}' stands here twice")
        if not site.facts.name.get(language):
            yield at(site, ("facts", "name"), f"no {language_name(language)} name of the site")


def zone(site: Site) -> Iterator[Problem]:
    try:
        ZoneInfo(site.facts.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = meant(site.facts.zone, available_timezones())
        yield at(site, ("facts", "zone"), f"no time zone named '{site.facts.zone}'{hint}")


def numbers(site: Site) -> Iterator[Problem]:
    if not site.facts.numbers:
        yield at(site, ("facts", "numbers"), "nobody can call: there is no number here")
    for number, line in site.facts.numbers.items():
        path = ("facts", "numbers", number)
        if (reason := no_number(number)) is not None:
            yield at(site, path, reason)
        if line.language is not None and line.language not in site.facts.languages:
            yield no_language(site, (*path, "language"), line.language)
    if (reason := no_number(site.facts.emergency_number)) is not None:
        yield at(site, ("facts", "emergency_number"), reason)


def promises(site: Site) -> Iterator[Problem]:
    if ("callbacks",) not in site.places.written:
        return
    rules = site.callbacks
    if (reason := no_number(rules.caller_id)) is not None:
        yield at(site, ("callbacks", "caller_id"), reason)
    for number, country in enumerate(rules.countries):
        if country not in phonenumbers.SUPPORTED_REGIONS:
            yield at(
                site, ("callbacks", "countries", number), f"'{country}' is no country: two capital letters, like KR"
            )
    bad = [name for name in ("quiet_before", "quiet_after") if not is_time(getattr(rules, name))]
    for name in bad:
        yield at(site, ("callbacks", name), f"'{getattr(rules, name)}' is no time of day, like \"08:00\"")
    if not bad and clock(rules.quiet_before) >= clock(rules.quiet_after):
        yield at(site, ("callbacks", "quiet_after"), "quiet hours leave no time to ring anybody")


def is_time(written: str) -> bool:
    if TIME.fullmatch(written) is None:
        return False
    try:
        clock(written)
    except ValueError:
        return False
    return True


RULES = (languages, zone, numbers, promises)
