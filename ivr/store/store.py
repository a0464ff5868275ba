"""The store in one piece: opened by URL, closed once.

Each aggregate (`calls`, `line`, `callbacks`) is changed in a transaction of its own, which `locked` opens; everything
else reads what is committed, or is one small transaction.
"""

from .callbacks import Callbacks
from .calls import Calls
from .customers import Customers
from .dialect import Database
from .due import DueRows
from .journal import Journal
from .line import Lines
from .migrate import bring_up, require_head
from .outbox import Outbox
from .placements import Placements
from .streams import Streams
from .turn import Committed, Told
from .versions import Versions


def nobody(committed: Committed) -> None:
    """The listener of a store to which nobody listens."""


class Store:
    """Everything that outlives a request. Thread-safe; one object serves a whole process."""

    def __init__(self, database: Database, told: Told = nobody) -> None:
        self._database = database
        self.calls = Calls(database, told)
        self.line = Lines(database, told)
        self.callbacks = Callbacks(database, told)
        self.journal = Journal(database)
        self.outbox = Outbox(database)
        self.due = DueRows(database)
        self.placements = Placements(database)
        self.streams = Streams(database)
        self.customers = Customers(database)
        self.versions = Versions(database)

    @classmethod
    def open(cls, url: str, *, migrate: bool = True, read_only: bool = False, told: Told = nobody) -> "Store":
        """Open `sqlite:///FILE`, `sqlite://` (in memory) or `postgresql://USER@HOST/NAME`.

        `read_only` takes no seat: a second process may read the history of a SQLite file that a first one serves.
        `told` hears of every commit of this store, after it, in the thread that committed. Raises DatabaseTaken, or
        StoreError when the schema is not this version's and `migrate` is off.
        """
        database = Database.open(url, read_only=read_only)
        try:
            if migrate and not read_only:
                bring_up(database)
            else:
                require_head(database)
        except BaseException:
            database.close()
            raise
        return cls(database, told)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
