"""Versions of the contact centre, as the files they were read from.

Law: a version that a call began with is never lost; keeping it twice changes nothing.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from .codec import as_text
from .dialect import Database
from .tables import published, version

GET = select(version.c.files).where(version.c.hash == bindparam("of"))
LAST = select(published.c.hash).order_by(published.c.number.desc()).limit(1)
PUBLISH = published.insert().inline()


class Versions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, hash: str, files: Mapping[str, str], now: datetime) -> None:
        """`files` maps each path inside the site's folder to its text."""
        row = {"hash": hash, "at": now, "files": as_text(dict(files))}
        with self._database.writing() as connection:
            connection.execute(self._database.insert_new(version), row)

    def get(self, hash: str) -> Mapping[str, str] | None:
        with self._database.reading() as connection:
            files = connection.execute(GET, {"of": hash}).scalar_one_or_none()
        if files is None:
            return None
        kept: dict[str, str] = json.loads(files)
        return kept

    def published(self) -> str | None:
        """The hash of the version that new calls begin with; None before the first."""
        with self._database.reading() as connection:
            last: str | None = connection.execute(LAST).scalar_one_or_none()
            return last

    def publish(self, hash: str, now: datetime) -> None:
        """New calls begin with this version, which must have been kept."""
        with self._database.writing() as connection:
            connection.execute(PUBLISH, {"hash": hash, "at": now})
