"""What follows from something that never changes, worked out once and forgotten together with it.

Law: only for functions that give the same answer for the same arguments, of few enough arguments that all answers may
be kept as long as the first argument lives. It is told by identity, because sites and flows cannot be hashed.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar
from weakref import ref

Of = TypeVar("Of")
Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")


def once(work: Callable[Concatenate[Of, Rest], Answer]) -> Callable[Concatenate[Of, Rest], Answer]:
    """`work` with a memory for each first argument, which must allow weak references. Positional arguments only."""
    kept: dict[int, tuple[ref[Of], dict[tuple[object, ...], Answer]]] = {}

    def answers(of: Of) -> dict[tuple[object, ...], Answer]:
        name = id(of)
        kept[name] = (ref(of, lambda _: kept.pop(name, None)), {})
        return kept[name][1]

    def ask(of: Of, /, *rest: Rest.args, **none: Rest.kwargs) -> Answer:
        found = kept.get(id(of))
        known = found[1] if found is not None and found[0]() is of else answers(of)
        if rest in known:
            return known[rest]
        answer = known[rest] = work(of, *rest, **none)
        return answer

    return update_wrapper(ask, work)
