"""How the carrier signs a request: base64(HMAC(secret, URL + sorted name and value of every posted field)).

Source: the carrier's "Validating requests" page. Blank values count; of a repeated name the values are
deduplicated and sorted; a GET is signed by its URL alone; an https URL is signed without its port, an http URL with it;
user, password and fragment are never part of what is signed.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha1, sha256
from urllib.parse import urlsplit, urlunsplit

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The account's token (HMAC-SHA1, no settings header), or a shared key with an id (HMAC-SHA256)."""

    secret: str
    shared_key: str | None = None

    def headers(self, url: str, fields: Iterable[tuple[str, str]]) -> dict[str, str]:
        """The signature headers for a request that sends `fields` as its form (none for GET and WebSocket)."""
        signed = {SIGNATURE_HEADER: self._sign(signed_text(url, fields))}
        if self.shared_key is not None:
            signed[SETTINGS_HEADER] = f"key={self.shared_key},algorithm=HMAC_SHA256"
        return signed

    def _sign(self, text: str) -> str:
        algorithm = sha1 if self.shared_key is None else sha256
        mac = hmac.new(self.secret.encode(), text.encode(), algorithm)
        return base64.b64encode(mac.digest()).decode()


def signed_text(url: str, fields: Iterable[tuple[str, str]]) -> str:
    """The text under the HMAC: the URL as the receiver knows it, then each distinct field in order."""
    return signed_url(url) + "".join(name + value for name, value in sorted(set(fields)))


def signed_url(url: str) -> str:
    """The URL without user, password and fragment, and for https and wss without its port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme in ("https", "wss") and parts.port is not None:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
