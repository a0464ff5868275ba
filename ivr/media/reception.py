"""The whole life of one socket: who is it, one conversation, and a row that says how it ended.

Law: whatever comes in, the socket ends in order and leaves nothing: neither a task nor an open ear nor an open row.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from .door import Door
from .leg import Ending, failed, within
from .messages import Begun, Connected, Garbled, Unknown, read
from .ports import Socket, SocketLost
from .session import House, Session

log = structlog.get_logger()

BEGIN_LIMIT = 10.0
"""Seconds in which a stream must have begun."""
DISMISSAL = 40
"""Looks, a twentieth of a second apart, that streams have to end when the process stops."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Every streamed call of a process comes through here."""

    door: Door
    house: House
    live: set[Session] = field(default_factory=set)

    async def serve(self, socket: Socket) -> Ending:
        """Serve a socket whose handshake was signed. Raises an ExceptionGroup for what is a bug."""
        try:
            begun = await within(BEGIN_LIMIT, begin(socket))
        except (Garbled, SocketLost, TimeoutError) as fault:
            log.warning("a stream never began", why=str(fault) or type(fault).__name__)
            return Ending("failed", why="it never began")
        loop, threads = asyncio.get_running_loop(), self.house.threads
        stream = await loop.run_in_executor(threads, self.door.admit, begun)
        if stream is None:
            log.warning("a stream came with a token that opens nothing", call=begun.call)
            return Ending("failed", why="its token opens nothing")
        ending = failed("a fault of ours").ending
        session = Session(self.house, socket, begun)
        self.live.add(session)
        try:
            ending = await session.run()
        finally:
            self.live.discard(session)
            await loop.run_in_executor(threads, self.door.leave, stream, ending)
        if ending.why:
            log.warning("a stream ended early", call=begun.call, outcome=ending.outcome, why=ending.why)
        return ending

    async def dismiss(self) -> None:
        """Before the process stops: end every stream in order, so that its call goes on elsewhere."""
        for session in tuple(self.live):
            session.dismiss()
        for _ in range(DISMISSAL):
            if not self.live:
                return
            await asyncio.sleep(0.05)


async def begin(socket: Socket) -> Begun:
    """The message that begins the stream. Raises Garbled for anything that may not come before it."""
    while True:
        match news := read(await socket.receive()):
            case Begun():
                return news
            case Connected() | Unknown():
                pass
            case _:
                raise Garbled(f"{type(news).__name__} came before the stream began")
