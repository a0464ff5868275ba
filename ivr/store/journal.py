"""The history: every event of every aggregate, with what it caused, under a name that happens once.

Law: `seq` is given under the aggregate's lock, so an aggregate's history has no gap; and a reader of everything follows
by `since`, whose cursor misses nobody who commits late (a plain serial number does: it is drawn before the commit).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from . import codec
from .dialect import Database, transaction_number
from .prepared import Prepared
from .tables import journal


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One thing that happened. `event`, `facts` and `actions` are the decoded dataclasses of the kind."""

    kind: str
    key: str
    seq: int
    cause: str
    at: datetime
    event: Any
    facts: Any
    actions: tuple[Any, ...]


COLUMNS = (
    journal.c.kind, journal.c.key, journal.c.seq, journal.c.cause, journal.c.at, journal.c.event, journal.c.facts,
    journal.c.actions,
)  # fmt: skip
OF = (
    select(*COLUMNS)
    .where(journal.c.kind == bindparam("kind"), journal.c.key == bindparam("key"), journal.c.seq > bindparam("after"))
    .order_by(journal.c.seq)
)
ANSWER = Prepared(
    select(journal.c.actions).where(
        journal.c.kind == bindparam("kind"), journal.c.key == bindparam("key"), journal.c.cause == bindparam("cause")
    )
)
INSERT = Prepared(
    journal.insert().values(stamp=transaction_number()).inline(), tuple(column.name for column in COLUMNS)
)


class Journal:
    """Reads the history. Writing happens only inside an aggregate's transaction, by `append`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, kind: str, key: str, after: int = 0) -> list[JournalRow]:
        """One aggregate's history in order, from the row after `after`."""
        with self._database.reading() as connection:
            return [decoded(tuple(row)) for row in connection.execute(OF, {"kind": kind, "key": key, "after": after})]

    def cursor(self) -> str:
        """Where the history stands: `since` of it gives what commits from here on."""
        with self._database.reading() as connection:
            return self._database.cursor(connection, journal)

    def since(self, cursor: str = "") -> tuple[list[JournalRow], str]:
        """What was committed since a cursor ("" is the beginning), and the next cursor. Each row comes exactly once."""
        with self._database.reading() as connection:
            found, then = self._database.committed_since(connection, journal, COLUMNS, cursor)
            return [decoded(row) for row in found], then


def append(connection: Connection, row: JournalRow) -> str:
    """Write one row and give its actions as stored. The unique cause and seq of the table are the last guard."""
    actions = codec.dump_all(row.actions)
    INSERT.run(
        connection,
        {
            "kind": row.kind,
            "key": row.key,
            "seq": row.seq,
            "cause": row.cause,
            "at": row.at,
            "event": codec.dump(row.event),
            "facts": None if row.facts is None else codec.dump(row.facts),
            "actions": actions,
        },
    )
    return actions


def decoded(row: Sequence[Any]) -> JournalRow:
    kind, key, seq, cause, at, event, facts, actions = row
    return JournalRow(
        kind, key, seq, cause, at, codec.load(kind, event),
        None if facts is None else codec.load(kind, facts), codec.load_all(kind, actions),
    )  # fmt: skip
