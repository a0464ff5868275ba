"""What the three aggregates have in common: one transaction in which a row is locked, read, and its step written down.

Law: the first statement locks. It also looks for the cause's stored answer, so that a turn costs one read; nothing is
read before it is needed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, bindparam, select

from . import codec
from .dialect import Copy, Database
from .due import Timer, claim, set_timers
from .journal import ANSWER, JournalRow, append
from .outbox import OutboxRow, post
from .prepared import Prepared
from .tables import journal

NO_CAUSE = ""


@dataclass(frozen=True, slots=True)
class Committed:
    """What just became true: told to listeners of this process after the commit, with the effects to perform."""

    kind: str
    key: str
    seq: int
    effects: tuple[OutboxRow, ...] = ()
    timers: bool = False


Told = Callable[[Committed], None]


@dataclass(frozen=True, slots=True)
class Saved:
    """A step as it is written down. `cause` is the event's once-only name."""

    event: object
    actions: Sequence[Any]
    cause: str
    now: datetime
    effects: Sequence[Any] = ()
    timers: Sequence[Timer] = ()
    facts: object = None


class Locked(NamedTuple):
    """A row as its turn found it: `answer` is what the journal holds for the cause."""

    version: int
    data: str
    answer: str | None
    seen: int


def reading(table: Table, kind: str) -> Prepared:
    """The statement that locks a row and finds a cause's stored answer.

    Under PostgreSQL the journal is seen as it was before waiting for the lock, the row as it is after: `seen` differs
    from `version` exactly when somebody wrote meanwhile, and then the journal must be asked again.
    """
    before = table.alias("before")
    seen = select(before.c.version).where(before.c.id == table.c.id).scalar_subquery()
    answered = and_(
        journal.c.kind == kind,
        journal.c.key == table.c.id,
        journal.c.cause == bindparam("cause", type_=journal.c.cause.type),
    )
    return Prepared(
        select(table.c.version, table.c.data, journal.c.actions.label("answer"), seen.label("seen"))
        .select_from(table.outerjoin(journal, answered))
        .where(table.c.id == bindparam("id"))
        .with_for_update(of=table)
    )


class Turn:
    """One aggregate, locked from the first question until commit."""

    def __init__(self, database: Database, connection: Connection, kind: str, key: str, statement: Prepared) -> None:
        self.connection = connection
        self.kind = kind
        self.key = key
        self.committed: list[Committed] = []
        self._database = database
        self._statement = statement
        self._row: Locked | None = None
        self._locked = False
        self._answers: dict[str, str | None] = {}

    def row(self, cause: str = NO_CAUSE) -> Locked | None:
        """The aggregate's row, locked; None when it does not exist yet (then its name is held)."""
        if not self._locked:
            asked = {"id": self.key, "cause": cause}
            row = self._read(asked)
            if row is None and self._database.hold_name(self.connection, f"{self.kind}:{self.key}"):
                row = self._read(asked)
            if cause and (row is None or row.seen == row.version):
                self._answers[cause] = None if row is None else row.answer
            self._row = row
            self._locked = True
        return self._row

    def already_did(self, cause: str) -> tuple[Any, ...] | None:
        """The actions that this cause led to, if it was handled before."""
        self.row(cause)
        if cause not in self._answers:
            asked = {"kind": self.kind, "key": self.key, "cause": cause}
            found = ANSWER.one(self.connection, asked)
            self._answers[cause] = None if found is None else found[0]
        stored = self._answers[cause]
        return None if stored is None else codec.load_all(self.kind, stored)

    def claim(self, due: int) -> bool:
        """Lock first, then claim: everybody takes the two in this order."""
        self.row()
        return claim(self.connection, self.kind, self.key, due)

    def _read(self, asked: Mapping[str, str]) -> Locked | None:
        row = self._statement.one(self.connection, asked)
        return None if row is None else Locked(*row)

    def last(self) -> Copy | None:
        """The record that `keep` was given last, with its version."""
        return self._database.last(self.kind, self.key)

    def keep(self, version: int, record: object | None) -> None:
        """The record as this turn leaves it, so that who reads it next need not decode it; None for one that is done
        with."""
        self._database.keep(self.kind, self.key, None if record is None else (version, record))

    def record(self, seq: int, saved: Saved) -> None:
        """Journal, effects and timers of one step."""
        actions = tuple(saved.actions)
        row = JournalRow(self.kind, self.key, seq, saved.cause, saved.now, saved.event, saved.facts, actions)
        self._answers[saved.cause] = append(self.connection, row)
        effects = post(self.connection, self.kind, self.key, saved.effects, saved.now) if saved.effects else ()
        if saved.timers:
            set_timers(self.connection, self.kind, self.key, saved.timers)
        self.committed.append(Committed(self.kind, self.key, seq, effects, bool(saved.timers)))
