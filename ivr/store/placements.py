"""Calls that we ask the carrier to place: a row is committed before the carrier is asked.

Law: an effect's name is claimed once. Who finds it claimed asks the carrier whether the call exists, and never dials
blindly; only a clear no releases the name.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from .dialect import Database
from .tables import placement


@dataclass(frozen=True, slots=True)
class Placement:
    """`at` is when it was claimed; `call` is the carrier's id, "" while unknown; outcome: "" | placed | failed."""

    effect: str
    at: datetime
    call: str
    outcome: str


GET = select(placement).where(placement.c.effect == bindparam("name"))
SET = (
    update(placement)
    .where(placement.c.effect == bindparam("name"))
    .values(call=bindparam("call"), outcome=bindparam("outcome"))
)
RELEASE = delete(placement).where(placement.c.effect == bindparam("name"))


class Placements:
    """Each call is a committed transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, effect: str, now: datetime) -> bool:
        """True for the first who asks, and for nobody after."""
        row = {"effect": effect, "at": now, "call": "", "outcome": ""}
        with self._database.writing() as connection:
            return connection.execute(self._database.insert_new(placement), row).rowcount == 1

    def set(self, effect: str, call: str, outcome: str) -> None:
        with self._database.writing() as connection:
            connection.execute(SET, {"name": effect, "call": call, "outcome": outcome})

    def get(self, effect: str) -> Placement | None:
        with self._database.reading() as connection:
            row = connection.execute(GET, {"name": effect}).one_or_none()
        return None if row is None else Placement(row.effect, row.at, row.call, row.outcome)

    def release(self, effect: str) -> None:
        """The carrier surely did nothing: the name may be claimed again."""
        with self._database.writing() as connection:
            connection.execute(RELEASE, {"name": effect})
