"""Versions of the contact centre: the published one, and those that running calls began with.

Law: a running call keeps the version it began with, across restarts too: a version is kept before the first call uses
it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from config.load import read
from config.site import Site
from ivr.errors import FlowError


class Versions(Protocol):
    def keep(self, hash: str, files: Mapping[str, str], now: datetime) -> None: ...

    def get(self, hash: str) -> Mapping[str, str] | None: ...


class KeptSites:
    """Reads a version from memory, else from the store."""

    def __init__(self, published: Site, versions: Versions, now: datetime) -> None:
        versions.keep(published.hash, published.files, now)
        self._versions = versions
        self._published = published
        self._read: dict[str, Site] = {published.hash: published}

    @property
    def published(self) -> Site:
        return self._published

    def of(self, version: str) -> Site:
        """The site of a hash.

        Raises FlowError when the store does not hold it: a call cannot have begun with it.
        """
        if (site := self._read.get(version)) is not None:
            return site
        files = self._versions.get(version)
        site_or_problems = read(files) if files is not None else []
        if not isinstance(site_or_problems, Site):
            raise FlowError(f"site version {version[:12]} is not kept in the database, or cannot be read any more")
        self._read[version] = site_or_problems
        return site_or_problems

    def publish(self, site: Site, now: datetime) -> None:
        """New calls begin with `site` from here on."""
        self._versions.keep(site.hash, site.files, now)
        self._read[site.hash] = site
        self._published = site
