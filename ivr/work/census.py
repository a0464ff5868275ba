"""Ask the carrier which of our calls still live.

Webhooks that were sent while no process stood, or that were lost on the way, are lost for good: a caller who hung up
then would stand in line for ever and be offered to agent after agent, and a caller whose agent vanished would stand
alone in a conference. So every start begins with a census of all running calls and agents' legs, and while anybody
stands in line or talks it is taken again for those. What ended meanwhile is told to the machines as if its webhook had
come late.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from ivr.errors import CarrierError, CarrierUnsure, HoldlessError
from ivr.flow.model import CallEnded
from routing.model import AgentGone, Offer

from .placing import Placing
from .ports import Calls, Carrier, Lines
from .roads import POOL

log = structlog.get_logger()
EVERY = timedelta(seconds=60)
AT_ONCE = 8
"""Questions to the carrier that may be under way beside each other."""
NEVER = datetime(1, 1, 1, tzinfo=UTC)


class RunningCalls(Protocol):
    def running(self) -> Iterable[str]: ...


class Census:
    """Counts who is still there.

    Safe to repeat: a call found gone twice is told once.
    """

    def __init__(self, carrier: Carrier, rows: RunningCalls, calls: Calls, line: Lines, placing: Placing) -> None:
        self._carrier = carrier
        self._rows = rows
        self._calls = calls
        self._line = line
        self._placing = placing
        self._last = NEVER

    def next_at(self) -> datetime | None:
        """When the next one is due: at once after a start, then as long as anybody stands in line or talks."""
        if self._last == NEVER:
            return NEVER
        line = self._line.look(POOL)
        return self._last + EVERY if line.entries or line.offers else None

    def take(self, now: datetime) -> int:
        """How many calls and agents' legs had gone without our hearing of it."""
        first, self._last = self._last == NEVER, now
        line = self._line.look(POOL)
        live = {entry.id for entry in line.entries.values() if entry.kind == "call"}
        calls = sorted({*live, *self._rows.running()} if first else live)
        legs = {offer.number: offer.leg or self._placing.leg(f"offer:{offer.number}") for offer in line.offers.values()}
        asked = [*calls, *(leg for leg in legs.values() if leg)]
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="census") as hands:
            left = {call for call, gone in zip(asked, hands.map(self._left, asked), strict=True) if gone}
        for call in calls:
            if call in left:
                self._tell(call, now)
        for offer in line.offers.values():
            if legs[offer.number] in left:
                self._agent_gone(offer, legs[offer.number], now)
        return len(left)

    def _tell(self, call: str, now: datetime) -> None:
        try:
            self._calls.tell(call, CallEnded("lost"), cause=f"census:{call}", now=now)
        except HoldlessError as error:
            log.exception("a call that is gone could not be told so", call=call, error=type(error).__name__)

    def _agent_gone(self, offer: Offer, leg: str, now: datetime) -> None:
        event = AgentGone(offer.number, "failed")
        self._line.handle(POOL, event, cause=f"census:{offer.number}:{leg}", now=now)

    def _left(self, call: str) -> bool:
        """Whether the carrier says the call is over; when it will not say, the call counts as living."""
        try:
            return not self._carrier.alive(call)
        except (CarrierError, CarrierUnsure) as error:
            log.warning("the carrier would not say whether a call lives", call=call, error=str(error))
            return False
