"""Keys that are said instead of pressed: "number four", "1번이요", "the first one", "네 번째요".

Law: only an utterance that names a key and nothing else is one. A number asked for digit by digit is none of this.
"""

import re
from collections.abc import Sequence

POLITE_EN = r"(?: please| thanks)?"
NUMBERS_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ORDINALS_EN = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
SINO_KO = ("영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
ORDINALS_KO = ("첫", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
ENDING_KO = r"(?:이요|요|으로요?|이에요|입니다|으로 ?(?:할게요|해 ?주세요)|(?:을|를)? ?(?:눌러|선택)\S*(?: ?\S+)?)?"

NAMED = {
    "en": re.compile(
        rf"(?:(?:press|number|option|choice|key|i want|ill take|its) )*(?P<key>\d|{'|'.join(NUMBERS_EN)}){POLITE_EN}"
    ),
    "ko": re.compile(rf"(?P<key>\d|공|{'|'.join(SINO_KO)}) ?번{ENDING_KO}|(?P<bare>\d){ENDING_KO}"),
}
PLACED = {
    "en": re.compile(rf"(?:i want |ill take )?(?:the )?(?P<place>{'|'.join(ORDINALS_EN)})(?: one| option)?{POLITE_EN}"),
    "ko": re.compile(rf"(?P<place>{'|'.join(ORDINALS_KO)}) ?번째(?: ?(?:거|것|걸))?(?:로)?{ENDING_KO}"),
}
MARKS = re.compile(r"[^\w\s]+")
VALUES = {name: str(value) for names in (NUMBERS_EN, SINO_KO) for value, name in enumerate(names)} | {"공": "0"}
PLACES = {name: place for names in (ORDINALS_EN, ORDINALS_KO) for place, name in enumerate(names)}


def key_said(text: str, keys: Sequence[str], more: Sequence[str] = ()) -> str:
    """Which of `keys`, or of `more`, an utterance names; an ordinal counts along `keys`. "" when it names none."""
    words = " ".join(MARKS.sub("", text.replace("'", "").lower()).split())
    for pattern in NAMED.values():
        if match := pattern.fullmatch(words):
            found = match.groupdict()
            name = found.get("key") or found.get("bare") or ""
            key = VALUES.get(name, name)
            return key if key in (*keys, *more) else ""
    for pattern in PLACED.values():
        if (match := pattern.fullmatch(words)) and (place := PLACES[match["place"]]) < len(keys):
            return keys[place]
    return ""
