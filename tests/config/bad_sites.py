"""Sites with something wrong, as data: a small good site, what is changed in it, and what must be said about that.

A case: `site` names it; `change` lists [file, old text, new text]; `add` gives whole files; `remove` lists files;
`says` is everything that must be reported, in order, warnings marked; a sentence that ends with ... may go on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from config.load import files_of
from config.problem import Problem

HERE = Path(__file__).parent
SMALL = HERE / "small"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    files: Mapping[str, str]
    says: tuple[str, ...]


def cases() -> Iterator[Case]:
    for file in sorted((HERE / "bad").glob("*.yaml")):
        for case in YAML(typ="safe").load(file.read_text()):
            yield Case(case["site"], changed(case), tuple(case["says"]))


def changed(case: Mapping[str, Any]) -> dict[str, str]:
    """The small site with one case's changes; a change that finds nothing to replace is a mistake in the case."""
    files = files_of(SMALL)
    for file, old, new in case.get("change", []):
        assert files[file].count(old) == 1, f"{case['site']}: {old!r} stands {files[file].count(old)} times in {file}"
        files[file] = files[file].replace(old, new)
    for file in case.get("remove", []):
        del files[file]
    return {**files, **case.get("add", {})}


def shown(problem: Problem) -> str:
    return f"{'warning ' if problem.level == 'warning' else ''}{problem}"
