"""An agent's leg at the carrier: rung in time or not at all, and looked for when news of it may be lost.

Law: what the carrier did not do is never held against an agent. Each method says what the line must hear.
"""

from datetime import datetime

from ivr.errors import CarrierError, CarrierUnsure
from routing.model import (
    AgentEntered,
    CallerEntered,
    Line,
    LineEvent,
    NotThere,
    Offer,
    OfferRefused,
    Ring,
    Rung,
    Verify,
)

from .placing import Placing
from .ports import Carrier, Leg

LEAST_RING = 5.0
"""Seconds that a phone rings at least."""


class AgentPhones:
    """Asks the carrier for the line."""

    def __init__(self, carrier: Carrier, placing: Placing, base: str) -> None:
        self._carrier = carrier
        self._placing = placing
        self._base = base

    def ring(self, action: Ring, line: Line, now: datetime) -> LineEvent | None:
        """Ring the agent of an open offer. None: the offer is over, nobody is rung.

        In its second half an offer rings nobody any more: too little is left to answer in, and the caller has waited.
        Raises CarrierError or CarrierUnsure before that, to be tried again.
        """
        offer, agent = line.offers.get(action.offer), line.agents.get(action.agent)
        if offer is None or agent is None:
            return None
        if agent.contact == "desk":
            return Rung(action.offer)  # the desk shows the offer and dials in
        leg = Leg(
            effect=f"offer:{action.offer}", number=agent.contact, url=f"{self._base}/twilio/agent/{action.offer}",
            status_url=f"{self._base}/twilio/status/agent/{action.offer}",
            ring=max(LEAST_RING, (action.until - now).total_seconds()),
        )  # fmt: skip
        if late(offer, now):
            return Rung(action.offer) if self._rang(leg, now) else self._refused(action, "unplaced")
        try:
            self._placing.place(leg, now)
        except CarrierError as error:
            if error.retry:
                raise
            return self._refused(action, "failed")
        return Rung(action.offer)

    def look(self, action: Verify, line: Line) -> LineEvent | None:
        """Who is awaited, if they stand in the offer's conference; a caller stands there only with the agent.

        None: nobody is awaited any more. Raises CarrierError or CarrierUnsure when the carrier does not say.
        """
        offer = line.offers.get(action.offer)
        if offer is None or offer.caller_in or not offer.asked:
            return None
        inside = self._carrier.participants(f"offer-{action.offer}")
        match action.who:
            case "agent" if "agent" in inside:
                return AgentEntered(action.offer, inside["agent"])
            case "caller" if {"agent", "caller"} <= inside.keys():
                return CallerEntered(action.offer)
            case _:
                return NotThere(action.offer, action.who)

    def _rang(self, leg: Leg, now: datetime) -> bool:
        """Whether an earlier try has placed the leg after all; a carrier that will not say counts as a no."""
        try:
            call = self._placing.find(leg)
        except (CarrierError, CarrierUnsure):
            return False
        if call:
            self._placing.arrived(leg.effect, call, now)
        return bool(call)

    def _refused(self, action: Ring, reason: str) -> OfferRefused:
        return OfferRefused(action.offer, action.agent, reason)


def late(offer: Offer, now: datetime) -> bool:
    """Whether an offer that nobody has accepted is in its second half."""
    return offer.accepted is None and now - offer.made >= (offer.until - offer.made) / 2
