"""What is kept of callers from one call to the next."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from . import codec
from .callbacks import OPEN, READ
from .dialect import Database
from .prepared import Prepared
from .tables import callback, wish


class History(NamedTuple):
    """What a number's earlier calls left behind; "" is nothing. `promise` is the id of the earliest open one."""

    wish: str
    shown_by: str
    promise: str


OF = wish.c.number == bindparam("of_number")
HISTORY = Prepared(
    select(
        *(
            func.coalesce(found.scalar_subquery(), "")
            for found in (
                select(wish.c.wish).where(OF),
                select(wish.c.shown_by).where(OF),
                OPEN.with_only_columns(callback.c.id),
            )
        )
    )
)


class Customers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def history(self, number: str) -> History:
        """In one read. The wish is "person", "self_service", or "" when it was taken back, is not one yet or was never
        shown."""
        with self._database.reading() as connection:
            row = HISTORY.one(connection, {"of_number": number})
        assert row is not None
        return History(*row)

    def promised(self, promise: str) -> tuple[datetime, datetime] | None:
        """The window of a promise, half-open."""
        with self._database.reading() as connection:
            data = connection.execute(READ, {"id": promise}).scalar_one_or_none()
        if data is None:
            return None
        kept = codec.load("callback", data)
        return kept.start, kept.end

    def remember(self, number: str, wish_shown: str, shown_by: str, now: datetime) -> None:
        """The last wish counts. `shown_by` says in a few words how it was shown."""
        row = {"number": number, "wish": wish_shown, "shown_by": shown_by, "at": now}
        with self._database.writing() as connection:
            connection.execute(self._database.upsert(wish), row)
