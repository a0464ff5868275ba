"""The renderer as a table, and its laws for any actions whatever."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.twiml import read
from ivr.flow.model import (
    Action,
    Brief,
    EndCall,
    Fetch,
    Join,
    JoinQueue,
    LeaveQueue,
    Listen,
    Note,
    Record,
    SendText,
    SetTimer,
    Speak,
    Transfer,
)
from ivr.twilio import agents
from ivr.twilio.markup import FORBIDDEN, document, fit, hints
from ivr.twilio.twiml import Where, render
from tests.twilio.sdk import lawful, urls, words

BASE = "https://phone.example.com"
HERE = Where(BASE, 7)
HELLO = Speak("Hello.", "en", "node:hello")
SINCE = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUEUE = JoinQueue(7, "care", None, 0.0, SINCE, Brief("+15550100", "en"))
HOLD_SOUND = f'<Play loop="{{}}">{BASE}/hold.wav</Play>'
HELLO_SAID = '<Say voice="Polly.Joanna" language="en-US">Hello.</Say>'
MENU = (
    '<Gather input="dtmf speech" action="https://phone.example.com/twilio/answer/8" actionOnEmptyResult="true" '
    'timeout="5" numDigits="1" finishOnKey="" speechTimeout="2" language="en-US" hints="billing,my order">'
)
CONFERENCE = (
    '<Dial action="https://phone.example.com/twilio/talk/17"><Conference participantLabel="caller" beep="false" '
    'startConferenceOnEnter="true" endConferenceOnExit="false" waitUrl="" '
    'statusCallback="https://phone.example.com/twilio/conference/17" statusCallbackEvent="start end join leave">'
    "offer-17</Conference></Dial>"
)

TABLE: list[tuple[str, Sequence[Action], Where, str]] = [
    (
        "a menu is spoken inside its gather",
        [HELLO, Note("x", "y"), Listen(8, "en", keys=("1", "2"), hints=("billing", "my order"))],
        HERE,
        f"{MENU}{HELLO_SAID}</Gather>",
    ),
    (
        "a number ends with #, and waits as long as told",
        [Listen(9, "ko", digits=(5, 8), patience=5.2)],
        HERE,
        '<Gather input="dtmf speech" action="https://phone.example.com/twilio/answer/9" actionOnEmptyResult="true" '
        'timeout="6" finishOnKey="#" speechTimeout="2" language="ko-KR"/>',
    ),
    (
        "keys alone",
        [Listen(9, "en", keys=("1",), speech=False)],
        HERE,
        '<Gather input="dtmf" action="https://phone.example.com/twilio/answer/9" actionOnEmptyResult="true" '
        'timeout="5" numDigits="1" finishOnKey=""/>',
    ),
    ("words alone come back", [HELLO], HERE, f"{HELLO_SAID}<Redirect>{BASE}/twilio/resume</Redirect>"),
    ("nothing comes back too", [], HERE, f'<Pause length="1"/><Redirect>{BASE}/twilio/resume</Redirect>'),
    (
        "nothing that can be heard",
        [SetTimer("t", 1.0, 7), LeaveQueue(7, "x")],
        HERE,
        f'<Pause length="1"/><Redirect>{BASE}/twilio/resume</Redirect>',
    ),
    (
        "a slow look-up is asked again",
        [HELLO, Fetch(8, "orders", {})],
        HERE,
        f'{HELLO_SAID}<Pause length="1"/><Redirect>{BASE}/twilio/fetch/8</Redirect>',
    ),
    (
        "the line",
        [HELLO, QUEUE],
        HERE,
        f'{HELLO_SAID}<Enqueue action="{BASE}/twilio/queued/7" waitUrl="{BASE}/twilio/wait/7/0">care</Enqueue>',
    ),
    ("the talk", [Join(9, 17, "mina")], HERE, CONFERENCE),
    (
        "a transfer",
        [Transfer(9, "+15550188")],
        HERE,
        f'<Dial action="{BASE}/twilio/transferred/9" timeout="30"><Number>+15550188</Number></Dial>',
    ),
    (
        "a recording",
        [HELLO, Record(9, 89.5)],
        HERE,
        f'{HELLO_SAID}<Record action="{BASE}/twilio/recorded/9" maxLength="90" timeout="5" finishOnKey="#" '
        f'recordingStatusCallback="{BASE}/twilio/recording"/>',
    ),
    ("goodbye", [HELLO, EndCall("done")], HERE, f"{HELLO_SAID}<Hangup/>"),
    ("the last ending counts", [Fetch(8, "orders", {}), HELLO, EndCall("done")], HERE, f"{HELLO_SAID}<Hangup/>"),
    (
        "slowly, and in Korean",
        [Speak("안녕 & <히> 계세요", "ko", "x", "slow"), EndCall("done")],
        HERE,
        '<Say voice="Polly.Seoyeon" language="ko-KR"><prosody rate="85%">안녕 &amp; &lt;히&gt; 계세요</prosody></Say>'
        "<Hangup/>",
    ),
    (
        "a language without a voice, and control characters",
        [Speak("Gr\x00ü\x07ezi\n mit\ud800enand", "gsw", "x"), EndCall("done")],
        HERE,
        "<Say>Grüezi mitenand</Say><Hangup/>",
    ),
    ("no words are no words", [Speak(" \x00 ", "en", "x"), EndCall("done")], HERE, "<Hangup/>"),
    (
        "the wait goes on under another address",
        [HELLO],
        Where(BASE, 7, "waiting", 3),
        f"{HELLO_SAID}{HOLD_SOUND.format(1)}<Redirect>{BASE}/twilio/wait/7/4</Redirect>",
    ),
    (
        "the place in line is not taken twice",
        [QUEUE],
        Where(BASE, 7, "waiting", 3),
        f"{HOLD_SOUND.format(1)}<Redirect>{BASE}/twilio/wait/7/4</Redirect>",
    ),
    (
        "a question to somebody who waits",
        [HELLO, Listen(8, "en", keys=("1",), speech=False, patience=30.0)],
        Where(BASE, 8, "waiting", 3),
        f'<Gather input="dtmf" action="{BASE}/twilio/wait/8/3/answer" actionOnEmptyResult="true" timeout="1" '
        f'numDigits="1" finishOnKey="">{HELLO_SAID}{HOLD_SOUND.format(3)}</Gather>',
    ),
    ("goodbye from the line", [HELLO, EndCall("x")], Where(BASE, 7, "waiting", 3), f"{HELLO_SAID}<Hangup/>"),
    ("out of line into a talk", [HELLO, Join(9, 17, "m")], Where(BASE, 9, "leaving", 3), "<Leave/>"),
    ("out of line, asked outside", [HELLO, Listen(9, "en")], Where(BASE, 9, "leaving", 3), "<Leave/>"),
    ("out of line, for good", [HELLO, EndCall("x")], Where(BASE, 9, "leaving", 3), f"{HELLO_SAID}<Hangup/>"),
]


@pytest.mark.parametrize(("actions", "where", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_table(actions: Sequence[Action], where: Where, expected: str) -> None:
    text = render(actions, where)
    assert text == f'<?xml version="1.0" encoding="UTF-8"?><Response>{expected}</Response>'
    lawful(text, waiting=where.parked != "no")


any_text = st.text(max_size=40) | st.text("가나다 .&<>\x00\x08\ud800\uffff", max_size=40)
languages = st.sampled_from(["en", "ko", "xx", ""])
turns = st.integers(0, 9)
spans = st.floats(-5, 1e6)
briefs = st.builds(Brief, any_text, languages)
SPECIAL = {
    Listen: st.builds(
        Listen,
        turns,
        languages,
        keys=st.lists(st.sampled_from("0123456789*#"), max_size=3).map(tuple),
        digits=st.none() | st.just((5, 8)),
        speech=st.booleans(),
        hints=st.lists(any_text, max_size=4).map(tuple),
        patience=spans,
    ),
    Speak: st.builds(Speak, any_text, languages, st.just("x"), st.sampled_from(["normal", "slow"])),
    JoinQueue: st.builds(JoinQueue, turns, any_text, st.none(), spans, st.just(SINCE), briefs),
    Transfer: st.builds(Transfer, turns, st.sampled_from(["+15550100", "sip:a@b.example.com", "client:mina"])),
    SendText: st.builds(SendText, any_text, any_text, languages),
    Record: st.builds(Record, turns, spans),
}
one_action = st.one_of(*[SPECIAL.get(kind, st.from_type(kind)) for kind in get_args(Action)])
places = st.builds(Where, st.just(BASE), turns, st.sampled_from(["no", "waiting", "leaving"]), st.integers(0, 99))


@settings(deadline=None, max_examples=400)
@given(st.lists(one_action, max_size=6), places)
def test_any_actions_make_a_lawful_document(actions: list[Action], where: Where) -> None:
    text = render(actions, where)
    root = lawful(text, waiting=where.parked != "no")
    assert read(text, f"{BASE}/twilio/voice")[1] == [], "the exchange, written by others, finds a fault"
    assert all(url.startswith(f"{BASE}/twilio/") for url in urls(root))
    assert all(one.attrib["actionOnEmptyResult"] == "true" for one in root.iter("Gather"))


@settings(deadline=None)
@given(st.lists(one_action, max_size=6), places)
def test_what_is_said_is_said_once_and_in_order(actions: list[Action], where: Where) -> None:
    said = [" ".join(FORBIDDEN.sub("", one.text).split()) for one in actions if isinstance(one, Speak)]
    root = lawful(render(actions, where))
    assert list(words(root)) in ([one for one in said if one], [])


@pytest.mark.parametrize("piece", ["This is a sentence. ", "한 문장입니다. ", "& < > ", "endless", "한", "& "])
@pytest.mark.parametrize("parked", ["no", "waiting", "leaving"])
def test_far_too_long(piece: str, parked: Literal["no", "waiting", "leaving"]) -> None:
    long = Speak(piece * 30_000, "ko", "x")
    many = tuple(f"{piece}{i}" * 40 for i in range(700))
    sequences: list[list[Action]] = [
        [long],
        [HELLO, long, HELLO, Listen(8, "ko", hints=many)],
        [*[long] * 9, EndCall("x")],
    ]
    for actions in sequences:
        root = lawful(render(actions, Where(BASE, 7, parked)))
        assert parked == "leaving" or any(words(root))


def test_cut_at_the_end_of_a_sentence() -> None:
    text = "One is short. Two is longer! Three goes on and on and on."
    cut = fit([(text, "xx", "normal"), ("Four.", "xx", "normal")], 45)
    assert cut == ["<Say>One is short. Two is longer!</Say>"]
    assert fit([("One.", "xx", "normal"), ("Two.", "xx", "normal")], 20) == ["<Say>One.</Say>"]


def test_hints_keep_to_the_limits() -> None:
    assert hints(()) is None
    assert hints(("", " , ")) is None
    assert hints(("yes, please", "x" * 300)) == f"yes please,{'x' * 100}"
    assert len((hints(tuple(f"w{i}" for i in range(900))) or "").split(",")) == 500
    assert len((hints(("한" * 100,) * 500) or "").encode()) <= 12_000


def test_a_document_without_verbs_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="hangs up"):
        document([])


LEG = agents.AgentLeg(17, "mina", "en", "A caller about an order.", accepted=False)


@pytest.mark.parametrize(
    "text",
    [
        agents.offered(LEG, BASE, "Press 1 to take the call."),
        agents.admitted(LEG, BASE, "One moment."),
        agents.dismissed("Too late.", "en"),
    ],
)
def test_agents_documents(text: str) -> None:
    root = lawful(text)
    assert any(words(root))


def test_an_agent_is_admitted_by_a_key_alone_and_ends_the_conference() -> None:
    asked = lawful(agents.offered(LEG, BASE, "Press 1 to take the call."))
    gather = asked.find("Gather")
    assert gather is not None
    assert gather.attrib["action"] == f"{BASE}/twilio/agent/17/accept"
    assert not list(asked.iter("Conference"))
    inside = next(lawful(agents.admitted(LEG, BASE, "One moment.")).iter("Conference"))
    assert inside.text == "offer-17"
    assert inside.attrib["participantLabel"] == "agent"
    assert inside.attrib["endConferenceOnExit"] == "true"
    assert inside.attrib["statusCallback"] == f"{BASE}/twilio/conference/17"
