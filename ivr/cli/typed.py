"""A call typed live: what a line means, and when it may be given to the exchange.

Law: a step is given only where it is taken at once. One that waits for a question would let time run to that question,
and would be said there, perhaps to somebody else.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from ivr.cli.control import Entry, Exchange, Step
from ivr.cli.keys import END
from ivr.cli.live import View
from ivr.cli.watch import Watch

LONGEST = timedelta(hours=2)
"""No call is waited for longer, in the exchange's time."""
SECOND = timedelta(seconds=1)
TALKS = ("conference", "bridged")
STANDS = ("queue", *TALKS)
"""Where a caller has nothing to answer, and time must pass by itself."""
ENDED = ("completed", "failed", "busy", "no-answer", "canceled")
SOON = 0.2
"""Seconds of the wall between two seconds of the call while a typed key waits for its moment."""
IN_LINE = "Nobody hears words in the line; keys count."
NOT_NOW = "The line did not listen for that, so it is forgotten."


class Keyboard(Protocol):
    def next(self, seconds: float | None) -> str | None: ...


@dataclass(slots=True)
class Typist:
    """One caller at a keyboard. `held` is a key that was pressed in line, until the line listens."""

    watch: Watch
    call: str
    view: View
    held: Step | None = None

    @property
    def exchange(self) -> Exchange:
        return self.watch.stage.exchange

    def play(self, keyboard: Keyboard) -> None:
        """Until the call is over: in line and in a talk a second passes every second; at a question time stands."""
        while True:
            now = self.exchange.call(self.call)
            if now["status"] not in ENDED and now["place"] not in STANDS:
                self.exchange.run("listening", call=self.call, until=self.exchange.now() + LONGEST)
                now = self.exchange.call(self.call)
            self.view.show(self.watch.lines())
            if now["status"] in ENDED:
                return
            if now["place"] in STANDS:
                self.stand(now, keyboard.next(SOON if self.held else 1.0))
            else:
                self.answer(now, keyboard.next(None))

    def stand(self, now: Entry, line: str | None) -> None:
        """One second in the line or in a talk, with what was typed meanwhile."""
        wish = None if line is None else step(line)
        if wish == {"hang_up": True}:
            self.exchange.add(self.call, [wish])
        elif wish is not None and "silence" not in wish:
            self.take(now, wish)
        if self.held is not None and now["place"] != "queue":
            self.held = None
            self.view.remark(NOT_NOW)
        if self.held is not None and "dtmf" in now["hears"]:
            self.exchange.add(self.call, [self.held])
            self.held = None
        self.exchange.run("time", until=self.exchange.now() + SECOND)

    def take(self, now: Entry, wish: Step) -> None:
        """Words and keys where nobody asked: in a talk they are the people's own, in line only keys count."""
        if now["place"] in TALKS:
            said = f'you say "{wish["say"]}"' if "say" in wish else f"you press {wish['press']}"
            self.view.remark(f"{said}; people talk here, and Holdless does not listen. Ctrl-D hangs up.")
        elif "press" in wish:
            self.held = wish
        else:
            self.view.remark(IN_LINE)

    def answer(self, now: Entry, line: str | None) -> None:
        """What was typed at a question, unless the question takes only the other kind."""
        wish = step(line or "")
        needs = {"say": "speech", "press": "dtmf"}.get(next(iter(wish)))
        if needs is None or needs in now["hears"]:
            self.exchange.add(self.call, [wish])
        else:
            self.view.remark("Here only keys count." if needs == "speech" else "Here only words count.")


def step(line: str) -> Step:
    """What a typed line means: keys, words, silence, or hanging up."""
    text = line.strip()
    if line == END:
        return {"hang_up": True}
    if not text:
        return {"silence": True}
    return {"press": text} if set(text) <= set("0123456789*#") else {"say": text}
