"""How long a caller waited for us: from their last sound to our first, and where the time went.

Seconds of the event loop's clock; nothing personal.
"""

from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Turnaround:
    """One turn of a streamed call. `ended`: the caller's last sound or key; `words`: when it was an answer; `decided`:
    when we knew what to do; `sounded`: when our first sound left, None while none has. `engine` is "" for keys.
    """

    call: str
    turn: int
    ended: float
    words: float
    decided: float
    engine: str = ""
    mode: str = ""
    sounded: float | None = None


def note(turn: Turnaround) -> None:
    """One line in the log: seconds from the end of speech to words, to the decision, to the first sound, and in all."""
    first = turn.sounded if turn.sounded is not None else turn.decided
    log.info(
        "a turn of a streamed call",
        call=turn.call,
        turn=turn.turn,
        by=f"{turn.engine} {turn.mode}".strip() or "keys",
        hearing=round(turn.words - turn.ended, 3),
        deciding=round(turn.decided - turn.words, 3),
        speaking=round(first - turn.decided, 3),
        total=round(first - turn.ended, 3),
    )
