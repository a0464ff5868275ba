"""Our `replace` is the standard one, on records of no, one and many fields."""

import dataclasses
from datetime import UTC, datetime

import pytest

from ivr.flow.model import Asking, Caller, CallState, Over, Recording, Route, Step
from ivr.flow.replacing import replace

STATE = CallState(
    "CA1", "support", "v1", Caller("+15550100"), "+15550199", "en", datetime(2026, 3, 2, tzinfo=UTC),
    Route("p", "r", "b", "o"), "help", Asking(), 7, {"order": "1234"},
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Nothing:
    """A record without fields."""


def test_the_same_record_comes_out() -> None:
    changed = replace(STATE, node="tell", turn=8, place=Over("goodbye"))
    assert changed == dataclasses.replace(STATE, node="tell", turn=8, place=Over("goodbye"))
    assert changed.slots is STATE.slots
    assert replace(STATE) == STATE
    assert replace(Recording(30.0), most=60.0) == Recording(60.0)
    assert replace(Step(STATE), rendering=2) == Step(STATE, (), 2)
    assert replace(Nothing()) == Nothing()


def test_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(KeyError, match="nod"):
        replace(STATE, nod="tell")  # type: ignore[call-arg]
