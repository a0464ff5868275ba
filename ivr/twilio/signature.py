"""Did the carrier send this request? An HMAC over the bytes that came, against one configured URL.

Law: fail closed. The URL is the configured public one plus the request's own path and query, never a header of the
request (Host and X-Forwarded-* are written by whoever asks). The form is taken whole, blanks and unknown fields
included, before anything else reads it.

Rules (the carrier's "Validating requests", and its SDK 9.13): base64(HMAC(secret, URL + each distinct name and value,
sorted)); a GET and a WebSocket handshake are signed by the URL alone; a JSON body is signed by the URL, which then
carries the body's SHA-256. The carrier is inconsistent about ports, so the URL is tried with and without one.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, parse_qsl, urlsplit

SIGNATURE = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"
FORM = "application/x-www-form-urlencoded"
BODY_HASH = "bodySHA256"
DIGESTS: Mapping[str, str] = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
DEFAULT_ALGORITHM = "HMAC_SHA1"
PORTS: Mapping[str, int] = {"https": 443, "http": 80, "wss": 443, "ws": 80}
SOCKETS: Mapping[str, str] = {"https": "wss", "http": "ws"}

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the world reaches us, without user and password: `https`, `phone.example.com`, 8443 or None, `/prefix`."""

    scheme: str
    host: str
    port: int | None
    prefix: str

    def urls(self, path_and_query: str) -> tuple[str, str]:
        """The URL that was asked for, without and with a port: the carrier signs either."""
        rest = f"{self.prefix}{path_and_query}"
        port = self.port or PORTS[self.scheme]
        return f"{self.scheme}://{self.host}{rest}", f"{self.scheme}://{self.host}:{port}{rest}"


class Verifier:
    """Holds the secrets and the public URL. `tokens` are the account's primary and, while one is promoted, its
    secondary token; `shared_keys` maps the id of a shared key to its secret."""

    def __init__(self, public_url: str, tokens: Sequence[str], shared_keys: Mapping[str, str] | None = None) -> None:
        """Raises ValueError for a URL or a secret with which nothing could be verified safely, and RuntimeError on a
        machine that computes signatures wrongly."""
        check_self()
        self._place = place(public_url)
        keys = dict(shared_keys or {})
        if not tokens and not keys:
            raise ValueError("no auth token and no shared key: every request would be refused")
        if not all(tokens) or not all(keys.values()):
            raise ValueError("an auth token or shared key is empty: anybody could sign with it")
        self._tokens = tuple(token.encode() for token in tokens)
        self._keys = {name: secret.encode() for name, secret in keys.items()}

    def verify(self, path_and_query: str, headers: Mapping[str, str], raw_body: bytes) -> bool:
        """Whether the carrier signed this request. `path_and_query` is as it came, not decoded."""
        return self.signed_form(path_and_query, headers, raw_body) is not None

    def signed_form(self, path_and_query: str, headers: Mapping[str, str], raw_body: bytes) -> Fields | None:
        """The fields of a request that the carrier signed (none for JSON or a GET), or None if it did not sign it."""
        given = {name.lower(): value for name, value in headers.items()}
        urls = self._place.urls(path_and_query)
        if not body_fits(path_and_query, raw_body, given.get("content-type", "")):
            return None
        is_form = media_type(given.get("content-type", "")) == FORM
        sent = fields(raw_body) if is_form else []
        return sent if self._signed(urls, sent, given) else None

    def verify_socket(self, path: str, headers: Mapping[str, str]) -> bool:
        """Whether the carrier signed this WebSocket handshake; it may have appended a slash to the path."""
        given = {name.lower(): value for name, value in headers.items()}
        socket = Place(SOCKETS[self._place.scheme], self._place.host, self._place.port, self._place.prefix)
        bare = path.rstrip("/")
        return self._signed((*socket.urls(bare), *socket.urls(f"{bare}/")), (), given)

    def _signed(self, urls: Iterable[str], sent: Fields, headers: Mapping[str, str]) -> bool:
        key, algorithm = named(headers.get(SETTINGS, ""))
        digest = DIGESTS.get(algorithm.upper())
        if digest is None:
            return False
        claimed = headers.get(SIGNATURE, "").encode()
        tail = tail_of(sent)
        return any(
            hmac.compare_digest(sign(secret, url + tail, digest), claimed)
            for secret in self._secrets(key)
            for url in urls
        )

    def _secrets(self, key: str | None) -> Iterator[bytes]:
        """A request that names a shared key is signed with that one and no other."""
        if key is None:
            yield from self._tokens
        elif key in self._keys:
            yield self._keys[key]


def place(public_url: str) -> Place:
    """Read the configured public URL. User and password in it are not part of what the carrier signs."""
    parts = urlsplit(public_url)
    if parts.scheme not in SOCKETS or not parts.hostname:
        raise ValueError("the public URL must look like https://phone.example.com")
    if parts.query or parts.fragment:
        raise ValueError("the public URL may hold a path, but no '?' and no '#'")
    host = parts.netloc.rpartition("@")[2]
    if parts.port is not None:
        host = host.rpartition(":")[0]
    return Place(parts.scheme, host, parts.port, parts.path.rstrip("/"))


def media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def body_fits(path_and_query: str, raw_body: bytes, content_type: str) -> bool:
    """A body that is not a form is signed only through its hash in the URL; without that anybody could swap it."""
    query = path_and_query.partition("?")[2]
    claimed = parse_qs(query).get(BODY_HASH) if query else None
    if claimed is not None:
        return hmac.compare_digest(sha256(raw_body).hexdigest().encode(), claimed[0].encode())
    return not raw_body or media_type(content_type) == FORM


def fields(raw_body: bytes) -> list[tuple[str, str]]:
    """Every field of a form, blanks included, in the order in which they came."""
    return parse_qsl(raw_body.decode("utf-8", "replace"), keep_blank_values=True)


def tail_of(sent: Fields) -> str:
    """What is signed after the URL: each distinct pair once, sorted by name, then by value."""
    return "".join(name + value for name, value in sorted(set(sent)))


def sign(secret: bytes, text: str, digest: str) -> bytes:
    return b64encode(hmac.digest(secret, text.encode("utf-8", "replace"), digest))


def named(header: str) -> tuple[str | None, str]:
    """(shared key's id or None, algorithm) from `key=<id>,algorithm=HMAC_SHA256`; no header means the auth token."""
    given: dict[str, str] = {}
    for part in header.split(","):
        name, separator, value = part.partition("=")
        if separator and value.strip():
            given.setdefault(name.strip(), value.strip())
    return given.get("key"), given.get("algorithm", DEFAULT_ALGORITHM)


KNOWN_TOKEN = "not-a-secret-0123456789"
KNOWN_URL = "https://phone.example.com/twilio/answer/7"
KNOWN_BODY = b"To=%2B15550100&Digits=&CallSid=CA00000000000000000000000000000001&Tag=b&Tag=a&Tag=b&City=K%C3%B6ln"
KNOWN: Mapping[str, str] = {
    "sha1": "JflHqEtnZpEt+7f/c0XhuxhgdBc=",
    "sha256": "f9kzC77afBlttSDuG0J3veCNPFFczXu42MmW9msbx8k=",
}
"""What the carrier's SDK makes of the three above; the tests hold them to it."""


def check_self() -> None:
    """Refuse to start with a broken check: it would let anybody in, or nobody. Raises RuntimeError."""
    text = KNOWN_URL + tail_of(fields(KNOWN_BODY))
    for digest, expected in KNOWN.items():
        if sign(KNOWN_TOKEN.encode(), text, digest).decode() != expected:
            raise RuntimeError(f"the signature self-test failed for {digest}: this Python cannot verify the carrier")
