"""Understanding per site version: trained once, when the version is first needed."""

from config.site import Site
from speech.understand.model import Expects, Understood
from speech.understand.understanding import Understanding


class TrainedEars:
    """Keeps one trained model a site version.

    Training again for a version that was seen before is never needed.
    """

    def __init__(self, first: Site) -> None:
        self._trained = {first.hash: Understanding(first)}

    def understand(self, site: Site, text: str, language: str, expects: Expects) -> Understood:
        trained = self._trained.get(site.hash)
        if trained is None:
            trained = self._trained[site.hash] = Understanding(site)
        return trained.understand(text, language, expects)
