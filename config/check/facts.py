"""Facts in branches and in segments' rules: their names, and values that they can never have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from config.flow import BranchNode, Facts
from config.people import Path as Route
from config.problem import Problem, meant
from config.site import Site
from config.source import Path

from .names import caller_columns
from .place import at, names_of, nodes
from .variables import settable, slots

ALWAYS_KNOWN = (
    "path",
    "segment",
    "language",
    "generation",
    "wish",
    "known",
    "open_callback",
    "asked_person",
    "chances",
)
IN_SEGMENTS = ("language", "generation", "wish", "known", "open_callback", "chances")
IN_LINE = ("closed", "full")
WISHES = ("person", "self_service")


def branch_facts(site: Site) -> Iterator[Problem]:
    for path, flow, _, node in nodes(site):
        for number, case in enumerate(node.branch if isinstance(node, BranchNode) else ()):
            known = {*ALWAYS_KNOWN, *IN_LINE, *columns(site), *slots(site, flow)}
            yield from wrong(site, (*path, "branch", number, "if"), case.if_ or {}, known)


def segment_facts(site: Site) -> Iterator[Problem]:
    for number, rule in enumerate(site.segments.rules):
        known = {*IN_SEGMENTS, *columns(site)}
        yield from wrong(site, ("segments", "rules", number, "if"), rule.if_, known)


def columns(site: Site) -> set[str]:
    found = caller_columns(site)
    unread = set() if found or site.segments.identify is None else {"*"}
    return {*found, *(f"customer.{name}" for name in found), *unread}


def wrong(site: Site, path: Path, facts: Facts, known: set[str]) -> Iterator[Problem]:
    for name, value in facts.items():
        short = name.removeprefix("caller.")
        if not settable(name, known) and not settable(short, known):
            yield at(site, (*path, name), f"no fact named '{name}'{meant(name, known)}")
        elif (allowed := values(site).get(short)) is not None and not {str(value), "*"} & {*allowed}:
            what = f"'{name}' is never '{value}'{meant(str(value), allowed)}"
            yield at(site, (*path, name), what)


def values(site: Site) -> Mapping[str, Iterable[str]]:
    """The values that a fact can have, where they are known beforehand."""
    found: dict[str, Iterable[str]] = {
        "path": get_args(Route),
        "wish": WISHES,
        "language": site.facts.languages,
        "open_callback": ("yes", "no", "True", "False"),
        "known": ("yes", "no", "True", "False"),
        "closed": names_of(site, "queues", site.queues),
        "full": names_of(site, "queues", site.queues),
    }
    if ("segments",) not in site.places.lost:
        found["generation"] = tuple(site.segments.generations)
        found["segment"] = ("wish", "otherwise", *(rule.name for rule in site.segments.rules))
    return found


RULES = (branch_facts, segment_facts)
