"""What the workers need of the carrier and the store, in their own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from callbacks.model import Callback, CallbackAction, CallbackEvent
from ivr.flow.model import Action, CallEvent, CallState
from routing.model import Line, LineAction, LineEvent

Effect = Action | LineAction | CallbackAction


@dataclass(frozen=True, slots=True)
class Leg:
    """A call that we ask the carrier to place.

    `effect` names it, the same at every try; spans in seconds.
    """

    effect: str
    number: str
    url: str
    status_url: str
    ring: float


class Carrier(Protocol):
    """The few things asked of a carrier outside a webhook's answer.

    Each raises CarrierError, CallGone or CarrierUnsure.
    """

    def call(self, leg: Leg) -> str: ...

    def find(self, leg: Leg, since: datetime) -> str | None: ...

    def redirect(self, call: str, url: str) -> None: ...

    def say_and_hang_up(self, call: str, text: str, language: str) -> None: ...

    def hang_up(self, call: str) -> None: ...

    def text(self, number: str, body: str) -> None: ...

    def alive(self, call: str) -> bool: ...

    def participants(self, conference: str) -> Mapping[str, str]:
        """Who stands in the conference of this name: calls by participant label, {} when there is none."""
        ...


class Placement(Protocol):
    @property
    def call(self) -> str: ...

    @property
    def at(self) -> datetime: ...


class Placements(Protocol):
    def claim(self, effect: str, now: datetime) -> bool: ...

    def set(self, effect: str, call: str, outcome: str) -> None: ...

    def get(self, effect: str) -> Placement | None: ...

    def release(self, effect: str) -> None: ...


class OutboxRow(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def action(self) -> object: ...

    @property
    def at(self) -> datetime: ...


class Outbox(Protocol):
    def pending(self, limit: int, now: datetime) -> Sequence[OutboxRow]: ...

    def lease(self, row: int, now: datetime, seconds: float) -> bool: ...

    def done(self, row: int) -> None: ...

    def fail(self, row: int, again_at: datetime) -> None: ...

    def next_at(self, now: datetime) -> datetime | None: ...


class DueRow(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def event(self) -> object: ...


class DueRows(Protocol):
    def ready(self, now: datetime, limit: int) -> Sequence[DueRow]: ...

    def postpone(self, row: int, until: datetime) -> None: ...

    def next_at(self) -> datetime | None: ...


class Customers(Protocol):
    def remember(self, number: str, wish: str, shown_by: str, now: datetime) -> None: ...


class Calls(Protocol):
    def tell(self, call: str, event: CallEvent, *, cause: str, now: datetime, due: int | None = None) -> None: ...


class CallReader(Protocol):
    def read(self, call: str) -> CallState | None: ...


class PromiseReader(Protocol):
    def read(self, callback: str) -> Callback | None: ...


class Lines(Protocol):
    def handle(
        self, pool: str, event: LineEvent, *, cause: str, now: datetime, due: int | None = None
    ) -> tuple[LineAction, ...]: ...

    def look(self, pool: str) -> Line: ...


class Promises(Protocol):
    def handle(
        self, callback: str, event: CallbackEvent, *, cause: str, now: datetime, due: int | None = None
    ) -> tuple[CallbackAction, ...]: ...
