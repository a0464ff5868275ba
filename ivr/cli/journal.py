"""The journal, read beside a running server: rows, states and the site's version, and rows as JSON lines.

Law: reading takes no lock and writes nothing, so that it works while the one process that may write is at work.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

import callbacks.model as promise
from ivr.cli.database import first_line, place, plain
from ivr.cli.outcome import Exit, Trouble
from ivr.flow.model import CallState
from ivr.store import codec, tables


@dataclass(frozen=True, slots=True)
class Row:
    """One step of one machine: kind is call, line or callback; `number` orders all rows of a database."""

    number: int
    kind: str
    key: str
    seq: int
    cause: str
    at: datetime
    event: Any
    facts: Any
    actions: tuple[Any, ...]


class Journal:
    """A reader of one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _engine(url)

    def since(self, number: int) -> Sequence[Row]:
        """Every row behind `number`, in order."""
        found = select(tables.journal).where(tables.journal.c.number > number).order_by(tables.journal.c.number)
        return self._rows(found)

    def of(self, kind: str, key: str) -> Sequence[Row]:
        journal = tables.journal.c
        found = select(tables.journal).where(journal.kind == kind, journal.key == key).order_by(journal.seq)
        return self._rows(found)

    def call(self, call: str) -> CallState | None:
        """The call as it stands."""
        data = self._one(select(tables.call.c.data).where(tables.call.c.id == call))
        return None if data is None else codec.load("call", data)

    def last_call(self) -> str | None:
        return self._one(select(tables.call.c.id).order_by(tables.call.c.started.desc(), tables.call.c.id.desc()))

    def callbacks(self) -> Sequence[promise.Callback]:
        with self._reading() as connection:
            stored = (
                connection.execute(select(tables.callback.c.data).order_by(tables.callback.c.start)).scalars().all()
            )
        return [codec.load("callback", data) for data in stored]

    def files(self, version: str) -> Mapping[str, str] | None:
        """The files of the site's version with this hash."""
        data = self._one(select(tables.version.c.files).where(tables.version.c.hash == version))
        return None if data is None else json.loads(data)

    def _rows(self, found: Select[Any]) -> Sequence[Row]:
        with self._reading() as connection:
            return [_row(dict(row)) for row in connection.execute(found).mappings()]

    def _one(self, found: Select[Any]) -> str | None:
        with self._reading() as connection:
            value: str | None = connection.execute(found.limit(1)).scalar()
        return value

    def _reading(self) -> AbstractContextManager[Connection]:
        return _reading(self._engine, self.url)


@contextmanager
def _reading(engine: Engine, url: str) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as fault:
        if "no such table" in str(fault) or "UndefinedTable" in str(fault):
            raise Trouble(f"The database {plain(url)} is empty: no server has used it yet.") from fault
        raise Trouble(f"The database {plain(url)} cannot be read: {first_line(fault)}.", Exit.NO_START) from fault


def _engine(url: str) -> Engine:
    """SQLite is opened for reading only, and never made where it is not."""
    parts = place(url)
    if parts.get_backend_name() == "sqlite" and parts.database:
        if not Path(parts.database).is_file():
            raise Trouble(
                f"There is no database at {parts.database}; name it with --database sqlite:///FILE.", Exit.NO_START
            )
        parts = parts.set(database=f"file:{parts.database}", query={"mode": "ro", "uri": "true"})
    return create_engine(parts, poolclass=NullPool)


def _row(stored: Mapping[str, Any]) -> Row:
    kind = stored["kind"]
    return Row(
        stored["number"], kind, stored["key"], stored["seq"], stored["cause"], stored["at"],
        codec.load(kind, stored["event"]),
        codec.load(kind, stored["facts"]) if stored["facts"] else None,
        codec.load_all(kind, stored["actions"]),
    )  # fmt: skip


# -- JSON lines ------------------------------------------------------------------------------------------------------


def as_json(row: Row) -> dict[str, Any]:
    return {
        "number": row.number, "kind": row.kind, "key": row.key, "seq": row.seq, "cause": row.cause,
        "at": row.at.isoformat(), "event": codec.encode(row.event),
        "facts": codec.encode(row.facts) if row.facts is not None else None,
        "actions": [codec.encode(action) for action in row.actions],
    }  # fmt: skip


def from_json(data: Mapping[str, Any]) -> Row:
    """A row as `as_json` wrote it; raises KeyError, ValueError or the codec's BadRecord."""
    kind = data["kind"]
    return Row(
        data["number"], kind, data["key"], data["seq"], data["cause"], datetime.fromisoformat(data["at"]),
        codec.decode(kind, data["event"]),
        codec.decode(kind, data["facts"]) if data["facts"] is not None else None,
        tuple(codec.decode(kind, action) for action in data["actions"]),
    )  # fmt: skip
