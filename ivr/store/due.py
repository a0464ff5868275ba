"""Everything due later: offers that ring out, silences, promises, retries.

Law: no engine owns time. Due rows are read without a lock by a `now` that is passed in, and claimed inside the locked
aggregate's own transaction; a claim that finds nothing means that somebody did it. A timer that is moved gets a new
number, so that a reader who saw the old moment claims nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from . import codec
from .dialect import Database
from .tables import due

Timer = tuple[str, datetime | None, object]
"""(name, moment or None to cancel, the event that is handled when it is due)"""


@dataclass(frozen=True, slots=True)
class DueRow:
    id: int
    kind: str
    key: str
    name: str
    at: datetime
    event: Any


READY = select(due).where(due.c.at <= bindparam("now")).order_by(due.c.at, due.c.id).limit(bindparam("most"))
NEXT = select(func.min(due.c.at))
CANCEL = delete(due).where(
    due.c.kind == bindparam("of_kind"), due.c.key == bindparam("of_key"), due.c.name == bindparam("of_name")
)
POSTPONE = update(due).where(due.c.id == bindparam("row")).values(at=bindparam("until"))
SET = due.insert().inline()
CLAIM = delete(due).where(
    due.c.id == bindparam("row"), due.c.kind == bindparam("of_kind"), due.c.key == bindparam("of_key")
)


class DueRows:
    """What is due. Claiming is the locked aggregate's business."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ready(self, now: datetime, limit: int) -> list[DueRow]:
        """What is due by `now`, the longest due first."""
        with self._database.reading() as connection:
            return [
                DueRow(row.id, row.kind, row.key, row.name, row.at, codec.load(row.kind, row.event))
                for row in connection.execute(READY, {"now": now, "most": limit})
            ]

    def postpone(self, row: int, until: datetime) -> None:
        """A row whose event failed is tried again then; a row that was claimed meanwhile is left alone."""
        with self._database.writing() as connection:
            connection.execute(POSTPONE, {"row": row, "until": until})

    def next_at(self) -> datetime | None:
        with self._database.reading() as connection:
            first: datetime | None = connection.execute(NEXT).scalar_one()
            return first


def set_timers(connection: Connection, kind: str, key: str, timers: Sequence[Timer]) -> None:
    """Set, move or cancel timers by name; of two with one name the later one counts."""
    last = {name: (at, event) for name, at, event in timers}
    connection.execute(CANCEL, [{"of_kind": kind, "of_key": key, "of_name": name} for name in last])
    rows = [
        {"kind": kind, "key": key, "name": name, "at": at, "event": codec.dump(event)}
        for name, (at, event) in last.items()
        if at is not None
    ]
    if rows:
        connection.execute(SET, rows)


def claim(connection: Connection, kind: str, key: str, row: int) -> bool:
    """Take a due row out, under its aggregate's lock. False: it was done, moved or cancelled."""
    return bool(connection.execute(CLAIM, {"row": row, "of_kind": kind, "of_key": key}).rowcount)
