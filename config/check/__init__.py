"""What is wrong with a site that can be read: rules over a Site, each a generator of problems.

Laws: every problem in one run, none twice, each with its file and line; what could not be read is not called missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from config.load import files_of, gather, unreadable
from config.problem import Problem
from config.site import Site

from . import asking, facts, keys, names, people, phrases, services, site_facts, texts, variables, ways

Rule = Callable[[Site], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    *names.RULES,
    *facts.RULES,
    *ways.RULES,
    *asking.RULES,
    *keys.RULES,
    *texts.RULES,
    *variables.RULES,
    *phrases.RULES,
    *services.RULES,
    *people.RULES,
    *site_facts.RULES,
)


def check(site: Site, rules: Iterable[Rule] = RULES) -> list[Problem]:
    """Everything wrong with a readable site, errors and warnings, in the order of files and lines."""
    found = {problem for rule in rules for problem in rule(site)}
    return sorted(problem for problem in found if (problem.file, problem.line) not in site.places.blank)


def examine(folder: Path, rules: Iterable[Rule] = RULES) -> tuple[Site | None, list[Problem]]:
    """Load and check in one run. The site is what could be read of it; None when nothing could."""
    if not folder.is_dir():
        return None, [Problem(folder.as_posix(), 1, "there is no such folder")]
    try:
        files = files_of(folder)
    except OSError as fault:
        return None, [unreadable(fault, folder)]
    return examine_files(files, rules)


def examine_files(files: Mapping[str, str], rules: Iterable[Rule] = RULES) -> tuple[Site | None, list[Problem]]:
    """The same for files that lie in no folder (path -> text)."""
    site, problems = gather(files)
    found = [] if site is None else check(site, rules)
    return site, sorted({*problems, *found})
