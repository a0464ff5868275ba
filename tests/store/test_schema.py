"""The migrations and the tables say the same, on both databases, and an unfit database is refused in plain words."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Select, inspect, text

from ivr.store import callbacks, migrations
from ivr.store.dialect import Database
from ivr.store.errors import StoreError
from ivr.store.migrate import FOLDER, migrate
from ivr.store.store import Store
from ivr.store.tables import metadata
from tests.postgres import Server


def bare(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """A database without any table; PostgreSQL's is dropped with the test."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/bare.db"
    server: Server = request.getfixturevalue("postgres")
    made = server.database()
    url = made.__enter__()
    request.addfinalizer(lambda: made.__exit__(None, None, None))
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return bare(request.param, request, tmp_path)


def indexes(connection: Connection) -> list[str]:
    """Every index as the database would write it, conditions included, which Alembic does not compare."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type = 'index'"))
    else:
        found = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    return sorted(" ".join(one.split()) for one in found.scalars() if "alembic_version" not in one)


def test_migrations_make_what_the_tables_say(empty: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    assert migrate(empty) == migrations.HEAD
    assert migrate(empty) == migrations.HEAD
    database = Database.open(empty)
    with database.reading() as connection:
        options = {"target_metadata": metadata, "compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        migrated = indexes(connection)
    database.close()
    (tmp_path / "direct").mkdir()
    direct = Database.open(bare("sqlite" if "sqlite" in empty else "postgresql", request, tmp_path / "direct"))
    with direct.writing() as connection:
        metadata.create_all(connection)
    with direct.reading() as connection:
        assert indexes(connection) == migrated
    direct.close()


def test_a_forgotten_column_would_be_noticed(empty: str) -> None:
    migrate(empty)
    database = Database.open(empty)
    wanted = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(wanted)
    wanted.tables["call"]._columns.remove(wanted.tables["call"].c.over)
    with database.reading() as connection:
        [found] = compare_metadata(MigrationContext.configure(connection), wanted)
    database.close()
    assert found[0] == "remove_column"


def test_the_way_back_leaves_nothing(empty: str) -> None:
    migrate(empty)
    database = Database.open(empty)
    with database.writing() as connection:
        from alembic import command

        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    database.close()


def test_head_is_the_last_file() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_an_empty_database_is_refused_when_nobody_may_migrate(empty: str) -> None:
    with pytest.raises(StoreError, match=r"no tables yet.*holdless migrate"):
        Store.open(empty, migrate=False)
    Store.open(empty).close()
    Store.open(empty, migrate=False).close()


def test_a_database_of_a_newer_version_is_left_alone(empty: str) -> None:
    migrate(empty)
    database = Database.open(empty)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StoreError, match=r"9999.*newer"):
        Store.open(empty)
    with pytest.raises(StoreError, match="stands at step 9999"):
        Store.open(empty, migrate=False)


def test_what_is_no_database_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="mysql is not a database we know"):
        Store.open("mysql://somebody@localhost/calls")
    with pytest.raises(StoreError, match="there is no database at"):
        Store.open(f"sqlite:///{tmp_path}/nowhere.db", read_only=True)


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/new/folder/holdless.db").close()
    assert (tmp_path / "new" / "folder" / "holdless.db").exists()


def test_a_database_in_memory_serves_one_store() -> None:
    from tests.store.samples import began, state

    with Store.open("sqlite://") as store:
        began(store, "CA1")
        with store.calls.locked("CA1") as row:
            assert row.state == state("CA1")
            assert store.calls.read("CA1") == state("CA1")
        assert store.calls.read("CA1") == state("CA1")


@pytest.mark.parametrize(
    ("statement", "index"), [(callbacks.OPEN, "callback_open"), (callbacks.TAKEN, "callback_taken")]
)
def test_open_promises_are_found_by_their_partial_index(statement: Select[Any], index: str) -> None:
    database = Database.open("sqlite://")
    with database.writing() as connection:
        metadata.create_all(connection)
        sql = str(statement.compile(dialect=connection.dialect))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("",) * sql.count("?")).all()
    database.close()
    assert any(f"SEARCH callback USING INDEX {index}" in str(step) for step in plan)
