"""What became of a call, judged from the journal and the line: the facts that a demo's promise is held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import callbacks.model as promise
import ivr.flow.model as call
from ivr.cli.control import Entry
from ivr.cli.journal import Row
from ivr.flow.model import CallState


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call after it ended: where it stands, what happened, and the promise it made, if any."""

    sid: str
    state: CallState
    rows: Sequence[Row]
    entries: Sequence[Entry]
    booked: promise.Callback | None = None

    @property
    def route(self) -> str:
        return f"{self.state.route.path.replace('_', ' ')} ({self.state.route.rule})"

    @property
    def questions(self) -> int:
        """How many questions the caller was asked before anything else happened to the call."""
        return sum(isinstance(action, call.Listen) and action.turn > 0 for row in self.rows for action in row.actions)

    @property
    def understood(self) -> frozenset[str]:
        return frozenset(
            row.event.intent for row in self.rows if isinstance(row.event, call.Heard) and row.event.intent
        )

    @property
    def agent(self) -> str:
        """Who spoke with the caller; empty when nobody did."""
        return next((row.event.name for row in self.rows if isinstance(row.event, call.AgentJoined)), "")

    def joined(self, sid: str | None = None) -> datetime | None:
        """When this call (or another leg) came into a talk, as the exchange saw it."""
        wanted = sid or self.sid
        found = (entry for entry in self.entries if entry["kind"] == "joined_conference" and entry["call"] == wanted)
        return next((datetime.fromisoformat(str(entry["at"])) for entry in found), None)

    @property
    def waited(self) -> float | None:
        """Seconds from the first ring to a person's voice."""
        joined = self.joined()
        return None if joined is None else (joined - self.state.started).total_seconds()


def told(outcome: Outcome, zone: ZoneInfo) -> str:
    """The result in one sentence."""
    if outcome.booked is not None:
        return promised(outcome.booked, zone)
    if outcome.waited is not None:
        return f"spoke with {outcome.agent or 'a person'} after {outcome.waited:.0f} s"
    if outcome.state.resolved:
        return f"resolved: {outcome.state.resolved.replace('_', ' ')}"
    return f"ended: {getattr(outcome.state.place, 'reason', 'still on the line')}"


def promised(kept: promise.Callback, zone: ZoneInfo) -> str:
    window = f"{kept.start.astimezone(zone):%a %H:%M} to {kept.end.astimezone(zone):%H:%M}"
    match kept.stage:
        case promise.Closed(outcome):
            rung = kept.attempts[-1].at if kept.attempts else None
            when = "" if rung is None else f", rung at {rung.astimezone(zone):%H:%M}"
            return f"callback {window}: {outcome.replace('_', ' ')}{when}"
        case _:
            return f"callback {window}: {type(kept.stage).__name__.lower()}"
