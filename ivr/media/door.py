"""Who may open a stream: the document that invites one, the check when it begins, the word when it ends.

Laws: a token fits one call, for a short while, and opens one stream; making one costs no look at the database. A call
whose language cannot be heard or spoken here is not invited, and why is said once.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from ivr.calls.ports import Reply
from ivr.flow.model import Listen
from ivr.twilio.streaming import Invitation

from .leg import Ending
from .messages import Begun
from .ports import Speech

log = structlog.get_logger()

VALID = 120
"""Seconds from the document to the beginning of its stream."""
PURPOSE = b"the token of a media stream"


class StreamRows(Protocol):
    def open(self, id: str, call: str, now: datetime) -> bool: ...

    def end(self, id: str, outcome: str, heard: int) -> None: ...


class Door:
    """`secrets` are the carrier's tokens, the one we sign with first; `new_id` gives unique names."""

    def __init__(
        self, secrets: Sequence[str], rows: StreamRows, speech: Speech, new_id: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._keys = [hmac.digest(secret.encode(), PURPOSE, "sha256") for secret in secrets]
        self._rows = rows
        self._speech = speech
        self._new_id = new_id
        self._clock = clock
        self._said: set[str] = set()

    def invite(self, reply: Reply, after: str) -> Invitation | None:
        """An invitation to converse by stream, where the reply ends in a question that can be put here."""
        asked = next((one for one in reversed(reply.actions) if isinstance(one, Listen)), None)
        if reply.state is None or asked is None or reply.actions[-1] is not asked:
            return None
        if lacking := self._speech.lacking(reply.state.language):
            self._say_once(lacking)
            return None
        stream, until = self._new_id(), int(self._clock().timestamp()) + VALID
        token = f"{stream}.{until}.{self._sign(self._keys[0], reply.state.call, stream, until)}"
        return Invitation(stream, token, after)

    def admit(self, begun: Begun) -> str | None:
        """The stream that this one is, now open; None for a token that is false, late, another call's, or used."""
        stream, _, rest = begun.parameters.get("token", "").partition(".")
        written, _, mac = rest.partition(".")
        until = int(written) if written.isascii() and written.isdecimal() and len(written) < len("9" * 12) else 0
        signed = any(
            hmac.compare_digest(self._sign(key, begun.call, stream, until).encode(), mac.encode()) for key in self._keys
        )
        now = self._clock()
        if not signed or now.timestamp() > until or not self._rows.open(stream, begun.call, now):
            return None
        return stream

    def leave(self, stream: str, ending: Ending) -> None:
        """The stream is over."""
        self._rows.end(stream, ending.outcome, ending.heard)

    def _sign(self, key: bytes, call: str, stream: str, until: int) -> str:
        mac = hmac.digest(key, f"{call} {stream} {until}".encode(), "sha256")
        return urlsafe_b64encode(mac).decode().rstrip("=")

    def _say_once(self, lacking: str) -> None:
        if lacking not in self._said:
            self._said.add(lacking)
            log.warning("calls are heard by the carrier's <Gather>", why=lacking)
