"""The view tells a call as it went: from the exchange's log and the journal, within 80 columns, in both languages."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from rich.console import Console

import routing.model as line
from ivr.cli.control import Entry
from ivr.cli.journal import Row, as_json, from_json
from ivr.cli.live import View
from ivr.cli.story import Cast, Line, tell
from ivr.flow.model import Facts, Heard, Note, QueueFacts, Speak

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OURS, CALLER, JUN = "+15550100100", "+15550107700", "client:jun"


def entry(kind: str, text: str = "", *, after: float = 0.0, call: str = "CA1", **more: object) -> Entry:
    return {"at": (NOON + timedelta(seconds=after)).isoformat(), "call": call, "kind": kind, "text": text, **more}


def row(event: object, *actions: object, after: float = 0.0, number: int = 1, kind: str = "call") -> Row:
    return Row(number, kind, "CA1", number, f"cause:{number}", NOON + timedelta(seconds=after), event, None, actions)


def cast() -> Cast:
    return Cast({JUN: "Jun"}, frozenset({OURS}), {"jun": "Jun"})


def words(entries: list[Entry], rows: list[Row]) -> list[tuple[str, str]]:
    return [(told.who, told.text) for told in tell(entries, rows, cast())]


@pytest.mark.parametrize(
    ("given", "who", "text"),
    [
        (entry("said", "Hello."), "Holdless", "Hello."),
        (entry("spoke", "my order", heard="my odor"), "caller", "my order  (the line carried: my odor)"),
        (entry("spoke", "my order", heard="my order"), "caller", "my order"),
        (entry("pressed", "1", heard="1"), "caller", "presses 1"),
        (entry("silence"), "caller", "says nothing"),
        (entry("queued", "care"), "", "caller waits in line: care"),
        (entry("hung_up", "caller", by="caller", status="completed"), "", "caller hangs up"),
        (entry("hung_up", "api", by="api", status="completed"), "", "Holdless hangs up"),
        (entry("hung_up", "", by="callee", status="no-answer"), "", "caller was not reached: no-answer"),
        (entry("fault", "an empty Response"), "exchange", "an empty Response"),
        (entry("webhook", "http://x/twilio/voice", status=500), "exchange", "http://x/twilio/voice answered 500"),
    ],
)
def test_one_entry_of_the_exchange(given: Entry, who: str, text: str) -> None:
    assert words([given], []) == [(who, text)]


@pytest.mark.parametrize("kind", ["webhook", "played", "redirected", "left_conference", "answered"])
def test_what_a_watcher_need_not_see(kind: str) -> None:
    assert words([entry(kind, "something", status=200)], []) == []


def test_legs_are_named_as_they_ring() -> None:
    rung = entry("ringing", call="CA2", caller=OURS, to=JUN)
    told = words([entry("ringing", caller=CALLER, to=OURS), rung, entry("said", "Press 1.", call="CA2")], [])
    assert told == [("", f"{CALLER} calls {OURS}"), ("", "Holdless rings Jun"), ("to Jun", "Press 1.")]


def test_reasons_follow_the_request_that_caused_them() -> None:
    heard = row(
        Heard(1, "my order", "order_status", confidence=0.93, by="words"), Speak("Which?", "en", "node:x"), after=2
    )
    entries = [
        entry("spoke", "my order", heard="my order", after=2), entry("webhook", "u", status=200, after=2),
        entry("said", "Which?", after=2),
    ]  # fmt: skip
    assert words(entries, [heard]) == [
        ("caller", "my order"), ("", "understood: order_status, 93% sure (by words)"), ("Holdless", "Which?"),
    ]  # fmt: skip


def test_what_a_timer_did_stands_at_its_own_moment() -> None:
    offered = row(
        line.TimerDue("offer:1"), line.Ring(2, "jun", "CA1", "call", NOON, "longest idle"), after=5, kind="line"
    )
    told = words([entry("said", "one", after=1), entry("said", "two", after=9)], [offered])
    assert told == [("Holdless", "one"), ("", "offered to Jun: longest idle"), ("Holdless", "two")]


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (Note("callback", "A callback was booked."), "A callback was booked."),
        (Note("miss", "At 'help' nothing fitted."), "not understood"),
    ],
)
def test_words_without_an_intent_are_told_by_what_was_decided(action: Note, text: str) -> None:
    assert words([], [row(Heard(1, "두 번째"), action)])[0] == ("", text)


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (Note("collected", "At 'which_order' ...", {"slot": "order.number", "node": "x"}), "noted: the order number"),
        (
            Note("resolved", "'order_status' was settled at 'tell'.", {"intent": "order_status"}),
            "settled: order status",
        ),
        (Note("queue", "At 'person' ...", {"queue": "care"}), "goes into the line: care"),
        (Note("queue", "The line could not take the call.", {"reason": "full"}), "The line could not take the call."),
        (Note("chose", "...", {"intent": "opening_hours", "by": "keys"}), "chosen: opening hours"),
    ],
)
def test_notes_are_told_without_the_names_of_nodes(note: Note, text: str) -> None:
    assert words([], [row(None, note)]) == [("", text)]


def test_a_journal_row_survives_json() -> None:
    first = Row(
        7, "call", "CA1", 3, "gather:CA1:2", NOON, Heard(2, "네", "yes", {"order.number": "10442"}, 0.9, "words"),
        Facts({"care": QueueFacts(open=True, full=False, wait=None)}), (Note("chose", "1", {"key": "1"}),),
    )  # fmt: skip
    assert from_json(as_json(first)) == first


KOREAN = (
    "안녕하십니까, 한빛의 인공지능 상담원입니다. 통화는 녹음되며, 언제든 0번을 누르시면 상담원에게 연결해 드립니다. "
)
ENGLISH = "Hello, this is Hanbit's assistant, a computer. Calls are recorded; press zero for a person at any time. "


@pytest.mark.parametrize("text", [KOREAN * 3, ENGLISH * 3, "가" * 200], ids=["Korean", "English", "one long word"])
def test_eighty_columns_are_kept(text: str) -> None:
    screen = io.StringIO()
    view = View(Console(file=screen, width=80), ZoneInfo("Asia/Seoul"))
    view.heading("한국어로 전화하는 고객", "박지훈 calls")
    view.show([Line(NOON, "Holdless", text, "ours")])
    view.result(text, good=True)
    printed = screen.getvalue()
    assert max(cell_len(printed_line) for printed_line in printed.splitlines()) <= 80
    assert "21:00:00  Holdless" in printed
    letters = "".join(text.split())
    assert letters in "".join(printed.replace("21:00:00", "").replace("Holdless", "").split())
