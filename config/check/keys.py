"""Keys: one meaning each, and no sentence that names a key which does nothing."""

import re
from collections.abc import Iterator

from config.flow import AskNode, CollectNode, Flow, Said, SayNode, SetNode
from config.problem import Problem
from config.site import Site
from config.source import Path

from .place import at, nodes, sentences

KEYS = tuple("0123456789*#")
PERSON = "0"
"""The key for a person works even where a flow does not write it."""

WORDS = {
    **dict(zip("zero one two three four five six seven eight nine".split(), KEYS, strict=False)),
    "star": "*", "asterisk": "*", "pound": "#", "hash": "#",
}  # fmt: skip
NAMED = (
    re.compile(r"\bpress(?:ing)?\s+(?:the\s+)?(?:key\s+|number\s+)?(\d|\*|#|[a-z]+)(?![\w{])", re.IGNORECASE),
    re.compile(r"(?<![\d}])(\d)\s?번(?!째)"),
    re.compile(r"(우물정자|별표)"),
)
KOREAN = {"우물정자": "#", "별표": "*"}


def taken_twice(site: Site) -> Iterator[Problem]:
    for flow in site.flows.values():
        always: dict[str, str] = {}
        for name, command in flow.always.items():
            if command.key is None:
                continue
            here: Path = ("flows", flow.flow, "always", name, "key")
            if command.key in always:
                yield at(site, here, f"key \"{command.key}\" is taken twice: '{always[command.key]}' has it, too")
            always.setdefault(command.key, name)
        if "person" not in flow.always or flow.always["person"].key is None:
            always.setdefault(PERSON, "person")
        for name, node in flow.nodes.items():
            used = {key: f"'{command}' under always" for key, command in always.items()}
            for number, choice in enumerate(node.choices if isinstance(node, AskNode) else ()):
                here = ("flows", flow.flow, "nodes", name, "choices", number, "key")
                if choice.key in used:
                    yield at(site, here, f'key "{choice.key}" is taken twice: {used[choice.key]} has it, too')
                elif choice.key is not None:
                    used[choice.key] = f"choice {number + 1}"


def no_keys(site: Site) -> Iterator[Problem]:
    for flow in site.flows.values():
        for name, command in flow.always.items():
            if command.key is not None and command.key not in KEYS:
                yield at(site, ("flows", flow.flow, "always", name, "key"), no_key(command.key))
    for path, _, _, node in nodes(site):
        for number, choice in enumerate(node.choices if isinstance(node, AskNode) else ()):
            if choice.key is not None and choice.key not in KEYS:
                yield at(site, (*path, "choices", number, "key"), no_key(choice.key))


def no_key(key: str) -> str:
    return f"'{key}' is no key: keys are 0 to 9, * and #"


def named_keys(site: Site) -> Iterator[Problem]:
    """Keys that a node's own sentences name and that do nothing where they are said."""
    for path, flow, name, node in nodes(site):
        working = {PERSON, *(command.key for command in flow.always.values()), *heard_at(flow, name)}
        if "digits" in working or site.places.names_lost("flows", flow.flow, "nodes"):
            continue
        for below, sentence in sentences(node):
            for language, text in sentence.items() if isinstance(sentence, dict) else ():
                for key in keys_named(text):
                    if key not in working:
                        yield at(site, (*path, *below, language), f'the sentence names key "{key}", which does nothing')


def heard_at(flow: Flow, name: str) -> Iterator[str]:
    """The keys that work while a node speaks: its own, or those of the question that its sentence leads to."""
    seen: set[str] = set()
    node: Said | None = flow.nodes.get(name)
    while isinstance(node, SayNode | SetNode) and node.then not in seen:
        seen.add(node.then)
        node = flow.nodes.get(node.then)
    if isinstance(node, AskNode):
        yield from (choice.key for choice in node.choices if choice.key is not None)
    if isinstance(node, CollectNode):
        yield from ("1", "2") if node.as_.yes_no else ("digits",)


def keys_named(text: str) -> tuple[str, ...]:
    """Keys that a sentence tells the caller to press: 'press zero', '1번', '우물정자'."""
    found = (match.group(1).lower() for pattern in NAMED for match in pattern.finditer(text))
    keys = (KOREAN.get(word, WORDS.get(word, word)) for word in found)
    return tuple(dict.fromkeys(key for key in keys if key in KEYS))


RULES = (taken_twice, no_keys, named_keys)
