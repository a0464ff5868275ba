"""One caller, one killed server, one outage: what became of the caller, from the exchange's own log."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

import config
from config.load import load
from config.site import Site
from ivr.cli.stage import API_TOKEN, Plan, Stage
from ivr.twilio.fallback import documents

DEMO = Path(config.__file__).parent / "demo"
OPEN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, ten in the morning in Seoul
LINE, CALLER = "+15550100100", "+15550107777"
STEP, LATER = timedelta(seconds=1), timedelta(seconds=30)
LONG = timedelta(minutes=45)
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kill:
    """`place`: menu, queue, talking or promise. `moment`: before or after the `commit`-th commit since the caller stood
    there, or idle. `outage` in seconds of the exchange's clock."""

    place: str
    moment: str
    commit: int
    outage: float

    def __str__(self) -> str:
        return f"{self.place}-{self.moment}{self.commit}-{self.outage:.0f}s"


Habit = Sequence[tuple[str, str]]
HABITS: Mapping[str, Habit] = {
    "menu": (
        ("How can I help", "1"),
        ("say it another way", "1"),
        ("order number", "10442"),
        (", right?", "1"),
        ("anything else", "2"),
    ),
    "queue": (("How can I help", "0"), ("say it another way", "0")),
    "talking": (("How can I help", "0"), ("say it another way", "0")),
    "promise": (
        ("How can I help", "0"),
        ("say it another way", "0"),
        ("Instead of waiting", "1"),
        ("We can call you back", "1"),
    ),
}
"""What the caller presses when a question holds these words; at everything else the caller waits in silence."""


@dataclass(slots=True)
class Scene:
    """A stage with one caller on it."""

    stage: Stage
    kill: Kill
    call: str = ""
    died: bool = False  # at the commit it was meant to; else it was killed while idle

    def act(self) -> None:
        """Bring the caller to the place, let the server die there and come back, and follow the call to its end."""
        if self.kill.place == "talking":
            self._agent_free()
        self._caller_phone()
        self.call = self.stage.exchange.dial(CALLER, LINE, [])
        self._follow(self._reached)
        if self.kill.moment != "idle":
            self.stage.signal_server(signal.SIGUSR1)
            self._follow(lambda: not self.stage.standing, most=150)
        self.died = not self.stage.standing
        self.stage.kill_server()
        back = self.stage.exchange.now() + timedelta(seconds=self.kill.outage)
        self._follow(lambda: self.stage.exchange.now() >= back)
        self.stage.exchange.run("time", until=back)
        self.stage.start_server()
        if self.kill.place == "promise":
            self._follow(self._ended)  # nobody is free while the caller decides
        self._agent_free()
        self._follow(self._ended, step=LATER)
        if self.kill.place == "promise":
            self._pass(LONG)
            self.stage.exchange.run("idle", until=self.stage.exchange.now() + LONG)

    def _follow(self, done: Callable[[], bool], most: int = 240, step: timedelta = STEP) -> None:
        """Let time pass step by step until `done`; the caller answers whatever is asked."""
        exchange = self.stage.exchange
        for _ in range(most):
            if done() or self._ended():
                return
            here = self.stage.exchange.call(self.call)
            if here["script_left"] or here["place"] == "conference":
                exchange.run("time", until=exchange.now() + step)
            elif here["place"] == "queue" and not self._key(here):
                exchange.run("time", until=exchange.now() + step)
            elif exchange.run("listening", call=self.call, until=exchange.now() + step).by == "listening":
                self._react()

    def _react(self) -> None:
        """Press what the last words ask for, or keep silent."""
        here = self.stage.exchange.call(self.call)
        key = self._key(here)
        if not self._ended() and (key or here["place"] != "queue"):
            self.stage.exchange.add(self.call, [{"press": key} if key else {"silence": True}])

    def _key(self, here: Entry) -> str:
        """The key for the words that were said last, unless it was pressed for them already."""
        last = next((line for line in reversed(here["log"]) if line["kind"] in ("said", "pressed")), None)
        said = str(last["text"]) if last is not None and last["kind"] == "said" else ""
        return next((key for words, key in HABITS[self.kill.place] if words in said), "")

    def _ended(self) -> bool:
        return any(entry["kind"] == "hung_up" for entry in self.log())

    def _pass(self, span: timedelta) -> None:
        exchange = self.stage.exchange
        exchange.run("time", until=exchange.now() + span)

    def _reached(self) -> bool:
        if (self.kill.place, self.kill.moment) == ("promise", "idle"):
            return self._ended()
        kinds = {entry["kind"] for entry in self.log()}
        wanted = {"menu": "said", "queue": "queued", "talking": "joined_conference", "promise": "queued"}
        return wanted[self.kill.place] in kinds

    def _agent_free(self) -> None:
        self.stage.exchange.phone("client:jun", "human", [{"press": "1"}, {"talk": 25}, {"hang_up": True}], after=2)
        answer = httpx2.post(
            f"{self.stage.server_url}/api/agents/jun/presence",
            json={"free": True},
            headers={"Authorization": f"Bearer {API_TOKEN}"},
            trust_env=False,
        )
        answer.raise_for_status()

    def _caller_phone(self) -> None:
        self.stage.exchange.phone(CALLER, "human", [{"press": "1"}, {"talk": 30}, {"hang_up": True}], after=4)

    # -- what became of the caller -------------------------------------------------------------------------------------

    def log(self) -> Sequence[Entry]:
        entries: Sequence[Entry] = self.stage.exchange.call(self.call)["log"]
        return entries

    def legs(self, number: str) -> list[str]:
        """Calls that were placed to a number by REST."""
        events, _ = self.stage.exchange.events(0)
        return [str(entry["call"]) for entry in events if entry["kind"] == "ringing" and entry.get("to") == number]

    def outcome(self) -> str:
        """What the caller got: told, person, called back, emergency, or lost."""
        said = " ".join(str(entry["text"]) for entry in self.log() if entry["kind"] == "said")
        if any(self._talked(call) for call in self.legs(CALLER)):
            return "called back"
        if any(entry["kind"] == "joined_conference" for entry in self.log()):
            return "person"
        if "arrives" in said:
            return "told"
        return "emergency" if "other number" in said else "lost"

    def _talked(self, call: str) -> bool:
        entries = self.stage.exchange.call(call)["log"]
        return any(entry["kind"] == "joined_conference" for entry in entries)


@contextmanager
def scene(kill: Kill, database: str | None) -> Iterator[Scene]:
    """The demo site on a stage of its own, with the fallback documents hosted outside the server."""
    site = load(DEMO)
    assert isinstance(site, Site)
    moment = "before" if kill.moment == "idle" else kill.moment
    mortal = ("tests.processes.mortal", moment, str(kill.commit))
    plan = Plan(DEMO, tuple(site.facts.numbers), OPEN, database=database, server=mortal)
    with Stage(plan) as stage:
        for name, text in documents(site.facts, stage.server_url, f"{stage.exchange.url}/static", site.prompts).items():
            stage.exchange.host(name, text)
        yield Scene(stage, kill)
