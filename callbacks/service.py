"""Promises to call, one event at a time, whichever process it arrives at.

Laws: lock, step, save, and nothing else while the lock is held; the same cause gets the same answer; a window is held
under its queue's calendar lock, so that no window is promised more often than it has places; a number has one promise
that may still ring, decided under the number's lock when it is booked, and it is the one whose window was said last.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from config.people import Hours
from config.site import Site

from .capacity import earliest_free
from .model import (
    Book,
    Booked,
    Callback,
    CallbackAction,
    CallbackEvent,
    CallbackStep,
    CancelTimer,
    Dial,
    Dialling,
    EnterLine,
    FreeAgent,
    HangUp,
    Held,
    Hold,
    LeaveLine,
    Moved,
    Queued,
    Reconcile,
    Rules,
    SetTimer,
    Tell,
    TimerDue,
)
from .number import refusal, zone_of
from .step import bookable, step
from .window import retry_at, ring_from, windows

Timer = tuple[str, datetime | None, object]
"""A timer's name, its moment (None cancels it), and the event it brings."""

EFFECTS = (EnterLine, LeaveLine, Dial, Reconcile, HangUp, FreeAgent, Tell)


class LockedCallback(Protocol):
    """One promise, locked until the transaction ends."""

    @property
    def state(self) -> Callback | None: ...

    def already_did(self, cause: str) -> tuple[CallbackAction, ...] | None: ...

    def claim(self, due: int) -> bool: ...

    def save(  # noqa: PLR0913 - the shape that the stores of all three machines share
        self, state: Callback, event: CallbackEvent, actions: Sequence[CallbackAction], *, cause: str, now: datetime,
        effects: Sequence[CallbackAction] = (), timers: Sequence[Timer] = (), facts: Rules | None = None,
    ) -> None: ...  # fmt: skip


class Calendar(Protocol):
    """The promises of one queue, locked; what is added is saved with it, in one transaction."""

    def taken(self, start: datetime) -> int:
        """Promises held or booked for the window that starts then: all that are not closed."""
        ...

    def add(self, callback: str) -> LockedCallback:
        """The promise of this id, which may not exist yet, locked in the calendar's own transaction."""
        ...


class Booking(Protocol):
    """The promises to one number, locked against another booking; what is added is saved with it, in one
    transaction."""

    def open(self) -> Sequence[str]:
        """The ids of the promises to this number that are neither closed nor merely held."""
        ...

    def add(self, callback: str) -> LockedCallback:
        """The promise of this id, locked in the booking's own transaction."""
        ...


class CallbackRows(Protocol):
    def locked(self, callback: str) -> AbstractContextManager[LockedCallback]: ...

    def read(self, callback: str) -> Callback | None: ...

    def open_for(self, number: str) -> Callback | None:
        """The promise to this number that is neither closed nor merely held."""
        ...

    def calendar(self, queue: str) -> AbstractContextManager[Calendar]: ...

    def booking(self, number: str) -> AbstractContextManager[Booking]: ...


class CallbackService:
    """Holds windows for callers, and moves each promise by what happens to it."""

    def __init__(self, rows: CallbackRows, site: Site) -> None:
        self._rows = rows
        self._site = site
        self._zone = ZoneInfo(site.facts.zone)

    def publish(self, site: Site) -> None:
        """From the next event on, rules and hours are those of this version."""
        self._site = site
        self._zone = ZoneInfo(site.facts.zone)

    def open_for(self, number: str) -> Callback | None:
        return self._rows.open_for(number)

    def read(self, callback: str) -> Callback | None:
        return self._rows.read(callback)

    def offer(self, ids: tuple[str, ...], queue: str, number: str, now: datetime) -> tuple[Callback, ...]:
        """Hold the earliest free windows of a queue, one for each of `ids`; fewer, or none, when there are no more.

        None too when the number may not be called or has an open promise. Asking again with the same ids gives what is
        still held of them, and holds nothing more.
        """
        callbacks = self._site.callbacks
        if refusal(number, callbacks) is not None or self._rows.open_for(number) is not None:
            return ()
        choice = windows(now, callbacks, self._hours(queue), self._zone, zone_of(number, self._zone))
        with self._rows.calendar(queue) as calendar:
            rows = {callback: calendar.add(callback) for callback in ids}
            if before := [row.state for row in rows.values() if row.state is not None]:
                return tuple(callback for callback in before if isinstance(callback.stage, Held))
            free = earliest_free(choice, calendar.taken, callbacks.per_window, len(ids))
            rules = self._rules()
            held = [
                advance(row, Hold(queue, number, *window), now, rules, (callback, f"hold:{callback}")).callback
                for (callback, row), window in zip(rows.items(), free, strict=False)
            ]
            return tuple(callback for callback in held if callback is not None)

    def handle(
        self, callback: str, event: CallbackEvent, *, cause: str, now: datetime, due: int | None = None
    ) -> tuple[CallbackAction, ...]:
        """What follows from `event`: what followed before, when `cause` came before; nothing, when the due row of a
        timer is already taken or the promise does not exist."""
        found = self._rows.read(callback)
        rules = self._rules(found, now)
        if isinstance(event, Book) and found is not None:
            with self._rows.booking(event.number or found.number) as booking:
                return book(booking, event, now, rules, (callback, cause))
        with self._rows.locked(callback) as row:
            if due is not None and not row.claim(due):
                return ()
            if (before := row.already_did(cause)) is not None:
                return before
            return advance(row, event, now, rules, (callback, cause)).actions

    def _hours(self, queue: str) -> Hours | None:
        return self._site.hours.get(self._site.queues[queue].hours or "") if queue in self._site.queues else None

    def _rules(self, callback: Callback | None = None, now: datetime | None = None) -> Rules:
        """The site's rules, and the clock hours of this promise at this moment."""
        written = self._site.callbacks
        rules = Rules(written.attempts, written.spacing, written.ring, written.hold)
        if callback is None or now is None:
            return rules
        callee_zone = zone_of(callback.number, self._zone)
        spaced = now + timedelta(seconds=written.spacing)
        return replace(
            rules,
            ring_from=ring_from(now, written, callee_zone),
            retry_at=retry_at(spaced, written, self._hours(callback.queue), self._zone, callee_zone),
        )


def book(
    booking: Booking, event: Book, now: datetime, rules: Rules, names: tuple[str, str]
) -> tuple[CallbackAction, ...]:
    """The number's promise is moved to the window that is booked; who booked that very window keeps the promise there
    is, so that one text tells of it."""
    key, cause = names
    row = booking.add(key)
    if (before := row.already_did(cause)) is not None:
        return before
    if row.state is None or not bookable(row.state):
        return ()
    others = {other: booking.add(other) for other in booking.open() if other != key}
    for other, standing in others.items():
        if standing.state is not None and stands(standing.state, row.state):
            return advance(row, Moved(other), now, rules, names).actions
    for other, standing in others.items():
        advance(standing, Moved(key), now, rules, (other, cause))
    return advance(row, event, now, rules, names).actions


def stands(promise: Callback, booked: Callback) -> bool:
    """Whether a promise that may still ring is already what is being booked: the same window of the same queue."""
    same = (promise.queue, promise.start, promise.end) == (booked.queue, booked.start, booked.end)
    return same and isinstance(promise.stage, Booked | Queued | Dialling)


def advance(
    row: LockedCallback, event: CallbackEvent, now: datetime, rules: Rules, names: tuple[str, str]
) -> CallbackStep:
    """Step the locked promise and save what changed. `names` are the promise's id and the event's cause."""
    key, cause = names
    result = step(row.state, event, now, rules, key=key)
    if result.callback is not None and (result.callback is not row.state or result.actions):
        row.save(
            result.callback,
            event,
            result.actions,
            cause=cause,
            now=now,
            effects=[action for action in result.actions if isinstance(action, EFFECTS)],
            timers=list(timers(result.actions)),
            facts=rules,
        )
    return result


def timers(actions: Sequence[CallbackAction]) -> Iterator[Timer]:
    """The due rows that a step's timer actions ask for."""
    for action in actions:
        match action:
            case SetTimer(name, at):
                yield name, at, TimerDue(name)
            case CancelTimer(name):
                yield name, None, None
            case _:
                pass
