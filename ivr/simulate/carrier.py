"""The carrier of a rehearsal: rings agents and callers on paper, and lets the rehearsal decide who answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.work.ports import Leg


@dataclass(slots=True)
class PaperCarrier:
    """Fits `ivr.work.ports.Carrier`.

    What it is asked stands in its lists, until the rehearsal looks.
    """

    redirected: list[tuple[str, str]] = field(default_factory=list)  # (call, URL)
    rung: dict[str, Leg] = field(default_factory=dict)  # leg's call -> leg
    ended: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    new_leg: Callable[[int], str] = lambda number: f"CA{number:032x}"

    def call(self, leg: Leg) -> str:
        sid = self.new_leg(0xA0000000 + len(self.rung))
        self.rung[sid] = leg
        return sid

    def find(self, leg: Leg, since: datetime) -> str | None:
        return next((sid for sid, known in self.rung.items() if known.effect == leg.effect), None)

    def redirect(self, call: str, url: str) -> None:
        self.redirected.append((call, url))

    def say_and_hang_up(self, call: str, text: str, language: str) -> None:
        self.ended.append(call)

    def hang_up(self, call: str) -> None:
        self.ended.append(call)

    def text(self, number: str, body: str) -> None:
        self.texts.append((number, body))

    def alive(self, call: str) -> bool:
        return call not in self.ended

    def participants(self, conference: str) -> Mapping[str, str]:
        """No news of a rehearsal is lost: whoever stands somewhere was heard of when they came."""
        return {}
