"""A server that is killed at a chosen commit, as a power cut would: SIGKILL from within, no goodbye.

    python -m tests.processes.mortal before|after N serve SITE ...

"before N" dies when the N-th commit since SIGUSR1 is about to be made: nothing of it ever happened. "after N" dies when
it has been made and before anybody is answered: it happened, and the carrier heard nothing. Without the signal it is
an ordinary server. The product has no hook for this; the engine's own events do.
"""

import os
import signal
import sys
from types import FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from ivr.cli.main import main


class Fuse:
    """Once lit, counts commits and burns through at one of them."""

    def __init__(self, moment: str, number: int) -> None:
        self.moment = moment
        self.left = number
        self.lit = False

    def light(self, _: int, __: FrameType | None) -> None:
        self.lit = True

    def commits(self, connection: Connection) -> None:
        """The engine is about to commit."""
        self.left -= self.lit
        if not self.lit or self.left != 0:
            return
        if self.moment == "before":
            die()
        commit = connection.dialect.do_commit

        def last(driver: Any) -> None:  # noqa: ANN401 - the driver's own type
            commit(driver)
            die()

        setattr(connection.dialect, "do_commit", last)  # noqa: B010 - this dialect object alone, in this process


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    fuse = Fuse(sys.argv.pop(1), int(sys.argv.pop(1)))
    event.listen(Engine, "commit", fuse.commits)
    signal.signal(signal.SIGUSR1, fuse.light)
    main()
