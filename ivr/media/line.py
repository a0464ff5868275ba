"""The caller's side of the sound: frames come in, utterances come out for an ear.

Laws: sound is cut into turns whether or not anybody listens, so that the noise floor is always known; at most one
utterance waits for an ear, of bounded length, however slow the ear is; what was said before a question began belongs to
the question before it and is dropped.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from speech.audio import FRAME_BYTES, SILENCE, Pcm, decode
from speech.hear import Kind, Question
from speech.turns import FRAME, LEAD, PACES, WITHIN, Began, Ended, Turns

KEPT = ceil((WITHIN + LEAD) / FRAME) + 5
"""Frames that are kept before a turn begins: how far back one may begin, and a little."""
GAP = 0.1
"""Seconds without a frame after which silence is put in their place: a turn must end although the carrier pauses."""
AT_REST: Kind = "free"
"""The pace at which turns are cut while nobody asks anything."""

Clock = Callable[[], float]


@dataclass(eq=False, slots=True)
class Utterance:
    """What a caller says in answer to `question`. `last` is when their last sound reached us, by the loop's clock.

    `void`: the question is over, and nobody wants to know any more.
    """

    question: Question
    began: float
    pieces: deque[Pcm] = field(default_factory=deque)
    ended: bool = False
    last: float = 0.0
    void: bool = False

    def take(self) -> Pcm:
        """The sound that came since the last look."""
        sound = b"".join(self.pieces)
        self.pieces.clear()
        return sound


class Line:
    """One caller's sound. `stir` is called when an utterance began or ended."""

    def __init__(self, turns: Turns, clock: Clock, stir: Callable[[], None]) -> None:
        self._turns = turns
        self._clock = clock
        self._stir = stir
        self._more = asyncio.Event()
        self._kept: deque[Pcm] = deque(maxlen=KEPT)
        self._rest = b""
        self._question: Question | None = None
        self._heard_at = clock()
        self.utterance: Utterance | None = None

    def ask(self, question: Question) -> None:
        """From here on what the caller says answers `question`."""
        self.hush()
        self._question = question

    def hush(self) -> None:
        """Nobody asks: an utterance under way is void, and what of it is still to come is heard by nobody."""
        self._question = None
        if self.utterance is not None:
            self.utterance.void = True
            self.utterance = None
            self._more.set()

    def done(self, utterance: Utterance) -> None:
        """The ear is done with it: the next one may begin."""
        if self.utterance is utterance:
            self.utterance = None
        self._stir()

    def partial(self, utterance: Utterance, text: str) -> None:
        """What the ear has by now."""
        if self.utterance is utterance and not utterance.ended:
            self._turns.partial(text)

    def take(self, ulaw: bytes, *, speaking: bool) -> None:
        """Sound as it came. `speaking`: the caller hears us just now."""
        self._heard_at = self._clock()
        self._rest += ulaw
        while len(self._rest) >= FRAME_BYTES:
            frame, self._rest = self._rest[:FRAME_BYTES], self._rest[FRAME_BYTES:]
            self._frame(decode(frame), speaking=speaking)

    def fill(self) -> None:
        """Silence in the place of frames that did not come, while somebody speaks."""
        missing = self._clock() - self._heard_at
        if missing < GAP or self.utterance is None or self.utterance.ended:
            return
        self._heard_at += missing
        for _ in range(round(missing / FRAME)):
            self._frame(decode(bytes([SILENCE]) * FRAME_BYTES), speaking=False)

    async def begun(self) -> Utterance:
        """The next utterance that nobody hears yet."""
        while self.utterance is None:
            await self._change()
        return self.utterance

    async def more(self, utterance: Utterance) -> bool:
        """Wait for more of it; False when there is none to come, or none is wanted."""
        while not (utterance.pieces or utterance.ended or utterance.void):
            await self._change()
        return bool(utterance.pieces) and not utterance.void

    async def _change(self) -> None:
        self._more.clear()
        await self._more.wait()

    def _frame(self, pcm: Pcm, *, speaking: bool) -> None:
        question, utterance = self._question, self.utterance
        pace = PACES[question.kind if question is not None else AT_REST]
        news = self._turns.frame(pcm, pace, speaking=speaking)
        self._kept.append(pcm)
        if utterance is not None and not utterance.ended:
            utterance.pieces.append(pcm)
            self._more.set()
        if isinstance(news, Began) and utterance is None and question is not None:
            back = min(len(self._kept), ceil((self._turns.at - news.at) / FRAME))
            self.utterance = Utterance(question, news.at, deque(list(self._kept)[-back:]))
            self._changed()
        elif isinstance(news, Ended) and utterance is not None and not utterance.ended:
            utterance.ended, utterance.last = True, self._clock() - (news.at - news.last)
            self._changed()

    def _changed(self) -> None:
        self._more.set()
        self._stir()
