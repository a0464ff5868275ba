"""Brings a database's schema to what this version needs, and says so plainly when it cannot.

Law: the whole way is one transaction, under a lock that one migrating process holds; a database that a newer version
has touched is left alone.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from . import migrations
from .dialect import Database
from .errors import StoreError

FOLDER = Path(migrations.__file__).parent
STANDS = text("SELECT version_num FROM alembic_version")


def migrate(url: str) -> str:
    """Create or upgrade every table of a database. Gives the step it now stands at; safe to repeat."""
    database = Database.open(url)
    try:
        bring_up(database)
    finally:
        database.close()
    return migrations.HEAD


def bring_up(database: Database) -> None:
    with database.writing() as connection:
        database.hold_schema(connection)
        if stands_at(connection) != migrations.HEAD:
            upgrade(connection)


def require_head(database: Database) -> None:
    """Raises StoreError, with the command that helps, unless the schema is the one this version needs."""
    with database.reading() as connection:
        here = stands_at(connection)
    if here != migrations.HEAD:
        was = f"stands at step {here}" if here else "has no tables yet"
        raise StoreError(f"the database {was}, this version needs step {migrations.HEAD}: run `holdless migrate`")


def stands_at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    step: str | None = connection.execute(STANDS).scalar_one_or_none()
    return step


def upgrade(connection: Connection) -> None:
    # Alembic takes longer to import than a whole start takes without it, and most starts find nothing to do.
    from alembic import command
    from alembic.config import Config
    from alembic.script.revision import ResolutionError
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, migrations.HEAD)
    except (CommandError, ResolutionError) as unknown:
        here = stands_at(connection)
        raise StoreError(f"the database stands at step {here}, made by a newer version: upgrade Holdless") from unknown
