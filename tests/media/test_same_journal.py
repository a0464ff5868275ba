"""The same conversation through <Gather> and through the stream leaves the same journal."""

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.flow.model import CallEnded, Heard, Pressed, Silence
from tests.calls.world import OPEN
from tests.media.golden import CALL, KOREAN, Talk, gathered, server, streamed

NIGHT = OPEN + timedelta(hours=12)
TALKS = (
    Talk("an order by voice and keys", ["say where is my order", "press 10442#", "say no thanks"]),
    Talk("an order by keys alone", ["press 1", "press 10442#", "press 2"]),
    Talk("a number that is said and read back", ["press 1", "say one oh four four two", "say yes", "press 2"]),
    Talk("a number that nobody has", ["press 1", "press 99999#", "press 10442#", "silent", "silent"]),
    Talk("nothing at all", ["silent", "silent"]),
    Talk("a person", ["say can i talk to a person"]),
    Talk("a person in the middle of a number", ["press 1", "press 0#"]),
    Talk("again, slower, and in Korean", ["press *", "press 7", "press 9", "press 2", "press 2"]),
    Talk("words that mean nothing here", ["say purple elephants", "press 2", "say no thanks"]),
    Talk("in Korean", ["say 주문 배송 언제 와요", "press 10442#", "press 2"], dialled=KOREAN),
    Talk("a callback at night", ["press 0", "press 1"], at=NIGHT),
    Talk("a callback at night for who hangs up", ["press 0", "hang up"], at=NIGHT),
    Talk("somebody whom we know as older", [], number="+15550101952"),
    Talk("hanging up over a question", ["press 1", "hang up"]),
)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.name)
def test_both_ways_leave_the_same_journal(talk: Talk, tmp_path: Path) -> None:
    with server(tmp_path, talk, streamed=False) as by_carrier:
        gathered(by_carrier, talk)
        by_carrier.settle()
        expected = by_carrier.journal("call", CALL)
        elsewhere = [by_carrier.journal("line", "main"), by_carrier.carrier.asked]
    with server(tmp_path, talk, streamed=True) as by_us:
        streamed(by_us, talk)
        by_us.settle()
        assert by_us.journal("call", CALL) == expected
        assert [by_us.journal("line", "main"), by_us.carrier.asked] == elsewhere
    answers = [event for _, event, _, _ in expected if isinstance(event, Heard | Pressed | Silence | CallEnded)]
    assert len(answers) == len(talk.steps), "every step of the caller is in the journal"
    assert all(ending.outcome in ("handed over", "stopped") for ending in by_us.endings)


def test_nothing_is_said_twice_when_a_stream_hands_over(tmp_path: Path) -> None:
    talk = Talk("a person", ["press 0"])
    with server(tmp_path, talk, streamed=True) as here:
        streamed(here, talk)
        last = here.documents[-1]
    assert [verb.tag for verb in last] == ["Enqueue"]
    assert here.voices.said[-1] == "I'm connecting you to a person."


def test_a_language_that_cannot_be_heard_is_asked_by_the_carrier(tmp_path: Path) -> None:
    talk = Talk("Korean", ["press 2", "press 2"], dialled=KOREAN)
    with server(tmp_path, talk, streamed=True, languages=("en",)) as here:
        gathered(here, talk)
        assert (here.endings, here.voices.said) == ([], [])
        assert here.documents[-1].find("Hangup") is not None


def test_a_language_that_is_lost_on_the_way_goes_on_by_the_carrier(tmp_path: Path) -> None:
    talk = Talk("to Korean", ["press 9"])
    with server(tmp_path, talk, streamed=True, languages=("en",)) as here:
        streamed(here, talk)
        assert [ending.outcome for ending in here.endings] == ["failed"]
        gather = here.documents[-1].find("Gather")
        assert gather is not None
        assert gather.attrib["language"] == "ko-KR"
