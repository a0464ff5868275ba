"""A memory that gives what was worked out, and goes with what it was worked out from."""

import gc
from dataclasses import dataclass, field

import pytest

from config.once import once


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Thing:
    """Equal to others and not hashable, as a site is."""

    parts: dict[str, int] = field(default_factory=dict)


@dataclass
class Work:
    done: list[tuple[Thing, int]] = field(default_factory=list)

    def __call__(self, thing: Thing, plus: int) -> int:
        self.done.append((thing, plus))
        return thing.parts["a"] + plus


def test_each_question_is_worked_out_once_for_each_thing() -> None:
    work = Work()
    ask = once(work.__call__)
    one, other = Thing({"a": 1}), Thing({"a": 1})
    assert [ask(one, 1), ask(one, 1), ask(one, 2), ask(other, 1)] == [2, 2, 3, 2]
    assert len(work.done) == 3


def test_a_fault_is_not_remembered() -> None:
    ask = once(Work())
    thing = Thing()
    with pytest.raises(KeyError):
        ask(thing, 1)
    thing.parts["a"] = 4
    assert ask(thing, 1) == 5


def test_what_is_gone_is_forgotten_even_if_another_takes_its_place() -> None:
    seen = []

    def number(thing: Thing) -> int:
        return thing.parts["a"]

    ask = once(number)
    for value in range(50):
        thing = Thing({"a": value})
        seen.append(ask(thing))
        del thing
        gc.collect(0)
    assert seen == list(range(50))
