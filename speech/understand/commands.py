"""What every site understands without writing it: a person, again, slower, another language, back, and declared wishes.

Phrases join a site's own for the intent that its flows give to the command; a site may add, and never has to.
"""

from collections.abc import Mapping

from config.site import Site

DEFAULT_INTENTS = {
    "person": "talk_to_person",
    "back": "go_back",
    "repeat": "repeat",
    "slower": "slower",
    "language": "change_language",
    "always_person": "always_person",
    "self_service": "self_service",
    "no_wish": "no_wish",
    "callback": "call_me_back",
    "how_long": "how_long",
    "who": "who_is_calling",
}
"""Command -> the intent that stands for it where a flow's `always:` names no other."""

PHRASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "person": {
        "en": (
            "i want to talk to a person",
            "can i speak to someone",
            "let me talk to a human being",
            "connect me to an agent",
            "transfer me to a representative",
            "i need to speak with customer service",
            "put me through to somebody",
            "get me an operator",
            "is there anybody i can talk to",
            "i would rather speak with a real person",
            "i do not want to talk to a computer",
            "stop the menu and give me a human",
        ),
        "ko": (
            "상담원 연결해 주세요",
            "상담원 바꿔 주세요",
            "사람이랑 통화하고 싶어요",
            "직원하고 얘기하고 싶습니다",
            "담당자 연결 부탁드립니다",
            "상담사님과 통화할게요",
            "기계 말고 사람으로 해 주세요",
            "사람 좀 바꿔 줘요",
            "상담 직원 연결이요",
            "직접 상담받고 싶어요",
        ),
    },
    "back": {
        "en": ("go back", "back to the previous question", "go back one step", "take me back", "previous menu"),
        "ko": (
            "이전으로",
            "이전 메뉴로 가 주세요",
            "뒤로 가기",
            "아까 질문으로 돌아가 주세요",
            "처음으로 돌아가 주세요",
        ),
    },
    "repeat": {
        "en": (
            "can you repeat that",
            "say that again please",
            "what did you say",
            "pardon me",
            "i did not hear you",
            "i did not catch that",
            "one more time please",
            "come again",
        ),
        "ko": (
            "다시 말씀해 주세요",
            "다시 한 번 들려주세요",
            "뭐라고 하셨어요",
            "잘 못 들었어요",
            "한 번만 더 말해 주세요",
            "안 들려요 다시요",
            "네 뭐라고요",
        ),
    },
    "slower": {
        "en": (
            "slow down please",
            "can you speak more slowly",
            "you are talking too fast",
            "not so fast",
            "speak slower",
            "a little slower please",
        ),
        "ko": (
            "천천히 말씀해 주세요",
            "말이 너무 빨라요",
            "조금만 천천히요",
            "더 느리게 말해 주세요",
            "너무 빨라서 못 알아듣겠어요",
        ),
    },
    "language": {
        "en": (
            "can we speak korean",
            "i would like to continue in korean",
            "switch to korean please",
            "do you speak korean",
            "change the language",
            "another language please",
        ),
        "ko": (
            "영어로 해 주세요",
            "영어로 안내해 주세요",
            "영어로 바꿔 주세요",
            "영어로 말할 수 있나요",
            "한국어로 해 주세요",
            "다른 언어로 바꿔 주세요",
        ),
    },
    "always_person": {
        "en": (
            "always give me a person",
            "i always want to talk to a person",
            "from now on connect me to a person right away",
            "never give me the machine again",
            "every time i call i want a human",
            "remember that i want a person",
        ),
        "ko": (
            "항상 상담원으로 연결해 주세요",
            "앞으로는 바로 상담원 바꿔 주세요",
            "저는 늘 사람하고 통화하고 싶어요",
            "다음부터는 상담원한테 바로 연결해 주세요",
            "전화할 때마다 사람으로 연결해 주세요",
        ),
    },
    "self_service": {
        "en": (
            "i would rather do it myself",
            "i do not need a person",
            "no agent please just the menu",
            "let me use the automatic service",
            "from now on i prefer the menu",
            "i like doing this with the computer",
        ),
        "ko": (
            "제가 직접 할게요",
            "상담원은 필요 없어요",
            "상담원 말고 자동 안내로 해 주세요",
            "앞으로는 자동 응답으로 해 주세요",
            "그냥 기계로 할게요",
        ),
    },
    "no_wish": {
        "en": (
            "forget what i prefer",
            "do not remember my preference",
            "delete my preference",
            "it does not matter person or menu",
        ),
        "ko": (
            "제 설정을 지워 주세요",
            "기억해 두지 마세요",
            "아무거나 상관없어요",
            "상담원이든 자동 안내든 괜찮아요",
        ),
    },
}
"""Command -> language -> phrases."""


def intents_of(site: Site) -> dict[str, str]:
    """Command -> its intent on this site: what the first flow that writes the command says, else the default."""
    written = {
        name: command.intent
        for flow in reversed(list(site.flows.values()))
        for name, command in flow.always.items()
        if command.intent is not None
    }
    return DEFAULT_INTENTS | {name: intent for name, intent in written.items() if name in DEFAULT_INTENTS}
