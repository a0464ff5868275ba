"""Reads a TwiML document with the SDK's own classes: what they cannot say is wrong by definition."""

import inspect
from collections.abc import Iterator
from xml.etree import ElementTree

from twilio.twiml import TwiML, lower_camel  # type: ignore[import-untyped]
from twilio.twiml import voice_response as sdk

MOST_BYTES = 64 * 1024
NEVER_RETURN = frozenset({"Redirect", "Hangup", "Leave", "Record", "Reject"})
NEVER_WITH_ACTION = frozenset({"Dial", "Enqueue", "Connect"})
WORDLESS = frozenset({"Response", "Pause", "Gather", "Dial", "Hangup", "Leave", "Record"})
IN_A_WAIT = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
"""What the carrier plays to somebody in its queue."""


def lawful(text: str, *, waiting: bool = False) -> ElementTree.Element:
    """The parsed document, after every check that holds for all of ours."""
    assert len(text.encode()) <= MOST_BYTES
    root = ElementTree.fromstring(text.encode())
    assert root.tag == "Response"
    assert len(root), "an empty <Response/> hangs up"
    assert canonical(rebuilt(root)) == canonical(root)
    unreachable(root)
    for one in root.iter():
        assert one.tag in WORDLESS or "".join(one.itertext()).strip(), f"<{one.tag}> is empty"
    assert not waiting or {child.tag for child in root} <= IN_A_WAIT
    return root


def rebuilt(root: ElementTree.Element) -> ElementTree.Element:
    """The same document, made by the SDK's methods alone. Fails where they have no such verb, noun or attribute."""
    response = sdk.VoiceResponse()
    for child in root:
        add(response, child)
    return ElementTree.fromstring(response.to_xml())


def add(parent: TwiML, node: ElementTree.Element) -> None:
    names = {"Hangup": "hangup", "prosody": "prosody"}
    method = getattr(parent, names.get(node.tag, node.tag.lower()))
    known = {lower_camel(name): name for name in inspect.signature(method).parameters}
    unknown = set(node.attrib) - set(known)
    assert not unknown, f"<{node.tag}> of the SDK knows no {unknown}"
    made = method(*([node.text] if node.text else []), **{known[name]: value for name, value in node.attrib.items()})
    for child in node:
        add(made, child)


def canonical(node: ElementTree.Element) -> str:
    return ElementTree.canonicalize(ElementTree.tostring(node, encoding="unicode"))


def unreachable(root: ElementTree.Element) -> None:
    """No verb stands behind one that never comes back to the document."""
    for verb, behind in zip(root, list(root)[1:], strict=False):
        ends = verb.tag in NEVER_RETURN or (verb.tag in NEVER_WITH_ACTION and "action" in verb.attrib)
        ends = ends or verb.attrib.get("actionOnEmptyResult") == "true"
        assert not ends, f"<{behind.tag}> behind <{verb.tag}> is never reached"


def words(root: ElementTree.Element) -> Iterator[str]:
    for one in root.iter("Say"):
        yield "".join(one.itertext())


def urls(root: ElementTree.Element) -> Iterator[str]:
    """Every address that a document sends the carrier to."""
    for one in root.iter():
        for name in ("action", "waitUrl", "statusCallback", "recordingStatusCallback"):
            if one.attrib.get(name):
                yield one.attrib[name]
        if one.tag == "Redirect" and one.text:
            yield one.text
