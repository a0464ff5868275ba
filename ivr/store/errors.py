"""What the store refuses on purpose. Errors of the database (a full disk, a lost server) propagate."""

from ivr.errors import HoldlessError


class StoreError(HoldlessError):
    """The database cannot be used as asked; the sentence says what to do instead."""


class DatabaseTaken(StoreError):
    """A second process wants the SQLite file that one process already holds."""


class BadRecord(StoreError):
    """A stored record names a class that this version does not know, or lacks what it must have."""


class Overtaken(StoreError):
    """Somebody changed a record that this transaction held locked: a bug, never a race that may be tried again."""
