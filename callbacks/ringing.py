"""From the first ring to the end of the talk: what the events of one attempt do to its promise.

Laws: every event names its attempt or offer, and a stale one changes nothing; a call whose id we do not know is
reconciled, and when it turns up after the attempt was given up it is hung up; an attempt that ends without a talk frees
its agent.
"""

from dataclasses import replace
from datetime import datetime

from .model import (
    AgentLost,
    Callback,
    CallbackStep,
    CancelTimer,
    Closed,
    Confirmed,
    Dialling,
    FreeAgent,
    HangUp,
    Note,
    NotReached,
    Placed,
    PlacingFailed,
    Reconcile,
    Rules,
    SetTimer,
    TalkEnded,
    Talking,
)
from .record import (
    GIVEN_UP,
    RECONCILE,
    attempt_of,
    end_attempt,
    enter,
    give_up,
    is_unknown,
    later,
    quiet,
    retry_at,
    stop_ringing,
    wait,
    with_attempt,
)

CONFIRMING = 90.0
"""Seconds from picking up to pressing 1, at the longest; after ring time and this, the agent is not kept waiting."""

SPACING = {"busy": 0.5}
"""How much of the spacing lies before the next attempt, where it is not the whole: a busy line is soon free."""


def placed(callback: Callback, event: Placed, now: datetime, rules: Rules) -> CallbackStep:
    """The call's id is known. It may come after the person answered, or after we gave the attempt up."""
    attempt = attempt_of(callback, event.attempt)
    if attempt is None or attempt.call:
        return CallbackStep(callback)
    known = with_attempt(callback, replace(attempt, call=event.call))
    settled = CancelTimer(f"reconcile:{attempt.number}")
    match callback.stage:
        case Dialling(attempt=attempt.number) as dialling:
            ring = SetTimer(f"ring:{attempt.number}", later(now, rules.ring + CONFIRMING))
            return CallbackStep(replace(known, stage=replace(dialling, call=event.call)), (settled, ring))
        case Talking(attempt=attempt.number) as talking:
            return CallbackStep(replace(known, stage=replace(talking, call=event.call)), (settled,))
        case _:
            useless = (HangUp(event.call),) if attempt.outcome in GIVEN_UP else ()
            return CallbackStep(known, (settled, *useless))


def placing_failed(callback: Callback, event: PlacingFailed, now: datetime, rules: Rules) -> CallbackStep:
    """No call exists. That also settles an attempt which we had given up without knowing."""
    attempt = attempt_of(callback, event.attempt)
    if attempt is None or attempt.call:
        return CallbackStep(callback)
    if not attempt.outcome:
        result = not_reached(callback, NotReached(event.attempt, "failed"), now, rules)
        return replace(result, actions=(*result.actions, Note("placing_failed", event.reason)))
    if is_unknown(attempt):
        callback = with_attempt(callback, replace(attempt, outcome="failed"))
    return CallbackStep(callback, (CancelTimer(f"reconcile:{attempt.number}"),))


def confirmed(callback: Callback, event: Confirmed) -> CallbackStep:
    match callback.stage:
        case Dialling(offer, agent, event.attempt, call):
            talking = replace(callback, stage=Talking(offer, agent, event.attempt, call))
            return CallbackStep(end_attempt(talking, event.attempt, "answered"), quiet(event.attempt))
        case _:
            return CallbackStep(callback)


def not_reached(callback: Callback, event: NotReached, now: datetime, rules: Rules) -> CallbackStep:
    """Busy: again after half the spacing. No answer, machine, failed: after the spacing. Refused: never again."""
    match callback.stage:
        case Dialling(offer=offer, attempt=event.attempt):
            missed = end_attempt(callback, event.attempt, event.outcome)
            ending = (*quiet(event.attempt), FreeAgent(offer, event.outcome))
            if event.outcome == "refused" or event.attempt >= rules.attempts:
                return give_up(missed, *ending)
            share = SPACING.get(event.outcome, 1.0)
            return wait(missed, retry_at(now, rules, share), *ending)
        case _:
            return CallbackStep(callback)


def agent_lost(callback: Callback, event: AgentLost, now: datetime, rules: Rules) -> CallbackStep:
    """Before the person said yes: stop ringing, and back to the line with the old place.

    After it, the promise is kept: the person is on the line, and the call itself takes them on, to another agent if the
    leg broke. Ringing them again would mean hanging up on them first.
    """
    match callback.stage:
        case Talking(offer=event.offer):
            return talk_ended(callback, TalkEnded(event.offer))
        case Dialling(offer=event.offer, attempt=number, call=call):
            lost = end_attempt(callback, number, "agent_lost")
            ending = stop_ringing(number, call)
            if number >= rules.attempts:
                return give_up(lost, *ending)
            if not call:
                return wait(lost, later(now, RECONCILE), *ending)
            return enter(lost, lost.attempts[-1].since or callback.start, *ending)
        case _:
            return CallbackStep(callback)


def talk_ended(callback: Callback, event: TalkEnded) -> CallbackStep:
    """Kept. Only a joined leg reports this, so it holds even where `Confirmed` is still on its way."""
    match callback.stage:
        case (Dialling(offer=event.offer) | Talking(offer=event.offer)) as stage:
            kept = end_attempt(replace(callback, stage=Closed("kept")), stage.attempt, "answered")
            return CallbackStep(kept, (*quiet(stage.attempt), Note("kept", f"Kept at attempt {stage.attempt}.")))
        case _:
            return CallbackStep(callback)


def reconcile_due(callback: Callback, number: int, now: datetime) -> CallbackStep:
    """Asks again and again until the carrier says that the call exists or that it does not."""
    attempt = attempt_of(callback, number)
    if attempt is None or not is_unknown(attempt):
        return CallbackStep(callback)
    again = SetTimer(f"reconcile:{number}", later(now, RECONCILE))
    return CallbackStep(callback, (Reconcile(callback.id, number), again))


def ring_due(callback: Callback, number: int, now: datetime, rules: Rules) -> CallbackStep:
    """No word from the leg: its status report was lost, or somebody listens and says nothing."""
    match callback.stage:
        case Dialling(attempt=attempt, call=call) if attempt == number:
            result = not_reached(callback, NotReached(number, "no_answer"), now, rules)
            return replace(result, actions=(HangUp(call), *result.actions))
        case _:
            return CallbackStep(callback)
