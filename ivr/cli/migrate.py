"""`holdless migrate`: bring a database to the form this version needs."""

from sqlalchemy.exc import SQLAlchemyError

from ivr.cli.database import DatabaseUrl, plain
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.screen import OUT
from ivr.store.store import Store


def migrate(database: DatabaseUrl = "sqlite:///var/holdless.db") -> None:
    """Create the tables, or change those of an earlier version; doing it twice changes nothing."""
    try:
        Store.open(database, migrate=True).close()
    except SQLAlchemyError as fault:
        raise Trouble(f"{plain(database)} cannot be opened: {first_line(fault)}", Exit.NO_START) from fault
    OUT.print(f"{plain(database)} is ready.", markup=False)


def first_line(fault: Exception) -> str:
    """What went wrong, without the trail of statements."""
    return str(fault).strip().splitlines()[0]
