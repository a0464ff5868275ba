"""What is wrong with a value, in one plain sentence: pydantic's errors as a supervisor would want to read them.

Law: one place gets one sentence, however many things pydantic has to say about it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .flow import KIND_KEYS, LATER, Exit
from .problem import meant
from .source import Path, Plain, quote

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
    if len(kinds) > 1:
        yield (kinds[1],), f"a node does one thing: '{kinds[0]}' and '{kinds[1]}' need a node each"
    if not kinds and not later and "say" not in node:
        yield (), nothing_done(node)
    cases = node.get("branch")
    for number, case in enumerate(cases if isinstance(cases, list) else []):
        if isinstance(case, dict) and "when" in case:
            yield ("branch", number, "when"), "'when' is not available in this version; use 'if' with facts"


def nothing_done(node: Mapping[str, Plain]) -> str:
    """A node without any kind: the nearest misspelt one, or what there is to choose from."""
    hints = ((key, meant(key, KIND_KEYS)) for key in node)
    misspelt = next(((key, hint) for key, hint in hints if hint), None)
    if misspelt is not None:
        return f"'{misspelt[0]}' is no kind of node{misspelt[1]}"
    return f"this node does nothing: it needs one of {', '.join(sorted(KIND_KEYS))}"


def complaints(error: ValidationError, data: Plain, model: type[BaseModel]) -> list[Complaint]:
    """Each error with its path in the data as it was written: one sentence for each place."""
    found: dict[Path, Complaint] = {}
    for detail in error.errors(include_url=False):
        path = walk(data, detail["loc"])
        place = (*path, detail["loc"][-1]) if detail["type"] == "missing" else path
        found.setdefault(place, (path, say(detail, path, model)))
    return list(found.values())


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
    """One sentence for one error."""
    last, value = str(detail["loc"][-1]), detail["input"]
    label = next((str(step) for step in reversed(path) if isinstance(step, str)), "this file")
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
            return f"'{label}' {NEEDS.get(kind, unknown)(detail.get('ctx') or {'is': detail['msg']})}"


def needs(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: f"needs {what}"


def unknown(context: Mapping[str, Any]) -> str:
    return f"cannot be read: {'; '.join(str(value) for value in context.values())}"


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
