"""Sentences with their values: templates filled as they are spoken, or raw for a look-up.

Laws: a value that has a column for each language (`status.en`, `status.ko`) is read in the caller's language at the
moment it is spoken, so that a change of language changes it too; numbers that the caller types are spoken digit by
digit; a name that nobody knows is silence, never a bracket in a caller's ear.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from config.flow import AskNode, CollectNode
from config.phrases import PHRASES
from config.site import Site
from config.template import PLACE, variables
from config.words import Sentence

from . import korean, times
from .model import CallState, Speak

SPACES = re.compile(r"\s+(?=[.,?!])|(?<=\s)\s+")
TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")  # "10 a.m." at the end of a sentence
ENDS = (".", "?", "!")
NUMBER_LIKE = re.compile(r"\+?\d[\d-]*")


def speak(site: Site, state: CallState, sentence: Sentence, source: str, /, **values: str) -> tuple[Speak, ...]:
    """One sentence in the caller's language and pace; nothing when there is nothing to say.

    A sentence given as a name is a prompt, and then names itself as its source.
    """
    if isinstance(sentence, str):
        template, source = prompt_text(site, sentence, state.language), f"prompt:{sentence}"
    else:
        template = in_language(sentence, state.language)
    text = fill(site, state, template, **values)
    return (Speak(text, state.language, source, state.pace),) if text else ()


def prompt(site: Site, state: CallState, name: str, /, **values: str) -> tuple[Speak, ...]:
    """A prompt of the site, or the product's own words for it."""
    return speak(site, state, name, "", **values)


def prompt_text(site: Site, name: str, language: str) -> str:
    return in_language(site.prompts.get(name) or PHRASES.get(name, {}), language)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in the first there is (the checker refuses a site with a gap)."""
    return texts.get(language) or next(iter(texts.values()), "")


def fill(site: Site, state: CallState, template: str, /, **values: str) -> str:
    """The template as it is spoken: `{order.number}` digit by digit, `{item|을}` with the particle that fits."""
    own = {name: spoken(site, state, name) for name in names_in(template) if name not in values}
    return filled(template, {**values, **own}) if own else said_alike(template, tuple(values.items()))


def filled(template: str, values: Mapping[str, str]) -> str:
    def place(match: re.Match[str]) -> str:
        value, particle = values[match.group(1).strip()], match.group(2)
        return value if particle is None else korean.with_particle(value, particle.strip())

    return TWO_STOPS.sub(".", SPACES.sub("", PLACE.sub(place, template))).strip()


@lru_cache(maxsize=1024)
def said_alike(template: str, values: tuple[tuple[str, str], ...]) -> str:
    """A sentence with nothing of the caller's own in it: most are, and every caller hears the same."""
    return filled(template, dict(values))


names_in = lru_cache(maxsize=1024)(variables)


def raw(site: Site, state: CallState, template: str) -> str:
    """The template as data, for a look-up or a slot: values as they were given."""
    return PLACE.sub(lambda match: value_of(site, state, match.group(1).strip()), template)


def spoken(site: Site, state: CallState, name: str) -> str:
    """One value as it is spoken in the caller's language."""
    value = value_of(site, state, name)
    if not is_spelled(site, state, name, value):
        return value
    return korean.spelled(value) if state.language == "ko" else " ".join(filter(str.isdigit, value))


def value_of(site: Site, state: CallState, name: str) -> str:
    """A slot, a column of the caller's own row (`caller.` or `customer.`), or something the site knows; "" if nobody
    does.
    """
    room, _, column = name.partition(".")
    rows: dict[str, Mapping[str, str]] = {
        "caller": state.caller.known,
        "customer": state.caller.known,
        "callback": {"window": promised(site, state)} if room == "callback" else {},
        "site": {"name": in_language(site.facts.name, state.language), "emergency_number": site.facts.emergency_number},
    }
    own = {"company": rows["site"]["name"], "emergency_number": rows["site"]["emergency_number"]}
    for key, row in ((name, state.slots), (column, rows.get(room, {})), (name, own)):
        if found := row.get(f"{key}.{state.language}") or row.get(key):
            return found
    return ""


def promised(site: Site, state: CallState) -> str:
    """When the caller's open promise is to be kept, in words; "the promised time" where it is not known."""
    window = state.caller.promised
    if window is None:
        return "약속드린 시간" if state.language == "ko" else "at the promised time"
    return times.window((window.start, window.end), state.started, site.facts.zone, state.language)


def is_spelled(site: Site, state: CallState, name: str, value: str) -> bool:
    """Whether a value is read digit by digit: what a question collects as digits, a phone number, or leading zeros."""
    if not NUMBER_LIKE.fullmatch(value):
        return False
    nodes = site.flows[state.flow].nodes.values()
    typed = any(isinstance(node, CollectNode) and node.collect == name and node.as_.digits for node in nodes)
    return typed or (value[0] in "+0" and len(value) > 1) or value.count("-") > 1


def menu_words(site: Site, intent: str, language: str) -> str:
    """What the menu calls an intent; its name in words when nobody wrote menu words."""
    known = site.intents.get(intent)
    return in_language(known.menu, language) if known and known.menu else intent.replace("_", " ")


def choices(site: Site, state: CallState, node: AskNode, question: Mapping[str, str]) -> str:
    """The menu of a question: "for order status, press 1; for opening hours, press 2". Where it begins a sentence of
    the question it begins with a capital letter.
    """
    phrase = prompt_text(site, "choice", state.language)
    said = []
    for choice in node.choices:
        if choice.intent is None:
            continue
        menu = menu_words(site, choice.intent, state.language)
        said.append(
            fill(site, state, phrase, menu=menu, key=key_name(choice.key, state.language)) if choice.key else menu
        )
    menu = (", " if state.language == "ko" else "; ").join(said)
    before = in_language(question, state.language).partition("{choices}")[0].rstrip()
    return f"{menu[:1].upper()}{menu[1:]}" if before.endswith(ENDS) or not before else menu


def key_name(key: str, language: str) -> str:
    """A key as people call it: # is pound, in Korean 우물정자."""
    names = {"ko": {"#": "우물정자", "*": "별표"}, "en": {"#": "pound", "*": "star"}}
    return names.get(language, names["en"]).get(key, key)
