"""Asking the carrier to ring somebody, once.

A row that names the leg is committed before the carrier is asked. If the row is there already, somebody asked before
us: then the carrier is asked whether the call exists, and only a clear no lets us ring. An unknown outcome stays
unknown until the carrier has had time to show the call in its list (its call list is eventually consistent).
"""

from datetime import datetime, timedelta

from ivr.errors import CarrierError, CarrierUnsure

from .ports import Carrier, Leg, Placements

SETTLED = timedelta(seconds=20)
"""How long after an unknown outcome the carrier's list of calls is believed when it says no."""


class Placing:
    """Rings a leg at most once per effect name."""

    def __init__(self, carrier: Carrier, placements: Placements) -> None:
        self._carrier = carrier
        self._placements = placements

    def place(self, leg: Leg, now: datetime) -> str:
        """The carrier's id of the leg's call.

        Raises CarrierUnsure while nobody knows whether it was placed, CarrierError when the carrier refused.
        """
        if not self._placements.claim(leg.effect, now):
            return self._known(leg, now)
        try:
            call = self._carrier.call(leg)
        except CarrierError as error:
            if error.retry_create:
                self._placements.release(leg.effect)  # refused unprocessed: the only case that is safe to repeat
            else:
                self._placements.set(leg.effect, "", "failed")
            raise
        self._placements.set(leg.effect, call, "placed")
        return call

    def find(self, leg: Leg) -> str | None:
        """The call of a leg that an earlier try may have placed; rings nobody."""
        row = self._placements.get(leg.effect)
        if row is None or row.call:
            return row.call if row else None
        return self._carrier.find(leg, row.at)

    def leg(self, effect: str) -> str:
        """The call of an effect, or "" when none is known."""
        row = self._placements.get(effect)
        return row.call if row else ""

    def arrived(self, effect: str, call: str, now: datetime) -> None:
        """A webhook of the leg itself came: now its call is known, whatever the answer to our request was."""
        self._placements.claim(effect, now)
        self._placements.set(effect, call, "placed")

    def _known(self, leg: Leg, now: datetime) -> str:
        row = self._placements.get(leg.effect)
        if row is None:
            return self.place(leg, now)
        if row.call:
            return row.call
        if (call := self._carrier.find(leg, row.at)) is not None:
            self._placements.set(leg.effect, call, "placed")
            return call
        if now - row.at < SETTLED:
            raise CarrierUnsure(f"whether the leg {leg.effect} was placed is not known yet")
        self._placements.release(leg.effect)
        return self.place(leg, now)
