"""Effects that a step asked for: performed right after its commit, swept by anybody after a crash.

Law: at least once, in order within a lane, and by one worker at a time while its lease lasts. The unique cause
`outbox:ID` makes each of them once at the other machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from . import codec
from .dialect import Database
from .tables import outbox

TEXTS = ("SendText", "Tell")
"""Messages: nothing waits for them, and the carrier may refuse them for a long time."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One effect to perform. `key` is the aggregate that asked for it; `tries` counts the leases it had."""

    id: int
    kind: str
    key: str
    action: Any
    at: datetime
    tries: int = 0


older = outbox.alias("older")
BLOCKED = exists().where(
    older.c.kind == outbox.c.kind,
    older.c.key == outbox.c.key,
    older.c.lane == outbox.c.lane,
    older.c.id < outbox.c.id,
)
ROWS = select(outbox.c.id, outbox.c.kind, outbox.c.key, outbox.c.action, outbox.c.at, outbox.c.tries)
FIRST = ROWS.where(~BLOCKED).order_by(outbox.c.id).limit(bindparam("most"))
FREE = FIRST.where(outbox.c.at <= bindparam("now"))
NEXT = select(func.min(outbox.c.at)).where(~BLOCKED)
LEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.at <= bindparam("now"), ~BLOCKED)
    .values(at=bindparam("until"), tries=outbox.c.tries + 1)
)
FAIL = update(outbox).where(outbox.c.id == bindparam("row")).values(at=bindparam("until"))
DONE = delete(outbox).where(outbox.c.id == bindparam("row"))
POST = outbox.insert().returning(outbox.c.id, sort_by_parameter_order=True)


class Outbox:
    """What is still to be performed. Each call is a committed transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, limit: int, now: datetime | None = None) -> list[OutboxRow]:
        """The oldest effect of each lane; with `now`, only those that nobody holds at that moment."""
        statement, values = (FIRST, {"most": limit}) if now is None else (FREE, {"most": limit, "now": now})
        with self._database.reading() as connection:
            return [
                OutboxRow(row.id, row.kind, row.key, codec.load(row.kind, row.action), row.at, row.tries)
                for row in connection.execute(statement, values)
            ]

    def lease(self, row: int, now: datetime, seconds: float) -> bool:
        """Take an effect for so long. False: somebody holds it, did it, or one before it in its lane is not done."""
        return self._change(LEASE, {"row": row, "now": now, "until": now + timedelta(seconds=seconds)})

    def done(self, row: int) -> None:
        self._change(DONE, {"row": row})

    def fail(self, row: int, again_at: datetime) -> None:
        """It did not work: anybody may try again from that moment on."""
        self._change(FAIL, {"row": row, "until": again_at})

    def next_at(self, now: datetime) -> datetime | None:
        """When there is work next: `now` when there is some already, None when nothing is left to do."""
        with self._database.reading() as connection:
            first: datetime | None = connection.execute(NEXT).scalar_one()
        return None if first is None else max(first, now)

    def _change(self, statement: Any, values: dict[str, Any]) -> bool:  # noqa: ANN401 - any of the above
        with self._database.writing() as connection:
            return bool(connection.execute(statement, values).rowcount)


def post(connection: Connection, kind: str, key: str, effects: Sequence[Any], now: datetime) -> tuple[OutboxRow, ...]:
    """Write effects in their order, free from `now` on."""
    rows = [
        {"kind": kind, "key": key, "lane": lane(kind, effect), "at": now, "tries": 0, "action": codec.dump(effect)}
        for effect in effects
    ]
    numbers = connection.execute(POST, rows).scalars()
    return tuple(OutboxRow(number, kind, key, effect, now) for number, effect in zip(numbers, effects, strict=True))


def lane(kind: str, effect: object) -> str:
    """Effects of one lane wait for one another. A pool's are ordered by offer or entry: one slow leg stops no other."""
    if type(effect).__name__ in TEXTS:
        return "texts"
    if kind != "line":
        return ""
    return str(getattr(effect, "offer", None) or getattr(effect, "entry", ""))
