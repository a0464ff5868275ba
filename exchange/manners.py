"""When somebody on a media stream may speak: when the application has been heard and is silent.

The application's side may send silence between its words, so that what counts is what can be heard, not what is
buffered. Who is never spoken to speaks up after a while, as people do.
"""

from exchange.call import Call
from exchange.clock import Clock
from exchange.playback import is_audible
from exchange.sound import RATE

QUIET = 0.7
"""Seconds of silence after which the application has finished."""
PATIENCE_AT_FIRST, PATIENCE = 3.0, 10.0
"""Seconds in which nothing at all is heard, at the beginning of a stream and after one has spoken."""
LOOK = 0.1
"""Seconds between two looks."""


def has_the_floor(clock: Clock, call: Call) -> bool:
    """Whether it is this caller's turn."""
    now, turn = clock.position(), call.turn
    if turn is None:
        return False
    heard = call.handset.earpiece.read(turn.since, max(now, turn.playback.end))
    past = now - turn.since
    if is_audible(heard[max(0, past - round(QUIET * RATE)) :]):
        return False
    patience = PATIENCE if turn.spoken else PATIENCE_AT_FIRST
    return past >= patience * RATE or (past >= QUIET * RATE and is_audible(heard))


def is_spoken_to(clock: Clock, call: Call) -> bool:
    """Whether the application can be heard at this moment."""
    now = clock.position()
    return is_audible(call.handset.earpiece.read(now - round(LOOK * RATE), now))
