"""One promise, event by event: what follows from each, from every stage where it matters."""

from dataclasses import replace

import pytest

from callbacks.model import (
    AgentLost,
    AgentReserved,
    Attempt,
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
    Note,
    NotReached,
    Placed,
    PlacingFailed,
    Queued,
    Reconcile,
    Release,
    SetTimer,
    TalkEnded,
    Talking,
    Tell,
    TimerDue,
)
from callbacks.record import RECONCILE
from callbacks.ringing import CONFIRMING
from callbacks.step import step
from tests.callbacks.promises import (
    BOOK,
    DUE,
    END,
    HOLD,
    NOW,
    NUMBER,
    RULES,
    START,
    after,
    booked,
    dialling,
    held,
    queued,
    talking,
    told,
)

MISSED = (CancelTimer("reconcile:1"), CancelTimer("ring:1"))
NEW_STATE = held()


def does(callback: Callback | None, event: CallbackEvent, *, late: float = 0.0) -> tuple[CallbackAction, ...]:
    """What is done about an event at the window's start, reasons for the journal left out."""
    actions = step(callback, event, after(late), RULES).actions
    return tuple(action for action in actions if not isinstance(action, Note))


def stage(callback: Callback, event: CallbackEvent, *, late: float = 0.0) -> object:
    result = step(callback, event, after(late), RULES).callback
    assert result is not None
    return result.stage


def tell(kind: str) -> Tell:
    return Tell(NUMBER, "en", kind, START, END)


def enter(since: float = 0.0) -> EnterLine:
    return EnterLine("p1", "care", "en", "senior", after(since), {"reason": "order"})


# -- choosing ----------------------------------------------------------------------------------------------------------


def test_a_window_is_held_for_a_while() -> None:
    result = step(None, HOLD, NOW, RULES, key="p1")
    assert result.callback == Callback("p1", "care", NUMBER, "", START, END, Held(after(180, NOW)))
    assert result.actions == (SetTimer("hold", after(180, NOW)),)


def test_nothing_but_a_hold_begins_a_promise() -> None:
    for event in (BOOK, DUE, AgentReserved(7, "mina"), Cancel("caller")):
        assert step(None, event, NOW, RULES, key="p1").callback is None


def test_a_promise_is_made_with_the_words_that_were_given() -> None:
    promise = booked()
    assert (promise.stage, promise.language, promise.words) == (Booked(START), "en", "blue lamp")
    assert (promise.skill, promise.brief, promise.number) == ("senior", {"reason": "order"}, NUMBER)
    assert does(held(), BOOK) == (CancelTimer("hold"), tell("booked"), SetTimer("try", START))


def test_a_withheld_number_at_booking_leaves_the_one_that_was_held_for() -> None:
    assert told(HOLD, replace(BOOK, number="")).number == NUMBER


@pytest.mark.parametrize("lapse", [TimerDue("hold"), Release()])
def test_a_hold_that_is_over_is_booked_all_the_same(lapse: CallbackEvent) -> None:
    """The key was committed in the call before this arrived: the caller was told that it is booked."""
    lapsed = told(HOLD, lapse)
    assert isinstance(lapsed.stage, Closed)
    assert isinstance(stage(lapsed, BOOK), Booked)


def test_a_booking_that_arrives_after_its_start_is_tried_at_once() -> None:
    assert stage(held(), BOOK, late=45.0) == Booked(after(45))


@pytest.mark.parametrize("promise", [booked(), queued(), dialling(), talking(), told(HOLD, BOOK, Cancel("caller"))])
def test_booking_again_changes_nothing(promise: Callback) -> None:
    assert step(promise, BOOK, START, RULES) == step(promise, HOLD, START, RULES)
    assert step(promise, BOOK, START, RULES).callback is promise


def test_a_hold_runs_out_or_is_released() -> None:
    assert stage(held(), TimerDue("hold")) == Closed("expired")
    assert stage(held(), Release()) == Closed("released")
    assert does(held(), Release()) == (CancelTimer("hold"),)


def test_a_promise_does_not_run_out_and_is_not_released() -> None:
    for event in (TimerDue("hold"), Release()):
        assert step(booked(), event, START, RULES).callback == booked()


# -- standing in line --------------------------------------------------------------------------------------------------


def test_at_its_time_it_enters_the_line_placed_by_the_promised_moment() -> None:
    assert does(booked(), DUE, late=40.0) == (enter(),)
    assert stage(booked(), DUE, late=40.0) == Queued(START)


def test_a_try_that_comes_too_early_is_set_again() -> None:
    assert does(booked(), DUE, late=-1.0) == (SetTimer("try", START),)
    assert stage(booked(), DUE, late=-1.0) == Booked(START)


def test_a_try_means_nothing_to_a_promise_that_is_further() -> None:
    for promise in (held(), queued(), dialling(), talking()):
        assert does(promise, DUE) == ()


def test_nobody_is_rung_in_quiet_hours_however_late_the_timer_comes() -> None:
    morning = after(8 * 3600)
    rules = replace(RULES, ring_from=morning)
    late = step(booked(), DUE, after(3600), rules)
    assert late.callback == replace(booked(), stage=Booked(morning))
    assert SetTimer("try", morning) in late.actions
    tardy = step(queued(), AgentReserved(7, "mina"), after(3600), rules)
    assert tardy.callback == replace(queued(), stage=Booked(morning))
    assert tardy.actions == (FreeAgent(7, "quiet_hours"), SetTimer("try", morning))
    assert isinstance(step(queued(), AgentReserved(7, "mina"), morning, rules).actions[0], Dial)


def test_the_line_that_gives_up_uses_up_no_attempt() -> None:
    assert stage(queued(), LineGaveUp("closed")) == Booked(after(600))
    tomorrow = after(86400)
    result = step(queued(), LineGaveUp("closed"), START, replace(RULES, retry_at=tomorrow))
    assert result.callback == replace(queued(), stage=Booked(tomorrow))
    assert SetTimer("try", tomorrow) in result.actions
    assert does(booked(), LineGaveUp("full")) == ()


def test_a_reserved_agent_is_followed_by_an_attempt_and_a_ring() -> None:
    assert does(queued(), AgentReserved(7, "mina"), late=20.0) == (
        Dial("p1", 1, NUMBER, 30.0),
        SetTimer("reconcile:1", after(20 + RECONCILE)),
    )
    promise = step(queued(), AgentReserved(7, "mina"), after(20), RULES).callback
    assert promise is not None
    assert promise.stage == Dialling(7, "mina", 1)
    assert promise.attempts == (Attempt(1, after(20), offer=7, since=START),)


@pytest.mark.parametrize("promise", [held(), booked(), dialling(), talking(), told(HOLD, BOOK, Cancel("caller"))])
def test_an_agent_who_was_reserved_for_nothing_is_freed(promise: Callback) -> None:
    assert step(promise, AgentReserved(9, "june"), START, RULES).actions == (FreeAgent(9, "not_needed"),)


def test_an_offer_serves_one_attempt() -> None:
    again = told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), Placed(1, "CA1"), AgentLost(7))
    assert isinstance(again.stage, Queued)
    assert step(again, AgentReserved(7, "mina"), START, RULES).callback is again


def test_rules_that_allow_fewer_attempts_count_at_once() -> None:
    again = told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), Placed(1, "CA1"), AgentLost(7))
    result = step(again, AgentReserved(8, "june"), START, replace(RULES, attempts=1))
    assert result.actions[:2] == (FreeAgent(8, "not_reached"), tell("not_reached"))


# -- ringing -----------------------------------------------------------------------------------------------------------


def test_the_carriers_answer_settles_the_attempt() -> None:
    assert does(dialling(placed=False), Placed(1, "CA1")) == (
        CancelTimer("reconcile:1"),
        SetTimer("ring:1", after(RULES.ring + CONFIRMING)),
    )
    promise = dialling()
    assert promise.stage == Dialling(7, "mina", 1, "CA1")
    assert promise.attempts[0].call == "CA1"


def test_a_yes_joins_the_two() -> None:
    assert does(dialling(), Confirmed(1)) == MISSED
    assert talking().stage == Talking(7, "mina", 1, "CA1")
    assert talking().attempts[0].outcome == "answered"


def test_a_yes_may_be_quicker_than_the_carriers_own_answer() -> None:
    promise = told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), Confirmed(1))
    assert promise.stage == Talking(7, "mina", 1, "")
    known = step(promise, Placed(1, "CA1"), START, RULES)
    assert known.callback is not None
    assert known.callback.stage == Talking(7, "mina", 1, "CA1")
    assert known.actions == (CancelTimer("reconcile:1"),)


@pytest.mark.parametrize(("outcome", "pause"), [("busy", 300), ("no_answer", 600), ("machine", 600), ("failed", 600)])
def test_who_is_not_reached_is_tried_again(outcome: str, pause: float) -> None:
    assert does(dialling(), NotReached(1, outcome)) == (*MISSED, FreeAgent(7, outcome), SetTimer("try", after(pause)))
    promise = step(dialling(), NotReached(1, outcome), START, RULES).callback
    assert promise is not None
    assert promise.stage == Booked(after(pause))
    assert promise.attempts[0].outcome == outcome


def test_a_retry_waits_for_the_queue_to_open() -> None:
    tomorrow = after(86400)
    rules = replace(RULES, retry_at=tomorrow)
    missed = step(dialling(), NotReached(1, "busy"), START, rules).callback
    assert missed is not None
    assert missed.stage == Booked(tomorrow)


def test_who_says_no_is_not_rung_again() -> None:
    """Nor told by text that we could not reach them: we did."""
    assert does(dialling(), NotReached(1, "refused")) == (*MISSED, FreeAgent(7, "refused"))
    notes = [
        one.text for one in step(dialling(), NotReached(1, "refused"), START, RULES).actions if isinstance(one, Note)
    ]
    assert notes == ["Reached at attempt 1, and declined."]
    assert stage(dialling(), NotReached(1, "refused")) == Closed("not_reached")


def test_after_the_last_attempt_the_caller_is_told_by_text() -> None:
    promise, late = booked(), 0.0
    for number in (1, 2, 3):
        assert isinstance(promise.stage, Booked)
        late = (promise.stage.next_try - START).total_seconds()
        for event in (DUE, AgentReserved(number, "mina"), Placed(number, f"CA{number}")):
            after_it = step(promise, event, after(late), RULES).callback
            assert after_it is not None
            promise = after_it
        done = does(promise, NotReached(number, "no_answer"), late=late)
        after_it = step(promise, NotReached(number, "no_answer"), after(late), RULES).callback
        assert after_it is not None
        promise = after_it
    assert late == 1200.0
    assert promise.stage == Closed("not_reached")
    assert done == (CancelTimer("reconcile:3"), CancelTimer("ring:3"), FreeAgent(3, "no_answer"), tell("not_reached"))


def test_a_call_that_could_not_be_placed_is_a_failed_attempt() -> None:
    result = step(dialling(placed=False), PlacingFailed(1, "no such number"), START, RULES)
    assert result.callback is not None
    assert result.callback.stage == Booked(after(600))
    assert result.callback.attempts[0].outcome == "failed"
    assert Note("placing_failed", "no such number") in result.actions
    assert FreeAgent(7, "failed") in result.actions


def test_placing_cannot_fail_for_a_call_that_is_known() -> None:
    assert step(dialling(), PlacingFailed(1, "late"), START, RULES).callback == dialling()


@pytest.mark.parametrize(
    "event",
    [
        Placed(2, "CA9"),
        Placed(1, "CA9"),
        PlacingFailed(2, "no"),
        Confirmed(2),
        NotReached(2, "busy"),
        AgentLost(9),
        TalkEnded(9),
        LineGaveUp("full"),
        TimerDue("hold"),
        TimerDue("ring:2"),
        TimerDue("reconcile:2"),
        TimerDue("reconcile:1"),
        Release(),
    ],
)
def test_what_names_another_attempt_or_offer_changes_nothing(event: CallbackEvent) -> None:
    assert step(dialling(), event, START, RULES) == step(dialling(), HOLD, START, RULES)
    assert step(talking(), event, START, RULES) == step(talking(), HOLD, START, RULES)


def test_a_leg_without_news_is_hung_up_and_counts_as_no_answer() -> None:
    assert does(dialling(), TimerDue("ring:1"))[:2] == (HangUp("CA1"), CancelTimer("reconcile:1"))
    assert stage(dialling(), TimerDue("ring:1")) == Booked(after(600))
    assert does(talking(), TimerDue("ring:1")) == ()


def test_an_unknown_outcome_is_asked_for_until_it_is_known() -> None:
    unsure = dialling(placed=False)
    asked = (Reconcile("p1", 1), SetTimer("reconcile:1", after(15 + RECONCILE)))
    assert does(unsure, TimerDue("reconcile:1"), late=15.0) == asked
    assert step(unsure, TimerDue("reconcile:1"), START, RULES).callback == unsure
    assert does(dialling(), TimerDue("reconcile:1")) == ()


# -- losing the agent --------------------------------------------------------------------------------------------------


def test_who_loses_the_agent_while_it_rings_keeps_the_place() -> None:
    assert does(dialling(), AgentLost(7), late=30.0) == (HangUp("CA1"), *MISSED, enter())
    promise = step(dialling(), AgentLost(7), after(30), RULES).callback
    assert promise is not None
    assert promise.stage == Queued(START)
    assert promise.attempts[0].outcome == "agent_lost"


def test_without_the_calls_id_the_next_attempt_waits_until_it_is_known() -> None:
    lost = step(dialling(placed=False), AgentLost(7), START, RULES)
    assert lost.actions == (SetTimer("try", after(RECONCILE)),)
    assert lost.callback is not None
    assert does(lost.callback, DUE, late=RECONCILE) == (Reconcile("p1", 1), SetTimer("try", after(2 * RECONCILE)))
    assert does(lost.callback, TimerDue("reconcile:1"))[0] == Reconcile("p1", 1)


def test_a_leg_that_turns_up_after_it_was_given_up_is_hung_up() -> None:
    lost = told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), AgentLost(7))
    assert does(lost, Placed(1, "CA1")) == (CancelTimer("reconcile:1"), HangUp("CA1"))
    known = step(lost, Placed(1, "CA1"), START, RULES).callback
    assert known is not None
    assert does(known, DUE, late=RECONCILE) == (enter(RECONCILE),)
    cancelled = told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), Cancel("caller"))
    assert does(cancelled, Placed(1, "CA1")) == (CancelTimer("reconcile:1"), HangUp("CA1"))


def test_a_leg_that_never_came_to_be_no_longer_holds_up_the_next_attempt() -> None:
    lost = told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), AgentLost(7), PlacingFailed(1, "none"))
    assert lost.attempts[0].outcome == "failed"
    assert does(lost, DUE, late=RECONCILE) == (enter(RECONCILE),)
    assert does(lost, PlacingFailed(1, "none")) == (CancelTimer("reconcile:1"),)


def test_a_late_answer_of_the_carrier_after_the_person_was_busy_hangs_up_nothing() -> None:
    missed = told(HOLD, BOOK, DUE, AgentReserved(7, "mina"), NotReached(1, "busy"))
    assert does(missed, Placed(1, "CA1")) == (CancelTimer("reconcile:1"),)
    assert does(missed, PlacingFailed(1, "late")) == (CancelTimer("reconcile:1"),)


def test_at_the_last_attempt_a_lost_agent_ends_the_promise_with_a_text() -> None:
    result = step(dialling(), AgentLost(7), START, replace(RULES, attempts=1))
    assert result.callback is not None
    assert result.callback.stage == Closed("not_reached")
    assert tell("not_reached") in result.actions


@pytest.mark.parametrize("promise", [talking(), dialling()])
def test_the_end_of_the_talk_keeps_the_promise(promise: Callback) -> None:
    """Also where the yes is still on its way: only a joined leg reports the end of a talk."""
    assert stage(promise, TalkEnded(7)) == Closed("kept")
    assert does(promise, TalkEnded(7)) == MISSED


def test_who_loses_the_agent_in_the_talk_is_on_the_line_and_not_rung_again() -> None:
    assert stage(talking(), AgentLost(7)) == Closed("kept")
    assert does(talking(), AgentLost(7)) == MISSED


# -- cancelling --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (held(), (CancelTimer("hold"),)),
        (booked(), (CancelTimer("try"), tell("cancelled"))),
        (queued(), (LeaveLine("p1", "cancelled"), tell("cancelled"))),
        (dialling(), (HangUp("CA1"), *MISSED, FreeAgent(7, "cancelled"), tell("cancelled"))),
        (dialling(placed=False), (FreeAgent(7, "cancelled"), tell("cancelled"))),
    ],
)
def test_a_promise_can_be_cancelled_until_it_is_being_kept(
    promise: Callback, expected: tuple[CallbackAction, ...]
) -> None:
    assert does(promise, Cancel("caller")) == expected
    assert stage(promise, Cancel("caller")) == Closed("cancelled")


def test_a_talk_goes_on_and_what_is_over_stays_over() -> None:
    for promise in (talking(), told(HOLD, Release())):
        assert step(promise, Cancel("caller"), START, RULES).callback is promise


def test_a_timer_nobody_knows_is_noted() -> None:
    result = step(booked(), TimerDue("tea"), START, RULES)
    assert result.callback == booked()
    assert result.actions == (Note("unknown_timer", "tea"),)
