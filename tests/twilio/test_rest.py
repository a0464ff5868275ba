"""The carrier's REST side against a small server of canned answers: what is sent, and what each trouble becomes."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from config.settings import Settings
from ivr.errors import CallGone, CarrierError, CarrierUnsure
from ivr.twilio.pacing import Pace, TooSoon
from ivr.twilio.rest import TwilioCarrier, notice
from tests.twilio.sdk import lawful

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
CALL = "CA" + "1" * 32


@dataclass(frozen=True)
class Leg:
    effect: str = "callback:cb1:1"
    number: str = "+15550101952"
    url: str = "https://phone.example.com/twilio/callback/cb1/1"
    status_url: str = "https://phone.example.com/twilio/status/callback/cb1/1"
    ring: float = 30.0


@dataclass
class Canned:
    """Answers every request with the next of `answers` (status, JSON), and keeps what was asked. 0 hangs up instead."""

    answers: list[tuple[int, object]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    url: str = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        canned = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                sent = parse_qs(self.rfile.read(length).decode() or urlsplit(self.path).query)
                canned.asked.append((self.command, urlsplit(self.path).path, sent))
                status, body = canned.answers.pop(0)
                if not status:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@pytest.fixture
def canned() -> Iterator[Canned]:
    canned = Canned()
    server = ThreadingHTTPServer(("127.0.0.1", 0), canned.handler())
    canned.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield canned
    server.shutdown()
    thread.join()
    server.server_close()


def carrier(url: str, per_second: float = 100.0) -> TwilioCarrier:
    settings = Settings(
        account_sid="AC" + "0" * 32, auth_token=SecretStr("12345"), carrier_api=url, calls_per_second=per_second
    )
    return TwilioCarrier.connect(settings, "+15550100", lambda: NOW)


def created(sid: str, minutes: float) -> dict[str, object]:
    at = NOW + timedelta(minutes=minutes)
    return {"sid": sid, "status": "queued", "date_created": at.strftime("%a, %d %b %Y %H:%M:%S +0000")}


def test_a_call_carries_its_addresses_and_its_number(canned: Canned) -> None:
    canned.answers = [(201, created(CALL, 0))]
    assert carrier(canned.url).call(Leg(ring=29.6)) == CALL
    (asked,) = canned.asked
    assert asked[:2] == ("POST", f"/2010-04-01/Accounts/AC{'0' * 32}/Calls.json")
    assert asked[2] == {
        "To": ["+15550101952"],
        "From": ["+15550100"],
        "Url": [Leg.url],
        "FallbackUrl": [Leg.url],
        "StatusCallback": [Leg.status_url],
        "StatusCallbackEvent": ["completed"],
        "Timeout": ["30"],
    }


@pytest.mark.parametrize(
    ("status", "body", "kind", "retry_create"),
    [
        (429, {"code": 20429, "message": "Too many", "status": 429}, CarrierError, True),
        (400, {"code": 21215, "message": "Not +15550101952", "status": 400}, CarrierError, False),
        (401, {"code": 20003, "message": "No", "status": 401}, CarrierError, False),
        (500, {"code": 20500, "message": "Oh", "status": 500}, CarrierUnsure, None),
        (503, "no json", CarrierUnsure, None),
        (0, None, CarrierUnsure, None),
    ],
)
def test_a_creation_is_repeated_only_when_it_was_not_processed(
    canned: Canned, status: int, body: object, kind: type[Exception], retry_create: bool | None
) -> None:
    canned.answers = [(status, body)]
    with pytest.raises(kind) as raised:
        carrier(canned.url).call(Leg())
    assert getattr(raised.value, "retry_create", None) == retry_create
    assert "+1555" not in str(raised.value)
    assert len(canned.asked) == 1


def test_a_carrier_that_cannot_be_reached_has_processed_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(CarrierError) as raised:
            carrier(f"http://127.0.0.1:{taken.getsockname()[1]}").call(Leg())
    assert raised.value.retry_create
    assert raised.value.retry


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(404, 20404, CallGone), (400, 21220, CallGone), (500, 20500, CarrierError), (429, 20429, CarrierError)],
)
def test_a_caller_who_left_is_no_fault(canned: Canned, status: int, code: int, kind: type[CarrierError]) -> None:
    body = {"code": code, "message": "x", "status": status}
    canned.answers = [(status, body)] * 3
    one = carrier(canned.url)
    asks: list[Callable[[], None]] = [
        lambda: one.hang_up(CALL),
        lambda: one.redirect(CALL, "https://phone.example.com/twilio/resume"),
        lambda: one.say_and_hang_up(CALL, "Goodbye.", "en"),
    ]
    for ask in asks:
        with pytest.raises(kind) as raised:
            ask()
        assert type(raised.value) is kind
        assert raised.value.retry == (status in (429, 500))


def test_what_a_living_call_is_told(canned: Canned) -> None:
    canned.answers = [(200, created(CALL, 0))] * 4
    one = carrier(canned.url)
    one.redirect(CALL, "https://phone.example.com/twilio/resume")
    one.say_and_hang_up(CALL, "The caller has left.", "en")
    one.hang_up(CALL)
    one.text("+15550101952", "See you at nine.")
    redirected, noticed, ended, texted = canned.asked
    assert redirected[1].endswith(f"/Calls/{CALL}.json")
    assert redirected[2] == {"Url": ["https://phone.example.com/twilio/resume"], "Method": ["POST"]}
    lawful(noticed[2]["Twiml"][0])
    assert ended[2] == {"Status": ["completed"]}
    assert texted[1].endswith("/Messages.json")
    assert texted[2] == {"To": ["+15550101952"], "From": ["+15550100"], "Body": ["See you at nine."]}


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([], None),
        ([("CA0", -10)], None),
        ([("CA3", 1), ("CA2", 0), ("CA1", -10)], "CA2"),
        ([("CA2", -0.05)], "CA2"),
    ],
)
def test_a_call_is_found_by_its_number_and_its_moment(
    canned: Canned, listed: list[tuple[str, float]], found: str | None
) -> None:
    page = {"calls": [created(sid, minutes) for sid, minutes in listed], "next_page_uri": None}
    canned.answers = [(200, page)]
    assert carrier(canned.url).find(Leg(), NOW) == found
    assert canned.asked[0][2] == {"To": ["+15550101952"], "From": ["+15550100"], "PageSize": ["50"]}


@pytest.mark.parametrize(
    ("status", "body", "alive"),
    [
        (200, {"sid": CALL, "status": "in-progress"}, True),
        (200, {"sid": CALL, "status": "ringing"}, True),
        (200, {"sid": CALL, "status": "completed"}, False),
        (404, {"code": 20404, "message": "x", "status": 404}, False),
    ],
)
def test_whether_a_call_lives(canned: Canned, status: int, body: object, alive: bool) -> None:
    canned.answers = [(status, body)]
    assert carrier(canned.url).alive(CALL) == alive


def test_nobody_knows_whether_a_call_lives_when_the_carrier_is_silent(canned: Canned) -> None:
    canned.answers = [(0, None)]
    with pytest.raises(CarrierUnsure):
        carrier(canned.url).alive(CALL)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from([1, 40, 400, 4000]), st.sampled_from(["en", "ko"]))
def test_a_notice_fits_into_a_request(text: str, times: int, language: str) -> None:
    whole = notice(f"Hello. {text} " * times, language)
    assert len(whole) <= 4_000
    assert ElementTree.fromstring(whole)[-1].tag == "Hangup"


def test_our_own_pace_is_safe_to_retry(canned: Canned) -> None:
    canned.answers = [(201, created(CALL, 0))] * 2
    one = carrier(canned.url, per_second=1.0)
    one.call(Leg())
    with pytest.raises(TooSoon) as raised:
        one.call(Leg())
    assert raised.value.retry_create
    one.call(Leg(effect="offer:17"))
    assert len(canned.asked) == 2


@settings(deadline=None)
@given(st.floats(0.1, 20), st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=60))
def test_no_stretch_of_time_holds_more_calls_than_the_rate(rate: float, tries: list[tuple[float, bool]]) -> None:
    pace, now, taken = Pace(rate), NOW, []
    for after, ahead in tries:
        now += timedelta(seconds=after)
        try:
            pace.take(now, ahead=ahead)
        except TooSoon:
            continue
        taken.append(now)
    most = max(1.0, rate) + 2.0
    for first, begin in enumerate(taken):
        for last in range(first, len(taken)):
            span = (taken[last] - begin).total_seconds()
            assert last - first + 1 <= most + span * rate + 1e-6


def test_agents_go_first() -> None:
    pace = Pace(1.0)
    pace.take(NOW)
    pace.take(NOW, ahead=True)
    with pytest.raises(TooSoon):
        pace.take(NOW + timedelta(seconds=1.9))
    pace.take(NOW + timedelta(seconds=2.1))
    with pytest.raises(TooSoon):
        pace.take(NOW)  # a clock that runs back gives nothing


def test_who_stands_in_a_conference(canned: Canned) -> None:
    """A conference in which one waits has not started; one that is over may have borne the same name."""
    rooms = [{"sid": "CF" + "2" * 32, "status": "init"}, {"sid": "CF" + "3" * 32, "status": "completed"}]
    people = [{"call_sid": CALL, "label": "agent"}, {"call_sid": "CA" + "4" * 32, "label": None}]
    canned.answers = [(200, {"conferences": rooms}), (200, {"participants": people})]
    assert carrier(canned.url).participants("offer-17")["agent"] == CALL
    (listed, looked) = canned.asked
    assert listed[0] == "GET"
    assert listed[1].endswith("/Conferences.json")
    assert listed[2]["FriendlyName"] == ["offer-17"]
    assert looked[1].endswith(f"/Conferences/CF{'2' * 32}/Participants.json")


def test_a_conference_that_nobody_opened_holds_nobody(canned: Canned) -> None:
    canned.answers = [(200, {"conferences": []})]
    assert carrier(canned.url).participants("offer-1") == {}


def test_a_conference_that_ends_while_we_look_is_looked_for_again(canned: Canned) -> None:
    room = {"sid": "CF" + "2" * 32, "status": "in-progress"}
    canned.answers = [(200, {"conferences": [room]}), (404, {"code": 20404, "message": "x", "status": 404})]
    with pytest.raises(CarrierError) as raised:
        carrier(canned.url).participants("offer-1")
    assert raised.value.retry


@pytest.mark.parametrize(("answer", "kind"), [((0, None), CarrierUnsure), ((500, {"status": 500}), CarrierError)])
def test_a_carrier_that_does_not_say_who_stands_there(
    canned: Canned, answer: tuple[int, object], kind: type[Exception]
) -> None:
    canned.answers = [answer]
    with pytest.raises(kind):
        carrier(canned.url).participants("offer-1")
