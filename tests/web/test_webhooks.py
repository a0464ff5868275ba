"""Each route: what it tells the desk and what it plays; and what holds for any signed form."""

import pytest

from callbacks.model import NotReached
from ivr.calls.ports import Said
from ivr.flow.model import (
    Action,
    AgentLeft,
    Asking,
    Brief,
    CallEnded,
    Caller,
    InLine,
    Join,
    JoinQueue,
    Over,
    Place,
    Pressed,
    QueueGaveUp,
    QueueNews,
    Recorded,
    Silence,
    Speak,
    Started,
    TransferEnded,
)
from ivr.twilio.agents import AgentLeg
from ivr.twilio.markup import NOTHING
from routing.model import AgentEntered, AgentGone, CallerEntered, OfferAccepted, OfferRefused, TalkEnded
from tests.twilio.captures import BODIES, body
from tests.twilio.sdk import lawful, urls, words
from tests.web.desk import BASE, CALL, NOW, QUIET, Carrier, Desk, application

LEFT_OUT = {
    "taskrouter_assignment": "tasks of the carrier's own router: our line decides who answers",
    "connect_action_conversationrelay_completed": "Holdless does not use ConversationRelay",
    "connect_action_conversationrelay_ended": "Holdless does not use ConversationRelay",
    "connect_action_conversationrelay_failed": "Holdless does not use ConversationRelay",
    "queue_whisper_url": "nobody is bridged out of a queue: talk happens in a conference",
}
BELONGS = {
    "inbound_voice": "/twilio/voice",
    "twiml_request_outbound": "/twilio/callback/cb1/1",
    "gather_action": "/twilio/answer/7",
    "gather_partial": "/twilio/partial",
    "enqueue_wait": "/twilio/wait/7/0",
    "enqueue_action": "/twilio/queued/7",
    "dial_action": "/twilio/transferred/7",
    "record_action": "/twilio/recorded/7",
    "recording_status": "/twilio/recording",
    "conference": "/twilio/conference/17",
    "status": "/twilio/status/callback/cb1/1",
    "amd": "/twilio/amd/cb1/1",
    "stream_status": "/twilio/stream",
    "transcription": "/twilio/transcription",
}
LEG = AgentLeg(17, "mina", "ko", "주문 문의 고객님입니다.", accepted=False)
WAITING = InLine("care", None, 0.0, NOW, parked=True)
QUEUE = JoinQueue(7, "care", None, 0.0, NOW, Brief("", "en"))
HELLO = Speak("Hello.", "en", "x")


def route_of(name: str) -> str:
    return next(path for start, path in BELONGS.items() if name.startswith(start))


@pytest.mark.parametrize("name", [path.stem for path in BODIES if path.stem not in LEFT_OUT])
def test_each_capture_is_accepted_when_signed_and_refused_when_touched(name: str) -> None:
    raw, path = body(name), route_of(name)
    desk = Desk()
    carrier = Carrier(application(desk))
    answer = carrier.post(path, raw)
    assert answer.status == 200
    assert answer.media.startswith("text/xml")
    if path.removeprefix("/twilio").startswith(QUIET):
        assert answer.text == NOTHING
    else:
        lawful(answer.text)
    told = len(desk.told)
    touched = raw.decode()[:-1] + ("1" if raw[-1:] != b"1" else "2")
    assert carrier.post(path, raw, body=touched).status == 403
    assert carrier.post(path, raw, url=path + "?x=1").status == 403
    assert carrier.post(path, raw, url="/twilio/resume").status == 403
    assert carrier.post(path, raw, signature="A" * 27 + "=").status == 403
    assert carrier.post(path, raw, signature="").status == 403
    assert len(desk.told) == told


def test_a_json_body_cannot_slip_in() -> None:
    carrier = Carrier(application(Desk()))
    assert carrier.post("/twilio/voice", b"", body='{"CallSid": "CA1"}').status == 403


def test_what_is_too_large_is_refused_unread() -> None:
    assert Carrier(application(Desk())).post("/twilio/voice", b"a=" + b"b" * 1_100_000).status == 403


STEPS: list[tuple[str, dict[str, str], tuple[object, ...]]] = [
    (
        "/twilio/voice",
        {"From": "+15550101952", "To": "+15550100", "CallStatus": "ringing"},
        ("handle", CALL, Started(Caller("+15550101952"), "+15550100"), f"voice:{CALL}"),
    ),
    ("/twilio/resume", {}, ("resume", CALL, "")),
    ("/twilio/resume?after=outbox:9", {}, ("resume", CALL, "outbox:9")),
    ("/twilio/fetch/7", {}, ("resume", CALL, "")),
    ("/twilio/callback/cb1/2", {}, ("picked_up", CALL, "cb1", 2, f"voice:{CALL}")),
    ("/twilio/answer/7", {"Digits": "1"}, ("handle", CALL, Pressed(7, "1"), f"gather:{CALL}:7")),
    ("/twilio/answer/7", {"SpeechResult": ""}, ("handle", CALL, Silence(7), f"gather:{CALL}:7")),
    ("/twilio/answer/7", {"SpeechResult": "hello"}, ("said", CALL, Said(7, "hello"), f"gather:{CALL}:7")),
    (
        "/twilio/recorded/7",
        {"RecordingUrl": "https://x.example/r", "RecordingDuration": "4"},
        ("handle", CALL, Recorded(7, "https://x.example/r", 4.0), f"recorded:{CALL}:7"),
    ),
    (
        "/twilio/transferred/7",
        {"DialCallStatus": "busy"},
        ("handle", CALL, TransferEnded(7, "busy"), f"transferred:{CALL}:7"),
    ),
    (
        "/twilio/wait/7/3",
        {"QueuePosition": "2", "QueueTime": "40"},
        ("handle", CALL, QueueNews(7, 2, 40.0), f"wait:{CALL}:7:3"),
    ),
    ("/twilio/wait/7/3/answer", {"Digits": "1"}, ("handle", CALL, Pressed(7, "1"), f"gather:{CALL}:7:3")),
    ("/twilio/queued/7", {"QueueResult": "leave"}, ("resume", CALL, "")),
    ("/twilio/queued/7", {"QueueResult": "hangup"}, ("handle", CALL, CallEnded("completed"), f"queued:{CALL}:7")),
    (
        "/twilio/queued/7",
        {"QueueResult": "queue-full"},
        ("handle", CALL, QueueGaveUp(7, "queue-full"), f"queued:{CALL}:7"),
    ),
    (
        "/twilio/talk/17",
        {"DialCallStatus": "answered"},
        ("left_talk", CALL, AgentLeft(17, "hung_up"), f"talk:{CALL}:17"),
    ),
    ("/twilio/talk/17", {"CallStatus": "completed"}, ("handle", CALL, CallEnded("completed"), f"talk:{CALL}:17")),
    ("/twilio/agent/17/done", {}, ("line", AgentGone(17, "hung_up"), f"done:{CALL}:17")),
    (
        "/twilio/conference/17",
        {"StatusCallbackEvent": "participant-join", "ParticipantLabel": "agent"},
        ("line", AgentEntered(17, CALL), f"conference:17:{CALL}:participant-join"),
    ),
    (
        "/twilio/conference/17",
        {
            "StatusCallbackEvent": "participant-join",
            "ParticipantLabel": "caller",
            "ConferenceSid": "CF1",
            "SequenceNumber": "2",
        },
        ("line", CallerEntered(17), "conference:17:CF1:2"),
    ),
    (
        "/twilio/conference/17",
        {"StatusCallbackEvent": "participant-leave", "ParticipantLabel": "caller"},
        ("line", TalkEnded(17, "left", inside=True), f"conference:17:{CALL}:participant-leave"),
    ),
    (
        "/twilio/status",
        {"CallStatus": "no-answer"},
        ("handle", CALL, CallEnded("no-answer"), f"status:{CALL}:no-answer"),
    ),
    (
        "/twilio/status/callback/cb1/2",
        {"CallStatus": "busy"},
        ("promise", "cb1", NotReached(2, "busy"), f"status:{CALL}:busy"),
    ),
    (
        "/twilio/status/callback/cb1/2",
        {"CallStatus": "completed"},
        ("handle", CALL, CallEnded("completed"), f"status:{CALL}:completed"),
    ),
]


@pytest.mark.parametrize(("path", "form", "told"), STEPS)
def test_each_route_tells_the_desk_once(path: str, form: dict[str, str], told: tuple[object, ...]) -> None:
    desk = Desk(place=WAITING if "/wait/" in path else Asking())
    assert Carrier(application(desk)).post(path, {"CallSid": CALL, **form}).status == 200
    entered = [("entered", CALL, 17)] if isinstance(told[1], CallerEntered) else []
    assert desk.told == [told, *entered]


@pytest.mark.parametrize("path", ["/twilio/status", "/twilio/status/agent/17", "/twilio/status/callback/cb1/1"])
@pytest.mark.parametrize("status", ["initiated", "ringing", "in-progress", ""])
def test_a_status_that_is_not_the_last_changes_nothing(path: str, status: str) -> None:
    desk = Desk(leg=LEG)
    assert Carrier(application(desk)).post(path, {"CallSid": CALL, "CallStatus": status}).text == NOTHING
    assert [told for told in desk.told if told[0] != "agent"] == []


def test_picked_up_but_never_heard_of() -> None:
    desk = Desk(known=False)
    Carrier(application(desk)).post("/twilio/status/callback/cb1/2", {"CallSid": CALL, "CallStatus": "completed"})
    assert desk.told[-1] == ("promise", "cb1", NotReached(2, "failed"), f"status:{CALL}:completed")


def test_a_caller_nobody_knows_begins() -> None:
    desk = Desk(known=False)
    Carrier(application(desk)).post("/twilio/resume", {"CallSid": CALL, "From": "+15550101952", "Direction": "inbound"})
    assert desk.told[-1] == ("handle", CALL, Started(Caller("+15550101952"), ""), f"voice:{CALL}")


def test_a_leg_that_we_rang_and_nobody_knows_gets_a_person() -> None:
    answer = Carrier(application(Desk(known=False))).post(
        "/twilio/resume", {"CallSid": CALL, "Direction": "outbound-api"}
    )
    assert "+15550199" in answer.text
    lawful(answer.text)


@pytest.mark.parametrize(
    ("actions", "place", "expected"),
    [
        ([HELLO, QUEUE], WAITING, ["Say", "Play", "Redirect"]),
        ([], WAITING, ["Play", "Redirect"]),
        ([HELLO, Join(8, 17, "mina")], Asking(), ["Leave"]),
        ([], InLine("care", None, 0.0, NOW, parked=True, leaving=True), ["Leave"]),
        ([], Over("x"), ["Leave"]),
    ],
)
def test_the_wait_ends_when_the_call_stands_in_line_no_more(
    actions: list[Action], place: Place, expected: list[str]
) -> None:
    desk = Desk(actions=actions, place=place)
    answer = Carrier(application(desk)).post("/twilio/wait/7/3", {"CallSid": CALL})
    assert [verb.tag for verb in lawful(answer.text, waiting=True)] == expected


def test_the_agent_is_asked_then_admitted() -> None:
    desk = Desk(leg=LEG)
    carrier = Carrier(application(desk))
    asked = lawful(carrier.post("/twilio/agent/17", {"CallSid": CALL, "Direction": "outbound-api"}).text)
    assert list(words(asked)) == ["주문 문의 고객님입니다.", "통화를 받으시려면 1번을 눌러 주십시오."]
    assert list(urls(asked)) == [f"{BASE}/twilio/agent/17/accept"]
    for digits in ({}, {"Digits": ""}, {"Digits": "2"}):
        again = lawful(carrier.post("/twilio/agent/17/accept", {"CallSid": CALL, **digits}).text)
        assert list(urls(again)) == list(urls(asked))
    assert not [told for told in desk.told if told[0] == "line"]
    carrier.post("/twilio/agent/17/accept", {"CallSid": CALL, "Digits": "1"})
    assert ("line", OfferAccepted(17, "mina"), "accept:17:mina") in desk.told
    desk.leg = AgentLeg(17, "mina", "ko", "", accepted=True)
    inside = lawful(carrier.post("/twilio/agent/17/accept", {"CallSid": CALL, "Digits": "1"}).text)
    assert next(inside.iter("Conference")).text == "offer-17"


@pytest.mark.parametrize("path", ["/twilio/agent/17", "/twilio/agent"])
@pytest.mark.parametrize(
    ("caller", "admitted"), [("client:mina", True), ("client:jun", False), ("+15550111", True), ("client:", False)]
)
def test_a_desk_dials_in_for_itself_alone(path: str, caller: str, admitted: bool) -> None:
    desk = Desk(leg=AgentLeg(17, "mina", "ko", "", accepted=True))
    answer = Carrier(application(desk)).post(path, {"CallSid": CALL, "From": caller, "offer": "17"})
    assert bool(list(lawful(answer.text).iter("Conference"))) == admitted


def test_an_offer_that_is_over() -> None:
    for path in ("/twilio/agent/17", "/twilio/agent/17/accept"):
        answer = lawful(Carrier(application(Desk())).post(path, {"CallSid": CALL, "Digits": "1"}).text)
        assert [verb.tag for verb in answer] == ["Say", "Hangup"]


@pytest.mark.parametrize(
    ("accepted", "status", "event"),
    [
        (False, "no-answer", OfferRefused(17, "mina", "no-answer")),
        (False, "completed", OfferRefused(17, "mina", "completed")),
        (True, "completed", AgentGone(17, "hung_up")),
        (True, "failed", AgentGone(17, "failed")),
    ],
)
def test_how_an_agents_leg_ended(accepted: bool, status: str, event: object) -> None:
    desk = Desk(leg=AgentLeg(17, "mina", "ko", "", accepted))
    Carrier(application(desk)).post("/twilio/status/agent/17", {"CallSid": CALL, "CallStatus": status})
    assert desk.told[-1] == ("line", event, f"status:{CALL}:{status}")


@pytest.mark.parametrize("path", ["/twilio/answer/" + "9" * 5000, "/twilio/wait/1/" + "1" * 10])
def test_a_number_that_no_turn_has_is_no_route(path: str) -> None:
    desk = Desk()
    assert Carrier(application(desk)).post(path, {"CallSid": CALL}).status == 404
    assert desk.told == []
