"""The line: one row a record, one version a pool, and a copy in memory that is never newer than what was committed.

Law: under the pool's lock, read the rows that others changed since our copy, step, and write only the records that
are not the same object any more. The copy is swapped after the commit; a transaction that failed drops it. The index
`offer_agent_once` makes a doubly offered agent impossible, so what is gone is written before what came.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import false as no

from routing.model import Agent, Entry, Line, LineAction, LineEvent, Offer

from . import codec
from .dialect import Database
from .due import Timer
from .prepared import Prepared
from .tables import agent, entry, offer, pool
from .turn import Saved, Told, Turn, reading

K = TypeVar("K", str, int)
V = TypeVar("V")

OFFERS = 1_000_000_000
"""Numbers that each pool has for its offers, so that an offer's number says which pool made it."""
KEPT = 1000
"""Versions for which tombstones are kept. A copy that is older than that reads everything."""

RECORDS: Mapping[str, Table] = {"agents": agent, "entries": entry, "offers": offer}


def changed_since(name: str, table: Table) -> Select[Any]:
    return select(
        literal(name).label("name"), cast(table.c.id, Text).label("id"), table.c.version, table.c.gone, table.c.data
    ).where(
        table.c.pool == bindparam("pool"),
        table.c.version > bindparam("after"),
        or_(~table.c.gone, bindparam("after") > 0),
    )


LOCK = reading(pool, "line")
VERSION = Prepared(select(pool.c.version).where(pool.c.id == bindparam("pool")))
THE_POOL = select(
    literal("pool").label("name"),
    cast(pool.c.forgotten, Text).label("id"),
    pool.c.version,
    no().label("gone"),
    pool.c.data,
).where(pool.c.id == bindparam("pool"))
CHANGED = union_all(THE_POOL, *(changed_since(name, table) for name, table in RECORDS.items()))
"""One statement, so that a reader without a lock sees one moment."""
POOLS = select(func.count()).select_from(pool)
POOL_OF = select(offer.c.pool).where(offer.c.id == bindparam("number"))
INSERT = pool.insert()
UPDATE = update(pool).where(pool.c.id == bindparam("pool")).values(version=bindparam("version"), data=bindparam("data"))
FORGET = update(pool).where(pool.c.id == bindparam("pool")).values(forgotten=bindparam("until"))
GONE = {
    name: update(table)
    .where(table.c.pool == bindparam("of_pool"), table.c.id == bindparam("of_id"))
    .values(gone=True, version=bindparam("version"))
    for name, table in RECORDS.items()
}
BURY = [
    delete(table).where(table.c.pool == bindparam("pool"), table.c.gone, table.c.version <= bindparam("until"))
    for table in RECORDS.values()
]


@dataclass(frozen=True, slots=True)
class Copy:
    """A pool as of a version. Version 0 is a pool in which nothing ever happened."""

    version: int
    line: Line


EMPTY = Copy(0, Line())


class LockedLine:
    """A pool's line, held until the block ends. Fits `routing.service.LockedLine`."""

    def __init__(self, database: Database, turn: Turn, copy: Copy) -> None:
        self.turn = turn
        self.copy = copy
        self._database = database
        self._read = False

    @property
    def state(self) -> Line:
        if not self._read:
            self._catch_up()
        return self.copy.line

    def already_did(self, cause: str) -> tuple[LineAction, ...] | None:
        return self.turn.already_did(cause)

    def claim(self, due: int) -> bool:
        return self.turn.claim(due)

    def save(  # noqa: PLR0913 - a step's whole outcome, by name
        self,
        state: Line,
        event: LineEvent,
        actions: Sequence[LineAction],
        *,
        cause: str,
        now: datetime,
        effects: Sequence[LineAction] = (),
        timers: Sequence[Timer] = (),
        facts: object = None,
    ) -> None:
        before, version = self.state, self.copy.version + 1
        self._write_pool(version, state)
        self._write_records(version, before, state)
        if version % KEPT == 0:
            self._bury(version - KEPT)
        self.turn.record(version, Saved(event, actions, cause, now, effects, timers, facts))
        self.turn.keep(version, state)
        self.copy = Copy(version, state)

    def _catch_up(self) -> None:
        row = self.turn.row()
        if row is None:
            self._database.hold_name(self.turn.connection, "pools")
            ordinal = self.turn.connection.execute(POOLS).scalar_one()
            self.copy = Copy(0, Line(next_offer=ordinal * OFFERS + 1))
        elif row.version != self.copy.version:
            self.copy = caught_up(self.turn.connection, self.turn.key, self.copy)
        self._read = True

    def _write_pool(self, version: int, state: Line) -> None:
        row = {"pool": self.turn.key, "version": version, "data": codec.dump(without_records(state))}
        if version > 1:
            self.turn.connection.execute(UPDATE, row)
        else:
            ordinal = self.copy.line.next_offer // OFFERS
            new = {"id": self.turn.key, "version": version, "ordinal": ordinal, "forgotten": 0, "data": row["data"]}
            self.turn.connection.execute(INSERT, new)

    def _write_records(self, version: int, before: Line, after: Line) -> None:
        agents = differing(before.agents, after.agents)
        entries = differing(before.entries, after.entries)
        offers = differing(before.offers, after.offers)
        key, connection = self.turn.key, self.turn.connection
        for name, changes in (("agents", agents), ("entries", entries), ("offers", offers)):
            gone = [{"of_pool": key, "of_id": id, "version": version} for id, value in changes.items() if value is None]
            if gone:
                connection.execute(GONE[name], gone)
        for name, changes in (("agents", agents), ("entries", entries), ("offers", offers)):
            came = [
                {"pool": key, "id": id, "version": version, "gone": False, "data": codec.dump(value), **columns(value)}
                for id, value in changes.items()
                if value is not None
            ]
            if came:
                connection.execute(self._database.upsert(RECORDS[name]), came)

    def _bury(self, until: int) -> None:
        for statement in BURY:
            self.turn.connection.execute(statement, {"pool": self.turn.key, "until": until})
        self.turn.connection.execute(FORGET, {"pool": self.turn.key, "until": until})


class Lines:
    """Pools by name, each with its copy in memory."""

    def __init__(self, database: Database, told: Told) -> None:
        self._database = database
        self._told = told
        self._copies: dict[str, Copy] = {}
        self._guard = Lock()

    @contextmanager
    def locked(self, pool: str) -> Iterator[LockedLine]:
        """Hold a pool: commit at a clean exit, keep nothing otherwise."""
        committed = False
        try:
            with self._database.writing() as connection:
                turn = Turn(self._database, connection, "line", pool, LOCK)
                line = LockedLine(self._database, turn, self._copies.get(pool, EMPTY))
                yield line
            committed = True
        finally:
            if not committed:
                self._drop(pool)
        self._keep(pool, line.copy)
        for one in turn.committed:
            self._told(one)

    def read(self, pool: str) -> Line:
        """A pool as it was last committed, without a lock; an empty line where nothing ever happened."""
        if (last := self._database.last("line", pool)) is not None:
            line: Line = last[1]
            return line
        copy = self._copies.get(pool, EMPTY)
        with self._database.reading() as connection:
            row = VERSION.one(connection, {"pool": pool})
            if row is not None and row[0] != copy.version:
                copy = caught_up(connection, pool, copy)
                self._keep(pool, copy)
        return copy.line

    def pool_of(self, offer: int) -> str | None:
        """The pool that made an offer; None when it never was, or is long gone."""
        with self._database.reading() as connection:
            return connection.execute(POOL_OF, {"number": offer}).scalar_one_or_none()

    def _keep(self, pool: str, copy: Copy) -> None:
        """Two threads may come back in another order than they committed: the newer copy stays."""
        with self._guard:
            if copy.version > self._copies.get(pool, EMPTY).version:
                self._copies[pool] = copy

    def _drop(self, pool: str) -> None:
        with self._guard:
            self._copies.pop(pool, None)


def caught_up(connection: Connection, pool: str, copy: Copy) -> Copy:
    """A copy with everything that others committed since. Reads all when the tombstones it needs are deleted."""
    rows = connection.execute(CHANGED, {"pool": pool, "after": copy.version}).all()
    head = next(row for row in rows if row.name == "pool")
    if copy.version and (copy.version < int(head.id) or copy.version > head.version):
        copy = EMPTY
        rows = connection.execute(CHANGED, {"pool": pool, "after": 0}).all()
        head = next(row for row in rows if row.name == "pool")
    line = replace(
        codec.load("line", head.data),
        agents=merged(copy.line.agents, rows, "agents", str),
        entries=merged(copy.line.entries, rows, "entries", str),
        offers=merged(copy.line.offers, rows, "offers", int),
    )
    return Copy(head.version, line)


def merged(before: Mapping[K, V], rows: Sequence[Row[Any]], name: str, key: type[K]) -> Mapping[K, V]:
    """`before` with the rows of one table laid over it; itself when there are none."""
    mine = [row for row in rows if row.name == name]
    if not mine:
        return before
    after = dict(before)
    for row in mine:
        if row.gone:
            after.pop(key(row.id), None)
        else:
            after[key(row.id)] = codec.load("line", row.data)
    return after


def differing(before: Mapping[K, V], after: Mapping[K, V]) -> dict[K, V | None]:
    """The records a step replaced, None for those it took away. What it did not touch is shared."""
    if before is after:
        return {}
    changes: dict[K, V | None] = {key: value for key, value in after.items() if before.get(key) is not value}
    changes.update(dict.fromkeys(before.keys() - after.keys()))
    return changes


def without_records(line: Line) -> Line:
    """What a line holds besides its records: the next offer's number, and whatever a line may learn to count."""
    return replace(line, agents={}, entries={}, offers={})


def columns(value: Agent | Entry | Offer) -> dict[str, str]:
    return {"agent": value.agent} if isinstance(value, Offer) else {}
