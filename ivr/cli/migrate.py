"""`holdless migrate`: bring a database to the form this version needs."""

from ivr.cli.database import DatabaseUrl, plain, usable
from ivr.cli.screen import OUT
from ivr.store.store import Store


def migrate(database: DatabaseUrl = "sqlite:///var/holdless.db") -> None:
    """Create the tables, or change those of an earlier version; doing it twice changes nothing."""
    with usable(database):
        Store.open(database, migrate=True).close()
    OUT.print(f"{plain(database)} is ready.")
