"""The first tables: calls, the line, promises, history, what is still to do, what is kept between calls."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    create_calls()
    create_line()
    create_promises()
    create_journal()
    create_work()
    create_kept()


def create_calls() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="call_key"),
    )
    create_partial_index("call_running", "call", ["started"], "NOT over")


def create_line() -> None:
    op.create_table(
        "pool",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("forgotten", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pool_key"),
        sa.UniqueConstraint("ordinal", name="pool_ordinal"),
    )
    create_records("agent", sa.Column("id", sa.Text(), nullable=False))
    create_records("entry", sa.Column("id", sa.Text(), nullable=False))
    create_records(
        "offer",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
    )
    op.create_index("offer_id_once", "offer", ["id"], unique=True)
    create_partial_index("offer_agent_once", "offer", ["agent"], "NOT gone", unique=True)


def create_records(name: str, *own: sa.Column[str] | sa.Column[int]) -> None:
    op.create_table(
        name,
        sa.Column("pool", sa.Text(), nullable=False),
        own[0],
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        *own[1:],
        sa.ForeignKeyConstraint(["pool"], ["pool.id"], name=f"{name}_pool_in_pool"),
        sa.PrimaryKeyConstraint("pool", "id", name=f"{name}_key"),
    )
    op.create_index(f"{name}_pool_version", name, ["pool", "version"])


def create_promises() -> None:
    op.create_table(
        "callback",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("start", MOMENT, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="callback_key"),
    )
    create_partial_index("callback_taken", "callback", ["queue", "start"], "stage <> 'Closed'")
    create_partial_index("callback_open", "callback", ["number"], "stage <> 'Closed'")
    op.create_table(
        "attempt",
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["callback"], ["callback.id"], name="attempt_callback_in_callback"),
        sa.PrimaryKeyConstraint("callback", "number", name="attempt_key"),
    )


def create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text()),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="journal_key"),
        sa.UniqueConstraint("kind", "key", "cause", name="journal_cause"),
        sa.UniqueConstraint("kind", "key", "seq", name="journal_seq"),
    )
    create_partial_index("journal_stamp", "journal", ["stamp"], "stamp > 0")


def create_work() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_kind_key_lane_id", "outbox", ["kind", "key", "lane", "id"])
    op.create_table(
        "due",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="due_key"),
        sa.UniqueConstraint("kind", "key", "name", name="due_kind_key_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("due_at", "due", ["at"])
    op.create_table(
        "placement",
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("effect", name="placement_key"),
    )


def create_kept() -> None:
    op.create_table(
        "wish",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("shown_by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="wish_key"),
    )
    op.create_table(
        "version",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="version_key"),
    )
    op.create_table(
        "published",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["version.hash"], name="published_hash_in_version"),
        sa.PrimaryKeyConstraint("number", name="published_key"),
        sqlite_autoincrement=True,
    )


def create_partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name in ("published", "version", "wish", "placement", "due", "outbox", "journal", "attempt", "callback"):
        op.drop_table(name)
    for name in ("offer", "entry", "agent", "pool", "call"):
        op.drop_table(name)
