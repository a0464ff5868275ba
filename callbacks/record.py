"""A promise's record and the few ways an event can end: wait for the next try, enter the line, give up.

Law: a promise that is not closed leaves here with a timer or a place in line.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from .model import (
    Attempt,
    Booked,
    Callback,
    CallbackAction,
    CallbackStep,
    CancelTimer,
    Closed,
    EnterLine,
    HangUp,
    Note,
    Queued,
    Rules,
    SetTimer,
    Tell,
)

RECONCILE = 15.0
"""Seconds after which we ask the carrier about a call whose id never came back."""

GIVEN_UP = ("agent_lost", "cancelled")
"""Outcomes of attempts that we ended while the leg may still ring."""


def wait(callback: Callback, moment: datetime, *actions: CallbackAction) -> CallbackStep:
    return CallbackStep(replace(callback, stage=Booked(moment)), (*actions, SetTimer("try", moment)))


def enter(callback: Callback, since: datetime, *actions: CallbackAction) -> CallbackStep:
    place = EnterLine(callback.id, callback.queue, callback.language, callback.skill, since, callback.brief)
    return CallbackStep(replace(callback, stage=Queued(since)), (*actions, place))


def give_up(callback: Callback, *actions: CallbackAction) -> CallbackStep:
    """No more attempts. Who was reached and declined is not told that we could not reach them."""
    closed, tries = replace(callback, stage=Closed("not_reached")), len(callback.attempts)
    if tries and callback.attempts[-1].outcome == "refused":
        return CallbackStep(closed, (*actions, Note("declined", f"Reached at attempt {tries}, and declined.")))
    why = Note("not_reached", f"Not reached in {tries} {'attempt' if tries == 1 else 'attempts'}.")
    return CallbackStep(closed, (*actions, tell(callback, "not_reached"), why))


def tell(callback: Callback, kind: str) -> Tell:
    return Tell(callback.number, callback.language, kind, callback.start, callback.end)


def later(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def retry_at(now: datetime, rules: Rules, share: float = 1.0) -> datetime:
    """The usual spacing, or a share of it; where the shell says that it must be later, that moment."""
    usual = later(now, rules.spacing)
    allowed = rules.retry_at or usual
    return later(now, rules.spacing * share) if allowed <= usual else allowed


def attempt_of(callback: Callback, number: int) -> Attempt | None:
    return next((attempt for attempt in callback.attempts if attempt.number == number), None)


def with_attempt(callback: Callback, changed: Attempt) -> Callback:
    attempts = (changed if attempt.number == changed.number else attempt for attempt in callback.attempts)
    return replace(callback, attempts=tuple(attempts))


def end_attempt(callback: Callback, number: int, outcome: str) -> Callback:
    ended = (replace(attempt, outcome=outcome) for attempt in callback.attempts if attempt.number == number)
    return with_attempt(callback, next(ended))


def is_unknown(attempt: Attempt) -> bool:
    """Whether a call of this attempt may exist without our knowing its id."""
    return not attempt.call and attempt.outcome in ("", *GIVEN_UP)


def quiet(number: int) -> tuple[CancelTimer, CancelTimer]:
    return CancelTimer(f"reconcile:{number}"), CancelTimer(f"ring:{number}")


def stop_ringing(number: int, call: str) -> tuple[CallbackAction, ...]:
    """Where the call is not known yet, its reconcile timer stays, so that a leg found later is hung up."""
    return (HangUp(call), *quiet(number)) if call else ()
