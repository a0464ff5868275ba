"""Rules of TwiML that hold between the parts of one element, or between it and where its document came from."""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

SCHEMA, INVALID_URL = 12200, 11100
LONGEST_QUEUE_NAME, MOST_HINTS, LONGEST_HINT, LONGEST_PARAMETER = 64, 500, 100, 500
KOREAN_VOICES = frozenset({"Polly.Seoyeon", "Polly.Seoyeon-Neural", "Polly.Jihye-Neural", "Polly.Jihye-Generative"})
Wrong = tuple[int, str]
"""An error code and a sentence."""


def check(element: Element, *, relative_ok: bool) -> Iterator[Wrong]:
    """What is wrong with an element whose attributes are fine one by one."""
    yield from _links(element, relative_ok=relative_ok)
    if element.tag in RULES:
        yield from RULES[element.tag](element)


def _links(element: Element, *, relative_ok: bool) -> Iterator[Wrong]:
    tag = element.tag
    if tag in ("Gather", "Record") and not relative_ok and "action" not in element.attrib:
        yield INVALID_URL, f"<{tag}> without action in TwiML sent by REST has no URL to come back to"
    if tag == "Redirect" and not relative_ok and not urlsplit(_text(element)).scheme:
        yield INVALID_URL, "<Redirect> is relative, and TwiML sent by REST has no base"
    for name, value in element.attrib.items():
        if "Callback" in name and "_" in (urlsplit(value).hostname or ""):
            yield INVALID_URL, f"<{tag} {name}>: a callback's host name may not have an underscore"


def _gather(element: Element) -> Iterator[Wrong]:
    given = element.attrib
    if "speechModel" in given and not given.get("speechTimeout", "auto").isdecimal():
        yield SCHEMA, "<Gather speechModel> needs a speechTimeout that is a positive whole number"
    if given.get("timeout") == "auto" and "speech" not in given.get("input", "dtmf"):
        yield SCHEMA, "<Gather timeout='auto'> needs speech among its input"
    hints = [hint.strip() for hint in given.get("hints", "").split(",")]
    if len(hints) > MOST_HINTS or any(len(hint) > LONGEST_HINT for hint in hints):
        yield SCHEMA, f"<Gather hints> takes {MOST_HINTS} phrases of {LONGEST_HINT} characters"


def _play(element: Element) -> Iterator[Wrong]:
    if not _text(element) and "digits" not in element.attrib:
        yield SCHEMA, "<Play> has neither a URL nor digits"


def _say(element: Element) -> Iterator[Wrong]:
    """A voice speaks its own language only."""
    voice, language = element.get("voice", ""), element.get("language", "")
    named = re.match(r"Google\.([a-z]{2,3}-[A-Z]{2})", voice)
    own = named[1] if named else "ko-KR" if voice in KOREAN_VOICES else ""
    if language and own and language != own:
        yield SCHEMA, f"<Say voice={voice!r}> does not speak {language}"
    elif language == "ko-KR" and voice.startswith("Polly.") and not own:
        yield SCHEMA, f"<Say voice={voice!r}> does not speak {language}"


def _dial(element: Element) -> Iterator[Wrong]:
    if not len(element) and not _text(element):
        yield SCHEMA, f"<{element.tag}> is empty"
    if len(element) > 1 and {"Conference", "Queue", "Stream"} & {child.tag for child in element}:
        yield SCHEMA, f"<{element.tag}> may hold one <{element[0].tag}>, and nothing beside it"


def _client(element: Element) -> Iterator[Wrong]:
    if not _text(element) and element.find("Identity") is None:
        yield SCHEMA, "<Client> names nobody"


def _enqueue(element: Element) -> Iterator[Wrong]:
    if len(_text(element)) > LONGEST_QUEUE_NAME:
        yield SCHEMA, f"<Enqueue>: a queue's name has at most {LONGEST_QUEUE_NAME} characters"


def _stream(element: Element) -> Iterator[Wrong]:
    for child in element:
        if len(child.get("name", "")) + len(child.get("value", "")) > LONGEST_PARAMETER:
            yield SCHEMA, f"<Parameter> of a <Stream> has at most {LONGEST_PARAMETER} characters, name and value"


def _text(element: Element) -> str:
    return (element.text or "").strip()


RULES: Mapping[str, Callable[[Element], Iterator[Wrong]]] = {
    "Gather": _gather,
    "Play": _play,
    "Say": _say,
    "Dial": _dial,
    "Connect": _dial,
    "Client": _client,
    "Enqueue": _enqueue,
    "Stream": _stream,
}
