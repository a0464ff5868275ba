"""What the machines say survives being written down: every event, action and state, built from its type hints."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.flow.model import Asking, Caller, CallState, Heard, InLine, Over, Route, Silence
from ivr.store import codec
from ivr.store.errors import BadRecord

MOMENTS = st.datetimes(
    min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-3, minutes=-30))]),
)  # fmt: skip
NUMBERS = st.floats(allow_nan=False)
WORDS = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)
SIMPLE: Mapping[Any, st.SearchStrategy[Any]] = {
    str: WORDS, int: st.integers(-(2**53), 2**53), float: NUMBERS, bool: st.booleans(), type(None): st.none(),
    object: JSON, Any: JSON, datetime: MOMENTS,
}  # fmt: skip


def values(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type hint
    """Values of a type hint, found without the codec's own reading of it."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{one.name: values(hints[one.name]) for one in fields(hint)})
    inner = get_args(hint)
    if get_origin(hint) is tuple and inner[-1] is ...:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*map(values, inner))
    if get_origin(hint) is Union or type(hint).__name__ == "UnionType":
        return st.one_of(*map(values, inner))
    return st.dictionaries(values(inner[0]), values(inner[1]), max_size=3)


CLASSES = [
    (kind, cls)
    for kind, module in codec.KINDS.items()
    for cls in vars(module).values()
    if isinstance(cls, type) and is_dataclass(cls) and cls.__module__.rpartition(".")[0] == module.__package__
]


@pytest.mark.parametrize(("kind", "cls"), CLASSES, ids=lambda one: one if isinstance(one, str) else one.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_goes_in_comes_out_equal(kind: str, cls: type, data: st.DataObject) -> None:
    value = data.draw(values(cls))
    stored = codec.dump(value)
    assert codec.load(kind, stored) == value
    assert codec.load_all(kind, codec.dump_all([value, value])) == (value, value)


def test_all_three_machines_are_covered() -> None:
    assert {kind for kind, _ in CLASSES} == {"call", "line", "callback"}
    assert len(CLASSES) > 90


@dataclass(frozen=True, slots=True)
class Wide:
    """Shapes that no machine uses yet, and that the codec promises all the same."""

    pair: tuple[datetime, int | None]
    by_number: Mapping[int, Asking | Over | None]
    nested: tuple[tuple[Asking, ...], ...]
    free: Mapping[str, object] = field(default_factory=dict)


@given(values(Wide))
def test_nested_shapes_survive(value: Wide) -> None:
    data = codec.encode(value)
    assert codec.record_decoder(Wide)(data) == value


MOMENT = datetime(2026, 3, 8, 9, 30, tzinfo=UTC)
STATE = CallState(
    "CA1", "main", "hash", Caller("+821012345678", {"name": "김하늘"}), "+8215990000", "ko", MOMENT,
    Route("menu", "default", "nothing known", ""), "menu", InLine("orders", None, 0.0, MOMENT),
)  # fmt: skip


def test_a_record_of_an_older_version_takes_the_defaults() -> None:
    data = codec.encode(STATE)
    for name in ("resolved", "tried", "slots"):
        del data[name]
    del data["place"]["joining"]
    assert codec.decode("call", data) == STATE


def test_a_field_that_the_class_has_lost_is_dropped() -> None:
    assert codec.decode("call", {"type": "Silence", "turn": 3, "mood": "calm"}) == Silence(3)


@pytest.mark.parametrize(
    "data",
    [
        {"type": "Sung", "turn": 1},
        {"turn": 1},
        {"type": "Heard", "turn": 1},
        {"type": "Mapping"},
        {"type": "CallEvent"},
    ],
    ids=["unknown class", "no class", "field missing", "not a record", "a union"],
)
def test_a_record_nobody_can_read_says_so(data: Mapping[str, object]) -> None:
    with pytest.raises(BadRecord, match="cannot be read"):
        codec.decode("call", data)


def test_text_stays_readable_and_half_characters_are_kept() -> None:
    assert "김하늘" in codec.dump(STATE)
    broken = Heard(1, "no\ud800 pair 김")
    stored = codec.dump(broken)
    assert stored.isascii()
    assert codec.load("call", stored) == broken


def test_a_moment_without_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="time zone"):
        codec.dump(InLine("orders", None, 0.0, naive))


def test_a_type_that_json_cannot_tell_apart_is_refused_when_the_codec_is_built() -> None:
    with pytest.raises(TypeError, match="cannot tell"):
        codec.encoder(datetime | str)
