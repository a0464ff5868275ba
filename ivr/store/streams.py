"""Streams of calls: which were opened, how each ended, and how far its caller was spoken to.

Law: a stream is opened once. Its row says "" while the socket is open, so that a stream whose process died is told from
one that ended: nobody else can write that any more.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from .dialect import Database
from .tables import stream


@dataclass(frozen=True, slots=True)
class Stream:
    """`outcome` is "" while it is open, or when its process died. `heard` is the turn whose last words were played to
    the end, 0 for none."""

    id: str
    call: str
    at: datetime
    outcome: str
    heard: int


GET = select(stream).where(stream.c.id == bindparam("of"))
LAST = select(stream).where(stream.c.call == bindparam("of")).order_by(stream.c.at.desc(), stream.c.outcome).limit(1)
END = (
    update(stream).where(stream.c.id == bindparam("of")).values(outcome=bindparam("outcome"), heard=bindparam("heard"))
)


class Streams:
    """Each method is a committed transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, id: str, call: str, now: datetime) -> bool:
        """True for the first who asks, and for nobody after."""
        row = {"id": id, "call": call, "at": now, "outcome": "", "heard": 0}
        with self._database.writing() as connection:
            return connection.execute(self._database.insert_new(stream), row).rowcount == 1

    def end(self, id: str, outcome: str, heard: int) -> None:
        with self._database.writing() as connection:
            connection.execute(END, {"of": id, "outcome": outcome, "heard": heard})

    def get(self, id: str) -> Stream | None:
        with self._database.reading() as connection:
            row = connection.execute(GET, {"of": id}).one_or_none()
        return None if row is None else Stream(row.id, row.call, row.at, row.outcome, row.heard)

    def last_of(self, call: str) -> Stream | None:
        """The stream that a call had last; of two of one moment the one that is open."""
        with self._database.reading() as connection:
            row = connection.execute(LAST, {"of": call}).one_or_none()
        return None if row is None else Stream(row.id, row.call, row.at, row.outcome, row.heard)
