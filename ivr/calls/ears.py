"""Understanding per site version: trained once in a process, when the version is first needed."""

from typing import ClassVar

from config.site import Site
from speech.understand.model import Expects, Understood
from speech.understand.understanding import Understanding


class TrainedEars:
    """Trained models by site version.

    A model follows from the version's content alone and never changes, so all servers of a process share it.
    """

    _trained: ClassVar[dict[str, Understanding]] = {}

    def __init__(self, first: Site) -> None:
        self._of(first)

    def understand(self, site: Site, text: str, language: str, expects: Expects) -> Understood:
        return self._of(site).understand(text, language, expects)

    def _of(self, site: Site) -> Understanding:
        found = self._trained.get(site.hash)
        if found is None:
            found = self._trained[site.hash] = Understanding(site)
        return found
