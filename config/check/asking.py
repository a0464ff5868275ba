"""Questions and commands: what can be said, what can be pressed, and how much one can keep in mind."""

from collections.abc import Iterator

from config.flow import AskNode, CollectNode
from config.problem import Problem, meant
from config.site import Site
from config.template import variables

from .place import at, language_name, nodes

COMMANDS = ("person", "back", "repeat", "slower", "language")
MOST_CHOICES = 4
"""A spoken menu of more is forgotten before it ends."""


def menus(site: Site) -> Iterator[Problem]:
    for path, _, _, node in nodes(site):
        if not isinstance(node, AskNode):
            continue
        spoken = [choice for choice in node.choices if choice.key is not None]
        if len(spoken) > MOST_CHOICES:
            text = f"{len(spoken)} choices are more than people keep in mind; {MOST_CHOICES} are enough"
            yield at(site, (*path, "choices"), text, "warning")
        for number, choice in enumerate(node.choices):
            here = (*path, "choices", number)
            if choice.intent is None and choice.key is None:
                yield at(site, here, "this choice can neither be said nor pressed: give it an intent or a key")
            elif choice.intent is None and any("choices" in variables(text) for text in node.ask.text.values()):
                yield at(site, here, f"'{{choices}}' cannot name key {choice.key}: give it an intent with menu words")


def intents_twice(site: Site) -> Iterator[Problem]:
    for path, _, _, node in nodes(site):
        seen: set[str] = set()
        for number, choice in enumerate(node.choices if isinstance(node, AskNode) else ()):
            if choice.intent in seen:
                yield at(site, (*path, "choices", number, "intent"), f"the intent '{choice.intent}' is a choice twice")
            seen |= {choice.intent} if choice.intent is not None else set()


def menu_words(site: Site) -> Iterator[Problem]:
    """What `{choices}` speaks must have words in every language."""
    spoken = {
        choice.intent
        for _, _, _, node in nodes(site)
        if isinstance(node, AskNode) and any("choices" in variables(text) for text in node.ask.text.values())
        for choice in node.choices
        if choice.intent is not None and choice.key is not None
    }
    for name, intent in site.intents.items():
        for language in site.facts.languages:
            if name in spoken and language not in intent.menu:
                yield at(site, ("intents", name, "menu"), f"no {language_name(language)} menu words for '{name}'")


def commands(site: Site) -> Iterator[Problem]:
    for flow in site.flows.values():
        for name, command in flow.always.items():
            here = ("flows", flow.flow, "always", name)
            if name not in COMMANDS and command.then is None:
                yield at(site, here, f"'{name}' does nothing without 'then:'{meant(name, COMMANDS)}")
            if name not in COMMANDS and command.intent is None and command.key is None:
                yield at(site, here, f"'{name}' can neither be said nor pressed: give it an intent or a key")


def confirmations(site: Site) -> Iterator[Problem]:
    """What a caller confirms must be in the sentence, or nobody knows what they agree to."""
    for path, _, _, node in nodes(site):
        if not isinstance(node, CollectNode) or node.confirm is None:
            continue
        for language, text in node.confirm.text.items():
            if node.collect not in variables(text):
                yield at(site, (*path, "confirm", language), f"'confirm' does not say the value: '{{{node.collect}}}'")


RULES = (menus, intents_twice, menu_words, commands, confirmations)
