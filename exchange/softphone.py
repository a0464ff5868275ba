"""A phone with a person at it: a browser that rings, is answered, and carries sound both ways.

Each frame of 20 ms goes to the browser when its time has come; what the microphone sends is put a little ahead of the
present, so that the frames' jitter on the way is not heard. While such a phone is in a call, virtual time keeps step
with the wall.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from exchange.call import Call
from exchange.clock import Process
from exchange.script import SayWords
from exchange.sound import FRAME, RATE, Samples
from exchange.track import Growing, Piece
from exchange.world import World

AHEAD = round(0.06 * RATE)
"""How far ahead of the present the microphone's sound is put."""
TOO_FAR = round(0.4 * RATE)
"""Sound that would be heard later than this is dropped: the browser's clock runs fast, or it was stopped."""
LONGEST_PIECE = 60 * RATE
TOLD = frozenset(
    "said pressed queued left_queue joined_conference left_conference held unheld bridged redirected stream "
    "fault hung_up".split()
)
"""Kinds of log entries that the screen shows."""

News = Mapping[str, object]


class Screen(Protocol):
    """The browser's side: news as JSON, sound as samples. Neither waits."""

    def show(self, news: News) -> None: ...

    def play(self, samples: Samples) -> None: ...


class Microphone:
    """Puts what comes from a microphone into a call's mouth."""

    def __init__(self, call: Call, position: Callable[[], int]) -> None:
        self._mouth = call.handset.mouth
        self._position = position
        self._growing = Growing()
        self._piece: Piece | None = None

    def take(self, samples: Samples) -> None:
        now = self._position()
        end = self._piece.end if self._piece is not None else 0
        if end > now + TOO_FAR:
            return
        if self._piece is None or end < now or end - self._piece.start > LONGEST_PIECE:
            self._growing = Growing()
            self._piece = self._mouth.add(self._growing, end if end >= now else now + AHEAD, 0)
        self._growing.append(samples)
        self._piece.end += len(samples)


class Softphone:
    """A registered browser phone. It is in one call at a time; `ringing` is the call it is rung for."""

    def __init__(self, world: World, address: str, screen: Screen) -> None:
        self.world = world
        self.address = address
        self.screen = screen
        self.call: Call | None = None
        self.ringing: Call | None = None
        self._decision = ""
        self._microphone: Microphone | None = None

    @property
    def busy(self) -> bool:
        return self.ringing is not None or (self.call is not None and not self.call.over)

    async def ring(self, call: Call, patience: float) -> str:
        """Ring for at most `patience` seconds; human, refused, busy or no-answer."""
        if self.busy:
            return "busy"
        self.ringing, self._decision = call, ""
        known = {"call": call.sid, "from": call.caller, "to": call.to, "params": dict(call.extra)}
        self.screen.show({"event": "ringing", **known})
        try:
            await call.process.until(lambda: bool(self._decision), call.signal, within=patience)
        finally:
            self.ringing = None
            if self._decision != "human":
                self.screen.show({"event": "over", "call": call.sid, "by": "caller" if call.over else "nobody"})
        return self._decision or "no-answer"

    def decide(self, answer: bool) -> None:
        """Answer or refuse the call that rings."""
        if self.ringing is not None:
            self._decision = "human" if answer else "refused"
            self.ringing.signal.fire()

    def take_up(self, call: Call) -> None:
        """From here on this phone is the call's person."""
        self.call, call.softphone = call, self
        self._microphone = Microphone(call, self.world.clock.position)
        self.screen.show({"event": "calling", "call": call.sid, "from": call.caller, "to": call.to})
        if call.answered is not None:
            self.screen.show({"event": "answered"})
        self.world.clock.spawn(self._carry(call))

    def hear(self, samples: Samples) -> None:
        """Sound from the microphone."""
        if self._microphone is not None and self.call is not None and not self.call.over:
            self._microphone.take(samples)

    def press(self, key: str) -> None:
        call = self.call
        if call is None or call.over:
            return
        taken = call.ear is not None and call.ear.press(key)
        note = "" if taken else "1 keys went unheard"
        self.world.log(call, "pressed", key, heard=key if taken else "", note=note)
        call.signal.fire()

    def say(self, text: str) -> None:
        """Words typed instead of spoken."""
        if self.call is not None and self.call.person is not None:
            self.call.person.add((SayWords(text, text),))

    def hang_up(self) -> None:
        self.decide(False)
        if self.call is not None:
            who = "caller" if self.call.direction == "inbound" else "callee"
            self.world.hang_up(self.call, who, "canceled" if self.call.answered is None else "completed")

    def tell(self, entry: News) -> None:
        """Show a log entry of the call."""
        if entry["kind"] == "answered":
            self.screen.show({"event": "answered"})
        elif entry["kind"] == "hung_up":
            self.screen.show({"event": "over", "by": entry["text"]})
        if entry["kind"] in TOLD:
            self.screen.show({"event": "log", "kind": entry["kind"], "text": entry["text"]})

    async def _carry(self, call: Call) -> None:
        """Send what is heard, a frame every 20 ms, until the call is over."""
        clock, process, end = self.world.clock, Process(self.world.clock), self.world.clock.position()
        self.world.live_audio += 1
        try:
            while not call.over:
                end = max(end, clock.position() - RATE)
                while clock.position() >= end:
                    self.screen.play(call.handset.hearing.read(end - FRAME, end))
                    end += FRAME
                wait = max(0.001, (clock.moment(end) - clock.now).total_seconds())
                await process.until(lambda: call.over, call.signal, within=wait)
        finally:
            self.world.live_audio -= 1
            if self.call is call:
                self.call, self._microphone = None, None


def frames(data: bytes) -> Samples:
    """16-bit little-endian PCM at 8 kHz, as the page sends it."""
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int16)


class Outbox:
    """What waits to be sent to a browser. Sound that a slow browser does not take is dropped, news never."""

    MOST_FRAMES = 50

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._waiting: deque[News | bytes] = deque()
        self._frames = 0

    def show(self, news: News) -> None:
        self._waiting.append(news)
        self._wake()

    def play(self, samples: Samples) -> None:
        if self._frames < self.MOST_FRAMES:
            self._frames += 1
            self._waiting.append(samples.astype("<i2").tobytes())
            self._wake()

    def next(self) -> News | bytes | None:
        if not self._waiting:
            return None
        item = self._waiting.popleft()
        self._frames -= isinstance(item, bytes)
        return item
