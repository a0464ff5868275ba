"""What becomes of a fault at the edge: logged with static sentences and without personal data.

Law: an exception's own words may hold a number or what a caller said, so they are never logged; its kind and the places
it passed through are. Only BadWebhook speaks for itself: its sentences name fields, never values.
"""

import traceback
from pathlib import PurePath

import structlog

from ivr.errors import BadWebhook

log = structlog.get_logger()

FRAMES = 6
NEARLY_FULL = 40_000
"""Bytes of a document from which on the renderer may have cut what was to be spoken."""


def refused(path: str) -> None:
    """Somebody asked who could not sign as the carrier does; most often our public URL is not the one they know."""
    log.warning("a request without the carrier's signature was refused", path=path)


def too_slow(route: str, call: str, seconds: float) -> None:
    log.error(
        "no answer within the carrier's patience; the caller hears the rescue", route=route, call=call, limit=seconds
    )


def failed(route: str, call: str, error: Exception) -> None:
    """A signed request that we could not handle."""
    if isinstance(error, BadWebhook):
        log.warning("a signed request lacks what it must have", route=route, call=call, lacks=str(error))
        return
    log.error("a request failed; the caller hears the rescue", route=route, call=call, **where(error))


def nearly_full(route: str, call: str, size: int) -> None:
    log.warning(
        "a document comes near the carrier's limit; words may have been cut", route=route, call=call, bytes=size
    )


def where(error: BaseException) -> dict[str, str]:
    """The kind of an exception, of what it came from, and the last places it passed through."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = " > ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    found = {"fault": type(error).__name__, "places": places}
    cause = error.__cause__ or error.__context__
    return {**found, "because": type(cause).__name__} if cause is not None else found
