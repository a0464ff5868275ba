"""The person at one end of a call: does what the script says, when the call lets them.

A person hears prompts, answers listening Gathers, waits, talks and hangs up. With an empty script they stay on the line
and say nothing. The script can grow while the call is on (typed live). What they say is put on their leg as sound: a
WAV file, or a murmur of the right length. On a media stream they speak, or press keys, when it is their turn.
"""

from collections import deque
from collections.abc import Callable, Iterable

from exchange.call import Call
from exchange.clock import Interrupt, Process
from exchange.ear import Ear, Speech
from exchange.faults import Trouble
from exchange.hearing import garble
from exchange.manners import LOOK, has_the_floor, is_spoken_to
from exchange.script import HangUp, PlayWav, PressKeys, SayWords, StaySilent, Step, Talk, UntilSaid, WaitFor
from exchange.sound import RATE, BadSound
from exchange.track import MURMUR, Recorded, Sound
from exchange.verbs.prompts import language_of, speech_seconds, spoken
from exchange.world import World

BETWEEN_KEYS = 0.25
"""Seconds from one key to the next."""


Utterance = SayWords | PlayWav


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
        self._prepare()
        world.clock.spawn(self._live())

    @property
    def idle(self) -> bool:
        return not self.steps

    def add(self, steps: Iterable[Step]) -> None:
        self.steps.extend(steps)
        self._prepare()
        self.call.signal.fire()

    def _prepare(self) -> None:
        """Have what will be said ready, where there is a voice to say it."""
        texts = [step.text for step in self.steps if isinstance(step, SayWords)]
        if texts and self.world.speaker.present:
            self.world.clock.spawn(self.world.speaker.prepare((text, language_of(text, self.call)) for text in texts))

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
            case SayWords() | PlayWav():
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

    async def _ear(self, kind: str, step: Utterance | PressKeys) -> Ear:
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

    async def _place_to_speak(self, step: Utterance) -> Ear | None:
        """A Gather (or Record) that listens, or None when the words just go down the line: on a stream at one's turn,
        and, for a WAV file, among people."""

        def down_the_line() -> bool:
            return self.call.turn is not None or (isinstance(step, PlayWav) and bool(self.call.peers))

        while True:
            await self._until(lambda: self._open("speech") is not None or down_the_line())
            if self._open("speech") is not None:
                return await self._ear("speech", step)
            if self.call.turn is None or await self._turn(step):
                return None

    async def _turn(self, step: Utterance | PressKeys) -> bool:
        """Wait for one's turn on a stream; False when the stream is over first."""
        clock, call = self.world.clock, self.call
        while call.turn is not None and not (has_the_floor(clock, call) or (step.barge and is_spoken_to(clock, call))):
            await self._until(lambda: call.turn is None, LOOK)
        if step.barge and call.turn is not None and is_spoken_to(clock, call):
            await self._until(lambda: call.turn is None, step.after)
        return call.turn is not None

    async def _sound(self, step: Utterance) -> tuple[Sound, float]:
        """What is heard of it, and for how many seconds."""
        if isinstance(step, SayWords):
            return await spoken(self.world, self.call, self.process, step.text) or (MURMUR, speech_seconds(step.text))
        try:
            samples = self.world.sounds.find(step.wav)
        except BadSound as wrong:
            self.world.fault(Trouble("warning", 0, str(wrong)), self.call)
            return MURMUR, speech_seconds("")
        return Recorded(samples), len(samples) / RATE

    async def _say(self, step: Utterance) -> None:
        ear = await self._place_to_speak(step)
        self._spoken += 1
        heard = garble(step.heard, self.call.errors, f"{self.world.settings.seed}:{self.call.sid}:{self._spoken}")
        if ear is not None:
            ear.speaking, ear.unstable = True, " ".join(heard.split()[:2])
            self.call.signal.fire()
        else:
            heard = ""
        text = step.text if isinstance(step, SayWords) else step.wav
        sound, seconds = await self._sound(step)
        told = {"heard": heard, "confidence": step.confidence, "seconds": round(seconds, 3)}
        self.world.log(self.call, "spoke", text, **told)
        await self._speak(sound, seconds)
        if ear is not None:
            ear.speech = Speech(heard, step.confidence)
            self.call.signal.fire()
            await self._until(lambda: ear.closed)

    async def _speak(self, sound: Sound, seconds: float) -> None:
        clock, call = self.world.clock, self.call
        piece = call.handset.mouth.add(sound, clock.position(), round(seconds * RATE))
        try:
            await self._until(_never, seconds)
        finally:
            piece.cut(clock.position())
        if call.turn is not None:
            call.turn.since, call.turn.spoken = clock.position(), True

    async def _press_on_stream(self, step: PressKeys) -> bool:
        """Press the keys at one's turn; False when there is no stream (any more)."""
        call = self.call
        if call.turn is None or not await self._turn(step) or (ear := call.ear) is None or call.turn is None:
            return False
        self.world.log(call, "pressed", step.keys, heard=step.keys, note="")
        for key in step.keys:
            ear.press(key)
            call.signal.fire()
            await self._until(_never, BETWEEN_KEYS)
        if call.turn is not None:
            call.turn.since, call.turn.spoken = self.world.clock.position(), True
        return True

    async def _press(self, step: PressKeys) -> None:
        while True:
            await self._until(lambda: self._open("dtmf") is not None)
            if self.call.turn is None:
                break
            if await self._press_on_stream(step):
                return
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
        clock, call = self.world.clock, self.call
        if call.turn is not None:
            if await self._turn(PressKeys("")):
                while call.turn is not None and not is_spoken_to(clock, call):
                    await self._until(lambda: call.turn is None, LOOK)
            return
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
