"""Events, actions and states as JSON, by their type hints: one codec for the three machines.

Law: what goes in comes out equal. A record says its class name under "type" where a reader could not know it; a name
is looked up among the classes of its kind ("call", "line", "callback"). A field that a stored record lacks takes its
default, one that the class has lost is dropped, so that each version of the product reads what the one before it wrote.
"""

# ruff: noqa: ANN401 - the types that pass through here are known only from the hints it reads at run time

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from math import isfinite
from operator import attrgetter
from types import MappingProxyType, ModuleType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic_core import to_json

import callbacks.model
import ivr.flow.model
import routing.model

from .errors import BadRecord

KINDS: Mapping[str, ModuleType] = MappingProxyType(
    {"call": ivr.flow.model, "line": routing.model, "callback": callbacks.model}
)
TAG = "type"
PLAIN = (str, int, float, bool, NoneType, object, Any)
MAY_BE_UNBOUNDED = (float, object, Any)

Convert = Callable[[Any], Any]
"""From a value to what `json` can write, or back. None stands for "as it is"."""

write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
write_ascii = json.JSONEncoder(separators=(",", ":")).encode


def encode(value: object) -> dict[str, Any]:
    """A dataclass as plain data, its class name under "type"."""
    cls: type = type(value)
    data: dict[str, Any] = tagged(cls)(value)
    return data


def decode(kind: str, data: Mapping[str, Any]) -> Any:
    """The dataclass that `data` describes. Raises BadRecord for a class that `kind` does not have."""
    try:
        return untagged(kind, data[TAG])(data)
    except (KeyError, TypeError, ValueError) as bad:
        raise BadRecord(f"a stored {kind} record cannot be read: {bad!r} in {str(data)[:200]}") from bad


def dump(value: object) -> str:
    """One dataclass as JSON text."""
    return as_text(encode(value))


def dump_all(values: Sequence[object]) -> str:
    return as_text([encode(value) for value in values])


def load(kind: str, stored: str) -> Any:
    return decode(kind, json.loads(stored))


def load_all(kind: str, stored: str) -> tuple[Any, ...]:
    return tuple(decode(kind, data) for data in json.loads(stored))


def as_text(data: object) -> str:
    """Readable text; half a surrogate pair, which no database stores, is escaped rather than lost with its call."""
    try:
        return to_json(data).decode()
    except ValueError:  # it refuses what only Python's own writer knows, such as half a pair
        return slowly(data)


def slowly(data: object) -> str:
    written = write(data)
    if not written.isascii():
        try:
            written.encode()
        except UnicodeEncodeError:
            return write_ascii(data)
    return written


# -- from a type hint to a pair of converters --------------------------------------------------------------------------


@cache
def tagged(cls: type) -> Convert:
    """How to write a dataclass with its name."""
    plain = record_encoder(cls)
    name = cls.__name__
    return lambda value: {TAG: name, **plain(value)}


def as_it_is(value: Any) -> Any:
    return value


@cache
def untagged(kind: str, name: str) -> Convert:
    """How to read the class of that name."""
    cls = getattr(KINDS[kind], name, None)
    if not (isinstance(cls, type) and is_dataclass(cls)):
        raise KeyError(name)
    return record_decoder(cls)


@cache
def encoder(hint: Any) -> Convert | None:
    """How to write a value of this type hint, or None when JSON takes it as it is."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in PLAIN or origin is Literal:
        return bounded if hint in MAY_BE_UNBOUNDED else None
    if hint is datetime:
        return moment
    if isinstance(hint, type) and is_dataclass(hint):
        return record_encoder(hint)
    if origin in (Union, UnionType):
        return union_encoder(inner)
    if origin is tuple:
        return tuple_encoder(inner)
    if origin is not None and issubclass(origin, Mapping):
        return mapping_encoder(*inner)
    raise TypeError(f"the codec does not know {hint!r}")


@cache
def decoder(hint: Any) -> Convert | None:
    """How to read a value of this type hint, or None when JSON gives it as it is."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in PLAIN or origin is Literal:
        return None
    if hint is datetime:
        return datetime.fromisoformat
    if isinstance(hint, type) and is_dataclass(hint):
        return record_decoder(hint)
    if origin in (Union, UnionType):
        return union_decoder(inner)
    if origin is tuple:
        return tuple_decoder(inner)
    if origin is not None and issubclass(origin, Mapping):
        return mapping_decoder(*inner)
    raise TypeError(f"the codec does not know {hint!r}")


class Unbounded(float):
    """Infinity, or not a number: JSON has neither; both writers have names for them, which
    Python's reader knows."""


def bounded(value: Any) -> Any:
    """A value of any plain type, or nested ones, with every such number marked."""
    if isinstance(value, float):
        return value if isfinite(value) else Unbounded(value)
    if isinstance(value, list | tuple):
        return [bounded(one) for one in value]
    if isinstance(value, dict):
        return {name: bounded(one) for name, one in value.items()}
    return value


def moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {value!r}")
    return value.astimezone(UTC).isoformat()


@cache
def record_encoder(cls: Any) -> Convert:
    """The fields of a dataclass in their order. Built from C-level pieces: this runs several times in every turn."""
    hints = get_type_hints(cls)
    names = tuple(field.name for field in fields(cls))
    if not names:
        return lambda value: {}
    coded = [(name, convert) for name in names if (convert := encoder(hints[name])) is not None]
    if len(names) == 1:
        only, convert = names[0], encoder(hints[names[0]]) or as_it_is
        return lambda value: {only: convert(getattr(value, only))}
    values = attrgetter(*names)

    def to_data(value: Any) -> dict[str, Any]:
        data = dict(zip(names, values(value), strict=True))
        for name, convert in coded:
            data[name] = convert(data[name])
        return data

    return to_data


@cache
def record_decoder(cls: Any) -> Convert:
    hints = get_type_hints(cls)
    names = frozenset(field.name for field in fields(cls))
    needed = [field.name for field in fields(cls) if field.default is MISSING and field.default_factory is MISSING]
    coded = [(name, convert) for name in names if (convert := decoder(hints[name])) is not None]

    def to_record(data: Mapping[str, Any]) -> Any:
        values = dict(data)
        values.pop(TAG, None)
        if values.keys() != names:
            values = {name: value for name, value in values.items() if name in names}
            if lost := [name for name in needed if name not in values]:
                raise ValueError(f"{cls.__name__} without {', '.join(lost)}")
        for name, convert in coded:
            if name in values:
                values[name] = convert(values[name])
        return cls(**values)

    return to_record


def union_encoder(members: tuple[Any, ...]) -> Convert | None:
    """One class or nothing needs no name; several classes are told apart by theirs."""
    rest = [member for member in members if member is not NoneType]
    if len(rest) == 1:
        return optional(encoder(rest[0]))
    if all(member in PLAIN for member in rest):
        return bounded if set(rest) & set(MAY_BE_UNBOUNDED) else None
    only_records(rest)
    by_type = {member: tagged(member) for member in rest}
    if len(rest) < len(members):
        by_type[NoneType] = as_it_is
    return lambda value: by_type[type(value)](value)


def union_decoder(members: tuple[Any, ...]) -> Convert | None:
    rest = [member for member in members if member is not NoneType]
    if len(rest) == 1:
        return optional(decoder(rest[0]))
    if all(member in PLAIN for member in rest):
        return None
    only_records(rest)
    by_name = {member.__name__: record_decoder(member) for member in rest}
    return optional(lambda data: by_name[data[TAG]](data))


def only_records(members: Sequence[Any]) -> None:
    if not all(isinstance(member, type) and is_dataclass(member) for member in members):
        raise TypeError(f"the codec cannot tell these apart in JSON: {members}")


def optional(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda value: None if value is None else convert(value)


def tuple_encoder(members: tuple[Any, ...]) -> Convert | None:
    converts = [encoder(member) for member in members if member is not ...]
    if all(convert is None for convert in converts):
        return None  # json writes a tuple as it writes a list
    if members[-1] is ...:
        each = converts[0] or as_it_is
        return lambda values: [each(value) for value in values]
    exact = [convert or as_it_is for convert in converts]
    return lambda values: [convert(value) for convert, value in zip(exact, values, strict=True)]


def tuple_decoder(members: tuple[Any, ...]) -> Convert:
    converts = [decoder(member) for member in members if member is not ...]
    if all(convert is None for convert in converts):
        return tuple
    if members[-1] is ...:
        each = converts[0] or as_it_is
        return lambda values: tuple([each(value) for value in values])
    exact = [convert or as_it_is for convert in converts]
    return lambda values: tuple([convert(value) for convert, value in zip(exact, values, strict=True)])


def mapping_encoder(key: Any, value: Any) -> Convert:
    if key not in (str, int):
        raise TypeError(f"the codec knows keys of text and numbers, not {key!r}")
    convert = encoder(value)
    if convert is None:
        return dict  # json writes dicts and no other mapping; it makes text of int keys
    return lambda values: {name: convert(one) for name, one in values.items()}


def mapping_decoder(key: Any, value: Any) -> Convert | None:
    each = decoder(value)
    if key is str and each is None:
        return None
    convert = each or as_it_is
    return lambda values: {key(name): convert(one) for name, one in values.items()}
