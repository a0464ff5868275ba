"""After a silence, ask the carrier which of our calls still live.

Webhooks that were sent while no process stood are lost for good: a caller who hung up then would stand in line for
ever, and a caller whose agent vanished would stand alone in a conference. So every start begins with a census of
running calls and of agents' legs; what ended meanwhile is told to the machines as if its webhook had come late.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import structlog

from ivr.errors import CarrierError, CarrierUnsure
from ivr.flow.model import CallEnded
from routing.model import AgentGone

from .placing import Placing
from .ports import Calls, Carrier, Lines
from .roads import POOL

log = structlog.get_logger()


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

    def take(self, now: datetime) -> int:
        """How many calls and agents' legs had gone without our hearing of it."""
        gone = 0
        for call in list(self._rows.running()):
            if self._left(call):
                self._calls.tell(call, CallEnded("lost"), cause=f"census:{call}", now=now)
                gone += 1
        for offer in list(self._line.look(POOL).offers.values()):
            leg = offer.leg or self._placing.leg(f"offer:{offer.number}")
            if leg and self._left(leg):
                event = AgentGone(offer.number, "failed")
                self._line.handle(POOL, event, cause=f"census:{offer.number}:{leg}", now=now)
                gone += 1
        return gone

    def _left(self, call: str) -> bool:
        """Whether the carrier says the call is over; when it will not say, the call counts as living."""
        try:
            return not self._carrier.alive(call)
        except (CarrierError, CarrierUnsure) as error:
            log.warning("the carrier would not say whether a call lives", call=call, error=str(error))
            return False
