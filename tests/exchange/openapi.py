"""Judges REST requests and answers by the carrier's own OpenAPI description.

Three things in the file are read as its authors mean them: array parameters of a form are repeated names (style form,
explode true), and `format: uri` in answers is not enforced, because the carrier answers with paths. Where a description
says that a value will be null, it may be.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

DATA = Path(os.environ.get("HOLDLESS_DATA", Path(__file__).parents[3] / "shared" / "data")) / "twilio"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the captures are not beside the project (HOLDLESS_DATA)")


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document, with `nullable` turned into JSON Schema's own words."""
    loaded: dict[str, Any] = _plain(json.loads((DATA / "rest" / "openapi-v2010.json").read_text()))
    return loaded


def _plain(part: Any) -> Any:  # noqa: ANN401 - JSON may be anything
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    plain = {key: _plain(value) for key, value in part.items() if key not in ("format", "example", "examples")}
    if plain.pop("nullable", False) is True or "will be `null`" in str(plain.get("description")):
        return {"anyOf": [{"type": "null"}, plain]}
    return plain


def _operation(method: str, path: str) -> dict[str, Any]:
    for template, operations in description()["paths"].items():
        expression = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(expression, path) and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    raise AssertionError(f"the carrier knows no {method} {path}")


def problems(method: str, path: str, given: Sequence[tuple[str, str]], answer: tuple[int, bytes]) -> Iterator[str]:
    """What is wrong with a request (form or query fields) and its answer (status and body)."""
    operation = _operation(method, path)
    status, body = answer
    if status < 300:
        yield from _request(operation, method, given)
    if str(status) in operation["responses"]:
        content = operation["responses"][str(status)].get("content")
        if content:
            yield from _answer(content["application/json"]["schema"], json.loads(body))
        elif body:
            yield f"{status} of {method} {path} has no body"
    elif status < 400:
        yield f"{method} {path} never answers {status}, only {', '.join(operation['responses'])}"
    elif set(json.loads(body)) != {"code", "message", "more_info", "status"}:
        yield f"an error is not in the carrier's shape: {body!r}"


def _request(operation: Mapping[str, Any], method: str, given: Sequence[tuple[str, str]]) -> Iterator[str]:
    if method == "GET":
        known = {one["name"]: one["schema"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        required: list[str] = []
    else:
        form = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
        known = form.get("schema", {}).get("properties", {})
        required = form.get("schema", {}).get("required", [])
    names = [name for name, _ in given]
    yield from (f"{name} is required" for name in required if name not in names)
    for name in dict.fromkeys(names):
        if name not in known:
            yield f"{name} is not a parameter"
            continue
        values = [value for key, value in given if key == name]
        schema = known[name]
        typed = [_typed(value, schema) for value in values]
        subject = typed if schema.get("type") == "array" else typed[0]
        yield from (f"{name}: {error.message}" for error in _validator(schema).iter_errors(subject))


def _typed(value: str, schema: Mapping[str, Any]) -> object:
    if schema.get("type") == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _answer(schema: Mapping[str, Any], body: Any) -> Iterator[str]:  # noqa: ANN401
    yield from (f"{'/'.join(map(str, e.path))}: {e.message}" for e in _validator(schema).iter_errors(body))
    yield from _keys(schema, body)


def _keys(schema: Mapping[str, Any], body: Any) -> Iterator[str]:  # noqa: ANN401
    """The carrier sends every property it knows, and no other."""
    if "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if not isinstance(body, dict) or "properties" not in schema:
        return
    known: Mapping[str, Any] = schema["properties"]
    yield from (f"{name} is no property" for name in body if name not in known)
    yield from (f"{name} is missing" for name in known if name not in body)
    for name, value in body.items():
        for item in value if isinstance(value, list) else ():
            yield from _keys(known.get(name, {}).get("items", {}), item)


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": description()["components"]})
