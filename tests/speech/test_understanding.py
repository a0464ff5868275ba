"""Understanding as the call service asks it: intents, slots and honest confidence."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.flow import Command
from config.language import Intent
from config.load import load
from config.site import Site
from speech.understand.model import ACT, CONFIRM, Expects
from speech.understand.text import LONGEST, plain, script_of
from speech.understand.understanding import Understanding
from tests.speech.sites import SHOP, site

NOTHING = Expects()
MENU = Expects(intents=("order_status", "billing", "opening_hours"))
MORE = Expects(intents=("more_help", "all_done", "order_status"))
ORDER = Expects(digits=(5, 8))
YES_NO = Expects(yes_no=True)


@cache
def shop() -> Understanding:
    return Understanding(site())


@cache
def demo() -> Understanding:
    site = load(Path(__file__).parents[2] / "config" / "demo")
    assert isinstance(site, Site), site
    return Understanding(site)


@pytest.mark.parametrize(
    ("said", "language", "intent"),
    [
        ("Where's my order?", "en", "order_status"),
        ("my package still hasn't arrived", "en", "order_status"),
        ("hi, uh, I ordered some shoes last week and they haven't come", "en", "order_status"),
        ("I got charged two times", "en", "billing"),
        ("can I have my money back", "en", "billing"),
        ("what time do you close", "en", "opening_hours"),
        ("저기 주문한 거 언제 와요", "ko", "order_status"),
        ("택배가 안 와요", "ko", "order_status"),
        ("결제가 두번 된 것 같아요", "ko", "billing"),
        ("환불 좀 해 주세요", "ko", "billing"),
        ("몇 시까지 하세요", "ko", "opening_hours"),
        ("I'd rather do this myself", "en", "self_service"),
        ("제가 직접 할게요", "ko", "self_service"),
        ("forget my preference", "en", "no_wish"),
        ("you're talking too fast for me", "en", "slower"),
    ],
)
def test_what_is_wanted_is_acted_on(said: str, language: str, intent: str) -> None:
    heard = shop().understand(said, language, MENU)
    assert (heard.intent, heard.by) == (intent, "words")
    assert heard.confidence >= ACT


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("I want to sell my car", "en"),
        ("I want to place an order", "en"),
        ("where is your shop", "en"),
        ("what's the weather like", "en"),
        ("do you like bananas", "en"),
        ("could you sing something for my daughter", "en"),
        ("asdf qwer", "en"),
        ("제 차를 팔고 싶어요", "ko"),
        ("주문하고 싶어요", "ko"),
        ("내일 비 온대요", "ko"),
        ("점심으로 뭐 드셨어요", "ko"),
    ],
)
def test_what_the_site_is_not_there_for_is_not_understood(said: str, language: str) -> None:
    heard = shop().understand(said, language, MENU)
    assert heard.intent is None
    assert heard.confidence < CONFIRM


@pytest.mark.parametrize("expects", [NOTHING, MENU, MORE, ORDER, YES_NO])
def test_a_person_is_understood_at_every_question(expects: Expects) -> None:
    for said, language in (("a person please", "en"), ("no, let me talk to an agent", "en"), ("상담원이요", "ko")):
        heard = shop().understand(said, language, expects)
        assert heard.intent == "talk_to_person"
        assert heard.confidence >= ACT


def test_yes_and_no_are_answers_only_where_they_were_asked_for() -> None:
    assert shop().understand("네", "ko", YES_NO).intent == "yes"
    assert shop().understand("no thanks", "en", YES_NO).intent == "no"
    assert shop().understand("네", "ko", MENU).intent is None
    assert shop().understand("yes", "en", MENU).confidence == 0.0


def test_yes_stands_for_the_choice_that_lists_it() -> None:
    for said, intent in (("yeah", "more_help"), ("yes please", "more_help"), ("nope", "all_done"), ("no", "all_done")):
        assert shop().understand(said, "en", MORE).intent == intent
    assert shop().understand("where is my order", "en", MORE).intent == "order_status"


def test_a_phrase_that_begins_with_yes_is_a_yes_where_one_was_asked_for() -> None:
    intents = {**SHOP, "upgrade": Intent(phrases={"en": ["yes I want the upgrade", "upgrade me", "a better plan"]})}
    offers = Understanding(site(intents))
    assert offers.understand("yes I want the upgrade", "en", YES_NO).intent == "yes"
    assert offers.understand("yes I want the upgrade", "en", MENU).intent == "upgrade"


def test_digits_where_a_number_was_asked_for() -> None:
    for said, language in (("one oh four four two", "en"), ("일공사사이요", "ko")):
        heard = shop().understand(said, language, ORDER)
        assert (heard.intent, dict(heard.slots), heard.by) == (None, {"digits": "10442"}, "rules")
        assert heard.confidence >= ACT


def test_a_number_of_another_length_is_not_the_answer() -> None:
    heard = shop().understand("one oh four", "en", ORDER)
    assert heard.intent is None
    assert heard.confidence < CONFIRM


def test_a_question_may_be_answered_with_another() -> None:
    """What is expected is a prior, never a wall."""
    assert shop().understand("actually when are you open", "en", ORDER).intent == "opening_hours"
    assert shop().understand("where is my order", "en", YES_NO).intent == "order_status"


def test_what_the_question_names_is_likelier() -> None:
    said = "something about receipts"
    named = shop().understand(said, "en", Expects(intents=("billing",)))
    assert named.confidence > shop().understand(said, "en", NOTHING).confidence


def test_numbers_nobody_asked_for_are_kept() -> None:
    heard = shop().understand("where is my order one oh four four two", "en", MENU)
    assert (heard.intent, dict(heard.slots)) == ("order_status", {"digits": "10442"})


@pytest.mark.parametrize(
    ("said", "spoken", "asked"),
    [
        ("Korean please", "en", "ko"),
        ("English please", "ko", "en"),
        ("영어로 해 주세요", "ko", "en"),
        ("한국어로 말씀해 주세요", "en", "ko"),
        ("would it be possible to continue in korean", "en", "ko"),
        ("another language please", "en", ""),
    ],
)
def test_another_language_in_either(said: str, spoken: str, asked: str) -> None:
    heard = shop().understand(said, spoken, MENU)
    assert heard.intent == "change_language"
    assert heard.slots.get("language", "") == asked


def test_a_line_of_one_language_takes_everything_in_it() -> None:
    english = Understanding(site(languages=["en"]))
    assert english.understand("주문", "en", MENU).intent is None
    assert english.understand("where is my order", "en", MENU).intent == "order_status"
    assert english.understand("where is my order", "fr", MENU).intent is None


def test_a_language_without_phrases_understands_nothing_and_does_not_fall() -> None:
    french = Understanding(site(languages=["fr"]))
    assert french.understand("où est ma commande", "fr", MENU).intent is None


def test_a_site_without_intents_still_understands_a_person() -> None:
    bare = Understanding(site({}))
    assert bare.understand("let me talk to somebody", "en", NOTHING).intent == "talk_to_person"
    assert bare.understand("where is my order", "en", NOTHING).intent is None


def test_a_flow_names_the_intents_of_its_commands() -> None:
    named = Understanding(site(always={"person": Command(key="0", intent="operator"), "menu": Command(intent="menu")}))
    assert named.understand("give me an agent", "en", NOTHING).intent == "operator"
    assert named.understand("slow down", "en", NOTHING).intent == "slower"


def test_a_phrase_of_two_intents_is_decided_by_the_others() -> None:
    intents = {
        "cancel": Intent(phrases={"en": ["stop it", "cancel my order", "I don't want it any more"]}),
        "unsubscribe": Intent(phrases={"en": ["stop it", "no more letters", "take me off your list"]}),
    }
    torn = Understanding(site(intents, languages=["en"]))
    assert torn.understand("stop it", "en", NOTHING).confidence < ACT
    assert torn.understand("cancel my order", "en", NOTHING).intent == "cancel"


def test_a_site_that_is_there_for_cars_understands_cars() -> None:
    """The shipped out-of-scope sentences give way to the site's own phrases."""
    cars = Understanding(
        site({"sell_car": Intent(phrases={"en": ["I want to sell my car", "sell a used car", "what is my car worth"]})})
    )
    assert cars.understand("I'd like to sell my old car", "en", NOTHING).intent == "sell_car"


PIECES = [
    "yes",
    "네",
    "one",
    "일공사",
    "👩‍👩‍👧",
    "\x00",
    "\u202e",
    "\ud800",
    "ﬁ",
    "１２３",
    "ᄒ",
    "ㅋㅋ",
    "İ",
    "'",
    "만",
]
TEXTS = st.one_of(st.text(max_size=800), st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["en", "ko", "fr", ""]), st.sampled_from([NOTHING, MENU, MORE, ORDER, YES_NO]))
def test_any_text_gets_an_answer(text: str, language: str, expects: Expects) -> None:
    heard = shop().understand(text, language, expects)
    assert 0.0 <= heard.confidence <= 1.0
    assert heard.intent is None or heard.confidence >= CONFIRM
    assert all(isinstance(value, str) and value for value in heard.slots.values())


def test_a_flood_of_words_is_cut() -> None:
    assert len(plain("order " * 10_000)) <= LONGEST
    assert plain("I’d like — PLEASE!") == "id like please"
    assert plain("\u3000１２３ ") == "123"


@pytest.mark.parametrize(
    ("words", "spoken", "expected"),
    [("order", "en", "en"), ("주문 order 조회", "en", "ko"), ("english please", "ko", "en"), ("123", "ko", "ko")],
)
def test_the_script_tells_the_language(words: str, spoken: str, expected: str) -> None:
    assert script_of(words, spoken) == expected


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("사람이랑 통화 안 할래요", "ko"),
        ("상담원 말고", "ko"),
        ("상담원하고 통화하고 싶지 않아요", "ko"),
        ("I do not want a person", "en"),
        ("not a person please", "en"),
        ("I don't want to speak with anyone", "en"),
    ],
)
def test_who_names_a_person_and_wants_none_is_not_sent_to_one(said: str, language: str) -> None:
    for expects in (NOTHING, MENU, YES_NO):
        assert shop().understand(said, language, expects).intent not in ("talk_to_person", "always_person")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("always give me an agent", "en"),
        ("앞으로는 상담원 바로 연결해 주세요", "ko"),
        ("항상 사람이랑 통화하고 싶어요", "ko"),
        ("다음부터는 사람이 받게 해 주세요", "ko"),
    ],
)
def test_who_always_wants_a_person_says_so_once(said: str, language: str) -> None:
    heard = shop().understand(said, language, MENU)
    assert heard.intent == "always_person"
    assert heard.confidence >= ACT


def test_how_long_means_the_line_only_where_yes_or_no_is_waited_for() -> None:
    assert shop().understand("how long is the wait", "en", YES_NO).intent == "how_long"
    assert shop().understand("how long is the wait", "en", MENU).intent is None


def test_who_would_rather_be_called_back_says_so_at_any_question() -> None:
    for expects in (NOTHING, MENU, YES_NO, ORDER):
        assert shop().understand("나중에 전화 주세요", "ko", expects).intent == "call_me_back"


def test_nothing_that_is_compared_is_surer_than_a_phrase_word_for_word() -> None:
    alike = [shop().understand(said, "en", MENU).confidence for said in ("where is my order now", "my order", "order")]
    assert max(alike) <= shop().understand("where is my order", "en", MENU).confidence == 0.98
    assert len(set(alike)) == len(alike)


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("I want to cancel my order", "en"),
        ("my order arrived broken", "en"),
        ("change my delivery address", "en"),
        ("주문 취소하고 싶어요", "ko"),
        ("물건이 깨져서 왔어요", "ko"),
        ("반품하려고요", "ko"),
    ],
)
def test_the_demo_takes_trouble_with_an_order_for_no_question_about_its_status(said: str, language: str) -> None:
    heard = demo().understand(
        said, language, Expects(intents=("order_status", "opening_hours", "billing", "lost_card"))
    )
    assert heard.intent == "order_trouble"
    assert heard.confidence >= ACT
