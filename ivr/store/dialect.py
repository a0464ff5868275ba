"""The two databases behind one face: everything that SQLite and PostgreSQL do differently is in this file.

Law: a writing transaction begins by taking the right to write. SQLite has one writer at a time, in one process (a lock
file says so for the life of the process); PostgreSQL has as many as there are rows, each held by `FOR UPDATE`, and a
name that has no row yet is held by an advisory lock.
"""

# ruff: noqa: ANN401 - SQLAlchemy and the two drivers hand over values and connections of any type

import fcntl
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from select import POLLIN, poll
from typing import Any, ClassVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Executable,
    String,
    Table,
    TypeDecorator,
    and_,
    create_engine,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy import event as hooks
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import BigInteger, TypeEngine

from .errors import DatabaseTaken, StoreError

BUSY = 10_000
"""Milliseconds that a reader of SQLite waits for a checkpoint or a recovery."""
CONNECTIONS = 40
"""Connections to PostgreSQL that one process may hold: as many as the thread pool has threads."""
COPIES = 2048
"""Records that a seat keeps as they were committed last; those that were written longest ago are forgotten first."""
MIGRATING = 0x486F6C64
"""The advisory lock of whoever changes the schema ("Hold")."""

Name = tuple[str, str]
"""(kind, key) of a record."""
Copy = tuple[int, Any]
"""(version, the record as of that version)"""


class Moment(TypeDecorator[datetime]):
    """An aware moment. PostgreSQL has a type for it; SQLite keeps ISO 8601 in UTC, of one width: it sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        plain = String(32) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(plain)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class transaction_number(GenericFunction[int]):
    """The number of the running transaction where many write at once; 0 where there is one writer."""

    type = BigInteger()
    inherit_cache = True


@compiles(transaction_number)
def no_number(element: transaction_number, compiler: SQLCompiler, **options: Any) -> str:
    return "0"


@compiles(transaction_number, "postgresql")
def its_number(element: transaction_number, compiler: SQLCompiler, **options: Any) -> str:
    return "pg_current_xact_id()::text::bigint"


class Seat:
    """The right to write to one SQLite file: one process (flock), and in it one thread at a time (`turn`).

    Every Store of this process on the same file shares one seat, and with it `copies`: because nobody else can write,
    what a thread committed last is what the file holds. Only who has the turn changes them.
    """

    taken: ClassVar[dict[str, "Seat"]] = {}
    guard: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: str) -> None:
        self.path = path
        self.turn = threading.RLock()
        self.stores = 0
        self.copies: dict[Name, Copy] = {}
        self._file = self._hold() if path else -1

    @classmethod
    def take(cls, path: str) -> "Seat":
        with cls.guard:
            seat = cls.taken.get(path) if path else None
            if seat is None:
                seat = cls(path)
                if path:
                    cls.taken[path] = seat
            seat.stores += 1
            return seat

    def leave(self) -> None:
        with self.guard:
            self.stores -= 1
            if self.stores == 0 and self._file >= 0:
                os.close(self._file)
                del self.taken[self.path]

    def remember(self, kept: Mapping[Name, Copy]) -> None:
        self.copies.update(kept)
        while len(self.copies) > COPIES:
            del self.copies[next(iter(self.copies))]

    def _hold(self) -> int:
        lock = f"{self.path}.lock"
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            holder = os.read(file, 32).decode(errors="replace").strip()
            os.close(file)
            raise DatabaseTaken(
                f"{self.path} is in use by another process{f' ({holder})' if holder else ''}. SQLite serves exactly "
                "one: stop it, or let several processes share a PostgreSQL (postgresql://USER@HOST/NAME)."
            ) from busy
        os.ftruncate(file, 0)
        os.write(file, f"process {os.getpid()}\n".encode())
        return file


class Database:
    """One open database. `writing` is a transaction; `reading` sees what is committed and holds nothing."""

    def __init__(self, engine: Engine, seat: Seat | None, *, read_only: bool = False) -> None:
        self.engine = engine
        self._read_only = read_only
        self._seat = seat
        self._one_connection = isinstance(engine.pool, StaticPool)
        self._reading = engine if seat is not None else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer: Connection | None = None
        self._idle: list[Connection] = []
        self._kept: dict[Name, Copy] = {}
        self._inside = threading.local()

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> "Database":
        """Raises DatabaseTaken when SQLite's one seat is taken, StoreError when there is nothing to read."""
        where = named(url)
        if where.get_backend_name() == "postgresql":
            return cls(open_postgres(where, read_only=read_only), None, read_only=read_only)
        if where.get_backend_name() == "sqlite":
            return cls(*open_sqlite(where, read_only=read_only), read_only=read_only)
        raise StoreError(
            f"{where.get_backend_name()} is not a database we know: sqlite:///FILE or postgresql://USER@HOST/NAME"
        )

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.engine.dispose()
        if self._seat is not None:
            self._seat.leave()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: commit at a clean exit, else roll back. One changes one aggregate, so none nest."""
        if self._read_only:
            raise StoreError("this database was opened for reading only")
        if getattr(self._inside, "yes", False):
            raise RuntimeError("a transaction is open in this thread already: one transaction, one aggregate")
        self._inside.yes = True
        try:
            if self._seat is None:
                with self.engine.begin() as connection:
                    yield connection
            else:
                with self._seat.turn:
                    self._kept.clear()
                    with self._only_connection() as connection:
                        yield connection
                    self._seat.remember(self._kept)
        finally:
            self._inside.yes = False

    def last(self, kind: str, key: str) -> Copy | None:
        """A record as it was committed last, without asking the database. None: ask.

        Never anything under PostgreSQL, where others write too, nor from `keep` to the commit.
        """
        return None if self._seat is None else self._seat.copies.get((kind, key))

    def keep(self, kind: str, key: str, copy: Copy | None) -> None:
        """How the running transaction leaves a record: `last` gives it once that is true, or forgets it."""
        if self._seat is not None:
            self._seat.copies.pop((kind, key), None)
            self._kept.pop((kind, key), None)
            if copy is not None:
                self._kept[kind, key] = copy

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        if self._seat is None:
            with self._reading.connect() as connection:
                yield connection
            return
        if not self._one_connection:
            with self._reader() as connection:
                yield connection
            return
        with self._seat.turn:  # a database in memory has one connection, for readers too
            if self._writer is not None and self._writer.in_transaction():
                yield self._writer
            else:
                with self._only_connection() as connection:
                    yield connection

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        """A connection to a file, kept for the next reader: to take one out of a pool costs more than most reads."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.engine.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    @contextmanager
    def _only_connection(self) -> Iterator[Connection]:
        """SQLite's writer. BEGIN goes to the driver itself: an event hook on the engine slows every statement down."""
        if self._writer is None:
            self._writer = self.engine.connect()
        with self._writer.begin():
            driver = self._writer.connection.dbapi_connection
            assert driver is not None
            driver.execute("BEGIN IMMEDIATE")
            yield self._writer

    def hold_name(self, connection: Connection, name: str) -> bool:
        """Hold a name that has no row yet, until commit. True: others may have written meanwhile, so read again."""
        if self._seat is not None:
            return False
        connection.execute(HOLD_NAME, {"name": name})
        return True

    def hold_schema(self, connection: Connection) -> None:
        """Two processes that start at once must not both migrate."""
        if self._seat is None:
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))

    def upsert(self, table: Table) -> Executable:
        """Insert, or replace every column of the row with the same primary key."""
        keys = list(table.primary_key)
        rest = [column.name for column in table.columns if not column.primary_key]
        if self._seat is not None:
            rows = sqlite.insert(table)
            return rows.on_conflict_do_update(index_elements=keys, set_={name: rows.excluded[name] for name in rest})
        many = postgresql.insert(table)
        return many.on_conflict_do_update(index_elements=keys, set_={name: many.excluded[name] for name in rest})

    def insert_new(self, table: Table) -> Executable:
        """Insert unless the row exists; rowcount says which."""
        statement = sqlite.insert(table) if self._seat is not None else postgresql.insert(table)
        return statement.on_conflict_do_nothing().execution_options(preserve_rowcount=True)

    def cursor(self, connection: Connection, table: Table) -> str:
        """Where a numbered table stands, as `committed_since` understands it."""
        statement = SNAPSHOT if self._seat is None else select(func.coalesce(func.max(table.c.number), 0))
        return str(connection.execute(statement).scalar_one())

    def committed_since(
        self, connection: Connection, table: Table, columns: Sequence[Column[Any]], cursor: str
    ) -> tuple[list[tuple[Any, ...]], str]:
        """Rows that were committed after a cursor was taken, and the next cursor.

        SQLite commits in the order of its numbers. PostgreSQL does not: there the cursor is a snapshot, and a row is
        late when the snapshot could not see its transaction.
        """
        if self._seat is not None:
            newer = table.c.number > int(cursor or 0)
            here: ColumnElement[Any] = table.c.number
        else:
            seen = cursor or "1:1:"
            newer = and_(table.c.stamp >= int(seen.partition(":")[0]), text(NOT_SEEN).bindparams(seen=seen))
            here = literal_column("pg_current_snapshot()::text")
        rows = connection.execute(select(*columns, here.label("here")).where(newer).order_by(table.c.number)).all()
        return [tuple(row)[:-1] for row in rows], str(rows[-1].here) if rows else cursor


SNAPSHOT = text("SELECT pg_current_snapshot()::text")
NOT_SEEN = """stamp > 0 AND stamp < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    AND NOT pg_visible_in_snapshot(stamp::text::xid8, CAST(:seen AS pg_snapshot))"""
HOLD_NAME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def named(url: str) -> URL:
    """A URL as people write it, with the driver that we use."""
    where = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    return where.set(drivername="postgresql+psycopg") if where.get_backend_name() == "postgresql" else where


def open_postgres(where: URL, *, read_only: bool) -> Engine:
    options = "-c timezone=UTC" + (" -c default_transaction_read_only=on" if read_only else "")
    engine = create_engine(
        where, pool_size=CONNECTIONS, max_overflow=0, pool_use_lifo=True, connect_args={"options": options}
    )

    @hooks.listens_for(engine, "checkout")
    def still_there(connection: Any, _record: object, _proxy: object) -> None:
        """A server says nothing to who asked nothing, except goodbye. Costs a hundredth of asking it."""
        ear = poll()
        ear.register(connection.fileno(), POLLIN)
        if ear.poll(0):
            raise DisconnectionError("the server closed this connection")

    return engine


def open_sqlite(where: URL, *, read_only: bool) -> tuple[Engine, Seat]:
    """`isolation_level=AUTOCOMMIT` leaves BEGIN to us; a reader's single SELECT needs none."""
    path = "" if where.database in (None, "", ":memory:") else str(Path(str(where.database)).resolve())
    if path and read_only and not Path(path).exists():
        raise StoreError(f"there is no database at {path}")
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    seat = Seat("") if read_only or not path else Seat.take(path)
    pool: dict[str, Any] = {"pool_size": CONNECTIONS, "max_overflow": 0} if path else {"poolclass": StaticPool}
    engine = create_engine(
        where, isolation_level="AUTOCOMMIT", connect_args={"check_same_thread": False, "timeout": BUSY / 1000}, **pool
    )
    settle = ["journal_mode=WAL"] if path and not read_only else []
    settle += ["synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY}"]
    settle += ["query_only=ON"] if read_only else []

    @hooks.listens_for(engine, "connect")
    def settled(connection: Any, _record: object) -> None:
        for pragma in settle:
            connection.execute(f"PRAGMA {pragma}")

    return engine, seat
