"""What callers showed that they want, kept for their next call."""

from datetime import datetime

from sqlalchemy import bindparam, select

from .dialect import Database
from .tables import wish

SHOWN = select(wish.c.wish, wish.c.shown_by).where(wish.c.number == bindparam("of"))


class Customers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def shown(self, number: str) -> tuple[str, str] | None:
        """(wish, how it was shown), None when nothing ever was. The wish is "person", "self_service", or "" when it was
        taken back or is not one yet."""
        with self._database.reading() as connection:
            row = connection.execute(SHOWN, {"of": number}).one_or_none()
            return (row.wish, row.shown_by) if row is not None else None

    def wish(self, number: str) -> str | None:
        """The wish alone."""
        shown = self.shown(number)
        return shown[0] if shown is not None else None

    def remember(self, number: str, wish_shown: str, shown_by: str, now: datetime) -> None:
        """The last wish counts. `shown_by` says in a few words how it was shown."""
        row = {"number": number, "wish": wish_shown, "shown_by": shown_by, "at": now}
        with self._database.writing() as connection:
            connection.execute(self._database.upsert(wish), row)
