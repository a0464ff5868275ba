"""A prepared statement gives what SQLAlchemy's own execution gives, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from ivr.store import calls
from ivr.store.dialect import Database
from ivr.store.prepared import Prepared
from ivr.store.tables import call, due

NOW = datetime(2026, 3, 2, 1, 0, 0, 250_000, tzinfo=UTC)
ROW = {"id": "CA1", "version": 3, "started": NOW, "over": True, "data": '{"said":"한빛"}'}
EVERYTHING = Prepared(
    select(call.c.started, call.c.over, call.c.data).where(call.c.id == bindparam("id"), call.c.version == 3)
)


@pytest.mark.parametrize("values", [{"id": "CA1"}, {"id": "CA2"}])
def test_a_row_reads_alike(url: str, values: dict[str, Any]) -> None:
    database = Database.open(url)
    with database.writing() as connection:
        assert calls.INSERT.run(connection, ROW) == 1
        found = connection.execute(EVERYTHING.statement, values).one_or_none()
        assert EVERYTHING.one(connection, values) == (tuple(found) if found is not None else None)
    database.close()


def test_values_are_written_alike(url: str) -> None:
    database = Database.open(url)
    with database.writing() as connection:
        calls.INSERT.run(connection, ROW)
        mine = connection.execute(select(call)).one()
        connection.execute(call.delete())
        connection.execute(call.insert(), ROW)
        assert connection.execute(select(call)).one() == mine
        change = {"call": "CA1", "before": 3, "version": 4, "over": False, "data": ""}
        assert [calls.UPDATE.run(connection, change) for _ in range(2)] == [1, 0]
    with database.reading() as connection:
        assert tuple(connection.execute(select(call)).one()) == ("CA1", 4, NOW, False, "")
    database.close()


def test_what_the_database_refuses_is_the_same_error_and_says_no_value(url: str) -> None:
    database = Database.open(url)
    with pytest.raises(IntegrityError) as refused, database.writing() as connection:
        for _ in range(2):
            calls.INSERT.run(connection, ROW)
    assert "한빛" not in str(refused.value)
    with database.reading() as connection:
        assert connection.execute(select(call)).all() == []
    database.close()


def test_a_moment_without_a_zone_is_refused(url: str) -> None:
    database = Database.open(url)
    statement = Prepared(select(due.c.id).where(due.c.at <= bindparam("now")))
    with database.reading() as connection, pytest.raises(ValueError, match="needs a time zone"):
        statement.one(connection, {"now": NOW.replace(tzinfo=None)})
    database.close()
