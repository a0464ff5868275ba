"""Call flows as a supervisor writes them: nodes, choices and exits.

A node does one thing; a `say` may stand before it. Every way out is `then`, a choice, or one of `on`. The kind of a
node is the one kind key that is present, so that a typo in a node gives one message about that node.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from .words import Sentence, Span, Written

Exit = Literal["closed", "full", "gave_up", "fails", "unknown", "unclear", "silence", "no_window"]
Facts = dict[str, str | bool | int]
"""Facts that must all hold, in plain words: {path: person_first, open_callback: yes}."""


class Prompt(Written):
    """A question by language, and how it is asked again after a miss."""

    text: dict[str, str]
    again: dict[str, str] | None = None


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


class Case(Written):
    """One line of a branch; `otherwise` is the line that always fits."""

    if_: Facts | None = Field(default=None, alias="if")
    then: str | None = None
    otherwise: str | None = None


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
    patience: Span = 5.0


class CollectNode(Said):
    collect: str
    ask: Prompt
    as_: Answer = Field(alias="as")
    confirm: Prompt | None = None
    known: str | None = None
    tries: int = Field(default=3, ge=1, le=5)
    patience: Span = 6.0
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
    end: Sentence | Literal[True]


KIND_KEYS = ("collect", "ask", "branch", "look_up", "set", "queue", "callback", "end", "say")


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
