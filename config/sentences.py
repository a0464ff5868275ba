"""What is wrong with a value, in one plain sentence: pydantic's errors as a supervisor would want to read them.

Law: one place gets one sentence, however many things pydantic has to say about it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .flow import KIND_KEYS, LATER, AskNode, Exit
from .problem import meant
from .source import Path, Plain, quote

ASKING = frozenset(field.alias or name for name, field in AskNode.model_fields.items())
"""The words of a question that is no `collect`."""

Complaint = tuple[Path, str]


def about_kind(node: Plain) -> Iterator[Complaint]:
    """What is wrong with the kind of a node. A node with such a complaint is not examined further."""
    if not isinstance(node, dict):
        yield (), "a node needs lines below it, like 'say:' and 'then:'"
        return
    later = [key for key in node if key in LATER]
    kinds = [key for key in KIND_KEYS if key in node and key != "say" and (key != "ask" or "collect" not in node)]
    for key in later:
        yield (key,), f"'{key}' is not available in this version"
    if kinds == ["ask"] and (slip := misspelt_kind({key: None for key in node if key not in ASKING})) is not None:
        yield (slip[0],), f"'{slip[0]}' is no kind of node{slip[1]}"
    if len(kinds) > 1:
        yield (kinds[1],), f"a node does one thing: '{kinds[0]}' and '{kinds[1]}' need a node each"
    if not kinds and not later and "say" not in node:
        yield (), nothing_done(node)
    cases = node.get("branch")
    for number, case in enumerate(cases if isinstance(cases, list) else []):
        if isinstance(case, dict) and "when" in case:
            yield ("branch", number, "when"), "'when' is not available in this version; use 'if' with facts"


def misspelt_kind(node: Mapping[str, Plain]) -> tuple[str, str] | None:
    """The first word of a node that is nearly a kind, with the hint; None when there is none."""
    hints = ((key, meant(key, KIND_KEYS)) for key in node if key not in KIND_KEYS)
    return next(((key, hint) for key, hint in hints if hint), None)


def nothing_done(node: Mapping[str, Plain]) -> str:
    """A node without any kind: the nearest misspelt one, or what there is to choose from."""
    misspelt = misspelt_kind(node)
    if misspelt is not None:
        return f"'{misspelt[0]}' is no kind of node{misspelt[1]}"
    return f"this node does nothing: it needs one of {', '.join(sorted(KIND_KEYS))}"


def complaints(error: ValidationError, data: Plain, model: type[BaseModel], name: str) -> list[Complaint]:
    """Each error with its path in the data as it was written: one sentence for each place.

    `name` is what the data as a whole is called. A word with a slip in it is not also missing.
    """
    details = error.errors(include_url=False)
    renamed = set(slips(details, data, model).values())
    said: dict[Path, Complaint] = {}
    for detail in details:
        path = walk(data, detail["loc"])
        place = (*path, detail["loc"][-1]) if detail["type"] == "missing" else path
        if place not in renamed:
            said.setdefault(place, (path, say(detail, (name, *path), model)))
    return list(said.values())


def slips(details: list[ErrorDetails], data: Plain, model: type[BaseModel]) -> dict[Path, Path]:
    """Where a word that means nothing stands for one that is missing: path written -> path meant."""
    missing = {(*walk(data, detail["loc"]), detail["loc"][-1]) for detail in details if detail["type"] == "missing"}
    found = {}
    for detail in details:
        path = walk(data, detail["loc"])
        near = (
            get_close_matches(str(detail["loc"][-1]), words(model), n=1) if detail["type"] == "extra_forbidden" else []
        )
        if near and (*path[:-1], near[0]) in missing:
            found[path] = (*path[:-1], near[0])
    return found


def mended(error: ValidationError, data: Plain, model: type[BaseModel]) -> Plain:
    """The data with slips put right, without words that mean nothing and values that are out of range, and with text
    where YAML made a number of it.

    What is reported already may then be read and examined further.
    """
    copy = deepcopy(data)
    details = error.errors(include_url=False)
    meant_by = slips(details, data, model)
    for detail in details:
        path = walk(data, detail["loc"])
        inside: Any = copy
        for step in path[:-1]:
            inside = inside[step]
        if path and detail["type"] == "extra_forbidden":
            value = inside.pop(path[-1])
            if path in meant_by:
                inside[meant_by[path][-1]] = value
        elif path and detail["type"] == "string_type" and isinstance(detail["input"], bool | int | float):
            inside[path[-1]] = str(detail["input"]).lower()
        elif path and detail["type"] == "value_error" and isinstance(inside, dict):
            inside.pop(path[-1], None)
    return copy


def walk(data: Any, loc: Sequence[str | int]) -> Path:  # noqa: ANN401 - any depth of plain data
    """The part of pydantic's location that is really written: it names types and tags between the keys, too."""
    path: list[str | int] = []
    for step in loc:
        in_list = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if in_list or (isinstance(data, dict) and step in data):
            data = data[step]
            path.append(step)
    return tuple(path)


def say(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    """One sentence for one error; `path` begins with the name of the whole."""
    last, value = str(detail["loc"][-1] if detail["loc"] else ""), detail["input"]
    label = next(str(step) for step in reversed(path) if isinstance(step, str))
    match detail["type"]:
        case "missing":
            return f"'{last}:' is missing"
        case "extra_forbidden":
            return f"'{last}' means nothing here{meant(last, words(model))}"
        case "literal_error" if last == "[key]":
            return f"'{value}' is no exit{meant(str(value), get_args(Exit))}"
        case "value_error":
            return str(detail["ctx"]["error"])
        case "string_type" if isinstance(value, (bool, int, float)):
            return quote(str(value).lower(), f"{label}: ")
        case kind:
            return f"'{label}' {NEEDS.get(kind, needs('another kind of value'))(detail.get('ctx', {}))}"


def needs(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: f"needs {what}"


NEEDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": needs("a word or a sentence"),
    "dict_type": needs("lines below it, each with a name and a colon"),
    "model_type": needs("lines below it, each with a name and a colon"),
    "list_type": needs("a list: [one, two], or lines that begin with '-'"),
    "int_type": needs("a whole number"),
    "int_parsing": needs("a whole number"),
    "int_from_float": needs("a whole number"),
    "bool_parsing": needs("yes or no"),
    "bool_type": needs("yes or no"),
    "too_short": needs("at least one entry"),
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
    "literal_error": lambda context: f"must be {context['expected']}",
}


def words(model: type[BaseModel]) -> set[str]:
    """Every word that may stand in a model or in what lies below it."""
    found = {field.alias or name for name, field in model.model_fields.items()}
    return found.union(*(words(part) for field in model.model_fields.values() for part in models_in(field.annotation)))


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)
