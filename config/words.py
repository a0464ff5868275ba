"""The small value types that operators write: sentences by language, spans of time, clock hours.

Laws: a language is a two-letter code; a span is written with its unit ("5 min") and kept in seconds.
"""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Tag

SPAN = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(s|sec|seconds?|min|minutes?|h|hours?|d|days?|초|분|시간|일)\s*$")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "초": 1, "분": 60, "시": 3600, "일": 86400}


def seconds(value: object) -> object:
    """'5 min' -> 300.0 (seconds). A bare number has no unit and is refused, so that nobody has to guess."""
    if isinstance(value, str) and (match := SPAN.match(value)):
        return float(match.group(1)) * SECONDS[match.group(2)[0]]
    raise ValueError("a span of time needs a number and a unit, like '20 s', '5 min' or '2 h'")


Span = Annotated[float, BeforeValidator(seconds)]


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
