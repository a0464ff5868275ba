"""A desk that asks one question after the other: what it is told is kept, what it answers is set up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.calls.ports import Reply, Said
from ivr.flow.model import Action, CallEvent, CallState, EndCall, Listen, Speak
from speech.hear import Question
from tests.web.desk import STATE


def question(turn: int, text: str = "How can I help you today?", /, **more: Any) -> tuple[Action, ...]:  # noqa: ANN401
    listen = Listen(turn, "en", keys=("1", "2"), patience=5.0)
    return (Speak(text, "en", "node:q"), Listen(**{**fields(listen), **more}))


def fields(listen: Listen) -> dict[str, Any]:
    return {name: getattr(listen, name) for name in Listen.__slots__}


GOODBYE: tuple[Action, ...] = (Speak("Goodbye.", "en", "prompt:goodbye"), EndCall("done"))


@dataclass
class Desk:
    """Fits `ivr.media.ports.Desk`. Each answer takes the next of `replies`; the first is what a resume gives."""

    replies: Sequence[tuple[Action, ...]]
    told: list[tuple[object, ...]] = field(default_factory=list)
    given: int = 0
    fault: Exception | None = None

    def handle(self, call: str, event: CallEvent, cause: str) -> Reply:
        return self._reply(event, cause)

    def said(self, call: str, words: Said, cause: str) -> Reply:
        return self._reply(words, cause)

    def resume(self, call: str, after: str) -> Reply:
        return self._reply("resume", after)

    def _reply(self, *what: object) -> Reply:
        self.told.append(what)
        if self.fault is not None and self.given:
            raise self.fault
        actions = self.replies[min(self.given, len(self.replies) - 1)]
        self.given += 1
        turn = next((one.turn for one in actions if isinstance(one, Listen)), 9)
        state = CallState(**{**{name: getattr(STATE, name) for name in CallState.__slots__}, "turn": turn})
        return Reply(actions, state)


class Plain:
    """Every question is a choice."""

    def question(self, state: CallState, listen: Listen) -> Question:
        return Question("digits" if listen.digits else "choices", listen.language, ("one", "two"))
