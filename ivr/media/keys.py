"""What a caller presses, as answers to one question. Pure: moments are passed in, in seconds of any one clock.

Laws: where single keys are asked for, each key is an answer at once; where a number is asked for, it is complete at
'#', at its longest length, or when no further key comes. The same keys give the same answer as through <Gather>.
"""

from ivr.flow.model import Listen

BETWEEN_KEYS = 3.0
"""Seconds without a further key that end a number, for a caller in no need of time."""
SHARE = 0.5
"""Of the question's patience, where that is longer: who gets more time to answer gets more time between keys too."""
MOST_KEYS = 32
"""Longer than any number that is asked for: a key that sticks."""
CLOSING = "#"


class Keys:
    """The keys pressed in answer to `listen`."""

    def __init__(self, listen: Listen) -> None:
        self.single = listen.digits is None and all(len(key) == 1 for key in listen.keys)
        self._most = listen.digits[1] if listen.digits else MOST_KEYS
        self._between = max(BETWEEN_KEYS, listen.patience * SHARE)
        self._pressed = ""
        self._last = 0.0

    def press(self, key: str, at: float) -> str | None:
        """One key; the whole answer when that completes it. '#' before any digit of a number says nothing."""
        if self.single:
            return key
        if key == CLOSING:
            return self._pressed or None
        self._pressed, self._last = self._pressed + key, at
        return self._pressed if len(self._pressed) >= self._most else None

    @property
    def until(self) -> float | None:
        """When the number is complete without a further key; None while none was pressed."""
        return self._last + self._between if self._pressed else None

    def rest(self) -> str:
        """What was pressed so far."""
        return self._pressed
