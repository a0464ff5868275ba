"""TwiML text to a checked document. Pure: it plays nothing.

A document with an error is refused whole, as the carrier refuses what it cannot parse; a warning is reported and the
document still plays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

from exchange import sense
from exchange.schema import RULES, UNSUPPORTED, UNSUPPORTED_ATTRIBUTES, VERBS, Rule
from exchange.sense import INVALID_URL, SCHEMA

MAX_BYTES = 64 * 1024
"""The carrier's limit for a response body (error 11750)."""
TOO_LARGE, PARSE = 11750, 12100
URL_ATTRIBUTES = frozenset(
    """action url waitUrl statusCallback recordingStatusCallback partialResultCallback transcribeCallback referUrl
    amdStatusCallback eventCallbackUrl""".split()
)
LAST_VERBS = frozenset({"Redirect", "Hangup", "Reject", "Leave", "Record"})
LAST_WITH_ACTION = frozenset({"Dial", "Enqueue", "Connect"})


@dataclass(frozen=True, slots=True)
class Verb:
    """One element, its attributes and text as sent; `text` of a Say holds all words inside its SSML."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple["Verb", ...] = ()

    def flag(self, name: str, default: bool) -> bool:
        return self.attributes.get(name, str(default).lower()) == "true"

    def number(self, name: str, default: int) -> int:
        return int(self.attributes.get(name, default))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a document. `kind` is error, unsupported or warning; only a warning lets it play."""

    kind: str
    code: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Document:
    """What the carrier was told to do. `url` is where it came from and what relative URLs start at; None for TwiML
    given in a REST call, where every URL must be absolute."""

    url: str | None
    text: str
    verbs: tuple[Verb, ...]


def read(text: str, url: str | None) -> tuple[Document | None, list[Problem]]:
    """Parse and check. The document is None when a problem forbids playing it."""
    if len(text.encode()) > MAX_BYTES:
        return None, [Problem("error", TOO_LARGE, f"the document is larger than 64 kB ({len(text.encode())} bytes)")]
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as wrong:
        return None, [Problem("error", PARSE, f"the document is not XML: {wrong}")]
    if root.tag != "Response":
        return None, [Problem("error", PARSE, f"the document starts with <{root.tag}>, not <Response>")]
    problems = list(_check_response(root, relative_ok=url is not None))
    if any(problem.kind != "warning" for problem in problems):
        return None, problems
    return Document(url, text, tuple(_verb(child) for child in root)), problems


def _verb(element: ElementTree.Element) -> Verb:
    spoken = "".join(element.itertext()) if element.tag == "Say" else element.text or ""
    children = () if element.tag == "Say" else tuple(_verb(child) for child in element)
    return Verb(element.tag, dict(element.attrib), " ".join(spoken.split()), children)


def _check_response(root: ElementTree.Element, *, relative_ok: bool) -> Iterator[Problem]:
    for name in root.attrib:
        yield Problem("error", SCHEMA, f"<Response> has no attribute {name!r}")
    if (root.text or "").strip():
        yield Problem("error", SCHEMA, "text stands directly inside <Response>")
    for child in root:
        if child.tag in UNSUPPORTED:
            yield Problem("unsupported", SCHEMA, f"<{child.tag}> is not supported by this exchange")
        elif child.tag not in VERBS:
            yield Problem("error", SCHEMA, f"<{child.tag}> may not stand inside <Response>")
        else:
            yield from _check(child, relative_ok=relative_ok)
        if (child.tail or "").strip():
            yield Problem("error", SCHEMA, f"text stands after <{child.tag}>")
    yield from _check_order(list(root))


def _check(element: ElementTree.Element, *, relative_ok: bool) -> Iterator[Problem]:
    rule = RULES[element.tag]
    yield from _check_attributes(element, rule, relative_ok=relative_ok)
    text = (element.text or "").strip()
    if text and not rule.text:
        yield Problem("error", SCHEMA, f"<{element.tag}> holds text, which it may not")
    if rule.needs_text and not "".join(element.itertext()).strip():
        yield Problem("error", SCHEMA, f"<{element.tag}> is empty")
    for child in element:
        if child.tag in UNSUPPORTED:
            yield Problem("unsupported", SCHEMA, f"<{child.tag}> in <{element.tag}> is not supported by this exchange")
        elif child.tag not in rule.children:
            yield Problem("error", SCHEMA, f"<{child.tag}> may not stand inside <{element.tag}>")
        else:
            yield from _check(child, relative_ok=relative_ok)
    for code, sentence in sense.check(element, relative_ok=relative_ok):
        yield Problem("error", code, sentence)


def _check_attributes(element: ElementTree.Element, rule: Rule, *, relative_ok: bool) -> Iterator[Problem]:
    for name, value in element.attrib.items():
        if name in UNSUPPORTED_ATTRIBUTES:
            yield Problem("unsupported", SCHEMA, f"<{element.tag} {name}> is not supported by this exchange")
        elif name not in rule.attributes:
            yield Problem("error", SCHEMA, f"<{element.tag}> has no attribute {name!r}")
        elif (wrong := rule.attributes[name](value)) is not None:
            yield Problem("error", SCHEMA, f"<{element.tag} {name}={value!r}> {wrong}")
        elif name in URL_ATTRIBUTES and not relative_ok and value and not urlsplit(value).scheme:
            yield Problem(
                "error",
                INVALID_URL,
                f"<{element.tag} {name}={value!r}> is relative, and TwiML sent by REST has no base",
            )
    for name in rule.required:
        if name not in element.attrib:
            yield Problem("error", SCHEMA, f"<{element.tag}> needs the attribute {name!r}")


def _check_order(verbs: list[ElementTree.Element]) -> Iterator[Problem]:
    """Verbs that can never be reached, and <Reject> after something was already played."""
    for index, verb in enumerate(verbs):
        if verb.tag == "Reject" and index > 0:
            yield Problem("warning", SCHEMA, "<Reject> works only as the first verb")
        ends = verb.tag in LAST_VERBS or (verb.tag in LAST_WITH_ACTION and "action" in verb.attrib)
        rest = verbs[index + 1 :]
        if not ends or not rest:
            continue
        # What a dropped stream does is undocumented: one Redirect behind <Connect action> is a net, not a mistake.
        if verb.tag == "Connect" and [after.tag for after in rest] == ["Redirect"]:
            continue
        with_action = " with an action" if verb.tag in LAST_WITH_ACTION else ""
        yield Problem("warning", SCHEMA, f"<{rest[0].tag}> after <{verb.tag}>{with_action} is never reached")
        return


def is_supported(text: str) -> bool:
    """Whether nothing in this document is an element or attribute that only the carrier plays."""
    _, problems = read(text, "http://localhost/")
    return not any(problem.kind == "unsupported" for problem in problems)
