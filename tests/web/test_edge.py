"""What holds for any signed form, and when everything behind the edge is broken or slow."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from ivr.calls.ports import Reply
from ivr.errors import BadWebhook, FlowError
from ivr.flow.model import CallEvent, Speak
from ivr.twilio.markup import NOTHING
from ivr.web.webhooks import ROUTES
from tests.twilio.sdk import lawful, words
from tests.web.desk import BASE, CALL, QUIET, Carrier, Desk, application

PATHS = [
    f"/twilio{path}".replace("{turn:count}", "7").replace("{round:count}", "3").replace("{offer:count}", "17")
    .replace("{callback}", "cb1").replace("{attempt:count}", "2").replace("{stream}", "s1")
    for path, _, _ in ROUTES
]  # fmt: skip
VOICES = [path for path in PATHS if not path.removeprefix("/twilio").startswith(QUIET)]
CALLERS = [path for path in VOICES if "/agent" not in path]
names = st.sampled_from(
    """CallStatus Direction From To Digits SpeechResult Confidence QueueResult QueuePosition QueueTime DialCallStatus
    DialBridged RecordingUrl RecordingDuration StatusCallbackEvent ParticipantLabel SequenceNumber offer""".split()
)
values = st.text(max_size=30) | st.sampled_from(
    [
        "completed",
        "in-progress",
        "hangup",
        "error",
        "busy",
        "participant-join",
        "agent",
        "client:x",
        "outbound-api",
        "1",
    ]
)
forms = st.dictionaries(names, values, max_size=8)
calls = st.sampled_from([{"CallSid": CALL}, {"CallSid": CALL}, {"CallSid": ""}, {}])
faults = st.sampled_from([None, None, RuntimeError("+15550101952"), FlowError("x"), BadWebhook("x"), KeyError("x")])
queries = st.sampled_from(["", "?fault=1", "?fault=2", "?fault=99", "?fault=x", "?fault=-1", "?fault="])


def way_to_a_person(root: ElementTree.Element) -> bool:
    """The document asks us again, waits for an answer, or rings somebody: the caller can still reach a person."""
    tags = {one.tag for one in root.iter()}
    return bool(tags & {"Redirect", "Gather", "Dial", "Enqueue", "Leave"})


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), queries, st.builds(lambda a, b: {**a, **b}, forms, calls), faults, st.booleans())
def test_any_signed_form_is_answered(
    path: str, query: str, form: dict[str, str], fault: Exception | None, known: bool
) -> None:
    answer = Carrier(application(Desk(fault=fault, known=known))).post(path + query, form)
    assert answer.status == 200
    assert answer.media.startswith("text/xml")
    if path not in VOICES:
        assert answer.text == NOTHING
        return
    root = lawful(answer.text, waiting="/wait/" in path)
    if path in CALLERS:
        assert way_to_a_person(root)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CALLERS), queries, forms, faults.filter(bool))
def test_when_our_code_fails_the_caller_hears_a_sentence_and_a_way_to_a_person(
    path: str, query: str, form: dict[str, str], fault: Exception
) -> None:
    root = lawful(Carrier(application(Desk(fault=fault))).post(path + query, {**form, "CallSid": CALL}).text)
    assert len([*words(root)]) >= 2, "a sentence in each language of the site"
    assert way_to_a_person(root)


@pytest.mark.parametrize("path", CALLERS)
def test_the_rounds_of_a_lasting_fault_end_with_a_person(path: str) -> None:
    """Follow the redirects of a server that always fails: at most a few sentences, then somebody is rung."""
    carrier = Carrier(application(Desk(fault=RuntimeError("broken"))))
    asked: list[str] = []
    while len(asked) < 8:
        asked.append(path)
        root = lawful(carrier.post(path, {"CallSid": CALL}).text)
        if any(one.text == "+15550199" for one in root.iter("Number")):
            return
        assert [*words(root)]
        onward = root.find("Redirect")
        path = (onward.text or "").removeprefix(BASE) if onward is not None else "/twilio/queued/7"
    pytest.fail(f"no person after {asked}")


def test_the_key_of_a_rescue_leads_to_a_person_without_the_desk() -> None:
    carrier = Carrier(application(Desk(fault=RuntimeError("broken"))))
    root = lawful(carrier.post("/twilio/answer/7", {"CallSid": CALL}).text)
    gather = root.find("Gather")
    assert gather is not None
    person = lawful(carrier.post(gather.attrib["action"].removeprefix(BASE), {"CallSid": CALL, "Digits": "0"}).text)
    assert [one.text for one in person.iter("Number")] == ["+15550199"]


def test_an_agents_leg_is_let_go_when_our_code_keeps_failing() -> None:
    carrier, path = Carrier(application(Desk(fault=RuntimeError("broken")))), "/twilio/agent/17/accept"
    for _ in range(2):
        onward = lawful(carrier.post(path, {"CallSid": CALL, "Digits": "1"}).text).find("Redirect")
        assert onward is not None
        path = (onward.text or "").removeprefix(BASE)
    assert [verb.tag for verb in lawful(carrier.post(path, {"CallSid": CALL}).text)] == ["Say", "Say", "Hangup"]


class Slow(Desk):
    """Never answers until it is let go."""

    def __init__(self, let_go: Event) -> None:
        super().__init__()
        self._let_go = let_go

    def handle(self, call: str, event: CallEvent, cause: str) -> Reply:
        self._let_go.wait(10)
        return super().handle(call, event, cause)


@contextmanager
def let_go() -> Iterator[Event]:
    event = Event()
    try:
        yield event
    finally:
        event.set()


def test_no_answer_in_time_is_answered_all_the_same() -> None:
    with let_go() as event, capture_logs() as logs:
        carrier = Carrier(application(Slow(event), time_limit=0.05))
        root = lawful(carrier.post("/twilio/answer/7", {"CallSid": CALL, "Digits": "1"}).text)
    assert way_to_a_person(root)
    assert [entry["log_level"] for entry in logs] == ["error"]


def test_a_fault_is_logged_without_what_was_said() -> None:
    with capture_logs() as logs:
        carrier = Carrier(application(Desk(fault=ValueError("she said her number is +15550101952"))))
        carrier.post("/twilio/answer/7", {"CallSid": CALL, "SpeechResult": "my number is +15550101952"})
        carrier.post("/twilio/answer/7", {"CallSid": "CA-5550101952"})
        carrier.post("/twilio/answer/7", {"CallSid": CALL}, signature="forged")
    assert [entry["log_level"] for entry in logs] == ["error", "warning", "warning"]
    assert logs[0]["fault"] == "ValueError"
    assert "desk.py" in logs[0]["places"]
    assert not re.search("15550101952|she said", str([{**entry, "call": ""} for entry in logs]))


def test_words_beyond_the_limit_are_cut_and_told() -> None:
    with capture_logs() as logs:
        desk = Desk(actions=[Speak("A sentence. " * 9_000, "en", "x")])
        lawful(Carrier(application(desk)).post("/twilio/resume", {"CallSid": CALL}).text)
    assert [entry["log_level"] for entry in logs] == ["warning"]
