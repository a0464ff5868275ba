"""Connection overrides: the part of a webhook's URL after #, with which an application sets its limits.

Source: the carrier's "Connection overrides": ct and rt, tt in milliseconds, rc retries, rp what to retry on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urldefrag

LEAST = 100
"""Milliseconds; no limit may be shorter."""
REASONS = ("4xx", "5xx", "ct", "rt")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, to read and in all; how often to try again, and after what."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})


def split(url: str) -> tuple[str, Limits]:
    """The URL without its fragment, and the limits which the fragment sets; values out of range are ignored."""
    bare, fragment = urldefrag(url)
    given: Mapping[str, str] = dict(parse_qsl(fragment))
    limits = Limits()
    if (ct := _milliseconds(given.get("ct", ""), 10_000)) is not None:
        limits = replace(limits, connect=ct)
    if (rt := _milliseconds(given.get("rt", ""), 15_000)) is not None:
        limits = replace(limits, read=rt)
    if (tt := _milliseconds(given.get("tt", ""), 15_000)) is not None:
        limits = replace(limits, total=tt)
    if (rc := given.get("rc", "")).isdecimal() and int(rc) in range(6):
        limits = replace(limits, retries=int(rc))
    if wanted := set(given.get("rp", "").split(",")) & {*REASONS, "all"}:
        limits = replace(limits, retry_on=frozenset(REASONS if "all" in wanted else wanted))
    return bare, limits


def _milliseconds(text: str, most: int) -> float | None:
    return int(text) / 1000 if text.isdecimal() and LEAST <= int(text) <= most else None
