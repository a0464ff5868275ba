"""Signed forms as the carrier sends them: 29 fields each, blanks included, in a raw HTTP/1.1 request.

Every caller has a number of their own, so that nothing can be kept from one call for the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

BASE = "https://bench.example"
TOKEN = "bench-token"
ACCOUNT = "AC" + "0" * 32
OURS = "+15550100100"
FIELDS = 29


@dataclass(frozen=True, slots=True)
class Question:
    """One request on the wire, and what its answer must hold to count."""

    wire: bytes
    must: bytes


def posted(path: str, form: Mapping[str, str]) -> bytes:
    """A signed POST on a connection that is kept."""
    assert len(form) == FIELDS
    body = urlencode(form).encode()
    signature = RequestValidator(TOKEN).compute_signature(BASE + path, dict(form))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench.example\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {signature}\r\nI-Twilio-Idempotency-Token: {form['CallSid'][2:]}\r\nAccept: */*\r\n\r\n"
    )
    return head.encode() + body


def common(call: str, caller: str, status: str) -> dict[str, str]:
    places = {
        f"{who}{part}": "" if part in ("City", "Zip") else "US"
        for who in ("From", "To", "Caller", "Called")
        for part in ("City", "State", "Zip", "Country")
    }
    return {
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": call, "CallStatus": status, "Called": OURS,
        "Caller": caller, "Direction": "inbound", "From": caller, "To": OURS, **places, "StirVerstat": "TN-Validation",
    }  # fmt: skip


def opening(call: str, caller: str) -> bytes:
    """A call comes in."""
    more = {"CallToken": "t" * 64, "CallerName": "", "ForwardedFrom": ""}
    return posted("/twilio/voice", {**common(call, caller, "ringing"), **more})


def pressed(call: str, caller: str) -> bytes:
    """The caller presses 1 at the first question."""
    more = {"Digits": "1", "FinishedOnKey": "", "msg": "Gather End"}
    return posted("/twilio/answer/1", {**common(call, caller, "in-progress"), **more})
