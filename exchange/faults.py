"""Faults: every mistake of the application under test, kept, numbered and said aloud on stderr.

Kinds: `error` the document or request could not be used; `unsupported` it asks for something this exchange does not
play; `warning` it was used, but it does not mean what its writer thought.
"""

import sys
from dataclasses import asdict, dataclass
from datetime import datetime

FETCH, CONNECT, REDIRECTS, CONTENT_TYPE = 11200, 11205, 11215, 12300
STREAM_CONNECT, STREAM_CLOSED, COACH = 31920, 31921, 13240


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a document or callback could not be had; `code` is the carrier's error code.

    `document` is the text that was received, where there was one.
    """

    kind: str
    code: int
    sentence: str
    url: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A trouble, with the moment and the call it happened to."""

    at: str
    kind: str
    code: int
    call: str
    url: str
    document: str
    sentence: str

    @classmethod
    def of(cls, trouble: Trouble, *, at: datetime, call: str) -> "Fault":
        return cls(
            at.isoformat(), trouble.kind, trouble.code, call, trouble.url, trouble.document[:4000], trouble.sentence
        )

    def shape(self) -> dict[str, object]:
        return asdict(self)

    def say(self) -> None:
        """One line for the person who watches the exchange's stderr."""
        place = " ".join(part for part in (self.call, self.url) if part)
        print(f"exchange: {self.kind} {self.code}: {self.sentence} ({place})", file=sys.stderr, flush=True)
