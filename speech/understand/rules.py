"""What is certain without comparing: yes and no where they were asked for, a person, and the short commands.

Law: a rule speaks only where it is all but sure, and leaves everything else to the comparison with the site's phrases.
"네" and "yes" are answers only where yes or no was asked; elsewhere they are what people say while they listen.
"""

import re
from collections.abc import Mapping
from re import Pattern

from .model import NO, YES

FILLERS = {
    "en": frozenset("um uh er erm hmm hello hi hey please well so like oh just thanks thank sorry okay ok".split()),
    "ko": frozenset("음 어 저 저기 저기요 여보세요 안녕하세요 그 좀 아 제가 근데 그런데 혹시".split()),
}
"""Words without which an utterance means the same."""

PERSON_EN = r"(?:real |live |actual |human )*(?:person|human|agent|representative|rep|operator|advisor|adviser|staff)"
SOMEONE_EN = rf"(?:(?:a|an|the|your|some) )?(?:{PERSON_EN}(?: being)?|someone|somebody|anyone|customer service)"
MACHINE_EN = r"(?:machine|computer|robot|bot|menu)"
REACH_EN = (
    rf"\b(?:talk|speak|chat) (?:to|with) {SOMEONE_EN}\b",
    rf"\b(?:connect|transfer|put|pass) me (?:through |over )?(?:to|with) {SOMEONE_EN}\b",
    rf"\b(?:get|give|find) me {SOMEONE_EN}\b",
    rf"\b(?:want|need|id like|would like|prefer) (?:a|an) {PERSON_EN}\b",
    rf"^(?:a |an |the )?{PERSON_EN}(?: being)?$",
    r"^customer (?:service|care|support)$",
    rf"\b(?:dont|do not) want (?:to )?(?:talk |speak )?(?:to |with )?(?:a|this|the) {MACHINE_EN}\b",
)
PERSON_KO = r"(?:상담 ?직원|상담원|상담사|담당자|직원|안내원|사람)(?:님|분)?"
REACH_KO = (
    rf"{PERSON_KO} ?(?:을|를|과|와|하고|이랑|랑|한테|에게|으로|로)? ?(?:좀 |직접 |바로 )*"
    r"(?:연결|바꿔|통화|얘기|이야기|말하|대화|불러)",
    rf"^{PERSON_KO}(?:이요|요|입니다)?$",
    rf"(?:기계|로봇|컴퓨터|자동 ?응답|자동 ?안내) ?(?:말고|싫|대신) ?.*{PERSON_KO}",
    rf"{PERSON_KO} ?(?:이|가) ?(?:좀 |직접 |바로 )*(?:받게|받았으면|받아 ?주|받으면 좋|나오게|나왔으면)",
)
ALWAYS = r"\b(?:always|from now on|every time|never again|next time)\b|항상|언제나|앞으로|다음부터|때마다|매번"
REFUSED = (
    r"\b(?:dont|do not|no|not|without|instead of|rather than)"
    r" (?:want |need |have |talk |speak |wait |be connected |to |with |for |a |an |any |real )*"
    r"(?:person|human|agent|representative|operator|someone|somebody|anyone|anybody)\b"
    rf"|{PERSON_KO} ?(?:은|는|이|가|을|를|과|와|하고|이랑|랑|한테|에게|으로|로|도)?"
    r" ?(?:(?:연결|통화|얘기|이야기|말|대화|상담|전화)(?:은|는|을|를|까지)? ?)?"
    r"(?:안 ?(?:할|하|해 ?(?:줘|주|도)|바꿔 ?(?:줘|주)\S*도|원)|말고|아니[고라]|필요 ?없|싫|하기 ?싫|하지 ?(?:마|말|않)"
    r"|하고 ?싶지 ?않|원하지 ?않|됐)"
)
"""A person is named and not wanted."""
HINDERED = r"안 ?(?:돼|되|됩)|못 "
"""A complaint about what always fails is no wish for always."""

SAY_KO = r"(?:말씀|말|들려|얘기)\S*(?: ?(?:주세요|줘요|주시겠어요|주실래요))?"
COMMANDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "repeat": {
        "en": (
            r"(?:(?:can|could|would) you )?(?:repeat|say)(?: that| it)?(?: again)?|again|one more time|come again",
            r"(?:i beg your )?pardon(?: me)?|what did you say|what",
        ),
        "ko": (
            rf"다시(?:요| ?한 ?번)?(?: 더)?(?: ?{SAY_KO})?|뭐라고(?:요| ?하셨\S*)?|(?:잘 )?(?:못 들었\S*|안 들려요)",
        ),
    },
    "slower": {
        "en": (r"slow(?:er| down)|(?:can|could) you (?:speak|talk) (?:more )?slow(?:er|ly)|too fast|more slowly",),
        "ko": (rf"(?:조금만? )?(?:더 )?천천히(?:요| ?{SAY_KO})?|(?:말이 )?너무 빨라요?",),
    },
    "back": {
        "en": (r"(?:go )?back|previous(?: menu| question)?",),
        "ko": (r"(?:이전|앞)(?: ?메뉴| ?질문)?(?:으로|로)?(?:요| ?가\S*(?: ?주세요)?)?|뒤로(?:요| ?가\S*)?",),
    },
}
"""Command -> language -> patterns of a whole utterance, fillers left out."""

WAITING: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "how_long": {
        "en": (
            r"(?:and )?how (?:much )?long(?:er)?"
            r"(?: (?:is the (?:wait|line|queue)|(?:do|must|will|should) i (?:\w+ )*wait"
            r"|(?:will|does) (?:it|this|that) (?:take|be)|to wait|until (?:somebody|someone|a person|an agent).*))?",
            r"(?:whats|what is) (?:the|my) (?:wait|waiting time|wait time|place in line|position)",
            r"how many (?:people|callers) (?:are )?(?:ahead|before|in front)(?: of)?(?: me)?",
        ),
        "ko": (
            r"(?:앞으로 )?(?:얼마나|언제까지|몇 ?분)(?: ?(?:더|정도|이나))*"
            r"(?: ?(?:기다|걸리|걸려|걸릴|남았|대기)\S*(?: ?\S{1,3})?)",
            r"(?:제 )?(?:앞에|대기)(?: ?(?:몇|인원|순서|시간)\S*)(?: ?\S+){0,2}",
        ),
    },
    "callback": {
        "en": (
            r"(?:(?:can|could|would|will) you )?(?:give me a call|call me)(?: back)?(?: later| instead)?",
            r"(?:i (?:want|need|would like|prefer)|id like|id prefer|give me|id rather have) a (?:callback|call back)",
            r"(?:a )?(?:callback|call back)",
        ),
        "ko": (
            r"(?:나중에|이따가?|다시|그냥|콜백|저한테|제게|저에게)? ?(?:전화|콜백|연락)(?:를|을|으로)? ?"
            r"(?:좀 )?(?:해 ?)?(?:주세요|주시겠어요|주실래요|줘요|부탁\S*|받고 ?싶\S*|받을게요|할게요)",
            r"콜백(?:이요|요)?",
        ),
    },
    "who": {
        "en": (r"who (?:is|are) (?:this|you|calling|speaking|it|there)(?: calling)?|whos (?:this|calling|that)|who",),
        "ko": (
            r"(?:지금 |거기 )?(?:누구|어디)(?:세요|시죠|신가요|십니까|예요|에요|인가요|시라고요|라고요|시라고 하셨\S*)",
        ),
    },
}
"""The same, for what is said in line or to a call of ours."""

LANGUAGES = {"en": r"english|영어", "ko": r"korean|한국어|한국말|우리말"}
"""Language -> how it is named, in any language."""

SPEAK = {
    "en": r"(?:(?:can|could|may) (?:we|you|i) )?(?:(?:speak|switch|continue|change|go on)(?: \w+)? )?(?:in |to )?{}",
    "ko": r"{}(?:로|으로)?(?:요| ?(?:말씀|말|안내|바꿔|변경|해|부탁)\S*(?: ?(?:주세요|줘요|드립니다|드려요))?)?",
}

YES_WORDS = {
    "en": r"yes|yeah|yep|yup|yea|ya|sure|okay|ok|of course|absolutely|definitely|correct|thats (?:right|correct|fine)"
    r"|it is|i do|i would|right|exactly|please do|go ahead|uh huh|mm hmm|mhm|aye|fine|alright|all right|sounds good"
    r"|why not|perfect",
    "ko": r"(?:네|예|넵|넹|응|그래|그럼|맞아|맞습니다|맞는|좋아|좋습니다|좋은|그렇습니다|그러세요|오케이|물론|부탁)\S*"
    r"|(?:당연|그렇게|해주세요|할게요|하겠습니다)\S*|어",
}
NO_WORDS = {
    "en": r"no|nope|nah|wrong|incorrect|i dont|dont|do not|never|neither|none(?: of them)?"
    r"|(?:thats |its |it is |that is )?(?:not|isnt)(?: really| quite| now| interested| right| correct| it| true)*",
    "ko": r"(?:아니|아뇨|아닙|아냐|안 ?돼|안 ?할|싫|틀렸|틀려|틀린|됐어|됐습|필요 ?없|하지 ?마|둘 다 안|말고)\S*"
    r"|(?:별로|거절)\S*",
}
UNSURE = r"\bnot (?:too |so |quite )?(?:sure|certain)\b|\bdont know\b|\bmaybe\b|모르겠|글쎄"
AGREED = r"\bno (?:problem|worries)\b"
MOST_BESIDE = 6
"""Words beside a yes or no, more of which make it doubtful that the utterance is an answer."""

CERTAIN, LIKELY, DOUBTFUL = 0.97, 0.8, 0.5


def compiled(patterns: Mapping[str, tuple[str, ...]]) -> dict[str, Pattern[str]]:
    return {language: re.compile("|".join(alternatives)) for language, alternatives in patterns.items()}


REACH = compiled({"en": REACH_EN, "ko": REACH_KO})
WHOLE = {name: compiled(patterns) for name, patterns in COMMANDS.items()}
LATER = {name: compiled(patterns) for name, patterns in WAITING.items()}
DECLARED, DECLINED, FAILING = re.compile(ALWAYS), re.compile(REFUSED), re.compile(HINDERED)
DOUBT, SURE = re.compile(UNSURE), re.compile(AGREED)
ANSWER = {
    language: re.compile(rf"(?:^|(?<= ))(?:(?P<no>{NO_WORDS[language]})|(?P<yes>{YES_WORDS[language]}))(?= |$)")
    for language in YES_WORDS
}
NAMED = {
    (spoken, language): re.compile(pattern.format(f"(?:{names})"))
    for spoken, pattern in SPEAK.items()
    for language, names in LANGUAGES.items()
}


def without_fillers(words: str, language: str) -> str:
    """The words that carry meaning; all of them when none would be left."""
    fillers = FILLERS.get(language, frozenset())
    return " ".join(word for word in words.split() if word not in fillers) or words


def command(words: str, language: str) -> str | None:
    """The command that these words certainly are: "person", "repeat", "slower", "back", "language" or None."""
    core = without_fillers(words, language)
    if declines_person(core, language):
        return None
    if language in REACH and REACH[language].search(core):
        if not DECLARED.search(core):
            return "person"
        return None if FAILING.search(core) else "always_person"
    if asks_for_language(core, language):
        return "language"
    return next((name for name, whole in WHOLE.items() if language in whole and whole[language].fullmatch(core)), None)


def declines_person(words: str, language: str) -> bool:
    """Whether a person is named and not wanted: nothing in these words asks for one, however like it they sound."""
    return language in REACH and DECLINED.search(words) is not None


def waiting(words: str, language: str) -> str | None:
    """What only means something to whoever waits, or whom we rang: "how_long", "callback", "who", or None."""
    core = without_fillers(words, language)
    return next((name for name, whole in LATER.items() if language in whole and whole[language].fullmatch(core)), None)


def asks_for_language(core: str, language: str) -> bool:
    return any(spoken == language and whole.fullmatch(core) for (spoken, _), whole in NAMED.items())


def language_named(words: str) -> str:
    """The language whose name is said ("en", "ko"), "" when none is."""
    return next((language for language, names in LANGUAGES.items() if re.search(names, words)), "")


def yes_or_no(words: str, language: str) -> tuple[str, float] | None:
    """(YES or NO, confidence); None when neither was said. Who says both means the last: "no, wait, yes"."""
    if language not in ANSWER:
        return None
    words = SURE.sub("sure", words)
    found = [(match.lastgroup, match.group()) for match in ANSWER[language].finditer(words)]
    if not found or DOUBT.search(words):
        return None
    beside = len(words.split()) - sum(len(text.split()) for _, text in found)
    both = len({kind for kind, _ in found}) > 1
    confidence = LIKELY if both else CERTAIN
    return (YES if found[-1][0] == "yes" else NO), confidence if beside <= MOST_BESIDE else DOUBTFUL


def is_bare_answer(words: str, language: str) -> bool:
    """Whether it is a yes or no and nothing else: an answer where one was asked for, elsewhere a nod."""
    if yes_or_no(words, language) is None:
        return False
    rest = ANSWER[language].sub(" ", SURE.sub("sure", words))
    return all(word in FILLERS[language] for word in rest.split())
