"""Whoever types during a talk or in line loses no time and says nothing to the wrong ear."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.cli.keys import END
from ivr.cli.live import View
from ivr.cli.screen import OUT
from ivr.cli.site import DEMO, read
from ivr.cli.stage import Plan
from ivr.cli.typed import NOT_NOW, SECOND, Typist
from ivr.cli.watch import Watch, at_work, on_stage

pytestmark = pytest.mark.processes
SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2026, 3, 2, 10, 0, tzinfo=SEOUL)


class Fingers:
    """A keyboard that is asked once a second or at a question: the lines of a script, None for nothing typed."""

    def __init__(self, *lines: str | None) -> None:
        self._lines = iter(lines)

    def next(self, seconds: float | None) -> str | None:
        return next(self._lines, END)


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    site = read(DEMO)
    with on_stage(Plan(DEMO, tuple(site.facts.numbers), START), site) as found:
        yield found


def typed(watch: Watch, caller: str, *lines: str | None) -> tuple[str, timedelta, list[tuple[str, str]]]:
    """What was on the screen, how long the call took, and what the caller really did on the line."""
    exchange = watch.stage.exchange
    began = exchange.now()
    sid = exchange.dial(caller, "+15550100100", [])
    with OUT.capture() as screen:
        Typist(watch, sid, View(OUT, SEOUL)).play(Fingers(*lines))
    did = [(str(entry["kind"]), str(entry["text"])) for entry in exchange.call(sid)["log"]]
    took = exchange.now() - began
    exchange.run("idle", until=exchange.now() + timedelta(minutes=5))
    return screen.get(), took, [one for one in did if one[0] in ("spoke", "pressed")]


def test_typing_during_a_talk_costs_a_second_a_line(watch: Watch) -> None:
    at_work(watch, talk=600)
    lines = [None] * 25
    screen, took, did = typed(watch, "+15550101952", *lines, "hello", "5", "", None, END)
    assert took < timedelta(minutes=2)
    assert 'you say "hello"' in screen
    assert "you press 5" in screen
    assert did == []


def test_in_line_keys_are_pressed_and_words_are_not_heard(watch: Watch) -> None:
    for agent in watch.site.agents:
        watch.desk.away(agent, "a break")
    screen, took, did = typed(watch, "+15550101952", "hello", *[None] * 20, "*", *[None] * 30, END)
    assert took < timedelta(minutes=3)
    assert "Nobody hears words in the line" in screen
    assert did == [("pressed", "*")]


def test_a_key_that_waits_is_forgotten_when_the_talk_begins(watch: Watch) -> None:
    typist = Typist(watch, "CA1", View(OUT, SEOUL), held={"press": "1"})
    before = watch.stage.exchange.now()
    with OUT.capture() as screen:
        typist.stand({"place": "conference", "hears": [], "status": "in-progress"}, None)
    assert typist.held is None
    assert NOT_NOW in screen.get()
    assert watch.stage.exchange.now() == before + SECOND
