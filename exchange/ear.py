"""What a listening <Gather> has taken in so far. Pure state: gather.py waits on it, a person fills it.

The first kind of input wins: after a key nothing spoken counts, and after a word no key.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speech:
    """What the recogniser returned; `confidence` may be missing, as at the carrier."""

    text: str
    confidence: float | None


@dataclass(eq=False, slots=True)
class Ear:
    """`accepts` is a set of dtmf and speech; `most_digits` 0 means without limit; `finish` is the closing key or '';
    `unstable` is what the recogniser makes of the first words."""

    accepts: frozenset[str]
    most_digits: int = 0
    finish: str = "#"
    prompts_over: bool = False
    digits: str = ""
    finished_on: str = ""
    speaking: bool = False
    unstable: str = ""
    speech: Speech | None = None
    closed: bool = False

    @property
    def begun(self) -> bool:
        return bool(self.digits) or self.speaking or self.speech is not None

    @property
    def keyed(self) -> bool:
        """Whether the keys are complete: the closing key was pressed or the number of digits is reached."""
        return bool(self.finished_on) or bool(self.most_digits and len(self.digits) >= self.most_digits)

    def hears(self, kind: str) -> bool:
        """Whether input of this kind still counts."""
        if self.closed or kind not in self.accepts:
            return False
        return not self.digits if kind == "speech" else not (self.speaking or self.speech is not None or self.keyed)

    def press(self, key: str) -> bool:
        """Take one key; False when it does not count. The closing key counts only after a digit."""
        if not self.hears("dtmf") or (key == self.finish and not self.digits):
            return False
        if key == self.finish:
            self.finished_on = key
        else:
            self.digits += key
        return True
