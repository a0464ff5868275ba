"""The small value types that operators write: sentences by language, spans of time, clock hours.

Laws: a language is a two-letter code; a span is written with its unit ("5 min") and kept in seconds, and each use of
one has a least and a most, within which calls can be served.
"""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Tag, ValidationInfo

SPAN = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(s|sec|seconds?|min|minutes?|h|hours?|d|days?|초|분|시간|일)\s*$")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "초": 1, "분": 60, "시": 3600, "일": 86400}


def seconds(value: object) -> object:
    """'5 min' -> 300.0 (seconds). A bare number has no unit and is refused, so that nobody has to guess."""
    if isinstance(value, str) and (match := SPAN.match(value)):
        return float(match.group(1)) * SECONDS[match.group(2)[0]]
    raise ValueError("a span of time needs a number and a unit, like '20 s', '5 min' or '2 h'")


def span(least: str, most: str) -> BeforeValidator:
    """Reads a span (seconds) and refuses one that is shorter or longer than is good for what it is used for."""
    low, high = float(str(seconds(least))), float(str(seconds(most)))

    def read(value: object, info: ValidationInfo) -> object:
        found = seconds(value)
        if not isinstance(found, float) or not low <= found <= high:
            raise ValueError(f"'{info.field_name}' must be between {least} and {most}")
        return found

    return BeforeValidator(read)


MONTH = "30 d"
"""The longest span of any kind: what is longer is a slip, and further off the calendar of Python ends."""

Span = Annotated[float, span("0 s", MONTH)]
Waiting = Annotated[float, span("5 s", MONTH)]
"""How long the line waits for somebody: with less it would give up before anybody could answer."""

Patience = Annotated[float, span("1 s", "2 min")]
"""How long a caller is waited for after a question."""


def form(value: object) -> str:
    """Which of its shapes a sentence has: chosen first, so that a slip in it gives one message and not one a shape."""
    return "texts" if isinstance(value, dict) else "silent" if value is True else "prompt"


Texts = Annotated[dict[str, str], Tag("texts")]
PromptName = Annotated[str, Tag("prompt")]

Sentence = Annotated[Texts | PromptName, Discriminator(lambda value: form(value).replace("silent", "prompt"))]
"""What is said, by language; or the name of a prompt in prompts/*.yaml."""

Ending = Annotated[Texts | PromptName | Annotated[Literal[True], Tag("silent")], Discriminator(form)]
"""What is said last; `true` says nothing."""


class Written(BaseModel):
    """Anything an operator writes: frozen, and a key nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
