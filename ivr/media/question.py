"""One question on a stream: spoken, and listened to, until there is an answer.

Laws: keys interrupt at once and always; a voice makes us pause, and only words make us stop; a mark that comes back
begins the caller's time, and nothing that was cleared does; while somebody speaks or types, nobody is silent.
"""

from dataclasses import dataclass

from ivr.calls.ports import Said
from ivr.flow.model import Listen, Pressed, Silence
from speech.hear import Question

from .hearer import Hearer, Words
from .keys import Keys
from .leg import Leg

AFTER_NOISE = 1.5
"""Seconds a caller has at least, after a sound that was no words."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer. `ended` is the caller's last sound or key, `at` when the answer was known, by the loop's clock."""

    event: Said | Pressed | Silence
    ended: float
    at: float
    words: Words | None = None


class Asking:
    """One question of one leg. `ask` may be called once."""

    def __init__(self, leg: Leg, hearer: Hearer, listen: Listen) -> None:
        self._leg = leg
        self._hearer = hearer
        self._listen = listen
        self._keys = Keys(listen)
        self._since = leg.clock()
        self._key_at = 0.0

    async def ask(self, question: Question) -> Given:
        """Wait for the answer. What is spoken was given to the player already."""
        leg = self._leg
        leg.keypad.open()
        self._hearer.take()
        if self._listen.speech:
            leg.line.ask(question)
        try:
            while (given := self._given()) is None:
                await leg.wait(self._until())
            return given
        finally:
            leg.keypad.close()
            leg.line.hush()

    def _given(self) -> Given | None:
        """The answer, if there is one by now."""
        now = self._leg.clock()
        given = self._keyed(now)
        if given is None and (words := self._hearer.take()) is not None:
            given = self._spoken(words, now)
        if given is None and self._leg.line.utterance is not None:
            self._leg.player.pause()
        elif given is None and (until := self._until()) is not None and now >= until:
            given = self._waited(now)
        return given

    def _keyed(self, now: float) -> Given | None:
        while key := self._leg.keypad.take():
            self._key_at = now
            self._leg.line.hush()
            if (pressed := self._keys.press(key, now)) is not None:
                return Given(Pressed(self._listen.turn, pressed), now, now)
        return None

    def _spoken(self, words: Words, now: float) -> Given | None:
        """Words are an answer; anything else was a noise, and we speak on."""
        if words.hearing is None or not words.text:
            self._leg.player.go_on()
            self._since = max(self._since, now + AFTER_NOISE - self._listen.patience)
            return None
        self._leg.player.clear()
        said = Said(self._listen.turn, words.text, words.hearing.confidence)
        return Given(said, words.ended, now, words)

    def _waited(self, now: float) -> Given | None:
        """Time is up: for a number, for a mark that never came back, or for the caller."""
        if self._keys.rest():
            return Given(Pressed(self._listen.turn, self._keys.rest()), self._key_at, now)
        if self._leg.player.speaking:
            self._leg.player.give_up()
            return None
        return Given(Silence(self._listen.turn), now, now)

    def _until(self) -> float | None:
        """When something is to be done though nothing happens: None while somebody speaks, we or the caller."""
        player = self._leg.player
        if self._keys.until is not None:
            return self._keys.until
        if self._leg.line.utterance is not None:
            return None
        if player.quiet_since is None:
            return player.overdue_at
        return max(player.quiet_since, self._since) + self._listen.patience
