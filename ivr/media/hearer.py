"""Words out of utterances: gives each to an ear while it is still being spoken, one after the other.

Law: an ear that is slow or broken costs this caller quality, and nobody else anything: each step has a limit, an
utterance that could not be heard counts as a noise, and after two in a row the carrier's own recogniser takes over.
"""

from dataclasses import dataclass

import structlog

from speech.hear import Hearing, SpeechError

from .leg import failed, within
from .line import Line, Utterance
from .ports import Ears

log = structlog.get_logger()

STEP_LIMIT = 6.0
"""Seconds for one step of an ear. A slower one is as good as none."""
MOST_BROKEN = 2


@dataclass(frozen=True, slots=True)
class Words:
    """What an utterance was heard as; `hearing` is None when no ear could hear it. `ended` is the caller's last sound,
    by the loop's clock.
    """

    hearing: Hearing | None
    ended: float

    @property
    def text(self) -> str:
        return self.hearing.text.strip() if self.hearing is not None else ""


class Hearer:
    """The task between a line and the ears of the process."""

    def __init__(self, call: str, line: Line, ears: Ears) -> None:
        self._call = call
        self._line = line
        self._ears = ears
        self._words: Words | None = None

    def take(self) -> Words | None:
        """What was heard since the last look."""
        words, self._words = self._words, None
        return words

    async def run(self) -> None:
        """Hear until cancelled. Raises Over when there is no ear to be had."""
        broken = 0
        while True:
            utterance = await self._line.begun()
            hearing: Hearing | None = None
            try:
                hearing = await self._heard(utterance)
                broken = 0
            except (SpeechError, TimeoutError) as fault:
                broken += 1
                why = str(fault) or "the ear is too slow"
                log.warning("an utterance could not be heard", call=self._call, why=why)
                if broken >= MOST_BROKEN:
                    raise failed(f"no ear: {why}") from fault
            if not utterance.void:
                self._words = Words(hearing, utterance.last)
            self._line.done(utterance)

    async def _heard(self, utterance: Utterance) -> Hearing | None:
        """What an ear makes of it; None when nobody wants to know any more."""
        ear = await within(STEP_LIMIT, self._ears.open(utterance.question))
        try:
            while await self._line.more(utterance):
                text = await within(STEP_LIMIT, ear.feed(utterance.take()))
                if text is not None:
                    self._line.partial(utterance, text)
            return None if utterance.void else await within(STEP_LIMIT, ear.finish())
        finally:
            await ear.close()
