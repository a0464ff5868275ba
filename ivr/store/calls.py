"""Calls: one row each, in one piece. A turn is one locked read, one write and one line of history."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, select, update

from ivr.flow.model import Action, CallEvent, CallState, Facts, Over

from . import codec
from .dialect import Database
from .due import Timer
from .errors import Overtaken
from .prepared import Prepared
from .tables import call
from .turn import Saved, Told, Turn, reading

LOCK = reading(call, "call")
READ = Prepared(select(call.c.data).where(call.c.id == bindparam("id")))
RUNNING = select(call.c.id).where(~call.c.over).order_by(call.c.started)
INSERT = Prepared(call.insert().inline(), ("id", "version", "started", "over", "data"))
UPDATE = Prepared(
    update(call)
    .where(call.c.id == bindparam("call"), call.c.version == bindparam("before"))
    .values(version=bindparam("version"), over=bindparam("over"), data=bindparam("data"))
)


@lru_cache(maxsize=256)
def state_of(data: str) -> CallState:
    """The state that a row holds. A turn reads it without the lock and again under it, mostly the same text twice."""
    state: CallState = codec.load("call", data)
    return state


class LockedCall:
    """One call's row, held until the block ends. Fits `ivr.calls.ports.LockedCall`."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self._state: CallState | None = None
        self._version: int | None = None

    @property
    def state(self) -> CallState | None:
        if self._version is None:
            self._read()
        return self._state

    def already_did(self, cause: str) -> tuple[Action, ...] | None:
        return self.turn.already_did(cause)

    def claim(self, due: int) -> bool:
        return self.turn.claim(due)

    def save(  # noqa: PLR0913 - a step's whole outcome, by name
        self,
        state: CallState,
        event: CallEvent,
        actions: Sequence[Action],
        *,
        cause: str,
        now: datetime,
        effects: Sequence[Action] = (),
        timers: Sequence[Timer] = (),
        facts: Facts | None = None,
    ) -> None:
        before = self._read() if self._version is None else self._version
        version = before + 1
        over, data = isinstance(state.place, Over), codec.dump(state)
        if before == 0:
            row = {"id": self.turn.key, "version": version, "started": state.started, "over": over, "data": data}
            INSERT.run(self.turn.connection, row)
        else:
            row = {"call": self.turn.key, "before": before, "version": version, "over": over, "data": data}
            if UPDATE.run(self.turn.connection, row) != 1:
                raise Overtaken(f"call {self.turn.key} is no longer at version {before}")
        self.turn.record(version, Saved(event, actions, cause, now, effects, timers, facts))
        self.turn.keep(version, None if over else state)
        self._state, self._version = state, version

    def _read(self) -> int:
        row, copy = self.turn.row(), self.turn.last()
        if row is not None:
            self._state = copy[1] if copy is not None and copy[0] == row.version else state_of(row.data)
        self._version = 0 if row is None else row.version
        return self._version


class Calls:
    def __init__(self, database: Database, told: Told) -> None:
        self._database = database
        self._told = told

    @contextmanager
    def locked(self, call: str) -> Iterator[LockedCall]:
        """Hold a call, known or not: commit at a clean exit, keep nothing otherwise."""
        with self._database.writing() as connection:
            row = LockedCall(Turn(self._database, connection, "call", call, LOCK))
            yield row
        for committed in row.turn.committed:
            self._told(committed)

    def read(self, call: str) -> CallState | None:
        """A call as it was last committed, without a lock."""
        if (copy := self._database.last("call", call)) is not None:
            kept: CallState = copy[1]
            return kept
        with self._database.reading() as connection:
            row = READ.one(connection, {"id": call})
        return None if row is None else state_of(row[0])

    def running(self) -> list[str]:
        """The ids of calls that are not over, the oldest first."""
        with self._database.reading() as connection:
            return list(connection.execute(RUNNING).scalars())
