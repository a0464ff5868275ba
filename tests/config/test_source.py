"""Plain data out of YAML, with the line of every value and key."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from config.source import Path, Plain, read

words = st.text("abcdefgh_가나다", min_size=1, max_size=8)
sentences = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
scalars = st.one_of(sentences, st.integers(-999, 999), st.booleans())
plain: st.SearchStrategy[Plain] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def written(data: object, *, flow: bool) -> str:
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = flow
    yaml.default_style = '"'
    yaml.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


@given(st.dictionaries(words, plain, max_size=4), st.booleans())
def test_what_is_written_in_quotes_is_read_as_it_was(data: dict[str, Plain], flow: bool) -> None:
    source = read("a.yaml", written(texts(data), flow=flow))
    assert source.problems == []
    assert source.data == texts(data)


def texts(data: Plain) -> Plain:
    """The same shape with text at every leaf."""
    if isinstance(data, dict):
        return {key: texts(value) for key, value in data.items()}
    return [texts(value) for value in data] if isinstance(data, list) else str(data)


@given(st.dictionaries(words, plain, min_size=1, max_size=4))
def test_every_key_stands_on_the_line_that_is_named(data: dict[str, Plain]) -> None:
    text = "\n".join(block(data, 0))
    source = read("a.yaml", text)
    assert source.problems == []
    assert source.data == data
    lines = text.splitlines()
    for path in keys(data, ()):
        assert f"{path[-1]}:" in lines[source.line(path) - 1]
    assert set(source.keys) == set(keys(data, ()))


def block(data: Plain, depth: int) -> Iterator[str]:
    """A writer of its own, so that the reader is not judged by the library it is built on."""
    pad = "  " * depth
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from joined(f"{pad}{key}:", value, depth)
    elif isinstance(data, list) and data:
        for value in data:
            yield from joined(f"{pad}-", value, depth)
    else:
        yield pad + leaf(data)


def joined(head: str, value: Plain, depth: int) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from block(value, depth + 1)
    else:
        yield f"{head} {leaf(value)}"


def leaf(value: Plain) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else str(value)


def keys(data: Plain, above: Path) -> Iterator[Path]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        if isinstance(key, str):
            yield (*above, key)
        yield from keys(value, (*above, key))


@given(st.text("ab:-#*&!{}[]\"'|> \n\t0189@`,?\\", max_size=60))
def test_nothing_that_is_written_makes_the_reader_fall(text: str) -> None:
    source = read("a.yaml", text)
    last = max(len(text.splitlines()), 1)
    assert all(1 <= problem.line <= last for problem in source.problems)


@given(st.text(max_size=40))
def test_nor_does_any_other_text(text: str) -> None:
    source = read("a.yaml", text)
    assert all(problem.file == "a.yaml" and problem.line >= 1 and problem.text for problem in source.problems)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1", {"a": 1}),
        ("a: 1.5", {"a": 1.5}),
        ("a: -3", {"a": -3}),
        ("a: true", {"a": True}),
        ("a: False", {"a": False}),
        ("a: yes", {"a": "yes"}),
        ("a: 2026-03-02 10:00", {"a": "2026-03-02 10:00"}),
        ("a: 2026-03-02", {"a": "2026-03-02"}),
        ("a: 5-8", {"a": "5-8"}),
        ("a: ..1964", {"a": "..1964"}),
        ("1: one", {"1": "one"}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("a: '0755'", {"a": "0755"}),
        ("", None),
        ("# a remark", None),
    ],
)
def test_plain_values_stay_what_they_look_like(text: str, data: Plain) -> None:
    source = read("a.yaml", text)
    assert (source.data, source.problems) == (data, [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 0755", 'a.yaml:1: YAML takes this for a number and changes it: put quotes round it: a: "0755"'),
        ("- 1e3", 'a.yaml:1: YAML takes this for a number and changes it: put quotes round it: "1e3"'),
        ("a: .inf", 'a.yaml:1: YAML takes this for a number and changes it: put quotes round it: a: ".inf"'),
        ("a: 0x1F", 'a.yaml:1: YAML takes this for a number and changes it: put quotes round it: a: "0x1F"'),
        (
            "a: 123456789012",
            'a.yaml:1: YAML takes this for a number and changes it: put quotes round it: a: "123456789012"',
        ),
        ("a: 9:00", 'a.yaml:1: many YAML readers take a time for a number: put quotes round it: a: "9:00"'),
        ("a: ~", 'a.yaml:1: YAML takes this for nothing: put quotes round it: a: "~"'),
        ("-", "a.yaml:1: nothing stands here"),
        ("a:\n  - #\n", 'a.yaml:2: a # begins a remark in YAML: put quotes round it: "#"'),
        ("*a : 1", "a.yaml:1: a star begins an alias in YAML: put quotes round it"),
        ("? [a]\n: 1", "a.yaml:1: a name must be one word or number: put quotes round it"),
        ("? {a: b}\n: 1", "a.yaml:1: a name must be one word or number: put quotes round it"),
        ("a: !x {b: [c]}", 'a.yaml:1: an exclamation mark begins a tag in YAML: put quotes round it: "!x"'),
        ("a: {b: c}\na: {d: [e]}", "a.yaml:2: 'a' is written twice; the first is on line 1"),
        ("a: \x07", "a.yaml:1: this is not text that YAML can read: unacceptable character #x0007"),
        ("a: b: c", "a.yaml:1: a colon inside a sentence (put quotes round it), or a line that is indented wrongly"),
        ("a: [b", "a.yaml:1: the bracket '[' that begins here is never closed"),
    ],
)
def test_what_yaml_would_change_is_told(text: str, sentence: str) -> None:
    source = read("a.yaml", text)
    assert len(source.problems) == 1
    assert str(source.problems[0]).startswith(sentence)


def test_a_path_that_is_not_written_has_the_line_of_what_is_above_it() -> None:
    source = read("a.yaml", "a:\n  b: 1\n")
    assert source.line(("a", "b")) == 2
    assert source.line(("a", "c", 4, "d")) == 1
    assert read("a.yaml", "").line(("a",)) == 1
