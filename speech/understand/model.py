"""What understanding is asked and what it answers.

Law: `Expects` is a prior, never a wall: a caller may answer a menu with a number, a number with a question, and
anything with "a person, please".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ACT = 0.7
"""From here on we do what was understood."""

CONFIRM = 0.4
"""From here on we ask whether it was meant; below, the question is asked again."""

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Expects:
    """What the question at hand asks for: one of these intents, a yes or no, a number of (least, most) digits."""

    intents: tuple[str, ...] = ()
    yes_no: bool = False
    digits: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """`confidence` is the share of such answers that are right, 0 to 1. `by`: rules | words | nothing.

    `intent` is an intent's name, "yes" or "no", or None. Slots: `digits`, `language` (the one asked for, two letters).
    """

    intent: str | None
    confidence: float
    slots: Mapping[str, str] = field(default_factory=dict)
    by: str = "nothing"
