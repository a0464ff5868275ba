"""What the carrier's TwiML allows: each verb, its attributes with their values, and what may stand inside.

Source: the carrier's TwiML reference and the attribute lists of its SDK. `UNSUPPORTED` names elements that exist at the
carrier and not here: they are refused by name, so that nobody mistakes silence for success.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Check = Callable[[str], str | None]
"""Says what is wrong with a value, or None."""


def anything(value: str) -> str | None:
    return None


def one_of(*allowed: str) -> Check:
    def check(value: str) -> str | None:
        return None if value in allowed else f"must be one of {', '.join(allowed)}"

    return check


def some_of(*allowed: str) -> Check:
    """Words with spaces between them, each from the list."""

    def check(value: str) -> str | None:
        wrong = [word for word in value.split() if word not in allowed]
        if wrong or not value.split():
            return f"must be words out of {', '.join(allowed)}"
        return None

    return check


def whole(low: int, high: int) -> Check:
    def check(value: str) -> str | None:
        if not value.isdecimal() or not low <= int(value) <= high:
            return f"must be a whole number from {low} to {high}"
        return None

    return check


def pattern(expression: str, sentence: str) -> Check:
    compiled = re.compile(expression)
    return lambda value: None if compiled.fullmatch(value) else sentence


def either(first: Check, second: Check) -> Check:
    return lambda value: None if first(value) is None else second(value)


URL = pattern(r"\S*", "must be a URL without spaces")
"""Where a request goes; relative is allowed and resolved against the document's own URL."""
WSS = pattern(r"(wss|ws)://[^\s?]+", "must be a wss URL without a query string")
METHOD = one_of("GET", "POST", "get", "post")
TRUTH = one_of("true", "false")
DIGITS = pattern(r"[0-9A-D#*wW]*", "must be keys 0-9 A-D # * and the pauses w and W")
PROGRESS = some_of("initiated", "ringing", "answered", "completed")
RECORDING_EVENTS = some_of("in-progress", "completed", "absent")
CONFERENCE_EVENTS = some_of("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")
SPEECH_MODEL = pattern(
    r"default|numbers_and_commands|phone_call|experimental_\w+|googlev2_\w+|deepgram_[\w-]+", "is no speech model"
)
VOICE = pattern(r"man|woman|alice|(Polly|Google)\.[\w-]+", "must be man, woman, alice, Polly.* or Google.*")
LANGUAGE = pattern(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|multi", "must be a language tag such as en-US")
TRIM = one_of("trim-silence", "do-not-trim")

RECORDING_CALLBACK: Mapping[str, Check] = {
    "recordingStatusCallback": URL,
    "recordingStatusCallbackMethod": METHOD,
    "recordingStatusCallbackEvent": RECORDING_EVENTS,
}
PROGRESS_CALLBACK: Mapping[str, Check] = {
    "statusCallback": URL,
    "statusCallbackMethod": METHOD,
    "statusCallbackEvent": PROGRESS,
}
MACHINE: Mapping[str, Check] = {
    "machineDetection": one_of("Enable", "DetectMessageEnd"),
    "machineDetectionTimeout": whole(3, 59),
    "machineDetectionSpeechThreshold": whole(1000, 6000),
    "machineDetectionSpeechEndThreshold": whole(500, 5000),
    "machineDetectionSilenceTimeout": whole(2000, 10000),
    "amdStatusCallback": URL,
    "amdStatusCallbackMethod": METHOD,
}
ACTION: Mapping[str, Check] = {"action": URL, "method": METHOD}
SCREEN: Mapping[str, Check] = {"url": URL, "method": METHOD}


@dataclass(frozen=True, slots=True)
class Rule:
    """An element: the attributes it knows, those it must have, its children, and whether text belongs in it."""

    attributes: Mapping[str, Check]
    required: tuple[str, ...] = ()
    children: frozenset[str] = frozenset()
    text: bool = False
    needs_text: bool = False


SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
PARAMETER = Rule({"name": anything, "value": anything}, required=("name", "value"))

DIAL = {
    **ACTION,
    **RECORDING_CALLBACK,
    "timeout": whole(5, 600),
    "hangupOnStar": TRUTH,
    "timeLimit": whole(1, 86400),
    "callerId": anything,
    "callReason": anything,
    "record": one_of(
        "do-not-record",
        "record-from-answer",
        "record-from-ringing",
        "record-from-answer-dual",
        "record-from-ringing-dual",
        "true",
        "false",
    ),
    "trim": TRIM,
    "recordingTrack": one_of("both", "inbound", "outbound"),
    "answerOnBridge": TRUTH,
    "ringTone": anything,
    "sequential": TRUTH,
    "referUrl": URL,
    "referMethod": METHOD,
}
GATHER = {
    **ACTION,
    "input": one_of("dtmf", "speech", "dtmf speech", "speech dtmf"),
    "timeout": either(whole(1, 600), one_of("auto")),
    "speechTimeout": either(whole(1, 600), one_of("auto")),
    "maxSpeechTime": whole(1, 60),
    "finishOnKey": pattern(r"[0-9#*]?", "must be one key of 0-9 # *, or empty"),
    "numDigits": whole(1, 1000),
    "hints": anything,
    "language": LANGUAGE,
    "speechModel": SPEECH_MODEL,
    "enhanced": TRUTH,
    "profanityFilter": TRUTH,
    "partialResultCallback": URL,
    "partialResultCallbackMethod": METHOD,
    "actionOnEmptyResult": TRUTH,
    "bargeIn": TRUTH,
    "debug": TRUTH,
}
CONFERENCE = {
    **RECORDING_CALLBACK,
    "muted": TRUTH,
    "beep": one_of("true", "false", "onEnter", "onExit"),
    "startConferenceOnEnter": TRUTH,
    "endConferenceOnExit": TRUTH,
    "participantLabel": pattern(r".{1,128}", "must have 1 to 128 characters"),
    "jitterBufferSize": one_of("off", "small", "medium", "large"),
    "waitUrl": URL,
    "waitMethod": METHOD,
    "maxParticipants": whole(2, 250),
    "record": one_of("do-not-record", "record-from-start", "true", "false"),
    "region": anything,
    "trim": TRIM,
    "coach": pattern(r"CA[0-9a-fA-F]{32}", "must be the sid of a call"),
    "statusCallback": URL,
    "statusCallbackMethod": METHOD,
    "statusCallbackEvent": CONFERENCE_EVENTS,
    "eventCallbackUrl": URL,
}
STREAM = {
    "url": WSS,
    "name": anything,
    "track": one_of("inbound_track", "outbound_track", "both_tracks"),
    "statusCallback": URL,
    "statusCallbackMethod": METHOD,
}

VERBS: Mapping[str, Rule] = {
    "Say": Rule(
        {"voice": VOICE, "language": LANGUAGE, "loop": whole(0, 1000)}, children=SSML, text=True, needs_text=True
    ),
    "Play": Rule({"loop": whole(0, 1000), "digits": DIGITS}, text=True),
    "Pause": Rule({"length": whole(0, 14400)}),
    "Gather": Rule(GATHER, children=frozenset({"Say", "Play", "Pause"})),
    "Record": Rule(
        {
            **ACTION,
            **RECORDING_CALLBACK,
            "timeout": whole(1, 600),
            "finishOnKey": pattern(r"[0-9#*]*", "must be keys of 0-9 # *, or empty"),
            "maxLength": whole(1, 14400),
            "playBeep": TRUTH,
            "trim": TRIM,
            "transcribe": TRUTH,
            "transcribeCallback": URL,
        }
    ),
    "Enqueue": Rule(
        {
            **ACTION,
            "waitUrl": URL,
            "waitUrlMethod": METHOD,
            "maxQueueSize": whole(1, 5000),
        },
        text=True,
        needs_text=True,
    ),
    "Leave": Rule({}),
    "Dial": Rule(DIAL, children=frozenset({"Number", "Client", "Sip", "Queue", "Conference"}), text=True),
    "Connect": Rule(ACTION, children=frozenset({"Stream"})),
    "Redirect": Rule({"method": METHOD}, text=True, needs_text=True),
    "Hangup": Rule({}, children=frozenset({"Parameter"})),
    "Reject": Rule({"reason": one_of("rejected", "busy")}, children=frozenset({"Parameter"})),
}
NOUNS: Mapping[str, Rule] = {
    "Number": Rule(
        {**SCREEN, **PROGRESS_CALLBACK, **MACHINE, "sendDigits": DIGITS, "byoc": anything}, text=True, needs_text=True
    ),
    "Client": Rule({**SCREEN, **PROGRESS_CALLBACK}, children=frozenset({"Identity", "Parameter"}), text=True),
    "Sip": Rule(
        {**SCREEN, **PROGRESS_CALLBACK, **MACHINE, "username": anything, "password": anything},
        text=True,
        needs_text=True,
    ),
    "Queue": Rule({**SCREEN}, text=True, needs_text=True),
    "Conference": Rule(CONFERENCE, text=True, needs_text=True),
    "Stream": Rule(STREAM, required=("url",), children=frozenset({"Parameter"})),
    "Identity": Rule({}, text=True, needs_text=True),
    "Parameter": PARAMETER,
}
SSML_ATTRIBUTES: Mapping[str, Rule] = {
    "break": Rule({"strength": anything, "time": pattern(r"\d+(\.\d+)?m?s", "must be a time such as 100ms")}),
    "emphasis": Rule({"level": one_of("strong", "moderate", "reduced")}, children=SSML, text=True),
    "lang": Rule({"{http://www.w3.org/XML/1998/namespace}lang": LANGUAGE}, children=SSML, text=True),
    "p": Rule({}, children=SSML, text=True),
    "phoneme": Rule({"alphabet": one_of("ipa", "x-sampa", "x-amazon-jyutping"), "ph": anything}, text=True),
    "prosody": Rule({"volume": anything, "rate": anything, "pitch": anything}, children=SSML, text=True),
    "s": Rule({}, children=SSML, text=True),
    "say-as": Rule({"interpret-as": anything, "format": anything, "role": anything}, text=True),
    "sub": Rule({"alias": anything}, required=("alias",), text=True),
    "w": Rule({"role": anything}, text=True),
}
RULES: Mapping[str, Rule] = {**VERBS, **NOUNS, **SSML_ATTRIBUTES}

UNSUPPORTED = frozenset(
    """Pay Prompt Sms Message Refer ReferSip Sim WhatsApp Application ApplicationSid Autopilot Room VirtualAgent Config
    Conversation ConversationRelay Language AiSession ConversationRelaySession Siprec Transcription Recording Task Start
    Stop Echo Headers Uri""".split()
)
"""Elements of the carrier's that this exchange does not play. Meeting one is an error, said aloud."""
UNSUPPORTED_ATTRIBUTES = frozenset(
    "workflowSid reservationSid postWorkActivitySid recordingConfigurationId events passports".split()
)
