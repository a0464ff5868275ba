"""Every table. Plain tables are the snapshot, the journal is the history, the row lock is the sequencer.

Law: what must happen only once is an index here, so that it holds even where our code is wrong: one answer a cause
(journal_cause), one open offer an agent (offer_agent_once), one ringing a number (attempt), one placing an effect
(placement), one socket a stream (stream). Records and actions are JSON text by `codec.py`; columns stand beside it only
where the database must find or guard by them. Text rather than jsonb: it keeps what was written, even a NUL, and no
query looks inside.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from .dialect import Moment

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_key",
        "uq": "%(table_name)s_%(column_0_N_name)s",
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "fk": "%(table_name)s_%(column_0_name)s_in_%(referred_table_name)s",
    }
)

Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of this type; AUTOINCREMENT keeps it from using a number twice."""


def numbered(name: str) -> Column[int]:
    return Column(name, Number, primary_key=True, autoincrement=True)


call = Table(
    "call",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("started", Moment, nullable=False),
    Column("over", Boolean, nullable=False),
    Column("data", Text, nullable=False),
    Index("call_running", "started", sqlite_where=text("NOT over"), postgresql_where=text("NOT over")),
)

# -- the line: a row a record, stamped with the pool's version that wrote it; `gone` tells other copies to forget ------

pool = Table(
    "pool",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("ordinal", BigInteger, nullable=False, unique=True),  # pools number their offers apart
    Column("forgotten", BigInteger, nullable=False),  # tombstones up to this version are deleted
    Column("data", Text, nullable=False),
)


def record(name: str, key: Column[str] | Column[int], *more: Column[str] | Index) -> Table:
    return Table(
        name,
        metadata,
        Column("pool", Text, ForeignKey("pool.id"), nullable=False),
        key,
        Column("version", BigInteger, nullable=False),
        Column("gone", Boolean, nullable=False),
        Column("data", Text, nullable=False),
        *more,
        PrimaryKeyConstraint("pool", "id"),
        Index(None, "pool", "version"),
    )


agent = record("agent", Column("id", Text))
entry = record("entry", Column("id", Text))
offer = record(
    "offer",
    Column("id", BigInteger, autoincrement=False),
    Column("agent", Text, nullable=False),
    Index("offer_id_once", "id", unique=True),
    Index("offer_agent_once", "agent", unique=True, sqlite_where=text("NOT gone"), postgresql_where=text("NOT gone")),
)

# -- promises to call ------------------------------------------------------------------------------------------------

callback = Table(
    "callback",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("queue", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("start", Moment, nullable=False),
    Column("stage", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index(
        "callback_taken", "queue", "start", sqlite_where=text("stage <> 'Closed'"),
        postgresql_where=text("stage <> 'Closed'"),
    ),
    # Not unique: two people may share one number, and a promise that was pressed must never fail on an index.
    Index(
        "callback_open", "number", sqlite_where=text("stage <> 'Closed'"), postgresql_where=text("stage <> 'Closed'")
    ),
)  # fmt: skip

attempt = Table(
    "attempt",
    metadata,
    Column("callback", Text, ForeignKey("callback.id"), nullable=False),
    Column("number", Integer, nullable=False, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("call", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    PrimaryKeyConstraint("callback", "number"),
)

# -- history and what is still to do ---------------------------------------------------------------------------------

journal = Table(
    "journal",
    metadata,
    numbered("number"),
    Column("stamp", BigInteger, nullable=False),  # the transaction's number where many write at once
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("event", Text, nullable=False),
    Column("facts", Text),
    Column("actions", Text, nullable=False),
    UniqueConstraint("kind", "key", "cause", name="journal_cause"),
    UniqueConstraint("kind", "key", "seq", name="journal_seq"),
    # Empty under SQLite, where every stamp is 0: there the number itself is in the order of commits.
    Index("journal_stamp", "stamp", sqlite_where=text("stamp > 0"), postgresql_where=text("stamp > 0")),
)

outbox = Table(
    "outbox",
    metadata,
    numbered("id"),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("lane", Text, nullable=False),  # effects of one lane are performed in order
    Column("at", Moment, nullable=False),  # free from here on: a lease or a retry moves it
    Column("tries", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Index(None, "kind", "key", "lane", "id"),
    sqlite_autoincrement=True,
)

due = Table(
    "due",
    metadata,
    numbered("id"),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("event", Text, nullable=False),
    UniqueConstraint("kind", "key", "name"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

placement = Table(
    "placement",
    metadata,
    Column("effect", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("call", Text, nullable=False),
    Column("outcome", Text, nullable=False),
)

stream = Table(
    "stream",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("heard", BigInteger, nullable=False),
    Index(None, "call"),
)

# -- what is kept between calls --------------------------------------------------------------------------------------

wish = Table(
    "wish",
    metadata,
    Column("number", Text, primary_key=True),
    Column("wish", Text, nullable=False),
    Column("shown_by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

version = Table(
    "version",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("files", Text, nullable=False),
)

published = Table(
    "published",
    metadata,
    numbered("number"),
    Column("hash", Text, ForeignKey("version.hash"), nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
