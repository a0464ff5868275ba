"""Every test of this folder that asks for `url` or `store` runs on SQLite and on PostgreSQL: both must behave alike."""

from collections.abc import Iterator

import pytest

from ivr.store.dialect import Database
from ivr.store.store import Store
from ivr.store.tables import metadata
from tests.postgres import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def module_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('store')}/holdless.db"
    else:
        url = request.getfixturevalue("postgres_url")
    Store.open(url).close()
    return url


@pytest.fixture
def url(module_url: str) -> str:
    """A database with every table and no row."""
    database = Database.open(module_url)
    with database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    database.close()
    return module_url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url, migrate=False) as opened:
        yield opened
