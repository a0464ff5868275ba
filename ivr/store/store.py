"""The store in one piece: opened by URL, closed once."""

from .calls import Calls
from .dialect import Database
from .due import DueRows
from .journal import Journal
from .outbox import Outbox
from .tables import metadata
from .turn import Committed, Told


def nobody(committed: Committed) -> None:
    """The listener of a store to which nobody listens."""


class Store:
    """Everything that outlives a request. Thread-safe; one object serves a whole process."""

    def __init__(self, database: Database, told: Told = nobody) -> None:
        self._database = database
        self.calls = Calls(database, told)
        self.journal = Journal(database)
        self.outbox = Outbox(database)
        self.due = DueRows(database)

    @classmethod
    def open(cls, url: str, *, migrate: bool = True, told: Told = nobody) -> "Store":
        database = Database.open(url)
        with database.writing() as connection:
            metadata.create_all(connection)
        return cls(database, told)

    def close(self) -> None:
        self._database.close()
