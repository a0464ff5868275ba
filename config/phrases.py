"""Sentences the product itself says, in English and Korean; a site's `prompts/*.yaml` may say each in its own words.

Law: whatever the engine speaks without a node stands here under a name, with its variables in curly brackets. A site
may use fewer variables than ours, never others. Keys are variables, so that no sentence names a key that does not work.
"""

from collections.abc import Mapping

from .template import variables

LANGUAGES = ("en", "ko")

WAITING = {
    "wait_position": {
        "en": "You are number {position} in line. The wait is about {least} to {most} minutes.",
        "ko": "대기 순서는 {position}번째이며, 약 {least}분에서 {most}분 정도 걸릴 예정입니다.",
    },
    "wait_position_only": {
        "en": "You are number {position} in line.",
        "ko": "대기 순서는 {position}번째입니다.",
    },
    "wait_next": {
        "en": "You are next in line.",
        "ko": "바로 다음 순서입니다.",
    },
    "wait_nobody": {
        "en": "Nobody who could take your call is on duty at the moment. Your place in line is kept.",
        "ko": "지금은 통화가 가능한 상담원이 없습니다. 대기 순서는 그대로 유지됩니다.",
    },
    "wait_kept": {
        "en": "You are still in line, and your place is kept.",
        "ko": "아직 대기 중이시며, 순서는 그대로 유지됩니다.",
    },
    "wait_time": {
        "en": "The wait is about {least} to {most} minutes.",
        "ko": "약 {least}분에서 {most}분 정도 걸릴 예정입니다.",
    },
    "wait_unknown": {
        "en": "I can't say yet how long it will take.",
        "ko": "얼마나 걸릴지 아직 말씀드리기 어렵습니다.",
    },
    "wait_thanks": {
        "en": "Thank you for waiting. Somebody will be with you as soon as possible.",
        "ko": "기다려 주셔서 감사합니다. 최대한 빨리 상담원을 연결해 드리겠습니다.",
    },
    "closed": {
        "en": "We are closed at the moment.",
        "ko": "지금은 상담 시간이 아닙니다.",
    },
    "closed_until": {
        "en": "We are closed at the moment. We open again {opens}.",
        "ko": "지금은 상담 시간이 아닙니다. 다음 상담은 {opens}에 시작됩니다.",
    },
    "full": {
        "en": "Too many people are waiting at the moment.",
        "ko": "지금은 대기 중인 고객님이 많아 연결이 어렵습니다.",
    },
    "gave_up": {
        "en": "I'm sorry, nobody has become free in time.",
        "ko": "죄송합니다. 오래 기다리셨지만 아직 통화가 가능한 상담원이 없습니다.",
    },
}

WAITING_ENDS = {
    "nobody_came": {
        "en": "Nobody can take your call right now. Please call us again later. "
        "If it cannot wait, call {emergency_number}.",
        "ko": "지금은 전화를 받을 수 있는 상담원이 없습니다. 나중에 다시 전화해 주시기 바랍니다. "
        "급하신 일은 {emergency_number|으로} 전화해 주시기 바랍니다.",
    },
}

CALLBACKS = {
    "callback_offer": {
        "en": "Instead of waiting, we can call you back. For that, press {key} or say yes. "
        "Otherwise just stay on the line.",
        "ko": "기다리시는 대신 저희가 다시 전화드릴 수 있습니다. "
        "원하시면 {key}번을 누르시거나 '네'라고 말씀해 주십시오. "
        "아니면 그대로 기다려 주십시오.",
    },
    "callback_choice": {
        "en": "We can call you back {first}, or {second}. "
        "Press {first_key} for the first, {second_key} for the second.",
        "ko": "{first} 또는 {second}에 전화드릴 수 있습니다. "
        "첫 번째는 {first_key}번, 두 번째는 {second_key}번을 눌러 주십시오.",
    },
    "callback_choice_one": {
        "en": "We can call you back {first}. If that suits you, press {first_key} or say yes.",
        "ko": "{first}에 전화드릴 수 있습니다. 괜찮으시면 {first_key}번을 누르시거나 '네'라고 말씀해 주십시오.",
    },
    "callback_booked": {
        "en": "It is booked: we will call you {window} on this number.",
        "ko": "예약되었습니다. {window}에 이 번호로 전화드리겠습니다.",
    },
    "callback_not_booked": {
        "en": "All right, no callback is booked.",
        "ko": "알겠습니다. 콜백은 예약하지 않았습니다.",
    },
    "callback_no_answer": {
        "en": "I heard no answer, so no callback is booked.",
        "ko": "답변이 없어 콜백을 예약하지 않았습니다.",
    },
    "callback_not_available": {
        "en": "I'm sorry, no time for a callback is free at the moment.",
        "ko": "죄송합니다. 지금은 예약할 수 있는 콜백 시간이 없습니다.",
    },
    "callback_stands": {
        "en": "We have already promised to call you {window}, and that stands.",
        "ko": "이미 {window}에 전화드리기로 예약되어 있으며, 예약은 그대로 유지됩니다.",
    },
    "callback_no_number": {
        "en": "Your number is withheld, so we cannot call you back.",
        "ko": "발신 번호가 표시되지 않아 다시 전화드릴 수 없습니다.",
    },
    "confirm_on_ring": {
        "en": "Hello, this is {company}, calling you back about: {words}. "
        "Press {key} or say yes, and I'll connect you.",
        "ko": "안녕하십니까, {company}입니다. {words} 건으로 다시 전화드렸습니다. "
        "상담원과 통화하시려면 {key}번을 누르시거나 '네'라고 말씀해 주십시오.",
    },
    "confirm_on_ring_plain": {
        "en": "Hello, this is {company}, calling you back as promised. Press {key} or say yes, and I'll connect you.",
        "ko": "안녕하십니까, {company}입니다. 약속드린 대로 다시 전화드렸습니다. "
        "상담원과 통화하시려면 {key}번을 누르시거나 '네'라고 말씀해 주십시오.",
    },
    "confirm_again": {
        "en": "To speak with us now, press {key} or say yes.",
        "ko": "지금 통화하시려면 {key}번을 누르시거나 '네'라고 말씀해 주십시오.",
    },
    "confirm_refused": {
        "en": "All right. Goodbye.",
        "ko": "알겠습니다. 안녕히 계십시오.",
    },
    "text_booked": {
        "en": "{company}: we will call you back {window}.",
        "ko": "[{company}] {window}에 다시 전화드리겠습니다.",
    },
    "text_not_reached": {
        "en": "{company}: we tried to call you back and could not reach you. You can call us any time.",
        "ko": "[{company}] 약속드린 전화를 드렸으나 연결되지 않았습니다. 언제든 다시 전화 주시기 바랍니다.",
    },
    "text_cancelled": {
        "en": "{company}: your callback is cancelled.",
        "ko": "[{company}] 콜백 예약이 취소되었습니다.",
    },
}

ASKING = {
    "not_understood": {
        "en": "Sorry, I didn't catch that.",
        "ko": "죄송합니다. 잘 알아듣지 못했습니다.",
    },
    "nothing_heard": {
        "en": "I can't hear you.",
        "ko": "말씀이 들리지 않습니다.",
    },
    "not_found": {
        "en": "I'm sorry, I can't find anything under that.",
        "ko": "죄송합니다. 말씀하신 내용으로는 찾을 수 없습니다.",
    },
    "did_you_mean": {
        "en": "Did you mean {menu}?",
        "ko": "{menu|을} 말씀하신 것이 맞습니까?",
    },
    "yes_or_no": {
        "en": "Please say yes or no.",
        "ko": "'네' 또는 '아니요'라고 말씀해 주십시오.",
    },
    "choice": {
        "en": "for {menu}, press {key}",
        "ko": "{menu|은} {key}번",
    },
    "one_moment": {
        "en": "One moment, please.",
        "ko": "잠시만 기다려 주십시오.",
    },
    "no_way_back": {
        "en": "This is where we began.",
        "ko": "처음 안내입니다.",
    },
    "slower": {
        "en": "I'll speak more slowly.",
        "ko": "천천히 말씀드리겠습니다.",
    },
    "language_changed": {
        "en": "I'll go on in English.",
        "ko": "한국어로 안내해 드리겠습니다.",
    },
    "wish_person": {
        "en": "I'll remember that you would rather speak with a person.",
        "ko": "앞으로는 상담원에게 바로 연결해 드리겠습니다.",
    },
    "wish_forgotten": {
        "en": "All right, I'll forget that wish.",
        "ko": "알겠습니다. 앞으로는 따로 기억해 두지 않겠습니다.",
    },
    "wish_taken_back": {
        "en": "I'll remember that you would rather do this yourself.",
        "ko": "앞으로는 자동 안내를 먼저 들려 드리겠습니다.",
    },
}

JOINING = {
    "connecting": {
        "en": "I'm connecting you to a person.",
        "ko": "상담원에게 연결해 드리겠습니다.",
    },
    "joined": {
        "en": "{agent} is here and can see what you told me.",
        "ko": "{agent} 상담원이 연결되었습니다. 말씀하신 내용은 이미 전달되었습니다.",
    },
    "joined_plain": {
        "en": "{agent} is here.",
        "ko": "{agent} 상담원이 연결되었습니다.",
    },
    "agent_lost": {
        "en": "The connection to our colleague was lost. I'm connecting you again, at the front of the line.",
        "ko": "상담원과의 연결이 끊어졌습니다. 맨 앞 순서로 다시 연결해 드리겠습니다.",
    },
    "goodbye": {
        "en": "Thank you for calling {company}. Goodbye.",
        "ko": "{company}에 전화해 주셔서 감사합니다. 안녕히 계십시오.",
    },
    "fault": {
        "en": "Something went wrong on our side. I'm connecting you to a person.",
        "ko": "저희 쪽에 문제가 생겼습니다. 상담원에게 연결해 드리겠습니다.",
    },
    "outage": {
        "en": "We have a technical problem. Please stay on the line.",
        "ko": "기술적인 문제가 발생했습니다. 끊지 말고 잠시만 기다려 주십시오.",
    },
    "press_for_person": {
        "en": "To reach a person right away, press {key}.",
        "ko": "지금 바로 상담원과 통화하시려면 {key}번을 눌러 주십시오.",
    },
    "outage_over": {
        "en": "I'm sorry, we cannot take your call here. I'm connecting you to our other number.",
        "ko": "죄송합니다. 지금은 이 번호로 상담이 어렵습니다. 다른 번호로 연결해 드리겠습니다.",
    },
}

AGENTS = {
    "agent_brief": {
        "en": "A caller, {name}, speaking {language}, about: {reason}. Minutes waited: {minutes}.",
        "ko": "{name} 고객님, {language} 상담, 문의 내용 {reason}. {minutes}분 기다리셨습니다.",
    },
    "agent_callback_brief": {
        "en": "A callback to {name}, speaking {language}, about: {reason}. We ring the caller when you accept.",
        "ko": "{name} 고객님 콜백, {language} 상담, 문의 내용 {reason}. 수락하시면 고객님께 전화를 겁니다.",
    },
    "agent_accept": {
        "en": "Press {key} to take the call.",
        "ko": "통화를 받으시려면 {key}번을 눌러 주십시오.",
    },
    "agent_unknown_caller": {
        "en": "name not known",
        "ko": "성함 미확인",
    },
    "agent_unknown_reason": {
        "en": "not said yet",
        "ko": "아직 말씀하지 않음",
    },
    "agent_too_late": {
        "en": "This call is no longer waiting. Thank you.",
        "ko": "이미 다른 상담원이 받았거나 종료된 전화입니다. 감사합니다.",
    },
    "agent_wait": {
        "en": "One moment, the caller is coming.",
        "ko": "잠시만 기다려 주십시오. 고객님을 연결하고 있습니다.",
    },
    "agent_done": {
        "en": "The call is over. Thank you.",
        "ko": "통화가 종료되었습니다. 감사합니다.",
    },
    "agent_caller_left": {
        "en": "The caller has hung up.",
        "ko": "고객님께서 전화를 끊으셨습니다.",
    },
    "agent_not_reached": {
        "en": "We could not reach the caller. You are free again.",
        "ko": "고객님과 연결되지 않았습니다. 다시 대기 상태로 전환됩니다.",
    },
}

PHRASES: Mapping[str, Mapping[str, str]] = {**WAITING, **WAITING_ENDS, **CALLBACKS, **ASKING, **JOINING, **AGENTS}
"""Name -> language -> sentence."""

LANGUAGE_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {"en": "English", "ko": "영어"},
    "ko": {"en": "Korean", "ko": "한국어"},
}
"""Language -> how it is called, by the language it is said in."""

VARIABLES: Mapping[str, tuple[str, ...]] = {
    name: tuple(dict.fromkeys(place for sentence in texts.values() for place in variables(sentence)))
    for name, texts in PHRASES.items()
}
"""Name -> the variables that the engine fills when it says this sentence."""
