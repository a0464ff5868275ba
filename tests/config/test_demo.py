"""The demo site: clean, in two languages, with the people that its conversations need."""

import re

import pytest
from ruamel.yaml import YAML

from config.check import examine
from config.flow import KIND_KEYS, kind_of
from config.load import load
from config.settings import DEMO
from config.site import Site

HANGUL = re.compile(r"[가-힣]")


@pytest.fixture(scope="module")
def site() -> Site:
    found = load(DEMO)
    assert isinstance(found, Site), found
    return found


def test_the_demo_has_no_problems() -> None:
    site, problems = examine(DEMO)
    assert site is not None
    assert [str(problem) for problem in problems] == []


def test_both_numbers_reach_the_support_flow(site: Site) -> None:
    numbers = {number: (line.flow, line.language) for number, line in site.facts.numbers.items()}
    assert numbers == {"+15550100100": ("support", "en"), "+82215880100": ("support", "ko")}


def test_the_flow_uses_every_kind_of_node(site: Site) -> None:
    used = {kind_of(node) for node in site.flows["support"].nodes.values()}
    assert used == set(KIND_KEYS)


def test_korean_is_korean_and_formal(site: Site) -> None:
    for name, node in site.flows["support"].nodes.items():
        for text in korean(node.model_dump()):
            assert HANGUL.search(text), f"{name}: {text}"
            assert not re.search(r"어르신|하세요\?|해요[.?]|예요[.?]", text), f"{name}: {text}"


def korean(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["ko"]] if isinstance(value.get("ko"), str) else []
        return [*own, *(text for inner in value.values() for text in korean(inner))]
    return [text for inner in value for text in korean(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("number", "born", "wish"),
    [("+15550101952", "1952", ""), ("+15550101999", "1999", ""), ("+15550101960", "1960", "self_service"),
     ("+15550101988", "1988", "person"), ("+821000001949", "1949", "")],
)  # fmt: skip
def test_the_callers_of_the_stories_are_on_file(site: Site, number: str, born: str, wish: str) -> None:
    (row,) = (row for row in site.tables["customers.csv"] if row["number"] == number)
    assert (row["born"], row["wish"]) == (born, wish)


def test_every_caller_on_file_has_an_order_on_file(site: Site) -> None:
    orders = {row["number"] for row in site.tables["orders.csv"]}
    assert {row["last_order"] for row in site.tables["customers.csv"]} <= orders


def test_the_conversations_can_be_read(site: Site) -> None:
    """Played elsewhere; here only that each has a name, steps, and names nodes that exist."""
    tests = [
        test for file in sorted((DEMO / "tests").glob("*.yaml")) for test in YAML(typ="safe").load(file.read_text())
    ]
    assert len({test["test"] for test in tests}) == len(tests) >= 9
    for test in tests:
        for step in test["call"]:
            for verb in ("we say", "we ask") if isinstance(step, dict) else ():
                named = step.get(verb)
                node = named["node"] if isinstance(named, dict) else named
                assert node is None or node in site.flows["support"].nodes, (test["test"], step)
