"""Two legs that hear each other, as <Dial> joins them."""

from dataclasses import dataclass
from datetime import datetime

from exchange.call import Call
from exchange.clock import Process
from exchange.ear import Ear
from exchange.world import World


@dataclass(eq=False, slots=True)
class Bridge:
    """`first` dialled, `second` was reached. The first to leave ends it for both; so does `limit` in seconds, and,
    with `star`, the key * of the one who dialled."""

    first: Call
    second: Call
    limit: float | None = None
    star: bool = False
    began: datetime | None = None
    over: bool = False

    def other(self, call: Call) -> Call:
        return self.second if call is self.first else self.first

    def end(self) -> None:
        if not self.over:
            self.over = True
            for call in (self.first, self.second):
                call.peers.clear()
                call.listen_to(())
                call.signal.fire()


async def talk(world: World, process: Process, call: Call, bridge: Bridge) -> None:
    """Stay in the bridge until either side leaves it."""
    if bridge.over:
        return
    other = bridge.other(call)
    bridge.began = bridge.began or world.clock.now
    call.peers = [other]
    call.listen_to((other,))
    other.signal.fire()
    world.log(call, "bridged", other.sid, peer=other.sid)
    world.move_to(call, "bridged")
    ear = Ear(frozenset({"dtmf"}), 0, "", prompts_over=True) if bridge.star and call is bridge.first else None
    call.ear = ear
    try:
        await process.until(
            lambda: bridge.over or (ear is not None and "*" in ear.digits), call.signal, within=bridge.limit
        )
    finally:
        bridge.end()
        if ear is not None:
            ear.closed, call.ear = True, None
        if not call.over:
            world.move_to(call, "menu")
