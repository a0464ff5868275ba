"""Calls that the REST API starts: paced, rung, answered, then played like any other.

The account may start `cps` calls a second; what is more stays queued, in order.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from exchange.call import Call, Handlers
from exchange.legs import Ring, ring
from exchange.life import live
from exchange.progress import report
from exchange.stage import Redirected, Source, Stage, Table
from exchange.world import Gone, World


@dataclass(frozen=True, slots=True)
class Order:
    """A call to make: to whom, shown as whom, what to play once answered."""

    to: str
    caller: str
    source: Source
    handlers: Handlers = field(default_factory=Handlers)
    how: Ring = field(default_factory=lambda: Ring(patience=60.0))


def originate(world: World, table: Table, order: Order) -> Call:
    """Take the order; the call is queued from this moment."""
    call = world.new_call(order.caller, order.to, "outbound-api")
    call.handlers, call.place = order.handlers, "queued"
    world.clock.spawn(_carry_out(Stage(world, call, call.process, table), order))
    return call


async def _carry_out(stage: Stage, order: Order) -> None:
    world, call = stage.world, stage.call
    source = order.source
    try:
        await call.process.sleep(_turn(world))
        call.place = "ringing"
        answered = await ring(world, call, order.how)
    except Redirected as redirected:
        answered, source = True, redirected.source
    except Gone:
        answered = False
    if answered:
        await live(stage, source)
    if call.started is not None or call.status != "canceled":
        report(world, call, "completed")


def _turn(world: World) -> float:
    """Seconds until this call may start."""
    now = world.clock.now
    start = max(now, world.next_slot or now)
    world.next_slot = start + timedelta(seconds=1 / world.settings.cps)
    return (start - now).total_seconds()
