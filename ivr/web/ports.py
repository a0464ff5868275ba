"""What the carrier's requests ask of the machines behind them.

Implemented below `ivr/web`, by shape. Every method is called in a worker thread, commits before it returns, and may
be called again with the same cause: then it answers as before and changes nothing. The clock is the implementation's
own.
"""

from datetime import datetime
from typing import Protocol

from callbacks.model import CallbackEvent
from ivr.calls.ports import Reply, Said
from ivr.flow.model import AgentLeft, CallEvent
from ivr.twilio.agents import AgentLeg
from routing.model import LineEvent


class Conversations(Protocol):
    """One method for each kind of news.

    A `Reply` with state None means that nobody knows the call.
    """

    def handle(self, call: str, event: CallEvent, cause: str) -> Reply:
        """One event of a call; a Started begins it."""
        ...

    def said(self, call: str, words: Said, cause: str) -> Reply:
        """Words of the caller, still to be understood."""
        ...

    def resume(self, call: str, after: str) -> Reply:
        """The current turn again.

        No event, no cause; a look-up that is still open is run. `after`, when not empty, is the cause of an event
        from outside whose actions the caller has yet to hear.
        """
        ...

    def streamed(self, call: str, stream: str) -> tuple[Reply, bool]:
        """What follows a stream that is over, and whether it was over in order.

        The current turn, without what the caller has heard on the stream already.
        """
        ...

    def streams_well(self, call: str) -> bool:
        """Whether the last stream of a call, if it had one, ended in order."""
        ...

    def left_talk(self, call: str, left: AgentLeft, cause: str) -> Reply:
        """The caller came out of the conference of `left.offer` alive.

        Apply `left` if the agent is really gone (the line knows, and may know a truer reason); else give the current
        turn, which joins again.
        """
        ...

    def picked_up(self, call: str, callback: str, attempt: int, cause: str) -> Reply:
        """The leg that we rang for a promise was answered: begin its call with Started(callback=...).

        `call` may be new to us, if the carrier's answer to our request was lost.
        """
        ...

    def agent(self, offer: int, call: str) -> AgentLeg | None:
        """An open offer as its agent's leg `call` meets it; None when the offer is over."""
        ...

    def entered(self, call: str, offer: int) -> None:
        """The caller's leg `call` stands in the conference of an offer.

        If that is over, nobody else is there: the caller is taken out again.
        """
        ...

    def line(self, event: LineEvent, cause: str) -> None:
        """News of an offer for the line."""
        ...

    def promise(self, callback: str, event: CallbackEvent, cause: str) -> None:
        """News of a leg that we rang for a promise."""
        ...


class Settling(Protocol):
    """The server under somebody else's clock."""

    def settle(self, now: datetime) -> datetime | None:
        """Perform everything that is due by `now`; the next moment at which there is something to do."""
        ...
