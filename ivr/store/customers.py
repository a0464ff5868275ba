"""What callers showed that they want, kept for their next call."""

from datetime import datetime

from sqlalchemy import bindparam, select

from .dialect import Database
from .tables import wish

WISH = select(wish.c.wish).where(wish.c.number == bindparam("of"))


class Customers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def wish(self, number: str) -> str | None:
        """ "person", "self_service", "" when it was taken back, None when nothing was ever shown."""
        with self._database.reading() as connection:
            found: str | None = connection.execute(WISH, {"of": number}).scalar_one_or_none()
            return found

    def remember(self, number: str, wish_shown: str, shown_by: str, now: datetime) -> None:
        """The last wish counts. `shown_by` says in a few words how it was shown."""
        row = {"number": number, "wish": wish_shown, "shown_by": shown_by, "at": now}
        with self._database.writing() as connection:
            connection.execute(self._database.upsert(wish), row)
