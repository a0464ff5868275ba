"""What is certain by rule: commands, a person, yes and no."""

import pytest

from speech.understand import rules
from speech.understand.text import plain


@pytest.mark.parametrize(
    ("said", "language", "command"),
    [
        ("A person, please", "en", "person"),
        ("operator", "en", "person"),
        ("I'd like to talk to a real person", "en", "person"),
        ("can I speak to someone about my bill", "en", "person"),
        ("put me through to an agent", "en", "person"),
        ("customer service", "en", "person"),
        ("I don't want to talk to a machine", "en", "person"),
        ("the delivery person was rude", "en", None),
        ("I don't want to talk to a person", "en", None),
        ("I do not want a person", "en", None),
        ("I don't want to wait for an agent", "en", None),
        ("I want to talk to a person, not a machine", "en", "person"),
        ("always connect me to an agent", "en", "always_person"),
        ("상담원", "ko", "person"),
        ("저기 상담원 좀 바꿔 주세요", "ko", "person"),
        ("사람하고 얘기할래요", "ko", "person"),
        ("기계 말고 사람이요", "ko", "person"),
        ("직원 연결", "ko", "person"),
        ("상담원이 불친절했어요", "ko", None),
        ("상담원 말고 자동 안내요", "ko", None),
        ("앞으로는 상담원 바로 연결해 주세요", "ko", "always_person"),
        ("항상 사람이랑 통화하고 싶어요", "ko", "always_person"),
        ("다음부터는 사람이 받게 해 주세요", "ko", "always_person"),
        ("매번 상담원 연결이 안 돼요", "ko", None),
        ("상담원 연결이 안 돼요", "ko", "person"),
        ("사람이랑 통화 안 할래요", "ko", None),
        ("상담원 말고요", "ko", None),
        ("상담원하고 통화하고 싶지 않아요", "ko", None),
        ("직원 연결 안 해 주셔도 됩니다", "ko", None),
        ("could you repeat that please", "en", "repeat"),
        ("what?", "en", "repeat"),
        ("I want to repeat my last order", "en", None),
        ("다시 한 번 말씀해 주세요", "ko", "repeat"),
        ("뭐라고요?", "ko", "repeat"),
        ("다시 주문하고 싶어요", "ko", None),
        ("slow down", "en", "slower"),
        ("천천히요", "ko", "slower"),
        ("go back", "en", "back"),
        ("이전으로 가 주세요", "ko", "back"),
        ("Korean please", "en", "language"),
        ("can we speak in English", "en", "language"),
        ("영어로 해 주세요", "ko", "language"),
        ("I need a Korean dictionary", "en", None),
        ("hello", "en", None),
        ("bonjour", "fr", None),
    ],
)
def test_commands(said: str, language: str, command: str | None) -> None:
    assert rules.command(plain(said), language) == command


@pytest.mark.parametrize(
    ("said", "language", "meant"),
    [
        ("how long is the wait?", "en", "how_long"),
        ("how long", "en", "how_long"),
        ("how long until somebody answers", "en", "how_long"),
        ("how long until the delivery", "en", None),
        ("얼마나 기다려야 돼요", "ko", "how_long"),
        ("얼마나 더 걸리나요", "ko", "how_long"),
        ("앞에 몇 명 있어요", "ko", "how_long"),
        ("can you call me back please", "en", "callback"),
        ("I want a callback", "en", "callback"),
        ("나중에 전화 주세요", "ko", "callback"),
        ("콜백 해 주세요", "ko", "callback"),
        ("who is this", "en", "who"),
        ("여보세요, 누구세요?", "ko", "who"),
        ("어디라고요", "ko", "who"),
        ("배송 언제 와요", "ko", None),
        ("bonjour", "fr", None),
    ],
)
def test_what_is_said_in_line_or_to_a_call_of_ours(said: str, language: str, meant: str | None) -> None:
    assert rules.waiting(plain(said), language) == meant


@pytest.mark.parametrize(
    ("said", "language", "answer"),
    [
        ("yes", "en", "yes"),
        ("uh huh, sure", "en", "yes"),
        ("that's correct", "en", "yes"),
        ("no problem", "en", "yes"),
        ("why not", "en", "yes"),
        ("yes please, tomorrow morning", "en", "yes"),
        ("no", "en", "no"),
        ("no thanks", "en", "no"),
        ("nope, that's wrong", "en", "no"),
        ("that's not right", "en", "no"),
        ("I don't think so", "en", "no"),
        ("none of them", "en", "no"),
        ("yeah, no", "en", "no"),
        ("no wait, yes", "en", "yes"),
        ("I'm not sure", "en", None),
        ("maybe", "en", None),
        ("when are you open", "en", None),
        ("네", "ko", "yes"),
        ("네네", "ko", "yes"),
        ("네 맞습니다", "ko", "yes"),
        ("그렇게 해 주세요", "ko", "yes"),
        ("어 좋아요", "ko", "yes"),
        ("아니요", "ko", "no"),
        ("아뇨 됐어요", "ko", "no"),
        ("틀렸어요", "ko", "no"),
        ("둘 다 안 돼요", "ko", "no"),
        ("아니 네", "ko", "yes"),
        ("글쎄요 모르겠어요", "ko", None),
        ("괜찮아요", "ko", None),
        ("oui", "fr", None),
    ],
)
def test_yes_and_no(said: str, language: str, answer: str | None) -> None:
    found = rules.yes_or_no(plain(said), language)
    assert (found and found[0]) == answer


def test_both_in_one_breath_is_less_sure_and_a_long_story_less_still() -> None:
    sure, both = rules.yes_or_no("yes", "en"), rules.yes_or_no("no wait yes", "en")
    story = rules.yes_or_no("okay so last week i ordered a lamp and it came broken", "en")
    assert sure is not None
    assert both is not None
    assert story is not None
    assert sure[1] > both[1] > story[1]


@pytest.mark.parametrize(
    ("said", "language", "bare"),
    [
        ("yes please", "en", True),
        ("okay", "en", True),
        ("no thanks", "en", True),
        ("네 네", "ko", True),
        ("yes something else", "en", False),
        ("네 있어요", "ko", False),
        ("order status", "en", False),
    ],
)
def test_an_answer_and_nothing_else(said: str, language: str, bare: bool) -> None:
    assert rules.is_bare_answer(plain(said), language) is bare


def test_an_utterance_of_nothing_but_fillers_keeps_them() -> None:
    assert rules.without_fillers("um hello", "en") == "um hello"
    assert rules.without_fillers("um my order please", "en") == "my order"
    assert rules.without_fillers("euh", "fr") == "euh"
