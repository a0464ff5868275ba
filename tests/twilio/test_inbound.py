"""From the carrier's forms to our words: every capture, every documented value, and any form at all."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.model import NotReached
from ivr.calls.ports import Said
from ivr.errors import BadWebhook
from ivr.flow.model import AgentLeft, CallEnded, Caller, Pressed, QueueGaveUp, QueueNews, Recorded, Silence, Started
from ivr.flow.model import TransferEnded as Transferred
from ivr.twilio import inbound
from routing.model import AgentEntered, AgentGone, CallerEntered, TalkEnded
from tests.twilio.captures import BODIES, body


def form(name: str) -> dict[str, str]:
    return dict(parse_qsl(body(name).decode(), keep_blank_values=True))


def test_an_inbound_call() -> None:
    started = inbound.started(form("inbound_voice_ringing_us"))
    assert started == Started(Caller("+15555550567"), "+15805550937")
    assert inbound.started(form("inbound_voice_ringing_forwardless")).caller.number == "+447385550567"


def test_a_leg_that_we_rang_is_its_callee() -> None:
    assert inbound.started(form("twiml_request_outbound_answered")) == Started(Caller("+817015550111"), "+10005550000")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+15550101952", "+15550101952"),
        ("+821012345678", "+821012345678"),
        ("anonymous", ""),
        ("Anonymous", ""),
        ("unknown", ""),
        ("client:mina", ""),
        ("sip:mina@phone.example.com", ""),
        ("15550101952", ""),
        ("5550101952", ""),
        ("+0123456789", ""),
        ("+49494949494555048033558", ""),
        ("+1555", ""),
        ("+266696687", ""),
        ("+86282452253", ""),
        (" +15550101952", ""),
        ("+１５５５０１０１９５２", ""),
        ("", ""),
    ],
)
def test_a_number_is_e164_or_nothing(raw: str, number: str) -> None:
    assert inbound.started({"From": raw, "To": "+18005550100"}).caller.number == number


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("gather_action_digits", Pressed(7, "300")),
        ("gather_action_digits_forwarded_unicode", Pressed(7, "123456")),
        ("gather_action_star_with_recording_params", Pressed(7, "*")),
        ("gather_action_speech", Said(7, "I want to check my balance.", 0.9128386)),
        ("enqueue_wait_url", Silence(7)),
    ],
)
def test_captured_answers(name: str, event: object) -> None:
    assert inbound.answered(7, form(name)) == event


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({}, Silence(7)),
        ({"Digits": "", "SpeechResult": ""}, Silence(7)),
        ({"SpeechResult": "  "}, Silence(7)),
        ({"Digits": "", "SpeechResult": "yes"}, Said(7, "yes", None)),
        ({"SpeechResult": "yes", "Confidence": ""}, Said(7, "yes", None)),
        ({"SpeechResult": "yes", "Confidence": "high"}, Said(7, "yes", None)),
        ({"SpeechResult": "yes", "Confidence": "nan"}, Said(7, "yes", None)),
        ({"SpeechResult": "yes", "Confidence": "1.7"}, Said(7, "yes", 1.0)),
        ({"SpeechResult": "yes", "Confidence": "0.0"}, Said(7, "yes", 0.0)),
        ({"Digits": "#"}, Pressed(7, "#")),
        ({"Digits": "1", "SpeechResult": "one"}, Pressed(7, "1")),
    ],
)
def test_answers_absent_and_blank(fields: Mapping[str, str], event: object) -> None:
    assert inbound.answered(7, fields) == event


@pytest.mark.parametrize(
    ("result", "event"),
    [
        ("bridged", None),
        ("bridging-in-process", None),
        ("redirected", None),
        ("redirected-from-bridged", None),
        ("leave", None),
        ("hangup", CallEnded("completed")),
        ("queue-full", QueueGaveUp(7, "queue-full")),
        ("error", QueueGaveUp(7, "error")),
        ("system-error", QueueGaveUp(7, "system-error")),
    ],
)
def test_every_result_of_a_queue(result: str, event: object) -> None:
    assert inbound.left_queue(7, form(f"enqueue_action_{result}")) == event


def test_what_the_queue_says() -> None:
    assert inbound.queue_news(7, form("enqueue_wait_url")) == QueueNews(7, 2, 37.0)
    assert inbound.queue_news(7, {"QueuePosition": "", "QueueTime": "soon"}) == QueueNews(7, 0, 0.0)


def test_a_hang_up_in_the_queue_without_a_status() -> None:
    assert inbound.left_queue(7, {"QueueResult": "hangup"}) == CallEnded("completed")
    assert inbound.left_queue(7, {"QueueResult": "leave", "CallStatus": "completed"}) == CallEnded("completed")


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"DialCallStatus": "answered", "CallStatus": "in-progress"}, AgentLeft(17, "hung_up")),
        ({"DialCallStatus": "completed"}, AgentLeft(17, "hung_up")),
        ({"DialCallStatus": "failed", "CallStatus": "in-progress"}, AgentLeft(17, "failed")),
        ({}, AgentLeft(17, "hung_up")),
        ({"DialCallStatus": "completed", "CallStatus": "completed"}, CallEnded("completed")),
    ],
)
def test_the_talk_is_over(fields: Mapping[str, str], event: object) -> None:
    assert inbound.left_talk(17, fields) == event


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, "completed"),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, "no-answer"),
        ({"DialCallStatus": "busy"}, "busy"),
        ({}, "failed"),
    ],
)
def test_a_transfer(fields: Mapping[str, str], outcome: str) -> None:
    assert inbound.transferred(7, fields) == Transferred(7, outcome)
    assert inbound.transferred(7, form("dial_action_no_answer")) == Transferred(7, "no-answer")


def test_a_recording_ended_by_hanging_up() -> None:
    given = form("record_action_hangup")
    assert inbound.recorded(7, given) == Recorded(7, given["RecordingUrl"], 12.0)
    assert inbound.over(given) == CallEnded("completed")


@pytest.mark.parametrize(
    ("name", "label", "event"),
    [
        ("conference_participant_join", "caller", CallerEntered(17)),
        ("conference_participant_join", "agent", AgentEntered(17, "CA00000000000000000000000000000003")),
        ("conference_participant_join", "customer", None),
        ("conference_participant_leave", "caller", TalkEnded(17, "participant_hung_up", inside=True)),
        ("conference_participant_leave", "agent", AgentGone(17, "hung_up")),
        ("conference_conference_end", "agent", None),
    ],
)
def test_conference_events(name: str, label: str, event: object) -> None:
    assert inbound.in_conference(17, {**form(name), "ParticipantLabel": label}) == event


def test_a_broken_leg_is_not_a_hang_up() -> None:
    given = {**form("conference_participant_leave"), "ParticipantLabel": "agent", "ParticipantCallStatus": "failed"}
    assert inbound.in_conference(17, given) == AgentGone(17, "failed")


def test_the_name_of_a_conference_event_is_the_same_when_it_is_repeated() -> None:
    join, leave = form("conference_participant_join"), form("conference_participant_leave")
    assert inbound.conference_cause(17, join) == inbound.conference_cause(17, dict(join))
    assert inbound.conference_cause(17, join) != inbound.conference_cause(17, leave)
    bare = {"CallSid": "CA1", "StatusCallbackEvent": "participant-join"}
    assert inbound.conference_cause(17, bare) == "conference:17:CA1:participant-join"


@pytest.mark.parametrize(
    ("status", "ended", "missed"),
    [
        ("queued", None, None),
        ("initiated", None, None),
        ("ringing", None, None),
        ("in-progress", None, None),
        ("", None, None),
        ("completed", CallEnded("completed"), None),
        ("busy", CallEnded("busy"), NotReached(2, "busy")),
        ("no-answer", CallEnded("no-answer"), NotReached(2, "no_answer")),
        ("canceled", CallEnded("canceled"), NotReached(2, "no_answer")),
        ("failed", CallEnded("failed"), NotReached(2, "failed")),
    ],
)
def test_every_call_status(status: str, ended: object, missed: object) -> None:
    assert inbound.over({"CallStatus": status}) == ended
    assert inbound.not_reached(2, {"CallStatus": status}) == missed


@pytest.mark.parametrize(
    ("name", "missed"),
    [
        ("status_busy_outbound", NotReached(1, "busy")),
        ("status_no_answer_outbound", NotReached(1, "no_answer")),
        ("status_completed_outbound_amd_human", None),
    ],
)
def test_captured_statuses(name: str, missed: object) -> None:
    assert inbound.not_reached(1, form(name)) == missed
    assert inbound.over(form(name)) is not None


@pytest.mark.parametrize("given", [{}, {"CallSid": ""}, {"CallSid": "CA1"}, {"CallSid": "../../etc"}])
def test_a_request_without_a_call_is_refused_without_its_values(given: dict[str, str]) -> None:
    with pytest.raises(BadWebhook, match="CallSid") as refusal:
        inbound.call_of(given)
    assert not given.get("CallSid") or given["CallSid"] not in str(refusal.value)


names = st.sampled_from(
    """CallSid CallStatus Direction From To Digits SpeechResult Confidence QueueResult QueuePosition QueueTime
    DialCallStatus DialBridged RecordingUrl RecordingDuration StatusCallbackEvent ParticipantLabel SequenceNumber
    ParticipantCallStatus ReasonParticipantLeft ConferenceSid""".split()
)
values = st.text(max_size=20) | st.sampled_from(
    ["participant-join", "agent", "caller", "error", "completed", "1" * 5000]
)


@settings(deadline=None)
@given(st.dictionaries(names, values))
def test_no_form_breaks_a_decoder(given: dict[str, str]) -> None:
    inbound.started(given), inbound.answered(1, given), inbound.queue_news(1, given), inbound.left_queue(1, given)
    inbound.left_talk(1, given), inbound.transferred(1, given), inbound.recorded(1, given), inbound.over(given)
    inbound.in_conference(1, given), inbound.conference_cause(1, given), inbound.not_reached(1, given)


def test_every_capture_is_decoded_by_a_test() -> None:
    """A capture that is added must be looked at: this list is what the other tests and the routes' tests cover."""
    quiet = {"amd_async", "gather_partial", "recording_status_completed", "transcription_content", "queue_whisper_url"}
    quiet |= {"stream_status_started", "stream_status_stopped", "taskrouter_assignment"}
    known = ("inbound_", "twiml_", "gather_", "enqueue_", "dial_", "record_", "conference_", "status_", "connect_")
    assert {path.stem for path in BODIES if not path.stem.startswith(known)} <= quiet
