"""Call flows as a supervisor writes them: nodes, choices and exits.

A node does one thing; a `say` may stand before it. Every way out is `then`, a choice, or one of `on`. The kind of a
node is the one kind key that is present, so that a typo in a node gives one message about that node.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from .words import Ending, Patience, Sentence, Span, Written

Exit = Literal["closed", "full", "gave_up", "fails", "unknown", "unclear", "silence", "no_window"]
Facts = dict[str, str | bool | int]
"""Facts that must all hold, in plain words: {path: person_first, open_callback: yes}."""

LATER = ("verify", "voicemail", "text", "transfer", "survey", "run")
"""Kinds of node that the language has and this version does not."""

MOST_DIGITS = 20
DIGITS = re.compile(r"\s*(\d{1,2})\s*(?:-\s*(\d{1,2}))?\s*")


class Prompt(Written):
    """A question by language, and how it is asked again after a miss."""

    text: dict[str, str]
    again: dict[str, str] | None = None

    @model_validator(mode="before")
    @classmethod
    def gather(cls, value: object) -> object:
        """Languages and `again` stand side by side: {en: ..., ko: ..., again: {en: ..., ko: ...}}."""
        if not isinstance(value, dict) or "text" in value:
            return value
        question: dict[str, object] = {"text": {name: text for name, text in value.items() if name != "again"}}
        return question | ({"again": value["again"]} if "again" in value else {})


class Choice(Written):
    """One thing the caller may choose: by saying its intent, by its key, or both."""

    then: str
    intent: str | None = None
    key: str | None = None


class Command(Written):
    """Understood during every sentence, question and wait (`always:`)."""

    key: str | None = None
    intent: str | None = None
    then: str | None = None


class Answer(Written):
    """What shape a collected value has: digits: 5-8 (count), or yes_no."""

    digits: str | None = None
    yes_no: bool = False

    @field_validator("digits", mode="before")
    @classmethod
    def bounds(cls, value: object) -> object:
        """A count may be written as a plain number: digits: 6."""
        text = str(value) if isinstance(value, int) else value
        if not isinstance(text, str) or not (match := DIGITS.fullmatch(text)):
            raise ValueError("digits needs how many there are, like 6 or 5-8")
        if not 1 <= int(match[1]) <= int(match[2] or match[1]):
            raise ValueError("digits needs the fewer number first, and at least one digit, like 5-8")
        if int(match[2] or match[1]) > MOST_DIGITS:
            raise ValueError(f"digits may be at most {MOST_DIGITS}: nobody keys in a longer number without a slip")
        return text

    @model_validator(mode="after")
    def one_shape(self) -> Self:
        if (self.digits is not None) == self.yes_no:
            raise ValueError("a collected value is either digits or yes_no, like as: {digits: 5-8}")
        return self

    @property
    def count(self) -> tuple[int, int] | None:
        """(least, most) digits of one number, or None for yes and no."""
        match = DIGITS.fullmatch(self.digits or "")
        return (int(match[1]), int(match[2] or match[1])) if match else None


class Case(Written):
    """One line of a branch; `otherwise` is the line that always fits."""

    if_: Facts | None = Field(default=None, alias="if")
    then: str | None = None
    otherwise: str | None = None

    @model_validator(mode="after")
    def one_shape(self) -> Self:
        if (self.otherwise is None) == (self.if_ is None or self.then is None):
            raise ValueError("a line of a branch is either 'if:' with 'then:', or 'otherwise:' alone")
        return self

    @property
    def target(self) -> str:
        """The node this line leads to."""
        return self.otherwise or self.then or ""


class Said(Written):
    """What every kind of node may have."""

    say: Sentence | None = None
    resolved: str | None = None
    on: dict[Exit, str] = Field(default_factory=dict)


class SayNode(Said):
    say: Sentence
    then: str


class AskNode(Said):
    ask: Prompt
    choices: list[Choice] = Field(min_length=1)
    tries: int = Field(default=3, ge=1, le=5)
    patience: Patience = 5.0


class CollectNode(Said):
    collect: str
    ask: Prompt
    as_: Answer = Field(alias="as")
    confirm: Prompt | None = None
    known: str | None = None
    tries: int = Field(default=3, ge=1, le=5)
    patience: Patience = 6.0
    then: str


class BranchNode(Said):
    branch: list[Case] = Field(min_length=1)


class LookUpNode(Said):
    look_up: str
    with_: dict[str, str] = Field(default_factory=dict, alias="with")
    into: str
    then: str


class SetNode(Said):
    set: dict[str, str]
    then: str


class QueueNode(Said):
    queue: str
    skill: str | None = None
    head_start: Span = 0.0


class CallbackNode(Said):
    """Offers the two earliest windows of a queue, books the chosen one, says so, and goes on."""

    callback: str
    then: str


class EndNode(Said):
    end: Ending


KINDS: dict[str, type[Said]] = {
    "collect": CollectNode,
    "ask": AskNode,
    "branch": BranchNode,
    "look_up": LookUpNode,
    "set": SetNode,
    "queue": QueueNode,
    "callback": CallbackNode,
    "end": EndNode,
    "say": SayNode,
}
"""Kind key -> node. The order decides which kind a node with several kind keys has."""

KIND_KEYS = tuple(KINDS)


def kind_of(value: Any) -> str:  # noqa: ANN401 - plain YAML data on one side, a node on the other
    """The kind key of a node: the first of KIND_KEYS present (a `say` may stand before any other kind)."""
    keys = value if isinstance(value, dict) else type(value).model_fields
    return next((kind for kind in KIND_KEYS if kind in keys), "say")


Node = Annotated[
    Annotated[SayNode, Tag("say")]
    | Annotated[AskNode, Tag("ask")]
    | Annotated[CollectNode, Tag("collect")]
    | Annotated[BranchNode, Tag("branch")]
    | Annotated[LookUpNode, Tag("look_up")]
    | Annotated[SetNode, Tag("set")]
    | Annotated[QueueNode, Tag("queue")]
    | Annotated[CallbackNode, Tag("callback")]
    | Annotated[EndNode, Tag("end")],
    Discriminator(kind_of),
]


class Flow(Written):
    """One call flow: where it starts, what is always understood, and its nodes by name."""

    flow: str
    start: str
    always: dict[str, Command] = Field(default_factory=dict)
    nodes: dict[str, Node]
