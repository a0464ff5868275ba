"""Files of any size and depth are examined: deep nesting is a problem and no crash, and long flows take no time."""

from collections.abc import Mapping
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.check import examine_files
from config.check.ways import circling, way_back
from config.load import files_of
from tests.config.bad_sites import SMALL

FLOW = "flows/main.yaml"
NAMES = "abcdef"


@pytest.mark.parametrize(
    "text",
    ["a: " + "[" * 3000 + "]" * 3000, "".join(f"{'  ' * depth}k{depth}:\n" for depth in range(300)) + "  " * 300 + "x"],
    ids=["brackets", "lines"],
)
def test_deep_nesting_is_one_problem_with_its_line(text: str) -> None:
    _, problems = examine_files({**files_of(SMALL), FLOW: text})
    (deep,) = [problem for problem in problems if "inside more than" in problem.text]
    assert deep.file == FLOW
    assert deep.line == (1 if text.startswith("a") else 42)


def chain(count: int) -> str:
    """So many sentences, one after the other, between the greeting and the rest of the small site's flow."""
    nodes = [f"  n{k}:\n    say: {{en: x, ko: 가}}\n    then: n{k + 1}\n" for k in range(count)]
    return "".join(nodes) + f"  n{count}:\n    end: goodbye\n"


def test_five_hundred_nodes_are_examined_in_less_than_two_seconds() -> None:
    files = files_of(SMALL)
    files[FLOW] = files[FLOW].replace("    set: {topic: bill}\n    then: line", "    set: {topic: bill}\n    then: n0")
    began = process_time()
    _, problems = examine_files({**files, FLOW: files[FLOW] + chain(500)})
    assert process_time() - began < 2.0
    assert problems == []


ways_between = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from([*NAMES, "elsewhere"]), max_size=3).map(tuple), max_size=6
)


@given(ways_between)
def test_a_way_back_is_found_wherever_there_is_one_and_is_the_shortest(ways: Mapping[str, tuple[str, ...]]) -> None:
    circles = circling(ways)
    for name in ways:
        found = way_back(circles, name) if name in circles else ()
        assert len(found) == shortest(ways, name)
        for here, there in zip(found, (*found[1:], name), strict=False):
            assert there in ways[here]


def shortest(ways: Mapping[str, tuple[str, ...]], name: str) -> int:
    """Steps from a node back to itself, counted by walking every way at once; 0 when none leads back."""
    reached = {name}
    for steps in range(1, len(ways) + 1):
        reached = {target for here in reached for target in ways.get(here, ())}
        if name in reached:
            return steps
    return 0
