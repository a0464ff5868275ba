"""The caller's steps come in the order of the command line, and typed lines mean what a person expects."""

import os

import pytest

from ivr.cli.keys import END, Typed
from ivr.cli.spoken import steps
from ivr.cli.typed import step


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], []),
        (["--press", "1", "--say", "yes"], [{"press": "1"}, {"say": "yes"}]),
        (["--say", "yes", "--press=1"], [{"say": "yes"}, {"press": "1"}]),
        (["--silence", "--say", "a", "--silence"], [{"silence": True}, {"say": "a"}, {"silence": True}]),
        (["site", "--json", "--say", "--press", "--hang-up"], [{"say": "--press"}, {"hang_up": True}]),
        (["--say"], []),
    ],
)
def test_the_order_of_the_command_line_is_kept(words: list[str], wanted: list[object]) -> None:
    assert list(steps(words)) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("12#", {"press": "12#"}),
        (" 0 ", {"press": "0"}),
        ("one two", {"say": "one two"}),
        ("주문 조회", {"say": "주문 조회"}),
        ("", {"silence": True}),
        (END, {"hang_up": True}),
    ],
)
def test_a_typed_line(line: str, wanted: object) -> None:
    assert step(line) == wanted


def test_lines_come_whole_and_the_end_is_told() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as source, Typed(source=source) as typed:
        os.write(writing, "안녕".encode()[:4])
        assert typed.next(0.0) is None
        os.write(writing, "안녕".encode()[4:] + "하세요\nnext\nlast".encode())
        assert [typed.next(0.0), typed.next(0.0)] == ["안녕하세요", "next"]
        os.close(writing)
        assert [typed.next(0.0), typed.next(0.0), typed.next(0.0)] == ["last", END, END]
