"""One event at a time per line, whichever worker it arrives at: lock, step, save, commit, and nothing else.

Laws: the same cause gets the stored answer and changes nothing; a timer counts only for the one who claims its due row;
effects, timers and the journal row are saved in the one transaction that `locked` opened. The ports are what the store
fits: nothing here knows of tables.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from .model import (
    AgentLost,
    AgentWaits,
    CancelTimer,
    FreeAgent,
    GaveUp,
    Line,
    LineAction,
    LineEvent,
    QueueRules,
    Refused,
    Ring,
    SetTimer,
    StopRinging,
    TimerDue,
    Verify,
)
from .step import step

Timer = tuple[str, datetime | None, LineEvent]
"""(name, moment it is due | None to cancel, the event to feed then)."""

Effect = Ring | StopRinging | AgentWaits | Verify | FreeAgent | AgentLost | Refused | GaveUp
"""What the world has to be told. Connect is none: it answers whoever sent the accept. Notes stay in the journal."""


class LockedLine(Protocol):
    """A line whose row is held until the block ends: commit at a clean exit, rollback on an exception."""

    @property
    def state(self) -> Line: ...

    def already_did(self, cause: str) -> tuple[LineAction, ...] | None:
        """The actions stored for this cause, None when it is heard of for the first time."""
        ...

    def claim(self, due: int) -> bool:
        """Takes the due row; False when somebody else did."""
        ...

    def save(  # noqa: PLR0913 - one transaction, one call
        self,
        state: Line,
        event: LineEvent,
        actions: Sequence[LineAction],
        *,
        cause: str,
        now: datetime,
        effects: Sequence[LineAction] = (),
        timers: Sequence[Timer] = (),
        facts: object = None,
    ) -> None: ...


class LineRows(Protocol):
    """Where lines are kept, by pool."""

    def locked(self, pool: str) -> AbstractContextManager[LockedLine]: ...

    def read(self, pool: str) -> Line:
        """The line as it was last committed; an empty one when nothing ever happened in this pool."""
        ...


class LineService:
    """Feeds events to lines. `rules` holds the rules of every queue of the site by name."""

    def __init__(self, rows: LineRows, rules: Mapping[str, QueueRules]) -> None:
        self._rows = rows
        self._rules = rules

    def handle(
        self, pool: str, event: LineEvent, *, cause: str, now: datetime, due: int | None = None
    ) -> tuple[LineAction, ...]:
        """Applies the event and gives what follows. `due` is the id of the due row that brought a timer's event.

        A repeated cause gets the stored actions; a timer that somebody else claimed gets none.
        """
        with self._rows.locked(pool) as line:
            before = line.already_did(cause)
            if before is not None:
                return before
            if due is not None and not line.claim(due):
                return ()
            result = step(line.state, event, now, self._rules)
            actions = result.actions
            line.save(
                result.line, event, actions, cause=cause, now=now, effects=effects(actions), timers=timers(actions)
            )
        return actions

    def look(self, pool: str) -> Line:
        """The line without its lock: for waits, wallboards and announcements."""
        return self._rows.read(pool)


def effects(actions: Sequence[LineAction]) -> tuple[Effect, ...]:
    """What goes to the outbox, in order."""
    return tuple(action for action in actions if isinstance(action, Effect))


def timers(actions: Sequence[LineAction]) -> tuple[Timer, ...]:
    """What goes to the due rows: one row a name, the last word counts."""
    last: dict[str, datetime | None] = {}
    for action in actions:
        if isinstance(action, SetTimer):
            last[action.name] = action.at
        elif isinstance(action, CancelTimer):
            last[action.name] = None
    return tuple((name, at, TimerDue(name)) for name, at in last.items())
