"""Korean as people speak it: particles by the spoken ending, native and Sino-Korean numbers, digits one by one.

Law: the ending that decides a particle is the one that is *heard*: 7 is 칠 and takes 로, 3 is 삼 and takes 으로.
Numbers are read up to 9,999, which covers minutes, hours, days, years and places in line.
"""

DIGITS = "공일이삼사오육칠팔구"
SINO = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
PLACES = ((1000, "천"), (100, "백"), (10, "십"))
HOURS = ("열두", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한")
MONTHS = ("", "일월", "이월", "삼월", "사월", "오월", "유월", "칠월", "팔월", "구월", "시월", "십일월", "십이월")
WEEKDAYS = ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일")

PAIRS = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("으로", "로"),
    ("이라", "라"),
    ("이나", "나"),
    ("아", "야"),
)
"""(after a final consonant, after a vowel). 으로 alone also becomes 로 after ㄹ."""
BY_PARTICLE = {particle: pair for pair in PAIRS for particle in pair}

TRAILING = " \t\n.,!?…\"'’”)]"
FIRST, LAST, FINALS = 0xAC00, 0xD7A3, 28
RIEUL = 8  # the place of ㄹ among the 28 finals of a Hangul syllable
DIGIT_FINALS = {"0": 21, "1": RIEUL, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": RIEUL, "8": RIEUL, "9": 0}
LETTER_NAMES = {"L": RIEUL, "M": 16, "N": 4, "R": RIEUL}  # 엘 엠 엔 알; every other letter's name ends in a vowel
WORD_ENDINGS = {"l": RIEUL, "m": 16, "n": 4, "g": 21, "k": 1, "p": 17, "b": 17, "c": 1, "t": 19}


def final_of(word: str) -> int:
    """The place (1..27) of the final consonant heard at the end of `word`; 0 for a vowel or nothing readable."""
    last = word.rstrip(TRAILING)[-1:]
    if FIRST <= ord(last or " ") <= LAST:
        return (ord(last) - FIRST) % FINALS
    if last in DIGIT_FINALS:
        return DIGIT_FINALS[last]
    if last.isupper():
        return LETTER_NAMES.get(last, 0)
    return WORD_ENDINGS.get(last, 0)


def with_particle(word: str, particle: str) -> str:
    """`word` with the particle of the pair that fits: ("책", "를") -> "책을". An unknown particle is added as it is."""
    pair = BY_PARTICLE.get(particle)
    if pair is None:
        return word + particle
    final = final_of(word)
    vowel_like = final == 0 or (pair[0] == "으로" and final == RIEUL)
    return word + pair[1 if vowel_like else 0]


def sino(number: int) -> str:
    """A number from 0 to 9,999 as Sino-Korean is read: 30 -> 삼십, 110 -> 백십."""
    if number == 0:
        return "영"
    parts = []
    for size, name in PLACES:
        count, number = divmod(number, size)
        if count:
            parts.append((SINO[count] if count > 1 else "") + name)
    return "".join(parts) + SINO[number]


def spelled(digits: str) -> str:
    """Digits one by one, with 공 for zero: 10442 -> "일 공 사 사 이"."""
    return " ".join(DIGITS[int(digit)] for digit in digits if digit.isascii() and digit.isdigit())


def clock(hour: int, minute: int) -> str:
    """A time of day, always with 오전 or 오후: (15, 30) -> "오후 세 시 삼십 분"."""
    half = "오전" if hour < len(HOURS) else "오후"
    minutes = f" {sino(minute)} 분" if minute else ""
    return f"{half} {HOURS[hour % 12]} 시{minutes}"


def date(month: int, day: int, weekday: int) -> str:
    """(6, 3, 2) -> "유월 삼일 수요일"."""
    return f"{MONTHS[month]} {sino(day)}일 {WEEKDAYS[weekday]}"
