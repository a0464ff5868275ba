"""What is understood during every sentence, question and wait: the flow's `always:`, with the intents it left out.

Laws: `person` is there even when the flow does not write it, and its key means a person wherever it is pressed alone;
any other key belongs to the question first and to the command second.
"""

from collections.abc import Mapping

from config.flow import Command, Flow
from config.once import once

PERSON = "person"
NOTHING = Command()
DEFAULTS = {
    PERSON: Command(key="0", intent="talk_to_person"),
    "back": Command(intent="go_back"),
    "repeat": Command(intent="repeat"),
    "slower": Command(intent="slower"),
    "language": Command(intent="change_language"),
    "callback": Command(intent="call_me_back"),
}
"""Intents (and the one key) that a flow gets without writing them."""


@once
def command(flow: Flow, name: str) -> Command:
    """The command as the flow writes it, with the default for what it left out."""
    written, default = flow.always.get(name, NOTHING), DEFAULTS.get(name, NOTHING)
    return Command.model_construct(
        key=written.key or default.key, intent=written.intent or default.intent, then=written.then
    )


def names(flow: Flow) -> tuple[str, ...]:
    return (*DEFAULTS, *(name for name in flow.always if name not in DEFAULTS))


@once
def keys(flow: Flow) -> tuple[str, ...]:
    return tuple(key for name in names(flow) if (key := command(flow, name).key))


def by_key(flow: Flow, key: str) -> str | None:
    """The name of the command of a key."""
    return named_by_key(flow).get(key)


def by_intent(flow: Flow, intent: str) -> str | None:
    return named_by_intent(flow).get(intent)


@once
def named_by_key(flow: Flow) -> Mapping[str, str]:
    """Of two commands with one key the first counts."""
    return {key: name for name in reversed(names(flow)) if (key := command(flow, name).key)}


@once
def named_by_intent(flow: Flow) -> Mapping[str, str]:
    return {intent: name for name in reversed(names(flow)) if (intent := command(flow, name).intent)}
