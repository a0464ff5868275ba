"""Plays one written conversation and says where it left the script."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from ivr.calls.around import identify
from ivr.flow.model import Caller, Started

from .network import GONE_QUIET, Moment, Network
from .script import Conversation, Step

CALL = "CA" + "1" * 32


class Departed(Exception):
    """The conversation did not go as written; `line` is the step's place in the file."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(slots=True)
class Player:
    """One conversation on one network.

    `cursor` is behind the last thing a step has matched.
    """

    script: Conversation
    network: Network
    call: str = CALL
    cursor: int = 0
    deadline: datetime | None = None
    _agent: str = field(default="", init=False)

    def play(self) -> None:
        """Play every step.

        Raises Departed at the first that does not happen.
        """
        self._open()
        kinds: dict[str, Callable[[Step], None]] = {
            "we say": self._say, "we ask": self._say, "we offer": self._offer, "answered by": self._answered_by,
            "caller says": self._answer, "caller presses": self._answer, "caller is silent": self._answer,
            "caller hangs up": self._hang_up, "caller answers": self._pick_up, "agent hangs up": self._agent_hangs_up,
            "at": self._wait_until, "we ring": self._ring,
        }  # fmt: skip
        for step in self.script.steps:
            kinds[step.kind](step)
        self._end()

    def _open(self) -> None:
        network, script = self.network, self.script
        for agent, moment in script.agents.items():
            if moment is None:
                network.free(agent)
            else:
                network.plan(moment - network.now, lambda who=agent: network.free(who))  # type: ignore[misc]
        site = network.application.sites.published
        known = {
            **identify(site, script.number),
            **{key: value for key, value in script.caller.items() if key != "wish"},
        }
        wish = script.caller.get("wish", known.get("wish", ""))
        network.begin(self.call, Started(Caller(script.number, known, wish), script.dialled))

    # -- what we do --------------------------------------------------------------------------------------------------

    def _say(self, step: Step) -> None:
        wanted = step.value
        node = str(wanted["node"]) if isinstance(wanted, dict) else str(wanted)
        words = str(wanted.get("has", "")) if isinstance(wanted, dict) else ""

        def fits(moment: Moment) -> bool:
            named = moment.source in (f"node:{node}", f"prompt:{node}")
            quoted = not isinstance(wanted, dict) and node in moment.text
            return moment.kind == "said" and (named or quoted) and words in moment.text

        self._find(step, fits, f"we should say {node!r}" + (f" with {words!r}" if words else ""))

    def _offer(self, step: Step) -> None:
        def fits(moment: Moment) -> bool:
            return moment.kind == "said" and moment.source.startswith(f"prompt:{step.value}_")

        self._find(step, fits, f"we should offer {step.value!r}")

    def _ring(self, step: Step) -> None:
        until = self.deadline or self.network.now + GONE_QUIET
        if not self.network.run(until, lambda: self._rung() is not None):
            raise Departed(step.line, f"we should ring the caller by {until:%H:%M}, and did not")
        self.call = self._rung() or self.call
        self.deadline = None

    def _rung(self) -> str | None:
        """A leg that rings the caller for a promise and that nobody picked up yet."""
        network = self.network
        for call, leg in network.carrier.rung.items():
            waiting = call not in network.legs and call not in network.carrier.ended
            if leg.effect.startswith("callback:") and leg.number == self.script.number and waiting:
                return call
        return None

    def _answered_by(self, step: Step) -> None:
        def fits(moment: Moment) -> bool:
            return moment.kind == "joined" and moment.text == step.value

        self._find(step, fits, f"{step.value} should answer")
        self._agent = str(step.value)

    # -- what people do ----------------------------------------------------------------------------------------------

    def _answer(self, step: Step) -> None:
        if not self._asked():
            raise Departed(step.line, "nobody listens to the caller any more")
        value = str(step.value)
        match step.kind:
            case "caller says":
                self.network.answer(self.call, words=value)
            case "caller presses":
                self.network.answer(self.call, keys=value)
            case _:
                self.network.answer(self.call)

    def _asked(self) -> bool:
        """Let time pass until the caller was asked something and heard it to its end."""
        network, leg = self.network, self.network.legs[self.call]
        until = network.now + GONE_QUIET
        while network.run(until, lambda: leg.listening is not None or leg.over) and not leg.over:
            if not network.run(leg.ready or network.now, partial(self._moved_on, leg.listening)):
                return True
        return False

    def _moved_on(self, question: object) -> bool:
        return self.network.legs[self.call].listening is not question

    def _hang_up(self, step: Step) -> None:
        self.network.hang_up(self.call)
        self.network.settle()

    def _pick_up(self, step: Step) -> None:
        """The person picks up, and presses 1 when asked to."""
        self.network.pick_up(self.call)
        leg = self.network.legs[self.call]
        if leg.listening is None or not self._asked():
            raise Departed(step.line, "the caller picked up and was asked nothing")
        self.network.answer(self.call, keys="1")

    def _agent_hangs_up(self, step: Step) -> None:
        self.network.agent_hangs_up(self._agent)
        self.network.settle()

    def _wait_until(self, step: Step) -> None:
        start: datetime = step.value
        self.network.run(start - timedelta(seconds=1), lambda: False)
        if (early := self._rung()) is not None and early not in self.network.legs:
            raise Departed(step.line, "we rang the caller before that")
        self.deadline = step.until

    # -- looking -----------------------------------------------------------------------------------------------------

    def _find(self, step: Step, fits: Callable[[Moment], bool], sentence: str) -> None:
        log = self.network.log

        def place() -> int | None:
            return next((spot for spot in range(self.cursor, len(log)) if fits(log[spot])), None)

        leg = self.network.legs[self.call]

        def stuck() -> bool:
            """Found, or nothing more can come before somebody acts."""
            return place() is not None or leg.over

        self.network.run(self.network.now + GONE_QUIET, stuck)
        found = place()
        if found is None:
            raise Departed(step.line, f"{sentence}, and did not")
        self.cursor = found + 1

    def _end(self) -> None:
        """`ends: resolved order_status` must be what the call came to."""
        if not self.script.ends:
            return
        self.network.settle()
        kind, _, name = self.script.ends.partition(" ")
        came_to = [moment.text for moment in self.network.log if moment.kind == "note" and moment.source == kind]
        if not any(name in text for text in came_to):
            got = "; ".join(came_to) or "nothing of the kind"
            raise Departed(self.script.line, f"the call should end {self.script.ends!r}; it came to: {got}")
