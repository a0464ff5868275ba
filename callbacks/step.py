"""One promise, one event at a time: what follows from what just happened.

Theory of operation. A window is *held* while the caller chooses, *booked* once chosen, and at its start stands in the
line (*queued*) like anybody else. When an agent is reserved, an attempt is written down and the caller is rung
(*dialling*); who says yes is joined (*talking*), and when the talk ends the promise is *closed*.

Laws:
- An attempt is in the record before `Dial` is asked for, and the next one is not dialled while the call of an earlier
  one is unknown: an unknown outcome is reconciled, never retried blindly.
- Every open promise has a timer, stands in the line, is being dialled, or is talking; so nothing is forgotten.
- Events name the attempt or the offer they answer. A stale or repeated one changes nothing, except that an
  agent who was reserved for nothing is freed, and a leg that rings for nothing is hung up.
- Nobody is rung more often than `rules.attempts`, nor in quiet hours, however late a timer comes.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from .model import (
    AgentLost,
    AgentReserved,
    Attempt,
    Book,
    Booked,
    Callback,
    CallbackAction,
    CallbackEvent,
    CallbackStep,
    Cancel,
    CancelTimer,
    Closed,
    Confirmed,
    Dial,
    Dialling,
    FreeAgent,
    Held,
    Hold,
    LeaveLine,
    LineGaveUp,
    Moved,
    Note,
    NotReached,
    Placed,
    PlacingFailed,
    Queued,
    Reconcile,
    Release,
    Rules,
    SetTimer,
    TalkEnded,
    TimerDue,
)
from .record import (
    RECONCILE,
    end_attempt,
    enter,
    give_up,
    is_unknown,
    later,
    retry_at,
    stop_ringing,
    tell,
    wait,
)
from .ringing import (
    agent_lost,
    confirmed,
    not_reached,
    placed,
    placing_failed,
    reconcile_due,
    ring_due,
    talk_ended,
)


def step(
    callback: Callback | None, event: CallbackEvent, now: datetime, rules: Rules, *, key: str = ""
) -> CallbackStep:
    """The promise after `event`, and what to do. `key` is the id that `Hold` gives to a promise not there yet."""
    if callback is None:
        return hold(event, now, rules, key) if isinstance(event, Hold) else CallbackStep(None)
    match event:
        case Hold() | Book() | Release() | Moved() | Cancel():
            result = choose(callback, event, now)
        case AgentReserved() | AgentLost() | TalkEnded() | LineGaveUp():
            result = hear_line(callback, event, now, rules)
        case Placed() | PlacingFailed() | Confirmed() | NotReached():
            result = hear_leg(callback, event, now, rules)
        case _:
            result = timer_due(callback, event, now, rules)
    return result


def choose(callback: Callback, event: Hold | Book | Release | Moved | Cancel, now: datetime) -> CallbackStep:
    match event:
        case Hold():
            return CallbackStep(callback)
        case Book():
            return book(callback, event, now)
        case Release():
            return release(callback)
        case Moved(to):
            return give_way(callback, "moved", Note("moved", f"What this person was promised is {to} from here on."))
        case _:
            return cancel(callback, event)


def hear_line(
    callback: Callback, event: AgentReserved | AgentLost | TalkEnded | LineGaveUp, now: datetime, rules: Rules
) -> CallbackStep:
    match event:
        case AgentReserved():
            return reserve(callback, event, now, rules)
        case AgentLost():
            return agent_lost(callback, event, now, rules)
        case TalkEnded():
            return talk_ended(callback, event)
        case _:
            return line_gave_up(callback, event, now, rules)


def hear_leg(
    callback: Callback, event: Placed | PlacingFailed | Confirmed | NotReached, now: datetime, rules: Rules
) -> CallbackStep:
    match event:
        case Placed():
            return placed(callback, event, now, rules)
        case PlacingFailed():
            return placing_failed(callback, event, now, rules)
        case Confirmed():
            return confirmed(callback, event)
        case _:
            return not_reached(callback, event, now, rules)


def timer_due(callback: Callback, event: TimerDue, now: datetime, rules: Rules) -> CallbackStep:
    name, _, number = event.name.partition(":")
    match name:
        case "hold":
            return hold_due(callback)
        case "try":
            return try_due(callback, now, rules)
        case "reconcile":
            return reconcile_due(callback, int(number), now)
        case "ring":
            return ring_due(callback, int(number), now, rules)
        case _:
            return CallbackStep(callback, (Note("unknown_timer", event.name),))


def hold(event: Hold, now: datetime, rules: Rules, key: str) -> CallbackStep:
    until = now + timedelta(seconds=rules.hold)
    callback = Callback(key, event.queue, event.number, "", event.start, event.end, Held(until))
    return CallbackStep(callback, (SetTimer("hold", until),))


def book(callback: Callback, event: Book, now: datetime) -> CallbackStep:
    if not bookable(callback):
        return CallbackStep(callback)
    booked = replace(
        callback,
        number=event.number or callback.number,
        language=event.language,
        words=event.words,
        skill=event.skill,
        brief=event.brief,
    )
    return wait(booked, max(callback.start, now), CancelTimer("hold"), tell(booked, "booked"))


def bookable(callback: Callback) -> bool:
    """The caller's key was committed before it arrives here, so a hold that ran out meanwhile is booked all the
    same."""
    match callback.stage:
        case Held() | Closed(outcome="expired" | "released"):
            return True
        case _:
            return False


def release(callback: Callback) -> CallbackStep:
    if not isinstance(callback.stage, Held):
        return CallbackStep(callback)
    return CallbackStep(replace(callback, stage=Closed("released")), (CancelTimer("hold"),))


def cancel(callback: Callback, event: Cancel) -> CallbackStep:
    """Told by a text, unless it was only held."""
    why = Note("cancelled", f"Cancelled by {event.by}.")
    text = () if isinstance(callback.stage, Held) else (tell(callback, "cancelled"),)
    return give_way(callback, "cancelled", *text, why)


def give_way(callback: Callback, outcome: str, *told: CallbackAction) -> CallbackStep:
    """It rings nobody any more. A talk goes on: a promise that is being kept can no longer be taken back."""
    match callback.stage:
        case Held():
            ending: tuple[CallbackAction, ...] = (CancelTimer("hold"),)
        case Booked():
            ending = (CancelTimer("try"),)
        case Queued():
            ending = (LeaveLine(callback.id, outcome),)
        case Dialling(offer, _, number, call):
            callback = end_attempt(callback, number, "cancelled")
            ending = (*stop_ringing(number, call), FreeAgent(offer, outcome))
        case _:
            return CallbackStep(callback)
    return CallbackStep(replace(callback, stage=Closed(outcome)), (*ending, *told))


def try_due(callback: Callback, now: datetime, rules: Rules) -> CallbackStep:
    """Enter the line, placed by the promised moment and not by a late clock, unless it is too early to ring."""
    if not isinstance(callback.stage, Booked):
        return CallbackStep(callback)
    due = callback.stage.next_try
    if now < due:
        return CallbackStep(callback, (SetTimer("try", due),))
    if rules.ring_from is not None and rules.ring_from > now:
        return wait(callback, rules.ring_from, Note("quiet_hours", "It is not a time at which we ring people."))
    if unknown := [attempt.number for attempt in callback.attempts if is_unknown(attempt)]:
        return wait(callback, later(now, RECONCILE), *(Reconcile(callback.id, number) for number in unknown))
    return enter(callback, due)


def line_gave_up(callback: Callback, event: LineGaveUp, now: datetime, rules: Rules) -> CallbackStep:
    """Nobody was rung, so no attempt is used up: it tries again when the queue is open."""
    if not isinstance(callback.stage, Queued):
        return CallbackStep(callback)
    return wait(callback, retry_at(now, rules), Note("line_gave_up", f"The line did not take it: {event.reason}."))


def reserve(callback: Callback, event: AgentReserved, now: datetime, rules: Rules) -> CallbackStep:
    """Ring the caller, now that an agent stands ready; the attempt is in the record that is saved with `Dial`."""
    stage = callback.stage
    if any(attempt.offer == event.offer for attempt in callback.attempts):
        return CallbackStep(callback)
    if not isinstance(stage, Queued):
        return CallbackStep(callback, (FreeAgent(event.offer, "not_needed"),))
    if rules.ring_from is not None and rules.ring_from > now:
        return wait(callback, rules.ring_from, FreeAgent(event.offer, "quiet_hours"))
    if len(callback.attempts) >= rules.attempts:
        return give_up(callback, FreeAgent(event.offer, "not_reached"))
    number = len(callback.attempts) + 1
    attempt = Attempt(number, now, offer=event.offer, since=stage.since)
    dialling = replace(
        callback, stage=Dialling(event.offer, event.agent, number), attempts=(*callback.attempts, attempt)
    )
    dial = Dial(callback.id, number, callback.number, rules.ring)
    return CallbackStep(dialling, (dial, SetTimer(f"reconcile:{number}", later(now, RECONCILE))))


def hold_due(callback: Callback) -> CallbackStep:
    if not isinstance(callback.stage, Held):
        return CallbackStep(callback)
    return CallbackStep(replace(callback, stage=Closed("expired")))
