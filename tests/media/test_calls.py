"""Streamed calls on real processes: broken sockets, and the hand-over to a person. Nobody stands in silence."""

import signal
from datetime import timedelta

import pytest

from ivr.cli.agent import Seat
from ivr.cli.control import Step
from ivr.cli.watch import Watch
from ivr.store.store import Store
from tests.media.calls import CALLER, LINE, follow, kinds, log_of, longest_silence, pass_by, said, streaming

pytestmark = pytest.mark.processes
MOST = 5.0
"""Seconds of nothing that a caller may stand."""


def until_streaming(watch: Watch, call: str, seconds: float = 0.5) -> None:
    pass_by(watch, seconds)
    assert watch.stage.exchange.call(call)["place"] == "stream"


def promised(watch: Watch) -> bool:
    with Store.open(watch.stage.database, read_only=True) as store:
        return store.callbacks.open_for(CALLER) is not None


def no_faults(watch: Watch) -> list[object]:
    return [fault for fault in watch.stage.exchange.faults() if fault["kind"] == "error"]


def test_an_order_by_word_and_key() -> None:
    with streaming(heard="where is my order|no thanks") as watch:
        script: list[Step] = [
            {"say": "where is my order"},
            {"press": "10442#", "barge": True, "after": 0.2},
            {"say": "no thanks"},
        ]
        call = watch.stage.exchange.dial(CALLER, LINE, script)
        log = follow(watch, call)
        timed = watch.stage.server_log.read_text()
        after = kinds(log)[kinds(log).index("hung_up") + 1 :]
        assert (set(after), no_faults(watch)) == ({"webhook"}, [])
        assert longest_silence(log) <= MOST
    assert timed.count("a turn of a streamed call") == 3


@pytest.mark.parametrize("drop", ["action", "next_verb"])
def test_a_socket_that_breaks_costs_a_repeated_question(drop: str) -> None:
    with streaming("--stream-drop", drop) as watch:
        exchange = watch.stage.exchange
        call = exchange.dial(CALLER, LINE, [{"until_said": "How can I help"}, {"press": "2"}, {"press": "2"}])
        until_streaming(watch, call)
        watch.stage.signal_server(signal.SIGUSR1)
        log = follow(watch, call)
        assert "We are here Monday to Friday" in said(log), log
        assert kinds(log).count("stream") == 1, "what left a stream is not sent back into it"
        assert exchange.call(call)["ended_by"] == "document"
        assert longest_silence(log) <= MOST
        assert not promised(watch)


def test_a_call_that_ends_with_its_socket_is_called_back() -> None:
    with streaming("--stream-drop", "end_call") as watch:
        exchange = watch.stage.exchange
        call = exchange.dial(CALLER, LINE, [])
        until_streaming(watch, call)
        watch.stage.signal_server(signal.SIGUSR1)
        follow(watch, call)
        assert exchange.call(call)["ended_by"] == "stream lost"
        pass_by(watch, 30)
        assert promised(watch)


def test_who_hangs_up_is_not_called_back() -> None:
    with streaming("--stream-drop", "end_call") as watch:
        call = watch.stage.exchange.dial(CALLER, LINE, [{"hang_up": True, "during": "stream", "after": 1}])
        follow(watch, call)
        pass_by(watch, 30)
        assert not promised(watch)


@pytest.mark.parametrize(("drop", "lost"), [("action", False), ("end_call", True)])
def test_a_server_that_dies_in_a_conversation(drop: str, lost: bool) -> None:
    """The call goes on by <Gather> when the server is back, or is called back."""
    with streaming("--stream-drop", drop) as watch:
        exchange = watch.stage.exchange
        call = exchange.dial(CALLER, LINE, [{"until_said": "How can I help"}, {"press": "2"}, {"press": "2"}])
        until_streaming(watch, call)
        watch.stage.kill_server()
        watch.stage.start_server()
        log = follow(watch, call)
        pass_by(watch, 30)
        assert promised(watch) is lost
        assert ("We are here Monday to Friday" in said(log)) is not lost
        assert kinds(log).count("stream") == 1, "a server that died over a stream is not tried again"


def test_an_agent_who_accepts_before_the_caller_is_parked_waits_for_them() -> None:
    """Our words to the caller last longer than the agent needs to come."""
    with streaming(pace=7) as watch:
        exchange = watch.stage.exchange
        contact = watch.site.agents["jun"].contact
        exchange.phone(
            contact, "human", [{"press": "1", "barge": True, "after": 0.1}, {"talk": 5}, {"hang_up": True}], after=0.1
        )
        watch.desk.free("jun")
        call = exchange.dial(CALLER, LINE, [{"press": "0", "barge": True, "after": 0.3}])
        log = follow(watch, call)
        order = [kind for kind in kinds(log) if kind in ("heard_audio", "queued", "joined_conference", "hung_up")]
        assert order[-3:] == ["queued", "joined_conference", "hung_up"]
        assert longest_silence(log) <= MOST
        assert no_faults(watch) == []


def test_a_caller_who_hangs_up_during_the_hand_over_frees_the_agent() -> None:
    with streaming(pace=7) as watch:
        exchange = watch.stage.exchange
        seat = Seat("mina", watch.desk, exchange)
        watch.desk.free("mina")
        call = exchange.dial(CALLER, LINE, [{"press": "0", "barge": True, "after": 0.3}])
        pass_by(watch, 1.5)
        seat.press("a", seat.look())
        exchange.add(call, [{"hang_up": True}])
        follow(watch, call)
        pass_by(watch, 60)
        assert seat.look()["presence"] in ("free", "wrapping_up")
        assert "joined_conference" not in kinds(log_of(watch, call))
        assert not promised(watch)


def test_an_offer_that_is_accepted_twice_is_one_talk() -> None:
    with streaming() as watch:
        exchange = watch.stage.exchange
        seat = Seat("mina", watch.desk, exchange)
        watch.desk.free("mina")
        call = exchange.dial(CALLER, LINE, [{"press": "0", "barge": True, "after": 0.3}])
        pass_by(watch, 2)
        view = seat.look()
        seat.press("a", view)
        watch.desk.accept("mina", view["offer"]["number"])
        pass_by(watch, 10)
        assert exchange.call(call)["place"] == "conference"
        seat.press("h", seat.look())
        log = follow(watch, call)
        assert kinds(log).count("joined_conference") == 1
        assert longest_silence(log) <= MOST


def test_an_agent_whose_leg_never_comes_leaves_the_caller_in_line() -> None:
    with streaming() as watch:
        exchange = watch.stage.exchange
        watch.desk.free("mina")
        call = exchange.dial(CALLER, LINE, [{"press": "0", "barge": True, "after": 0.3}])
        pass_by(watch, 2)
        offer = watch.desk.look("mina")["offer"]["number"]
        watch.desk.accept("mina", offer)
        pass_by(watch, 60)
        log = log_of(watch, call)
        assert exchange.call(call)["place"] == "queue"
        assert watch.desk.look("mina")["offer"] is None or watch.desk.look("mina")["offer"]["number"] != offer
        assert longest_silence(log) <= MOST
        exchange.add(call, [{"hang_up": True}])
        exchange.run("idle", until=exchange.now() + timedelta(minutes=1))
