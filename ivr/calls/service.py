"""One event at a time per call, whichever worker it arrives at.

Lock the call's row, step, save, commit: nothing else happens under the lock. Look-ups run after the commit, in the
same request, and come back as events of their own. A repeated request gets the answer it got before, as long as the
call still stands where that answer left it; otherwise the current turn.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from config.site import Site
from ivr.flow.current import at_place
from ivr.flow.model import (
    Action,
    Asking,
    CallEnded,
    CallEvent,
    CallState,
    CancelCallback,
    CancelTimer,
    Choosing,
    ConfirmCallback,
    Due,
    EndCall,
    Facts,
    Fetch,
    Fetching,
    FollowUp,
    Heard,
    InLine,
    Join,
    JoinQueue,
    LeaveAgent,
    LeaveQueue,
    Listen,
    Over,
    Record,
    Refresh,
    RefuseCallback,
    Remember,
    RequestCallback,
    SendText,
    SetTimer,
    Speak,
    Started,
    Step,
    Transfer,
    WithAgent,
)
from ivr.flow.needs import queues_of
from ivr.flow.step import begin, current, step
from speech.understand.model import Understood

from .expect import expects
from .ports import CallRows, Ears, LockedCall, LookUps, Reply, Said, Sites, Surroundings, Timer

EFFECTS = (
    JoinQueue, LeaveQueue, RequestCallback, ConfirmCallback, RefuseCallback, CancelCallback, LeaveAgent, SendText,
    Remember, Refresh,
)  # fmt: skip
RENDERED = (Speak, Listen, Fetch, Join, JoinQueue, Transfer, Record, EndCall)
CHAIN = 8
"""Look-ups that may follow one another without the caller being asked anything; a flow cannot spin a request
longer."""


class CallService:
    """Calls, one event at a time.

    `handle` answers a request of the carrier; `tell` brings news from outside one.
    """

    def __init__(  # noqa: PLR0913 - its five ports, and how it listens
        self, rows: CallRows, sites: Sites, around: Surroundings, look_ups: LookUps, ears: Ears, *,
        streamed: bool = False,
    ) -> None:  # fmt: skip
        """`streamed`: conversations may be by stream, so the end of one may be a broken line."""
        self._streamed = streamed
        self._rows = rows
        self._sites = sites
        self._around = around
        self._look_ups = look_ups
        self._ears = ears

    def handle(self, call: str, event: CallEvent, *, cause: str, now: datetime) -> Reply:
        """Step once, then run the look-ups the step asked for.

        The reply holds every action since, in order.
        """
        return self._follow(call, self._once(call, event, cause=cause, now=now), now)

    def said(self, call: str, words: Said, *, cause: str, now: datetime) -> Reply:
        """Understand between decoding and the lock: if the turn moves meanwhile, the answer is stale and harmless."""
        state = self._rows.read(call)
        if state is None:
            return Reply((), None)
        site = self._sites.of(state.version)
        meant = self._ears.understand(site, words.text, state.language, expects(site, state))
        confidence = sure(meant, words.confidence)
        heard = Heard(words.turn, words.text, meant.intent, dict(meant.slots), round(confidence, 3), meant.by)
        return self.handle(call, heard, cause=cause, now=now)

    def resume(self, call: str, now: datetime, *, after: str = "", heard: int = 0) -> Reply:
        """The current turn again: changes nothing but an unfinished look-up, which is run.

        With `after`, the cause of an event from outside, what that event said is heard first. `heard` is the turn whose
        words the caller has heard to the end, if any: those are not said again.
        """
        state = self._rows.read(call)
        if state is None:
            return Reply((), None)
        site = self._sites.of(state.version)
        reply = Reply(at_place(site, state) if heard == state.turn else current(site, state), state)
        if after:
            with self._rows.locked(call) as row:
                told = row.already_did(after)
                reply = self._again(site, row, told) if told is not None and row.state is not None else reply
        return self._follow(call, reply, now)

    def tell(self, call: str, event: CallEvent, *, cause: str, now: datetime, due: int | None = None) -> None:
        """News from outside the carrier's requests: what it changes for the caller is fetched by a Refresh."""
        state = self._rows.read(call)
        if state is None:
            return
        site = self._sites.of(state.version)
        facts = self._around.facts(site, sorted(queues_of(site, state)), now, call)
        with self._rows.locked(call) as row:
            if (due is not None and not row.claim(due)) or row.already_did(cause) is not None or row.state is None:
                return
            before = row.state
            result = step(site, before, event, facts, now)
            stands = (isinstance(before.place, InLine) and before.place.parked) or isinstance(before.place, WithAgent)
            audible = any(isinstance(action, RENDERED) for action in result.actions)
            refresh = (Refresh(result.state.turn, cause),) if audible and (stands or isinstance(event, Due)) else ()
            self._save(row, Step(result.state, (*result.actions, *refresh)), event, facts, (cause, now))

    def _once(self, call: str, event: CallEvent, *, cause: str, now: datetime) -> Reply:
        """One step. A call that begins is not looked for before the lock, where it mostly is not."""
        seen = None if isinstance(event, Started) else self._rows.read(call)
        reply = self._stepped(call, event, seen, (cause, now))
        if isinstance(reply, CallState):
            reply = self._stepped(call, event, reply, (cause, now))
        assert isinstance(reply, Reply)
        return reply

    def _stepped(
        self, call: str, event: CallEvent, seen: CallState | None, at: tuple[str, datetime]
    ) -> Reply | CallState:
        """The reply; or the call as it was found under the lock, unchanged, if nobody had seen it before."""
        cause, now = at
        site = self._sites.published if seen is None else self._sites.of(seen.version)
        if isinstance(event, Started) and not event.caller.known:
            event = Started(self._around.caller(site, event.caller.number), event.dialled, event.callback)
        facts = self._around.facts(site, sorted(queues_of(site, seen)), now, call)
        with self._rows.locked(call) as row:
            before = row.already_did(cause)
            if seen is None and row.state is not None:
                return row.state
            if before is not None and row.state is not None:
                return self._again(site, row, before)
            if row.state is None:
                if not isinstance(event, Started):
                    return Reply((), None)
                result = begin(site, call, event, facts, now)
            else:
                result = step(site, row.state, event, facts, now)
                if result.state is row.state and not result.actions:
                    return Reply(current(site, row.state), row.state)
            self._save(row, result, event, facts, at)
        return Reply(result.actions, result.state)

    def _again(self, site: Site, row: LockedCall, before: tuple[Action, ...]) -> Reply:
        """The stored answer, with the look-ups that followed it, if the call still stands at its end."""
        state = row.state
        assert state is not None
        actions = before
        while (fetch := pending(actions)) is not None:
            more = row.already_did(f"fetch:{state.call}:{fetch.turn}")
            if more is None:
                break
            actions = (*done(actions, fetch), *more)
        stands = isinstance(state.place, Over) or any(getattr(action, "turn", None) == state.turn for action in actions)
        return Reply(actions if stands and actions else current(site, state), state)

    def _follow(self, call: str, reply: Reply, now: datetime) -> Reply:
        for _ in range(CHAIN):
            fetch = pending(reply.actions)
            if fetch is None or reply.state is None:
                return reply
            site = self._sites.of(reply.state.version)
            fetched = self._look_ups.fetch(site, reply.state, fetch, now)
            after = self._once(call, fetched, cause=f"fetch:{call}:{fetch.turn}", now=now)
            reply = Reply((*done(reply.actions, fetch), *after.actions), after.state)
        return reply

    def _save(self, row: LockedCall, result: Step, event: CallEvent, facts: Facts, at: tuple[str, datetime]) -> None:
        cause, now = at
        effects: list[Action] = [action for action in result.actions if isinstance(action, EFFECTS)]
        if self._streamed and isinstance(event, CallEnded) and row.state is not None and conversing(row.state):
            effects.append(FollowUp(row.state.turn, now))
        row.save(
            result.state, event, result.actions, cause=cause, now=now, effects=effects,
            timers=timers(result.actions, now), facts=facts,
        )  # fmt: skip


def sure(meant: Understood, heard: float | None) -> float:
    """How sure we are, 0 to 1: a rule at most as sure as the recogniser was of the words; a comparison is right only if
    the words were, so that the two are multiplied. A recogniser that says nothing of itself takes nothing away.
    """
    if heard is None:
        return meant.confidence
    words = 0.5 + heard / 2
    return min(meant.confidence, words) if meant.by == "rules" else meant.confidence * words


def pending(actions: Sequence[Action]) -> Fetch | None:
    """The look-up that still waits for its answer: only the last action can be one."""
    return next((action for action in reversed(actions) if isinstance(action, Fetch)), None)


def done(actions: Sequence[Action], fetch: Fetch) -> tuple[Action, ...]:
    return tuple(action for action in actions if action is not fetch)


def timers(actions: Sequence[Action], now: datetime) -> list[Timer]:
    """The due rows that a step's timer actions ask for."""
    rows: list[Timer] = []
    for action in actions:
        match action:
            case SetTimer(name, after, turn):
                rows.append((name, now + timedelta(seconds=after), Due(name, turn)))
            case CancelTimer(name):
                rows.append((name, None, None))
            case _:
                pass
    return rows


def conversing(state: CallState) -> bool:
    """Whether a stream may be open: the caller is being asked, or is on the way into the carrier's queue."""
    place = state.place
    return isinstance(place, Asking | Choosing | Fetching) or (isinstance(place, InLine) and not place.parked)


def over(state: CallState | None) -> bool:
    return state is None or isinstance(state.place, Over)
