"""Calls that a broken stream has ended: the caller did not hang up, so we call back.

Law: a stream that the carrier ended, or that we closed, is no accident; one whose row still says that it is open a
while after its call has ended belonged to a process that died.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from callbacks.model import Book, Callback
from ivr.calls.ports import Sites
from ivr.errors import CarrierUnsure
from ivr.flow.current import brief
from ivr.flow.model import CallState, FollowUp
from ivr.flow.places import default_queue

from .ports import CallReader, Promises
from .wording import Wording

log = structlog.get_logger()

OPEN, LOST, STOPPED, HANDED_OVER, CONTINUED = "", "lost", "stopped", "handed over", "continued"
"""How a stream's row says it stands; "continued" is one that broke and whose call went on."""
GRACE = timedelta(seconds=5)
"""How long after the end of a call its stream may still say how it ended."""


class Stream(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def call(self) -> str: ...

    @property
    def outcome(self) -> str: ...

    @property
    def heard(self) -> int: ...


class Streams(Protocol):
    def get(self, id: str) -> Stream | None: ...

    def last_of(self, call: str) -> Stream | None: ...

    def end(self, id: str, outcome: str, heard: int) -> None: ...


class Windows(Promises, Protocol):
    def offer(self, ids: tuple[str, ...], queue: str, number: str, now: datetime) -> tuple[Callback, ...]: ...


class Missed:
    """Promises a call to whom a stream has cut off."""

    def __init__(self, streams: Streams, calls: CallReader, promises: Windows, sites: Sites, wording: Wording) -> None:
        self._streams = streams
        self._calls = calls
        self._promises = promises
        self._sites = sites
        self._wording = wording

    def follow_up(self, call: str, action: FollowUp, now: datetime) -> None:
        """Book the next window, if the call was cut off. Raises CarrierUnsure while that is not known."""
        stream, state = self._streams.last_of(call), self._calls.read(call)
        if stream is None or state is None or stream.outcome not in (OPEN, LOST):
            return
        if stream.outcome == OPEN and now - action.at < GRACE:
            raise CarrierUnsure("whether the caller hung up or the stream broke is not known yet")
        log.warning("a stream broke and its call ended with it", call=call, booked=self._book(state, now))

    def _book(self, state: CallState, now: datetime) -> bool:
        """Whether there is a promise; there may be one already, or no number, or no window."""
        site, number = self._sites.of(state.version), state.caller.number
        queue = default_queue(site, state)
        if not number or queue is None:
            return False
        held = self._promises.offer((f"{state.call}-missed",), queue, number, now)
        for one in held:
            kept = brief(site, state)
            told: Mapping[str, object] = asdict(kept)
            event = Book(queue, number, state.language, self._wording.words(kept), state.route.skill, told)
            self._promises.handle(one.id, event, cause=f"missed:{state.call}", now=now)
        return bool(held)
