"""What callers say: phrases in every language, each of one intent alone."""

import re
from collections.abc import Iterator

from config.problem import Problem
from config.site import Site

from .place import at, language_name, no_language

NOISE = re.compile(r"[\s.,?!'\"~]+")


def same(phrase: str) -> str:
    """What two phrases share when only spaces, capitals and marks tell them apart."""
    return NOISE.sub("", phrase).casefold()


def shared(site: Site) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name, intent in site.intents.items():
        for language, phrases in intent.phrases.items():
            for number, phrase in enumerate(phrases):
                owner = owners.setdefault(same(phrase), name)
                here = ("intents", name, "phrases", language, number)
                if owner != name:
                    yield at(site, here, f"'{phrase}' is a phrase of {owner} and of {name}")


def against_itself(site: Site) -> Iterator[Problem]:
    for name, intent in site.intents.items():
        for language, phrases in intent.never.items():
            own = {same(phrase) for phrase in intent.phrases.get(language, ())}
            for number, phrase in enumerate(phrases):
                if same(phrase) in own:
                    here = ("intents", name, "never", language, number)
                    yield at(site, here, f"'{phrase}' is a phrase of {name} and may never be one")


def written_twice(site: Site) -> Iterator[Problem]:
    for name, intent in site.intents.items():
        for language, phrases in intent.phrases.items():
            seen: set[str] = set()
            for number, phrase in enumerate(phrases):
                if same(phrase) in seen:
                    here = ("intents", name, "phrases", language, number)
                    yield at(site, here, f"'{phrase}' stands here twice", "warning")
                seen.add(same(phrase))


def missing(site: Site) -> Iterator[Problem]:
    for name, intent in site.intents.items():
        for language in site.facts.languages:
            if not intent.phrases.get(language):
                path = ("intents", name, "phrases", language)
                yield at(site, path, f"no {language_name(language)} phrases for '{name}'")
        for field, texts in (("phrases", intent.phrases), ("never", intent.never), ("menu", intent.menu)):
            for language in texts:
                if language not in site.facts.languages:
                    yield no_language(site, ("intents", name, field, language), language)


RULES = (shared, against_itself, written_twice, missing)
