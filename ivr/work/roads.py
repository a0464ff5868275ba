"""The only road from one machine to another: what each saved effect means elsewhere.

A call's effect becomes an event of the line or of a promise, or a request to the carrier; and so for the other two
machines. Each delivery has a cause made from the outbox row, so that delivering twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import assert_never
from urllib.parse import urlencode

import callbacks.model as promise
import ivr.flow.model as call
import routing.model as line
from config.hours import is_open
from ivr.calls.ports import Sites
from ivr.errors import CallGone, CarrierError, CarrierUnsure

from .missed import Missed
from .phones import AgentPhones
from .placing import Placing
from .ports import CallReader, Calls, Carrier, Customers, Leg, Lines, OutboxRow, PromiseReader, Promises
from .wording import Wording

POOL = "main"
"""One pool holds every queue and agent of a site; `routing.pools` splits it once a site needs more than one lock."""


@dataclass(frozen=True, slots=True)
class Machines:
    """The services that deliveries end in."""

    calls: Calls
    call_rows: CallReader
    line: Lines
    promises: Promises
    promise_rows: PromiseReader
    customers: Customers
    sites: Sites
    missed: Missed


@dataclass(frozen=True, slots=True)
class Parcel:
    """One effect on its way: who sent it, and the cause under which its events are journalled."""

    key: str
    cause: str
    now: datetime


class Roads:
    """Delivers one outbox row.

    Raises CarrierError or CarrierUnsure when it should be tried again later.
    """

    def __init__(self, machines: Machines, carrier: Carrier, placing: Placing, wording: Wording, base: str) -> None:
        self._to = machines
        self._carrier = carrier
        self._placing = placing
        self._phones = AgentPhones(carrier, placing, base)
        self._wording = wording
        self._base = base

    def deliver(self, row: OutboxRow, now: datetime) -> None:
        parcel = Parcel(row.key, f"outbox:{row.id}", now)
        match row.kind:
            case "call":
                self._from_call(row.action, parcel)
            case "line":
                self._from_line(row.action, parcel)
            case "callback":
                self._from_promise(row.action, parcel)
            case _:
                raise ValueError(f"the outbox holds an effect of an unknown machine {row.kind!r}")

    # -- from a call -------------------------------------------------------------------------------------------------

    def _from_call(self, action: object, at: Parcel) -> None:
        match action:
            case call.JoinQueue():
                self._arrive(self._live_entry(action, at), at)
            case call.LeaveQueue(_, reason):
                self._line(line.Left(at.key, reason), at)
            case call.LeaveAgent(offer, reason, callback):
                self._line(line.TalkEnded(offer, reason), at)
                if callback:
                    self._promise(callback, promise.TalkEnded(offer), at)
            case call.RequestCallback() | call.ConfirmCallback() | call.RefuseCallback() | call.CancelCallback():
                self._from_call_to_promise(action, at)
            case call.Remember(number, wish, shown_by):
                self._to.customers.remember(number, wish, shown_by, at.now)
            case call.FollowUp():
                self._to.missed.follow_up(at.key, action, at.now)
            case call.SendText(number, text, _):
                self._carrier.text(number, text)
            case call.Refresh():
                self._refresh(action, at)
            case _:
                raise ValueError(f"a call sent {type(action).__name__}, which leads nowhere")

    def _refresh(self, action: call.Refresh, at: Parcel) -> None:
        """Have the carrier come back for the current turn, unless it did already: a second redirect would tear a talk
        apart. A call that is gone ended without our hearing of it."""
        state = self._to.call_rows.read(at.key)
        if state is None or state.turn != action.turn or isinstance(state.place, call.Over):
            return
        if isinstance(state.place, call.WithAgent):
            offer = self._to.line.look(POOL).offers.get(state.place.offer)
            if offer is not None and offer.caller_in:
                return
        try:
            self._carrier.redirect(at.key, f"{self._base}/twilio/resume?{urlencode({'after': action.cause})}")
        except CallGone:
            self._to.calls.tell(at.key, call.CallEnded("lost"), cause=f"gone:{at.key}", now=at.now)

    def _from_call_to_promise(
        self,
        action: call.RequestCallback | call.ConfirmCallback | call.RefuseCallback | call.CancelCallback,
        at: Parcel,
    ) -> None:
        match action:
            case call.RequestCallback():
                self._book(action, at)
            case call.ConfirmCallback(callback, attempt):
                self._promise(callback, promise.Placed(attempt, at.key), at, "placed")
                self._promise(callback, promise.Confirmed(attempt), at)
            case call.RefuseCallback(callback, attempt, reason):
                self._promise(callback, promise.NotReached(attempt, reason), at)
            case call.CancelCallback(callback, reason):
                self._promise(callback, promise.Cancel(reason), at)
            case _:
                assert_never(action)

    def _live_entry(self, action: call.JoinQueue, at: Parcel) -> line.Entry:
        rules = self._to.sites.published.queues.get(action.queue)
        return line.Entry(
            id=at.key, kind="call", queue=action.queue, language=action.brief.language, skill=action.skill,
            arrived=action.since, head_start=action.head_start, patience=rules.patience if rules else 0.0,
            brief=asdict(action.brief),
        )  # fmt: skip

    def _arrive(self, entry: line.Entry, at: Parcel) -> None:
        site = self._to.sites.published
        self._line(line.Arrived(entry, open=is_open(site, entry.queue, at.now)), at)

    def _book(self, action: call.RequestCallback, at: Parcel) -> None:
        event = promise.Book(
            action.queue, action.number, action.brief.language, self._wording.words(action.brief), action.skill,
            asdict(action.brief),
        )  # fmt: skip
        self._promise(action.hold, event, at)
        prefix, _, chosen = action.hold.rpartition("-")
        for other in ("0", "1"):
            if other != chosen:
                self._promise(f"{prefix}-{other}", promise.Release(), at, other)

    # -- from the line -----------------------------------------------------------------------------------------------

    def _from_line(self, action: object, at: Parcel) -> None:
        match action:
            case line.Ring():
                self._ring(action, at)
            case line.StopRinging(offer, _, _):
                self._hang_up_leg(offer)
            case line.FreeAgent():
                self._free(action)
            case line.Verify():
                self._verify(action, at)
            case line.AgentWaits():
                self._agent_waits(action, at)
            case line.AgentLost():
                self._agent_lost(action, at)
            case line.Refused(entry, kind, reason):
                self._no_place(entry, kind, reason, at, refused=True)
            case line.GaveUp(entry, kind, reason):
                self._no_place(entry, kind, reason, at, refused=False)
            case _:
                raise ValueError(f"the line sent {type(action).__name__}, which leads nowhere")

    def _ring(self, action: line.Ring, at: Parcel) -> None:
        event = self._phones.ring(action, self._to.line.look(POOL), at.now)
        if event is None:
            return
        self._line(event, at)
        if isinstance(event, line.Rung) and action.offer not in self._to.line.look(POOL).offers:
            self._hang_up_leg(action.offer)  # over while the carrier was being asked

    def _verify(self, action: line.Verify, at: Parcel) -> None:
        if (event := self._phones.look(action, self._to.line.look(POOL))) is not None:
            self._line(event, at)

    def _hang_up_leg(self, offer: int) -> None:
        if leg := self._placing.leg(f"offer:{offer}"):
            self._quietly(lambda: self._carrier.hang_up(leg))

    def _free(self, action: line.FreeAgent) -> None:
        leg = action.leg or self._placing.leg(f"offer:{action.offer}")
        if not leg:
            return
        if action.notice:
            language = self._wording.voice(action.agent)
            self._quietly(lambda: self._carrier.say_and_hang_up(leg, action.notice, language))
        else:
            self._quietly(lambda: self._carrier.hang_up(leg))

    def _agent_waits(self, action: line.AgentWaits, at: Parcel) -> None:
        if action.offer not in self._to.line.look(POOL).offers:
            return  # over before we came to say so
        if action.kind == "call":
            self._call(action.entry, call.AgentJoined(action.offer, action.agent, action.agent_name), at)
        else:
            self._promise(action.entry, promise.AgentReserved(action.offer, action.agent), at)

    def _agent_lost(self, action: line.AgentLost, at: Parcel) -> None:
        """The leg rung for a promise is a call of its own once the person answered: both are told."""
        gone = call.AgentLeft(action.offer, action.reason)
        if action.kind == "call":
            self._call(action.entry, gone, at)
            return
        kept = self._to.promise_rows.read(action.entry)
        self._promise(action.entry, promise.AgentLost(action.offer), at)
        if kept is not None and isinstance(kept.stage, promise.Dialling | promise.Talking) and kept.stage.call:
            self._call(kept.stage.call, gone, at)

    def _no_place(self, entry: str, kind: str, reason: str, at: Parcel, *, refused: bool) -> None:
        if kind != "call":
            self._promise(entry, promise.LineGaveUp(reason), at)
            return
        state = self._to.call_rows.read(entry)
        if state is None:
            return
        news = call.QueueRefused(state.turn, reason) if refused else call.QueueGaveUp(state.turn, reason)
        self._call(entry, news, at)

    # -- from a promise ----------------------------------------------------------------------------------------------

    def _from_promise(self, action: object, at: Parcel) -> None:
        match action:
            case promise.EnterLine():
                self._arrive(self._due_entry(action), at)
            case promise.LeaveLine(callback, reason):
                self._line(line.Left(callback, reason), at)
            case promise.Dial():
                self._dial(action, at)
            case promise.Reconcile(callback, attempt):
                self._reconcile(callback, attempt, at)
            case promise.HangUp(leg):
                if leg:
                    self._quietly(lambda: self._carrier.hang_up(leg))
            case promise.FreeAgent(offer, reason):
                self._line(line.TalkEnded(offer, reason), at)
            case promise.Tell():
                if not self._outdated(action, at):
                    self._carrier.text(action.number, self._wording.told(action, at.now))
            case _:
                raise ValueError(f"a promise sent {type(action).__name__}, which leads nowhere")

    def _outdated(self, action: promise.Tell, at: Parcel) -> bool:
        """Whether a window was booked and the person has been promised another one since: that one is told alone."""
        kept = self._to.promise_rows.read(at.key)
        return action.kind == "booked" and kept is not None and kept.stage == promise.Closed("moved")

    def _due_entry(self, action: promise.EnterLine) -> line.Entry:
        rules = self._to.sites.published.queues.get(action.queue)
        return line.Entry(
            id=action.callback, kind="callback", queue=action.queue, language=action.language, skill=action.skill,
            arrived=action.since, head_start=0.0, patience=rules.patience if rules else 0.0, brief=action.brief,
        )  # fmt: skip

    def _leg(self, callback: str, attempt: int, number: str, ring: float) -> Leg:
        return Leg(
            effect=f"callback:{callback}:{attempt}", number=number, ring=ring,
            url=f"{self._base}/twilio/callback/{callback}/{attempt}",
            status_url=f"{self._base}/twilio/status/callback/{callback}/{attempt}",
        )  # fmt: skip

    def _dial(self, action: promise.Dial, at: Parcel) -> None:
        self._place(self._leg(action.callback, action.attempt, action.number, action.ring), action, at)

    def _reconcile(self, callback: str, attempt: int, at: Parcel) -> None:
        kept = self._to.promise_rows.read(callback)
        if kept is not None:
            leg = self._leg(callback, attempt, kept.number, 30.0)
            self._place(leg, promise.Reconcile(callback, attempt), at)

    def _given_up(self, callback: str, attempt: int) -> bool:
        """Whether an attempt ended before it was placed: then nobody is rung for it any more."""
        kept = self._to.promise_rows.read(callback)
        return kept is None or any(one.number == attempt and one.outcome for one in kept.attempts)

    def _place(self, leg: Leg, action: promise.Dial | promise.Reconcile, at: Parcel) -> None:
        try:
            if self._given_up(action.callback, action.attempt):
                placed = self._placing.find(leg)
                if placed is None:
                    return self._promise(action.callback, promise.PlacingFailed(action.attempt, "given up"), at)
            else:
                placed = self._placing.place(leg, at.now)
        except CarrierUnsure:
            if isinstance(action, promise.Dial):
                return  # the reconcile timer asks again; dialling blindly is forbidden
            raise
        except CarrierError as error:
            if error.retry_create:
                raise
            self._promise(action.callback, promise.PlacingFailed(action.attempt, str(error)), at)
            return
        self._promise(action.callback, promise.Placed(action.attempt, placed), at)

    # -- the last yards ----------------------------------------------------------------------------------------------

    def _call(self, key: str, event: call.CallEvent, at: Parcel) -> None:
        self._to.calls.tell(key, event, cause=at.cause, now=at.now)

    def _line(self, event: line.LineEvent, at: Parcel) -> None:
        self._to.line.handle(POOL, event, cause=at.cause, now=at.now)

    def _promise(self, key: str, event: promise.CallbackEvent, at: Parcel, part: str = "") -> None:
        cause = f"{at.cause}:{part}" if part else at.cause
        self._to.promises.handle(key, event, cause=cause, now=at.now)

    def _quietly(self, ask: Callable[[], None]) -> None:
        """Do it, unless the call is gone: then there is nobody left to do it to."""
        try:
            ask()
        except CallGone:
            return
