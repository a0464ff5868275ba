"""Which function plays which verb."""

from exchange.queueing import enqueue
from exchange.stage import Table
from exchange.verbs.dialing import dial
from exchange.verbs.flow import hang_up, leave, redirect, reject
from exchange.verbs.gather import gather
from exchange.verbs.prompts import pause, play_file, say
from exchange.verbs.recording import record
from exchange.verbs.streaming import connect_stream

TABLE: Table = {
    "Say": say,
    "Play": play_file,
    "Pause": pause,
    "Gather": gather,
    "Record": record,
    "Enqueue": enqueue,
    "Leave": leave,
    "Dial": dial,
    "Connect": connect_stream,
    "Redirect": redirect,
    "Hangup": hang_up,
    "Reject": reject,
}
