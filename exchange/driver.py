"""Who moves virtual time: settle, look for the next moment, tell the followers, fire.

Law: before time moves the exchange *settles*. It waits until nothing of its own is in flight, lets each follower (the
application's server) perform what is due, and repeats until a round in which nothing happened and nothing is due. At
the next moment the followers hear of it before the exchange's own events of that moment are fired.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from exchange.call import Call
from exchange.faults import Trouble
from exchange.manners import has_the_floor
from exchange.world import World

FOLLOWER_SECONDS = 5.0
"""Wall seconds a follower may take; after that it is absent in this round."""
ROUNDS_WITHOUT_WORK = 200
"""Rounds in which a follower says that something is due and nothing happens; then it is taken to be stuck."""
STUCK_PAUSE = 0.02
FRESH = 0.2
"""Seconds for which a follower's answer holds while audio is streamed, frame by frame."""
CATCH_UP = 0.1
"""Wall seconds by which sound may be late and still keep its time."""
PARKED = frozenset({"queue", "conference", "stream"})


class FollowerReply(BaseModel):
    """What a follower answers: when it wants to be told next, if ever."""

    model_config = ConfigDict(extra="ignore")
    next_due: datetime | None = None


class Driver:
    """Runs the clock on request, one run at a time."""

    def __init__(self, world: World, client: httpx2.AsyncClient) -> None:
        self.world = world
        self.followers: list[str] = []
        self._client = client
        self._one_run = asyncio.Lock()
        self._anchor: tuple[float, datetime] | None = None
        self._told: tuple[datetime, int, datetime | None] | None = None

    async def run(self, until: datetime | None, stop: str, call: str | None) -> str:
        """Let time pass until the condition named by `stop` (idle, listening or time) or `until`; say which."""
        met = self._condition(stop, call)
        async with self._one_run:
            if not self.world.clock.virtual:
                return await self._watch(until, stop, met)
            while True:
                due = await self.settle()
                if met():
                    return stop
                moment = self._next_moment(due)
                if moment is None or (until is not None and moment > until):
                    if until is not None:
                        self.world.clock.move(until)
                        await self.settle()
                    return "time" if until is not None else "nothing scheduled"
                await self._advance(moment)

    async def _advance(self, moment: datetime) -> None:
        """Move to `moment`: the followers first, then the exchange's own events."""
        clock = self.world.clock
        await self._pace(moment)
        clock.move(moment)
        if self.followers:
            await self.settle(fire=False)
        clock.fire_due()

    async def _pace(self, moment: datetime) -> None:
        """Audio runs in real time even when nothing else does: the application's voice needs its seconds."""
        if not self.world.live_audio:
            self._anchor = None
            return
        wall, now = self.world.clock.wall_seconds(), self.world.clock.now
        since, began = self._anchor or (wall, now)
        left = since + (moment - began).total_seconds() - wall
        # What an answer took is not caught up: sound that is faster than the wall would hurry the application.
        self._anchor = (wall, moment) if left < -CATCH_UP else (since, began)
        await asyncio.sleep(max(0.0, left))

    def _just_told(self) -> bool:
        """Between two frames of a stream nothing new is told, unless something happened or is due."""
        if not self.world.live_audio or self._told is None:
            return False
        moment, happenings, due = self._told
        now = self.world.clock.now
        return (
            (now - moment).total_seconds() < FRESH
            and happenings == self.world.clock.happenings
            and (due is None or due > now)
        )

    async def settle(self, *, fire: bool = True) -> datetime | None:
        """Wait until all is still and the followers have nothing due; their next moment comes back."""
        clock, fruitless = self.world.clock, 0
        while True:
            await clock.stillness()
            if fire and clock.fire_due():
                continue
            if self._just_told() and self._told is not None:
                return self._told[2]
            before = clock.happenings
            dues = [due for due in [await self._tell(url) for url in tuple(self.followers)] if due is not None]
            await clock.stillness()
            if clock.happenings != before or (fire and (moment := clock.next_moment()) and moment <= clock.now):
                fruitless = 0
                continue
            late = [due for due in dues if due <= clock.now]
            if not late:
                self._told = (clock.now, clock.happenings, min(dues, default=None))
                return self._told[2]
            fruitless += 1
            if fruitless > ROUNDS_WITHOUT_WORK:
                sentence = "a follower keeps saying that something is due, and nothing happens"
                self.world.fault(Trouble("error", 0, sentence))
                return min((due for due in dues if due > clock.now), default=None)
            await asyncio.sleep(STUCK_PAUSE)

    async def _tell(self, url: str) -> datetime | None:
        """Tell one follower what time it is; None when it has nothing due or does not answer."""
        try:
            async with asyncio.timeout(FOLLOWER_SECONDS):
                reply = await self._client.post(url, json={"now": self.world.clock.now.isoformat()})
            if reply.status_code != httpx2.codes.OK:
                self._complain(url, f"the follower answered {reply.status_code}")
                return None
            return FollowerReply.model_validate_json(reply.content).next_due
        except (TimeoutError, httpx2.HTTPError):
            return None
        except ValidationError as wrong:
            self._complain(url, f"the follower's answer cannot be understood: {wrong}")
            return None

    def _complain(self, url: str, sentence: str) -> None:
        if not any(fault.url == url and fault.sentence == sentence for fault in self.world.faults):
            self.world.fault(Trouble("warning", 0, sentence, url))

    def _next_moment(self, due: datetime | None) -> datetime | None:
        moments = [moment for moment in (self.world.clock.next_moment(), due) if moment is not None]
        return min(moments, default=None)

    async def _watch(self, until: datetime | None, stop: str, met: Callable[[], bool]) -> str:
        """Real mode: the same conditions, while the wall clock goes by itself."""
        clock = self.world.clock
        while not met():
            if until is not None and clock.now >= until:
                return "time"
            left = 1.0 if until is None else min(1.0, (until - clock.now).total_seconds())
            try:
                await asyncio.wait_for(self.world.diary.next(), max(0.01, min(left, 0.1)))
            except TimeoutError:
                continue
        return stop

    def _condition(self, stop: str, sid: str | None) -> Callable[[], bool]:
        if stop == "idle":
            return lambda: not self.world.live_calls()
        if stop == "listening":
            call = self.world.calls[sid or ""]
            return lambda: is_listening(call)
        return lambda: False


def is_listening(call: Call) -> bool:
    """Whether this call waits for its caller: a Gather listens, or the caller is parked, and nothing is scripted."""
    if call.over:
        return True
    if call.person is None or not call.person.idle:
        return False
    if call.turn is not None:
        return has_the_floor(call.process.clock, call)
    return call.place in PARKED or (call.ear is not None and call.ear.prompts_over and not call.ear.begun)
