"""Our check gives the verdicts of the carrier's own SDK, and refuses what the SDK leaves to its caller."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from ivr.twilio.signature import FORM, KNOWN, KNOWN_BODY, KNOWN_TOKEN, KNOWN_URL, Verifier, check_self, named
from tests.twilio.captures import BODIES, DATA

TOKEN = "12345"
BASE = "https://phone.example.com"
PATH = "/twilio/answer/7?fault=1"

Pairs = Sequence[tuple[str, str]]


class Fields(dict[str, list[str]]):
    """A form with repeated names, in the shape the SDK asks a framework for."""

    def __init__(self, pairs: Pairs) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        return self[name]


def signed(url: str, pairs: Pairs, *, token: str = TOKEN, algorithm: str | None = None) -> str:
    return str(RequestValidator(token).compute_signature(url, Fields(pairs), algorithm))


def headers(signature: str, *, kind: str = FORM, settings: str = "") -> dict[str, str]:
    given = {"Content-Type": f"{kind}; charset=UTF-8", "X-Twilio-Signature": signature}
    return {**given, "X-Twilio-Webhooks-Signature-Settings": settings} if settings else given


def encoded(pairs: Pairs) -> bytes:
    return urlencode(pairs).encode()


texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
pairs = st.lists(st.tuples(st.text(st.characters(codec="ascii"), min_size=1, max_size=8), texts), max_size=8)
ports = st.sampled_from(["", ":443", ":80", ":8443"])
schemes = st.sampled_from(["https", "http"])
paths = st.text("abcXYZ019-_/", max_size=10).map(lambda path: f"/twilio/{path}")
queries = st.sampled_from(["", "?a=1", "?b=%20x&b=&a=1", "?turn=1&fault=2"])


@settings(deadline=None)
@given(schemes, st.tuples(ports, ports), st.builds("{}{}".format, paths, queries), pairs, st.booleans())
def test_same_verdict_as_the_sdk(
    scheme: str, at: tuple[str, str], rest: str, sent: list[tuple[str, str]], honest: bool
) -> None:
    ours, theirs = at
    signature = signed(f"{scheme}://phone.example.com{theirs}{rest}", sent, token=TOKEN if honest else "other")
    verdict = Verifier(f"{scheme}://phone.example.com{ours}", [TOKEN]).verify(rest, headers(signature), encoded(sent))
    assert verdict == RequestValidator(TOKEN).validate(
        f"{scheme}://phone.example.com{ours}{rest}", Fields(sent), signature
    )


@settings(deadline=None)
@given(pairs, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256", "hmac_sha256", "HMAC_MD5", "none"]), st.booleans())
def test_shared_keys_and_algorithms_as_the_sdk(sent: list[tuple[str, str]], algorithm: str, shared: bool) -> None:
    secret = "shared-secret" if shared else TOKEN
    known = algorithm.upper() in ("HMAC_SHA1", "HMAC_SHA256")
    signature = signed(BASE + PATH, sent, token=secret, algorithm=algorithm if known else None)
    key = "key=webhooks_sharedkey_1," if shared else ""
    verifier = Verifier(BASE, [TOKEN], {"webhooks_sharedkey_1": "shared-secret"})
    verdict = verifier.verify(PATH, headers(signature, settings=f"{key}algorithm={algorithm}"), encoded(sent))
    assert verdict == RequestValidator(secret).validate(BASE + PATH, Fields(sent), signature, algorithm)
    assert verdict == known


def test_a_key_that_nobody_configured_is_refused() -> None:
    signature = signed(BASE + PATH, [("a", "b")], algorithm="HMAC_SHA256")
    given = headers(signature, settings="key=stranger,algorithm=HMAC_SHA256")
    assert not Verifier(BASE, [TOKEN]).verify(PATH, given, b"a=b")


def test_a_shared_key_does_not_open_the_door_of_the_token() -> None:
    given = headers(signed(BASE + PATH, [("a", "b")]), settings="key=k,algorithm=HMAC_SHA1")
    assert not Verifier(BASE, [TOKEN], {"k": "other"}).verify(PATH, given, b"a=b")


@settings(deadline=None)
@given(pairs, st.sampled_from([TOKEN, "secondary"]))
def test_primary_and_secondary_token(sent: list[tuple[str, str]], token: str) -> None:
    given = headers(signed(BASE + PATH, sent, token=token))
    assert Verifier(BASE, [TOKEN, "secondary"]).verify(PATH, given, encoded(sent))
    assert Verifier(BASE, [TOKEN]).verify(PATH, given, encoded(sent)) == (token == TOKEN)


@settings(deadline=None)
@given(pairs.filter(bool), st.data())
def test_any_change_is_refused(sent: list[tuple[str, str]], data: st.DataObject) -> None:
    signature = signed(BASE + PATH, sent)
    verifier = Verifier(BASE, [TOKEN])
    assert verifier.verify(PATH, headers(signature), encoded(sent))
    at = data.draw(st.integers(0, len(sent) - 1))
    changed = [*sent[:at], (sent[at][0], sent[at][1] + "x"), *sent[at + 1 :]]
    assert not verifier.verify(PATH, headers(signature), encoded(changed))
    assert not verifier.verify(PATH + "1", headers(signature), encoded(sent))
    assert not verifier.verify(PATH, headers(signature[:-2] + "A="), encoded(sent)) or signature.endswith("A=")
    assert not verifier.verify(PATH, headers(signature + " "), encoded(sent))


@pytest.mark.parametrize("given", [{}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "é"}])
def test_an_unsigned_request_is_refused(given: dict[str, str]) -> None:
    assert not Verifier(BASE, [TOKEN]).verify("/twilio/voice", {"Content-Type": FORM, **given}, b"a=b")
    assert not Verifier(BASE, [TOKEN]).verify("/twilio/voice", given, b"")


@settings(deadline=None)
@given(st.binary(max_size=40).map(lambda raw: raw.hex()), st.sampled_from(["", "?a=1"]), st.booleans())
def test_a_json_body_is_covered_by_its_hash(body: str, query: str, honest: bool) -> None:
    claimed = sha256((body if honest else f"{body}.").encode()).hexdigest()
    rest = f"/twilio/x{query}{'&' if query else '?'}bodySHA256={claimed}"
    given = headers(signed(BASE + rest, []), kind="application/json")
    verdict = Verifier(BASE, [TOKEN]).verify(rest, given, body.encode())
    assert verdict == RequestValidator(TOKEN).validate(BASE + rest, body, given["X-Twilio-Signature"]) == honest


def test_a_json_body_without_its_hash_is_refused() -> None:
    given = headers(signed(BASE + "/twilio/x", []), kind="application/json")
    assert not Verifier(BASE, [TOKEN]).verify("/twilio/x", given, b'{"a": 1}')
    assert not Verifier(BASE, [TOKEN]).verify("/twilio/x", {"X-Twilio-Signature": signed(BASE + "/twilio/x", [])}, b"a")


def test_a_form_that_carries_a_hash_must_fit_it_too() -> None:
    rest = f"/twilio/x?bodySHA256={sha256(b'a=b').hexdigest()}"
    verifier = Verifier(BASE, [TOKEN])
    assert verifier.verify(rest, headers(signed(BASE + rest, [("a", "b")])), b"a=b")
    assert not verifier.verify(rest, headers(signed(BASE + rest, [("a", "c")])), b"a=c")


def test_a_get_is_signed_by_its_url_alone() -> None:
    given = {"x-twilio-signature": signed(BASE + PATH, [])}
    assert Verifier(BASE, [TOKEN]).verify(PATH, given, b"")


@pytest.mark.parametrize("asked", ["/stream", "/stream/"])
@pytest.mark.parametrize("signed_as", ["wss://phone.example.com/stream", "wss://phone.example.com/stream/"])
@pytest.mark.parametrize("port", ["", ":443"])
def test_a_handshake_may_gain_or_lose_a_slash(asked: str, signed_as: str, port: str) -> None:
    url = signed_as.replace("/stream", f"{port}/stream")
    given = {"X-Twilio-Signature": signed(url, [])}
    assert Verifier(BASE, [TOKEN]).verify_socket(asked, given)
    assert not Verifier("https://other.example.com", [TOKEN]).verify_socket(asked, given)


def test_a_prefix_and_credentials_of_the_public_url() -> None:
    given = headers(signed("https://phone.example.com/ivr/twilio/voice", [("a", "")]))
    verifier = Verifier("https://user:secret@phone.example.com/ivr/", [TOKEN])
    assert verifier.verify("/twilio/voice", given, b"a=")
    assert not verifier.verify("/twilio/voice", given, b"")


@pytest.mark.parametrize(
    ("url", "tokens", "keys"),
    [
        ("phone.example.com", [TOKEN], {}),
        ("ftp://phone.example.com", [TOKEN], {}),
        ("https://", [TOKEN], {}),
        ("https://phone.example.com?x=1", [TOKEN], {}),
        ("https://phone.example.com#x", [TOKEN], {}),
        (BASE, [], {}),
        (BASE, [""], {}),
        (BASE, [TOKEN, ""], {}),
        (BASE, [TOKEN], {"k": ""}),
    ],
)
def test_what_cannot_be_verified_safely_does_not_start(url: str, tokens: list[str], keys: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Verifier(url, tokens, keys)


def test_the_self_test_pins_what_the_sdk_computes() -> None:
    sent = parse_qsl(KNOWN_BODY.decode(), keep_blank_values=True)
    assert signed(KNOWN_URL, sent, token=KNOWN_TOKEN) == KNOWN["sha1"]
    assert signed(KNOWN_URL, sent, token=KNOWN_TOKEN, algorithm="HMAC_SHA256") == KNOWN["sha256"]
    check_self()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (None, "HMAC_SHA1")),
        ("algorithm=HMAC_SHA256", (None, "HMAC_SHA256")),
        ("key=k1,algorithm=HMAC_SHA256", ("k1", "HMAC_SHA256")),
        (" algorithm = HMAC_SHA256 , key = k1 ", ("k1", "HMAC_SHA256")),
        ("key=k1", ("k1", "HMAC_SHA1")),
        ("algorithm=", (None, "HMAC_SHA1")),
        ("nonsense", (None, "HMAC_SHA1")),
    ],
)
def test_settings_header(header: str, expected: tuple[str | None, str]) -> None:
    assert named(header) == expected


def vectors() -> list[dict[str, Any]]:
    path = DATA / "signature-vectors.json"
    found: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return found


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: str(vector["name"]))
def test_published_vectors(vector: dict[str, Any]) -> None:
    parts = urlsplit(vector["url"])
    body = vector["body"].encode() if vector["body"] else urlencode(vector["params"]).encode()
    kind = "application/json" if vector["body"] else FORM
    rest = f"{parts.path}?{parts.query}"
    verifier = Verifier(f"{parts.scheme}://{parts.netloc}", [vector["token"]])
    assert verifier.verify(rest, headers(vector["signature"], kind=kind), body) == vector["valid"]
    assert not verifier.verify(rest, headers(vector["signature"], kind=kind), body + b"x")


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_captured_bodies_signed_again(path: Path) -> None:
    raw = path.read_bytes().strip()
    sent = parse_qsl(raw.decode(), keep_blank_values=True)
    given = headers(signed(f"{BASE}/twilio/voice", sent))
    assert Verifier(BASE, [TOKEN]).verify("/twilio/voice", given, raw)
    assert not Verifier(BASE, [TOKEN]).verify("/twilio/voice", given, raw + quote("&Extra=").encode())
