"""A promise among timers, a line and a carrier that lose, delay and repeat things: what holds whatever happens.

The world here keeps what the actions ask for: timers, the place in line, reserved agents, legs. The laws compare it
with the promise after every event.
"""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from callbacks.model import (
    AgentLost,
    AgentReserved,
    Booked,
    Callback,
    CallbackAction,
    CallbackEvent,
    Cancel,
    CancelTimer,
    Closed,
    Confirmed,
    Dial,
    Dialling,
    EnterLine,
    FreeAgent,
    HangUp,
    Held,
    LeaveLine,
    LineGaveUp,
    Moved,
    NotReached,
    Placed,
    PlacingFailed,
    Queued,
    Release,
    Rules,
    SetTimer,
    TalkEnded,
    Talking,
    Tell,
    TimerDue,
)
from callbacks.step import step
from tests.callbacks.promises import BOOK, HOLD, NOW

OUTCOMES = ("busy", "no_answer", "machine", "refused", "failed")
QUIET = (21, 8)
"""Hours of the world's one clock between which nobody may be rung."""


def not_before(moment: datetime) -> datetime:
    """The world's quiet hours, as the service would read them into the rules."""
    evening, morning = QUIET
    if morning <= moment.hour < evening:
        return moment
    day = moment if moment.hour < morning else moment + timedelta(days=1)
    return day.replace(hour=morning, minute=0, second=0, microsecond=0)


class Promise(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.state: Callback | None = None
        self.timers: dict[str, datetime] = {}
        self.in_line = False
        self.agents: set[int] = set()
        self.dialled: list[int] = []
        self.unplaced: set[int] = set()
        self.legs: dict[int, str] = {}
        self.ringing: set[str] = set()
        self.told: list[str] = []
        self.history: list[CallbackEvent] = []
        self.offers = 0

    @property
    def promise(self) -> Callback:
        assert self.state is not None
        return self.state

    # -- the world -----------------------------------------------------------------------------------------------------

    def happen(self, event: CallbackEvent) -> None:
        rules = Rules(3, 600.0, 30.0, 180.0, not_before(self.now), not_before(self.now + timedelta(seconds=600)))
        result = step(self.state, event, self.now, rules, key="p1")
        assert result.callback is not None
        if not isinstance(event, AgentReserved) or event.offer in {one.offer for one in result.callback.attempts}:
            again = step(result.callback, event, self.now, rules, key="p1")
            assert again.callback == result.callback, "a repeated event changed the promise"
            assert not [action for action in again.actions if isinstance(action, Dial | EnterLine | Tell)]
        self.state = result.callback
        self.history.append(event)
        for action in result.actions:
            self.perform(action)

    def perform(self, action: CallbackAction) -> None:
        match action:
            case SetTimer(name, at):
                self.timers[name] = at
            case CancelTimer(name):
                self.timers.pop(name, None)
            case EnterLine():
                assert not self.in_line, "it entered the line twice"
                self.in_line = True
            case LeaveLine():
                self.in_line = False
            case Dial(attempt=number):
                assert number not in self.dialled, "an attempt was dialled twice"
                assert not self.ringing, "somebody was rung while another leg was ringing"
                assert not_before(self.now) == self.now, "somebody was rung in quiet hours"
                self.dialled.append(number)
                self.unplaced.add(number)
            case FreeAgent(offer):
                self.agents.discard(offer)
            case HangUp(call):
                self.ringing.discard(call)
            case Tell(kind=kind):
                self.told.append(kind)
            case _:
                pass

    @initialize()
    def hold(self) -> None:
        self.happen(HOLD)

    @rule(seconds=st.sampled_from([1, 20, 200, 700, 2000, 40000]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.timers)
    @rule()
    def next_timer(self) -> None:
        """The earliest timer, as late as it may be; it is claimed before it is handled."""
        name, at = min(self.timers.items(), key=lambda timer: timer[1])
        self.now = max(self.now, at)
        del self.timers[name]
        self.happen(TimerDue(name))

    @rule()
    def book(self) -> None:
        self.happen(BOOK)

    @rule()
    def release(self) -> None:
        self.happen(Release())

    @precondition(lambda self: not isinstance(self.promise.stage, Held))
    @rule(sure=st.integers(0, 4))
    def cancel(self, sure: int) -> None:
        if sure == 0:
            self.happen(Cancel("caller"))

    @rule(sure=st.integers(0, 4))
    def move(self, sure: int) -> None:
        if sure == 0:
            self.happen(Moved("p2"))

    @precondition(lambda self: self.in_line)
    @rule()
    def reserve(self) -> None:
        self.offers += 1
        self.agents.add(self.offers)
        self.in_line = False
        self.happen(AgentReserved(self.offers, "mina"))

    @precondition(lambda self: self.in_line)
    @rule(reason=st.sampled_from(["closed", "full", "gave_up"]))
    def give_up(self, reason: str) -> None:
        self.in_line = False
        self.happen(LineGaveUp(reason))

    @precondition(lambda self: self.agents)
    @rule(data=st.data())
    def lose_agent(self, data: st.DataObject) -> None:
        """Whoever is talking stays on the line: their call goes on to another agent, and rings no more."""
        offer = data.draw(st.sampled_from(sorted(self.agents)))
        self.agents.discard(offer)
        stage = self.promise.stage
        if isinstance(stage, Talking) and stage.offer == offer:
            self.ringing.discard(stage.call)
        self.happen(AgentLost(offer))

    @precondition(lambda self: self.unplaced)
    @rule(data=st.data(), exists=st.booleans())
    def place(self, data: st.DataObject, exists: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.unplaced)))
        self.unplaced.discard(number)
        if not exists:
            self.happen(PlacingFailed(number, "refused"))
            return
        self.legs[number] = f"CA{number}"
        stage = self.promise.stage
        if (isinstance(stage, Dialling | Talking) and stage.attempt == number) or self.is_given_up(number):
            self.ringing.add(self.legs[number])
        self.happen(Placed(number, self.legs[number]))

    def is_given_up(self, number: int) -> bool:
        return self.promise.attempts[number - 1].outcome in ("agent_lost", "cancelled")

    @precondition(lambda self: self.dialled)
    @rule(outcome=st.sampled_from(OUTCOMES))
    def miss(self, outcome: str) -> None:
        """The leg ended unanswered. The carrier says so even where its answer to our request is still on its way."""
        number = self.dialled[-1]
        self.unplaced.discard(number)
        self.ringing.discard(self.legs.get(number, ""))
        self.happen(NotReached(number, outcome))

    @precondition(lambda self: isinstance(self.promise.stage, Dialling))
    @rule()
    def confirm(self) -> None:
        self.happen(Confirmed(self.dialled[-1]))

    @precondition(lambda self: isinstance(self.promise.stage, Talking))
    @rule()
    def end_talk(self) -> None:
        stage = self.promise.stage
        assert isinstance(stage, Talking)
        self.agents.discard(stage.offer)
        self.ringing.discard(stage.call)
        self.unplaced.discard(stage.attempt)
        self.happen(TalkEnded(stage.offer))

    @precondition(lambda self: self.history)
    @rule(data=st.data())
    def come_again(self, data: st.DataObject) -> None:
        """Something that happened long ago is delivered once more."""
        event = data.draw(st.sampled_from(self.history))
        if isinstance(event, LineGaveUp | TimerDue) or (
            isinstance(event, AgentReserved) and event.offer not in {one.offer for one in self.promise.attempts}
        ):
            return  # guarded by their cause alone: they name no attempt
        self.happen(event)

    # -- the laws ------------------------------------------------------------------------------------------------------

    @invariant()
    def nobody_is_rung_too_often(self) -> None:
        if self.state is not None:
            assert len(self.state.attempts) <= 3
            assert [attempt.number for attempt in self.state.attempts] == self.dialled

    @invariant()
    def at_most_one_attempt_is_open(self) -> None:
        if self.state is not None:
            unfinished = [attempt.number for attempt in self.state.attempts if not attempt.outcome]
            stage = self.state.stage
            assert unfinished == ([stage.attempt] if isinstance(stage, Dialling) else [])

    @invariant()
    def an_open_promise_is_somewhere(self) -> None:
        """It has its timer, stands in the line, is being dialled, or talks: one of them, so nothing is lost."""
        if self.state is None:
            return
        stage = self.state.stage
        assert ("hold" in self.timers) == isinstance(stage, Held)
        assert ("try" in self.timers) == isinstance(stage, Booked)
        assert self.in_line == isinstance(stage, Queued)
        if isinstance(stage, Dialling):
            assert f"{'ring' if stage.call else 'reconcile'}:{stage.attempt}" in self.timers
        if isinstance(stage, Booked):
            assert self.timers["try"] == stage.next_try

    @invariant()
    def no_agent_waits_for_nobody(self) -> None:
        if self.state is not None:
            stage = self.state.stage
            assert self.agents <= ({stage.offer} if isinstance(stage, Dialling | Talking) else set())

    @invariant()
    def no_leg_rings_for_nobody(self) -> None:
        if self.state is not None:
            stage = self.state.stage
            assert self.ringing <= ({stage.call} if isinstance(stage, Dialling | Talking) else set())

    @invariant()
    def an_unknown_call_is_asked_for(self) -> None:
        """While a call may exist that we do not know, a timer asks for it or the attempt was ended by the carrier."""
        if self.state is not None:
            for attempt in self.state.attempts:
                if attempt.number in self.unplaced and not attempt.call and attempt.outcome in ("", "agent_lost"):
                    assert f"reconcile:{attempt.number}" in self.timers

    @invariant()
    def the_caller_is_told_how_it_stands(self) -> None:
        if self.state is not None:
            assert self.told.count("booked") <= 1
            assert ("not_reached" in self.told) == (self.state.stage == Closed("not_reached"))


TestPromise = Promise.TestCase
TestPromise.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
