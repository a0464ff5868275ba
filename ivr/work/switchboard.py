"""Where the carrier's requests meet the machines: fits `ivr.web.ports.Conversations`.

Law: what a request says is committed before it is answered; what follows from it elsewhere is left to the worker.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from callbacks.model import CallbackEvent, Dialling, Placed
from ivr.calls.ports import Reply, Said
from ivr.calls.service import CallService
from ivr.flow.model import AgentLeft, CallbackLeg, Caller, CallEvent, Started
from ivr.twilio.agents import AgentLeg
from routing.model import Entry, LineEvent

from .missed import CONTINUED, HANDED_OVER, LOST, OPEN, STOPPED, Stream, Streams
from .placing import Placing
from .ports import Lines, PromiseReader, Promises
from .roads import POOL
from .wording import Wording


class Switchboard:
    """One clock, three machines, and the words an agent hears."""

    def __init__(
        self, calls: CallService, line: Lines, promises: "PromiseDesk", legs: tuple[Placing, Wording, Streams],
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._calls = calls
        self._line = line
        self._promises = promises
        self._placing, self._wording, self._streams = legs
        self._clock = clock

    def handle(self, call: str, event: CallEvent, cause: str) -> Reply:
        return self._calls.handle(call, event, cause=cause, now=self._clock())

    def said(self, call: str, words: Said, cause: str) -> Reply:
        return self._calls.said(call, words, cause=cause, now=self._clock())

    def resume(self, call: str, after: str) -> Reply:
        return self._calls.resume(call, self._clock(), after=after)

    def streamed(self, call: str, stream: str) -> tuple[Reply, bool]:
        row = self._streams.get(stream)
        if row is None or row.call != call:
            return self.resume(call, ""), False
        return self._calls.resume(call, self._clock(), heard=row.heard), self._in_order(row)

    def streams_well(self, call: str) -> bool:
        row = self._streams.last_of(call)
        return row is None or self._in_order(row)

    def _in_order(self, row: Stream) -> bool:
        """What broke goes on without a stream: from here on nobody takes its caller for cut off."""
        if row.outcome in (OPEN, LOST):
            self._streams.end(row.id, CONTINUED, 0)
        return row.outcome in (HANDED_OVER, STOPPED)

    def left_talk(self, call: str, left: AgentLeft, cause: str) -> Reply:
        """While the line still counts the agent in, the conference's own news is on its way and knows why the talk
        ended: nothing to do for a moment, then the carrier asks again."""
        offer = self._line.look(POOL).offers.get(left.offer)
        if offer is not None and offer.agent_in:
            return Reply((), self.resume(call, "").state)
        return self.handle(call, left, cause)

    def picked_up(self, call: str, callback: str, attempt: int, cause: str) -> Reply:
        """A promise that moved on meanwhile makes this an ordinary call: whoever picked up is never left without
        words."""
        self._placing.arrived(f"callback:{callback}:{attempt}", call, self._clock())
        self.promise(callback, Placed(attempt, call), f"placed:{call}")
        kept = self._promises.read(callback)
        number = kept.number if kept is not None else ""
        leg = None
        if kept is not None and isinstance(kept.stage, Dialling) and kept.stage.attempt == attempt:
            leg = CallbackLeg(callback, attempt, kept.stage.offer, kept.stage.agent, kept.words, kept.language)
        return self.handle(call, Started(Caller(number), self._wording.own_number(), leg), cause)

    def agent(self, offer: int, call: str) -> AgentLeg | None:
        """What the agent's leg `call` meets: the open offer, and who is waiting behind it."""
        line = self._line.look(POOL)
        made = line.offers.get(offer)
        entry = line.entries.get(made.entry) if made else None
        agent = line.agents.get(made.agent) if made else None
        if made is None or entry is None or agent is None:
            return None
        self._placing.arrived(f"offer:{offer}", call, self._clock())
        language = self._wording.voice(agent.id)
        return AgentLeg(offer, agent.id, language, self._brief(entry, language), made.accepted is not None)

    def entered(self, call: str, offer: int) -> None:
        if offer not in self._line.look(POOL).offers:
            cause = f"alone:{call}:{offer}"
            self._calls.tell(call, AgentLeft(offer, "failed"), cause=cause, now=self._clock())

    def line(self, event: LineEvent, cause: str) -> None:
        self._line.handle(POOL, event, cause=cause, now=self._clock())

    def promise(self, callback: str, event: CallbackEvent, cause: str) -> None:
        self._promises.handle(callback, event, cause=cause, now=self._clock())

    def _brief(self, entry: Entry, language: str) -> str:
        waited = max(0.0, (self._clock() - entry.arrived).total_seconds())
        return self._wording.brief(entry.kind, entry.brief, language, waited)


class PromiseDesk(Promises, PromiseReader, Protocol):
    """Promises, read and moved."""
