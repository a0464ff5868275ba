"""Variables in sentences, look-ups and assignments: each is set somewhere in the flow, or known of every call."""

from collections.abc import Iterator

from config.flow import AskNode, CollectNode, Flow, LookUpNode, SetNode
from config.phrases import PHRASES, VARIABLES
from config.problem import Problem, meant
from config.site import Site
from config.source import Path
from config.template import broken, variables

from .names import caller_columns
from .place import at, no_language, nodes, sentences

OF_EVERY_CALL = ("company", "emergency_number", "site.name", "site.emergency_number", "callback.window")


def sentence_variables(site: Site) -> Iterator[Problem]:
    for path, flow, _, node in nodes(site):
        known = known_in(site, flow)
        for below, sentence in sentences(node):
            extra = {"choices"} if isinstance(node, AskNode) and below[0] == "ask" else set()
            texts = sentence.items() if isinstance(sentence, dict) else ()
            for language, text in texts:
                yield from wrong(site, (*path, *below, language), text, known | extra)


def value_variables(site: Site) -> Iterator[Problem]:
    for path, flow, _, node in nodes(site):
        room, values = ("with", node.with_) if isinstance(node, LookUpNode) else ("set", {})
        if isinstance(node, SetNode):
            values = node.set
        for name, text in values.items():
            yield from wrong(site, (*path, room, name), text, known_in(site, flow))


def languages_set(site: Site) -> Iterator[Problem]:
    """`set: {language: ...}` changes the language of the call: to one that the site has."""
    for path, _, _, node in nodes(site):
        code = node.set.get("language", "") if isinstance(node, SetNode) else ""
        if code and not variables(code) and broken(code) is None and code not in site.facts.languages:
            yield no_language(site, (*path, "set", "language"), code)


def prompt_variables(site: Site) -> Iterator[Problem]:
    """A sentence of ours gets the variables that we fill; any other is said by a node, and may name what nodes know."""
    everywhere = {name for flow in site.flows.values() for name in known_in(site, flow)}
    for name, texts in site.prompts.items():
        known = {*VARIABLES[name], *OF_EVERY_CALL} if name in PHRASES else everywhere
        for language, text in texts.items():
            if ("prompts", name, language) in site.places.written:
                yield from wrong(site, ("prompts", name, language), text, known)


def wrong(site: Site, path: Path, text: str, known: set[str]) -> Iterator[Problem]:
    if (reason := broken(text)) is not None:
        yield at(site, path, f"{reason} in '{text}'")
        return
    for name in variables(text):
        if not settable(name, known):
            yield at(site, path, f"nothing ever sets '{{{name}}}'{meant(name, known)}")


def settable(name: str, known: set[str]) -> bool:
    return bool(known & {name, "*", f"{name.partition('.')[0]}.*"})


def known_in(site: Site, flow: Flow) -> set[str]:
    """Every variable that a sentence of this flow may name. 'order.*' stands for a room whose columns are not known."""
    own = caller_columns(site)
    unread = set() if own or site.segments.identify is None else {"caller.*", "customer.*"}
    columns = {f"{room}.{name}" for room in ("caller", "customer") for name in local(own)}
    return {*OF_EVERY_CALL, *columns, *unread, *slots(site, flow)}


def slots(site: Site, flow: Flow) -> set[str]:
    """What the nodes of a flow set; '*' when one of them could not be read, so that anything may be set."""
    found: set[str] = set()
    for node in flow.nodes.values():
        if isinstance(node, CollectNode):
            found.add(node.collect)
        elif isinstance(node, SetNode):
            found |= set(node.set)
        elif isinstance(node, LookUpNode):
            found |= {f"{node.into}.{column}" for column in looked_up(site, node)}
    return found | ({"*"} if site.places.names_lost("flows", flow.flow, "nodes") else set())


def looked_up(site: Site, node: LookUpNode) -> tuple[str, ...]:
    """The columns that a look-up brings; '*' when its table is not there to tell."""
    service = site.services.get(node.look_up)
    rows = site.tables.get(service.csv, ()) if service is not None else ()
    return local(tuple(rows[0])) if rows else ("*",)


def local(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Columns as sentences name them: 'status.en' and 'status.ko' are both 'status'."""
    return tuple(dict.fromkeys(name.partition(".")[0] for name in columns))


RULES = (sentence_variables, value_variables, languages_set, prompt_variables)
