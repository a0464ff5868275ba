"""The person at one end of a call: does what the script says, when the call lets them.

A person hears prompts, answers listening Gathers, waits, talks and hangs up. With an empty script they stay on the line
and say nothing. The script can grow while the call is on (typed live).
"""

from collections import deque
from collections.abc import Callable, Iterable

from exchange.call import Call
from exchange.clock import Interrupt, Process
from exchange.ear import Ear, Speech
from exchange.hearing import garble
from exchange.script import HangUp, PressKeys, SayWords, StaySilent, Step, Talk, UntilSaid, WaitFor
from exchange.verbs.prompts import speech_seconds
from exchange.world import World

BETWEEN_KEYS = 0.25
"""Seconds from one key to the next."""


class CallOver(Interrupt):
    """The call has ended; there is nothing left to do."""


class Person:
    """Drives one end of `call`. `heard` are the prompts so far; `idle` says that nothing more is scripted."""

    def __init__(self, world: World, call: Call, steps: Iterable[Step]) -> None:
        self.world = world
        self.call = call
        self.process = Process(world.clock)
        self.steps: deque[Step] = deque(steps)
        self.heard: list[str] = []
        self._understood = 0
        self._spoken = 0
        call.person = self
        world.clock.spawn(self._live())

    @property
    def idle(self) -> bool:
        return not self.steps

    def add(self, steps: Iterable[Step]) -> None:
        self.steps.extend(steps)
        self.call.signal.fire()

    async def _live(self) -> None:
        try:
            while True:
                await self._until(lambda: bool(self.steps))
                await self._do(self.steps[0])
                self.steps.popleft()
        except CallOver:
            self.steps.clear()

    async def _until(self, done: Callable[[], bool], within: float | None = None) -> bool:
        """Wait for `done`, or leave with the call."""
        reached = await self.process.until(lambda: self.call.over or done(), self.call.signal, within)
        if self.call.over:
            raise CallOver()
        return reached

    async def _do(self, step: Step) -> None:
        match step:
            case SayWords():
                await self._say(step)
            case PressKeys():
                await self._press(step)
            case WaitFor(seconds):
                await self._until(_never, seconds)
            case StaySilent():
                await self._stay_silent()
            case HangUp(after, during):
                if during is not None:
                    await self._until(lambda: self.call.place == during)
                await self._until(_never, after)
                who = "caller" if self.call.direction == "inbound" else "callee"
                self.world.hang_up(self.call, who, "canceled" if self.call.answered is None else "completed")
                raise CallOver()
            case Talk(seconds):
                await self._talk(seconds)
            case UntilSaid(text):
                await self._until_said(text)

    async def _ear(self, kind: str, step: SayWords | PressKeys) -> Ear:
        """The next Gather that takes this kind of input, at the moment for it."""
        if step.barge:
            await self._until(lambda: self._open(kind) is not None and self.call.prompt is not None)
            await self._until(lambda: self._open(kind) is None, step.after)
        await self._until(lambda: self._open(kind) is not None and (step.barge or self._open(kind, True) is not None))
        ear = self._open(kind)
        if ear is None:
            raise AssertionError("an ear was just seen open")
        return ear

    def _open(self, kind: str, prompts_over: bool = False) -> Ear | None:
        ear = self.call.ear
        if ear is None or not ear.hears(kind) or (prompts_over and not ear.prompts_over):
            return None
        return ear

    async def _say(self, step: SayWords) -> None:
        ear = await self._ear("speech", step)
        self._spoken += 1
        heard = garble(step.heard, self.call.errors, f"{self.world.settings.seed}:{self.call.sid}:{self._spoken}")
        ear.speaking, ear.unstable = True, " ".join(heard.split()[:2])
        self.call.signal.fire()
        self.world.log(self.call, "spoke", step.text, heard=heard, confidence=step.confidence)
        await self._until(_never, speech_seconds(step.text))
        ear.speech = Speech(heard, step.confidence)
        self.call.signal.fire()
        await self._until(lambda: ear.closed)

    async def _press(self, step: PressKeys) -> None:
        ear = await self._ear("dtmf", step)
        taken = ""
        for key in step.keys:
            if taken:
                await self._until(_never, BETWEEN_KEYS)
            if ear.closed or ear.keyed:
                break
            if ear.press(key):
                taken += key
                self.call.signal.fire()
        lost = "" if len(taken) == len(step.keys) else f"{len(step.keys) - len(taken)} keys went unheard"
        self.world.log(self.call, "pressed", taken or step.keys, heard=taken, note=lost)
        await self._until(lambda: ear.closed or not taken)

    async def _stay_silent(self) -> None:
        await self._until(lambda: self.call.ear is not None)
        ear = self.call.ear
        await self._until(lambda: ear is None or ear.closed)

    async def _talk(self, seconds: float) -> None:
        await self._until(lambda: bool(self.call.peers))
        await self._until(lambda: not self.call.peers, seconds)

    async def _until_said(self, text: str) -> None:
        await self._until(lambda: any(text in prompt for prompt in self.heard[self._understood :]))
        for place, prompt in enumerate(self.heard[self._understood :], self._understood):
            if text in prompt:
                self._understood = place + 1
                return


def _never() -> bool:
    return False
