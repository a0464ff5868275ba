"""Promises to call: one row each, their attempts beside them, and the calendar of each queue.

Law: the row of an attempt is committed with the step that asks to dial it, and its number is taken once; windows are
counted only under the queue's calendar lock, and a number's promises are booked under the number's. Locks are taken in
one order: calendar or number, then promise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from callbacks.model import Attempt, Callback, CallbackAction, CallbackEvent, Rules

from . import codec
from .dialect import Database
from .due import Timer
from .errors import Overtaken
from .tables import attempt, callback
from .turn import Saved, Told, Turn, reading

LOCK = reading(callback, "callback")
READ = select(callback.c.data).where(callback.c.id == bindparam("id"))
NOT_CLOSED = callback.c.stage != literal_column("'Closed'")
"""As the partial indexes have it: a parameter in its place would have the whole table read."""
OPEN = (
    select(callback.c.data)
    .where(callback.c.number == bindparam("of_number"), NOT_CLOSED, callback.c.stage != "Held")
    .order_by(callback.c.start)
    .limit(1)
)
OPEN_IDS = (
    select(callback.c.id)
    .where(callback.c.number == bindparam("of_number"), NOT_CLOSED, callback.c.stage != "Held")
    .order_by(callback.c.id)
)
ALL_OPEN = select(callback.c.data).where(NOT_CLOSED).order_by(callback.c.start)
TAKEN = (
    select(func.count())
    .select_from(callback)
    .where(callback.c.queue == bindparam("of_queue"), callback.c.start == bindparam("at"), NOT_CLOSED)
)
INSERT = callback.insert()
UPDATE = (
    update(callback)
    .where(callback.c.id == bindparam("of_id"), callback.c.version == bindparam("before"))
    .values({name: bindparam(name) for name in ("version", "queue", "number", "start", "stage", "data")})
)
NEW_ATTEMPT = attempt.insert()
OLD_ATTEMPT = (
    update(attempt)
    .where(attempt.c.callback == bindparam("of_callback"), attempt.c.number == bindparam("of_number"))
    .values({name: bindparam(name) for name in ("at", "call", "outcome")})
)


class LockedCallback:
    """One promise, held until the transaction ends. Fits `callbacks.service.LockedCallback`."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self._state: Callback | None = None
        self._version: int | None = None

    @property
    def state(self) -> Callback | None:
        if self._version is None:
            self._read()
        return self._state

    def already_did(self, cause: str) -> tuple[CallbackAction, ...] | None:
        return self.turn.already_did(cause)

    def claim(self, due: int) -> bool:
        return self.turn.claim(due)

    def save(  # noqa: PLR0913 - a step's whole outcome, by name
        self,
        state: Callback,
        event: CallbackEvent,
        actions: Sequence[CallbackAction],
        *,
        cause: str,
        now: datetime,
        effects: Sequence[CallbackAction] = (),
        timers: Sequence[Timer] = (),
        facts: Rules | None = None,
    ) -> None:
        before = self._read() if self._version is None else self._version
        old, version = self._state, before + 1
        row = {
            "version": version,
            "queue": state.queue,
            "number": state.number,
            "start": state.start,
            "stage": type(state.stage).__name__,
            "data": codec.dump(state),
        }
        if before == 0:
            self.turn.connection.execute(INSERT, {"id": self.turn.key, **row})
        elif self.turn.connection.execute(UPDATE, {"of_id": self.turn.key, "before": before, **row}).rowcount != 1:
            raise Overtaken(f"callback {self.turn.key} is no longer at version {before}")
        self._write_attempts(() if old is None else old.attempts, state.attempts)
        self.turn.record(version, Saved(event, actions, cause, now, effects, timers, facts))
        self._state, self._version = state, version

    def _write_attempts(self, before: Sequence[Attempt], after: Sequence[Attempt]) -> None:
        known = {one.number: one for one in before}
        for one in after:
            row = {"at": one.at, "call": one.call, "outcome": one.outcome}
            if one.number not in known:
                self.turn.connection.execute(NEW_ATTEMPT, {"callback": self.turn.key, "number": one.number, **row})
            elif known[one.number] is not one:
                asked = {"of_callback": self.turn.key, "of_number": one.number, **row}
                self.turn.connection.execute(OLD_ATTEMPT, asked)

    def _read(self) -> int:
        row = self.turn.row()
        self._state = None if row is None else codec.load("callback", row.data)
        self._version = 0 if row is None else row.version
        return self._version


class Several:
    """Promises that are locked and saved in one transaction."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.turns: list[Turn] = []
        self.connection = connection
        self._database = database

    def add(self, callback: str) -> LockedCallback:
        """The promise of this id, which may not exist yet."""
        turn = Turn(self._database, self.connection, "callback", callback, LOCK)
        self.turns.append(turn)
        return LockedCallback(turn)


class Calendar(Several):
    """The promises of one queue, locked until the block ends; what is added is saved in the same transaction."""

    def __init__(self, database: Database, connection: Connection, queue: str) -> None:
        super().__init__(database, connection)
        self._queue = queue

    def taken(self, start: datetime) -> int:
        """Promises of this queue for the window that starts then, held ones included, closed ones not."""
        found: int = self.connection.execute(TAKEN, {"of_queue": self._queue, "at": start}).scalar_one()
        return found


class Booking(Several):
    """The promises to one number, locked until the block ends; what is added is saved in the same transaction."""

    def __init__(self, database: Database, connection: Connection, number: str) -> None:
        super().__init__(database, connection)
        self._number = number

    def open(self) -> list[str]:
        """The ids of the promises to this number that are neither closed nor merely held."""
        return list(self.connection.execute(OPEN_IDS, {"of_number": self._number}).scalars())


class Callbacks:
    def __init__(self, database: Database, told: Told) -> None:
        self._database = database
        self._told = told

    @contextmanager
    def locked(self, callback: str) -> Iterator[LockedCallback]:
        """Hold a promise, known or not: commit at a clean exit, keep nothing otherwise."""
        with self._database.writing() as connection:
            row = LockedCallback(Turn(self._database, connection, "callback", callback, LOCK))
            yield row
        for committed in row.turn.committed:
            self._told(committed)

    @contextmanager
    def calendar(self, queue: str) -> Iterator[Calendar]:
        """Hold a queue's calendar: nobody else counts or adds its windows meanwhile."""
        with self._database.writing() as connection:
            self._database.hold_name(connection, f"calendar:{queue}")
            calendar = Calendar(self._database, connection, queue)
            yield calendar
        self._tell(calendar)

    @contextmanager
    def booking(self, number: str) -> Iterator[Booking]:
        """Hold a number: nobody else books a promise to it meanwhile."""
        with self._database.writing() as connection:
            self._database.hold_name(connection, f"number:{number}")
            booking = Booking(self._database, connection, number)
            yield booking
        self._tell(booking)

    def _tell(self, saved: Several) -> None:
        for turn in saved.turns:
            for committed in turn.committed:
                self._told(committed)

    def read(self, callback: str) -> Callback | None:
        """A promise as it was last committed, without a lock."""
        with self._database.reading() as connection:
            data = connection.execute(READ, {"id": callback}).scalar_one_or_none()
        return None if data is None else codec.load("callback", data)

    def open_for(self, number: str) -> Callback | None:
        """The earliest promise to this number that is neither closed nor merely held."""
        with self._database.reading() as connection:
            data = connection.execute(OPEN, {"of_number": number}).scalar_one_or_none()
        return None if data is None else codec.load("callback", data)

    def open(self) -> list[Callback]:
        """Every promise that is not closed, the earliest window first."""
        with self._database.reading() as connection:
            return [codec.load("callback", data) for data in connection.execute(ALL_OPEN).scalars()]
