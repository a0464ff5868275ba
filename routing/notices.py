"""What an agent hears before we end their leg: one short sentence, in the first language they speak."""

from .model import Agent

NOTICES = {
    "caller_left": {
        "en": "The caller has left. You are free again.",
        "ko": "고객님께서 전화를 끊으셨습니다. 다시 대기 상태가 됩니다.",
    },
    "caller_missing": {
        "en": "The caller could not be connected. You are free again.",
        "ko": "고객님과 연결되지 않았습니다. 다시 대기 상태가 됩니다.",
    },
    "not_reached": {
        "en": "We could not reach the caller. You are free again.",
        "ko": "고객님과 연결되지 않았습니다. 다시 대기 상태가 됩니다.",
    },
    "declined": {
        "en": "The caller was reached and does not want to talk. You are free again.",
        "ko": "고객님께서 통화를 원하지 않으셨습니다. 다시 대기 상태가 됩니다.",
    },
    "too_late": {
        "en": "This call is no longer yours to answer.",
        "ko": "이 통화는 더 이상 연결할 수 없습니다.",
    },
}


ENDINGS = {
    **dict.fromkeys(("busy", "no_answer", "machine", "failed", "not_reached"), "not_reached"),
    "refused": "declined",
}
"""How the ringing of a promise ended -> what its agent hears; anything else means that the caller left."""


def parting(reason: str, agent: Agent | None) -> str:
    """What an agent who waited for a caller hears, by the reason why nobody came."""
    return notice(ENDINGS.get(reason, "caller_left"), agent)


def notice(name: str, agent: Agent | None) -> str:
    """The sentence for this agent; English when they speak none of ours or nobody knows who they are."""
    spoken = agent.languages if agent is not None else ()
    sentences = NOTICES[name]
    return next((sentences[language] for language in spoken if language in sentences), sentences["en"])
