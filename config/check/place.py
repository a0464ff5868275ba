"""Problems with their place, and the words of a node that rules look at."""

from collections.abc import Iterable, Iterator

from config.flow import AskNode, BranchNode, CollectNode, EndNode, Flow, Prompt, Said
from config.phrases import LANGUAGE_NAMES
from config.problem import Level, Problem, meant
from config.site import Site
from config.source import Path


def at(site: Site, path: Path, text: str, level: Level = "error") -> Problem:
    """A problem where `path` of the site is written."""
    return Problem(*site.places.of(*path), text, level)


def unknown(site: Site, path: Path, kind: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    """One problem when `name` is not among the known ones."""
    names = set(known)
    if not names & {name, "*"}:
        yield at(site, path, f"no {kind} named '{name}'{meant(name, names)}")


def names_of(site: Site, part: str, read: Iterable[str]) -> set[str]:
    """The names of a part of the site, with those that are written and could not be read."""
    return {*read, *site.places.names_lost(part)}


def nodes(site: Site) -> Iterator[tuple[Path, Flow, str, Said]]:
    """Every node with its address, its flow and its name."""
    for flow in site.flows.values():
        for name, node in flow.nodes.items():
            yield ("flows", flow.flow, "nodes", name), flow, name, node


def edges(node: Said) -> Iterator[tuple[Path, str]]:
    """Every way out of a node: where it is written below the node, and the node it leads to."""
    if target := getattr(node, "then", None):
        yield ("then",), target
    for name, way in node.on.items():
        yield ("on", name), way
    if isinstance(node, AskNode):
        for number, choice in enumerate(node.choices):
            yield ("choices", number, "then"), choice.then
    if isinstance(node, BranchNode):
        for number, case in enumerate(node.branch):
            yield ("branch", number, "otherwise" if case.otherwise else "then"), case.target


def sentences(node: Said) -> Iterator[tuple[Path, dict[str, str] | str]]:
    """Everything a node says itself: by language, or the name of a prompt."""
    if node.say is not None:
        yield ("say",), node.say
    if isinstance(node, EndNode) and node.end is not True:
        yield ("end",), node.end
    if isinstance(node, AskNode | CollectNode):
        yield from asked(("ask",), node.ask)
    if isinstance(node, CollectNode) and node.confirm is not None:
        yield from asked(("confirm",), node.confirm)


def asked(path: Path, prompt: Prompt) -> Iterator[tuple[Path, dict[str, str]]]:
    yield path, prompt.text
    if prompt.again is not None:
        yield (*path, "again"), prompt.again


def no_language(site: Site, path: Path, code: str) -> Problem:
    """A language code that the site does not have: often a slip of one of its two letters, 'kr' for 'ko'."""
    hint = meant(code, site.facts.languages, likeness=0.5)
    return at(site, path, f"no language '{code}' in site.yaml{hint}")


def language_name(code: str) -> str:
    """'Korean' for 'ko'; a code that we have no name for stands in quotes."""
    return LANGUAGE_NAMES.get(code, {}).get("en", f"'{code}'")
