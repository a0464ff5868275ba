"""Every example in docs/flows.md is a part of a working site."""

import re
from pathlib import Path

import pytest

from config.check import examine_files
from config.flow import KIND_KEYS, KINDS, kind_of
from config.load import files_of
from config.settings import DEMO
from config.site import Site
from config.source import read

TEXT = (Path(__file__).parents[2] / "docs" / "flows.md").read_text()
EXAMPLES = dict(re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?```yaml\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL))


def examined(changes: dict[str, str]) -> Site:
    site, problems = examine_files({**files_of(DEMO), **changes})
    assert [str(problem) for problem in problems] == []
    assert site is not None
    return site


@pytest.mark.parametrize("kind", KIND_KEYS)
def test_each_kind_of_node_has_an_example_that_works(kind: str) -> None:
    flow = files_of(DEMO)["flows/support.yaml"]
    source = read("docs/flows.md", EXAMPLES[kind])
    assert source.problems == [] and isinstance(source.data, dict)
    (name,) = source.data
    always = f'  language: {{key: "9"}}\n  example: {{key: "8", then: {name}}}\n'
    changed = flow.replace('  language: {key: "9"}\n', always)
    indented = "".join(f"  {line}\n" for line in EXAMPLES[kind].splitlines())
    node = examined({"flows/support.yaml": f"{changed}\n{indented}"}).flows["support"].nodes[name]
    assert isinstance(node, KINDS[kind])
    assert kind_of(node) == kind


@pytest.mark.parametrize(("heading", "file"), [("Segments", "segments.yaml"), ("Queues and hours", "queues.yaml")])
def test_the_other_examples_are_files_that_work(heading: str, file: str) -> None:
    change = {file: EXAMPLES[heading]}
    if file == "segments.yaml":
        assert examined(change).segments.rules[0].name == "older"
    else:
        assert set(examined(change).queues) == {"care", "billing", "cards"}


@pytest.mark.parametrize(
    ("heading", "file"),
    [
        ("What callers want", "intents/extra.yaml"), ("Look-ups", "services.yaml"), ("Callbacks", "callbacks.yaml"),
    ],
)  # fmt: skip
def test_an_example_is_a_file_of_the_demo(heading: str, file: str) -> None:
    examined({file: EXAMPLES[heading]})


def test_the_example_of_an_agent_and_of_a_prompt_fit_the_demo() -> None:
    files = files_of(DEMO)
    agents = files["agents.yaml"]
    others = agents[agents.index("jun:") :]
    assert examined({"agents.yaml": EXAMPLES["Agents"] + others}).agents["mina"].name == "Mina"
    kept = [line for line in files["prompts/en.yaml"].splitlines(True) if not line.startswith("goodbye:")]
    assert examined({"prompts/en.yaml": "".join(kept) + EXAMPLES["Prompts"]}).prompts["goodbye"]["en"]


def test_the_example_of_a_flow_is_the_demo_without_its_nodes() -> None:
    head = EXAMPLES["A flow"].split("nodes:")[0]
    wanted = read("docs/flows.md", head).data
    found = read("support.yaml", files_of(DEMO)["flows/support.yaml"]).data
    assert isinstance(wanted, dict) and isinstance(found, dict)
    assert wanted == {key: value for key, value in found.items() if key != "nodes"}


def test_what_does_not_exist_yet_is_refused() -> None:
    last = TEXT.partition("## What does not exist yet")[2]
    named = re.findall(r"`(\w+)`", last)
    assert set(named) == {"when", "verify", "voicemail", "text", "transfer", "survey", "run"}
    for word in named:
        files = {"flows/extra.yaml": f"flow: extra\nstart: a\nnodes:\n  a: {{{word}: something, then: a}}\n"}
        if word == "when":
            files = {"flows/extra.yaml": "flow: extra\nstart: a\nnodes:\n  a: {branch: [{when: 'x', then: a}]}\n"}
        _, problems = examine_files({**files_of(DEMO), **files})
        assert [f"'{word}' is not available in this version" in problem.text for problem in problems] == [True]
