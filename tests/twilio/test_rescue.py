"""What is played without our machines: rescue documents of a running server, and the static ones of a web host."""

import pytest

from config.site import SiteFacts
from exchange.twiml import read
from ivr.twilio.fallback import FALLBACK, PERSON, documents
from ivr.twilio.rescue import ROUNDS, Rescue
from tests.twilio.sdk import lawful, urls, words

BASE = "https://phone.example.com"
STATIC = "https://static.example.com/ivr"
FACTS = SiteFacts.model_validate(
    {
        "name": {"en": "Hanbit", "ko": "한빛"},
        "languages": ["ko", "en"],
        "zone": "Asia/Seoul",
        "numbers": {"+15550100": {"flow": "support"}},
        "emergency_number": "+15550199",
    }
)
RESCUE = Rescue.of(FACTS, BASE, {"outage": {"en": "Something broke. Hold on."}})


@pytest.mark.parametrize("fault", [0, 1, ROUNDS, 9])
def test_each_round_says_something_and_leads_on(fault: int) -> None:
    root = lawful(RESCUE.caller(fault))
    assert len([*words(root)]) >= 2
    rung = [one.text for one in root.iter("Number")]
    assert rung == (["+15550199"] if fault >= ROUNDS else [])
    onward = root.find("Redirect")
    assert onward is not None
    assert onward.text == f"{BASE}/twilio/resume" + ("" if fault >= ROUNDS else f"?fault={fault + 1}")


def test_a_waiting_caller_is_let_go_of_at_last() -> None:
    first, last = lawful(RESCUE.waiting(7, 4, 0), waiting=True), lawful(RESCUE.waiting(7, 4, ROUNDS), waiting=True)
    assert [*urls(first)] == [f"{BASE}/twilio/wait/7/4?fault=1"]
    assert last[-1].tag == "Leave"


def test_the_sites_own_wording_and_every_language() -> None:
    said = [*words(lawful(RESCUE.caller(0)))]
    assert "Something broke. Hold on." in said
    assert "지금 바로 상담원과 통화하시려면 0번을 눌러 주십시오." in said
    assert "To reach a person right away, press 0." in said


@pytest.mark.parametrize("static", ["", STATIC, f"{STATIC}/"])
def test_the_static_documents_find_each_other_and_us(static: str) -> None:
    folder = f"{STATIC}/" if static else ""
    made = documents(FACTS, f"{BASE}/", static)
    fallback, person = lawful(made[FALLBACK]), lawful(made[PERSON])
    assert [one.tag for one in fallback] == ["Gather", "Pause", "Redirect"]
    assert [*urls(fallback)] == [f"{folder}{PERSON}", f"{BASE}/twilio/resume"]
    assert [one.tag for one in person] == ["Say", "Say", "Dial", "Redirect"]
    assert [one.text for one in person.iter("Number")] == ["+15550199"]
    assert [*urls(person)] == [f"{folder}{FALLBACK}"]


def test_a_static_host_is_asked_by_get_and_we_by_post() -> None:
    made = documents(FACTS, BASE)
    gather, redirect = lawful(made[FALLBACK]).find("Gather"), lawful(made[FALLBACK]).find("Redirect")
    assert gather is not None
    assert redirect is not None
    assert gather.attrib["method"] == "GET"
    assert "method" not in redirect.attrib
    back = lawful(made[PERSON]).find("Redirect")
    assert back is not None
    assert back.attrib["method"] == "GET"


@pytest.mark.parametrize(
    "text",
    [
        *documents(FACTS, BASE).values(),
        RESCUE.caller(0),
        RESCUE.person(),
        RESCUE.waiting(1, 2, 0),
        RESCUE.agent("/x", 0),
    ],
)
def test_a_stranger_to_our_renderer_finds_no_fault(text: str) -> None:
    document, problems = read(text, f"{STATIC}/fallback.xml")
    assert document is not None
    assert problems == []
