"""What the call service needs of the world, in its own words.

The store and the other rooms fit these by shape.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from config.site import Site
from ivr.flow.model import Action, Caller, CallEvent, CallState, Facts, Fetch, Fetched
from speech.understand.model import Expects, Understood

Timer = tuple[str, datetime | None, object]
"""(name, moment or None to cancel, the event that is handled when it is due)"""


@dataclass(frozen=True, slots=True)
class Said:
    """Words the carrier heard, before we understood them.

    `confidence` is the carrier's own, None when it gave none.
    """

    turn: int
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the caller gets next.

    `state` is None only for a call nobody knows.
    """

    actions: tuple[Action, ...]
    state: CallState | None


class LockedCall(Protocol):
    """One call's row, held until the block ends."""

    @property
    def state(self) -> CallState | None: ...

    def already_did(self, cause: str) -> tuple[Action, ...] | None: ...

    def claim(self, due: int) -> bool: ...

    def save(  # noqa: PLR0913 - a step's whole outcome
        self, state: CallState, event: CallEvent, actions: Sequence[Action], *, cause: str, now: datetime,
        effects: Sequence[Action] = (), timers: Sequence[Timer] = (), facts: Facts | None = None,
    ) -> None: ...  # fmt: skip


class CallRows(Protocol):
    def locked(self, call: str) -> AbstractContextManager[LockedCall]: ...

    def read(self, call: str) -> CallState | None: ...


class Sites(Protocol):
    """Versions of the contact centre: the published one, and those that running calls began with."""

    @property
    def published(self) -> Site: ...

    def of(self, version: str) -> Site: ...


class Surroundings(Protocol):
    """What is known around a call, read without a lock."""

    def caller(self, site: Site, number: str) -> Caller: ...

    def facts(self, site: Site, queues: Sequence[str], now: datetime, call: str = "") -> Facts: ...


class LookUps(Protocol):
    def fetch(self, site: Site, state: CallState, fetch: Fetch, now: datetime) -> Fetched: ...


class Ears(Protocol):
    """Turns words into an intent; trained per site version."""

    def understand(self, site: Site, text: str, language: str, expects: Expects) -> Understood: ...


Row = Mapping[str, str]
