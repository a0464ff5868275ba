"""The telephone network of a rehearsal: callers' legs, agents who answer, and a clock that jumps to the next due
moment.

It hands words and keys to the switchboard as the carrier would, and does what the answers say: stand in the queue,
join the conference, hang up. Nothing of the product is replaced but the carrier and the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from urllib.parse import parse_qs, urlsplit

from ivr.calls.ports import Reply, Said
from ivr.flow.model import (
    Action,
    CallEnded,
    CallEvent,
    EndCall,
    InLine,
    Join,
    Listen,
    Note,
    Pressed,
    QueueNews,
    Silence,
    Speak,
)
from ivr.main import Application
from routing.model import AgentEntered, AgentGone, CallerEntered, LineEvent, OfferAccepted, PresenceSet, Ringing

from .carrier import PaperCarrier

PICKS_UP = timedelta(seconds=5)
"""How long an agent of a rehearsal lets it ring."""

LATIN, HANGUL = 15.0, 7.0
"""Letters a second at which a sentence is spoken; the exchange reads as fast."""

GONE_QUIET = timedelta(minutes=20)
"""Longest wait for something that a conversation says will happen."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened.

    kind: said, heard, joined, rung, ended, note. `source` of a sentence is where it stands.
    """

    kind: str
    text: str
    source: str
    at: datetime


@dataclass(slots=True)
class CallerLeg:
    """A caller's leg as the network knows it."""

    call: str
    listening: Listen | None = None
    round: int = 0
    over: bool = False
    ready: datetime | None = None
    """When everything is said that was to be said."""


@dataclass(slots=True)
class Network:
    """One server, one clock, the legs on it.

    `now` is read by the server as its clock.
    """

    application: Application
    carrier: PaperCarrier
    clock: Callable[[datetime], None]
    now: datetime
    log: list[Moment] = field(default_factory=list)
    legs: dict[str, CallerLeg] = field(default_factory=dict)
    willing: set[str] = field(default_factory=set)  # agents who take what is offered
    _plans: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)
    _causes: "count[int]" = field(default_factory=count)
    _rung: set[int] = field(default_factory=set)

    # -- a caller's side ---------------------------------------------------------------------------------------------

    def begin(self, call: str, event: CallEvent) -> None:
        self.legs[call] = CallerLeg(call)
        self._play(call, self.application.switchboard.handle(call, event, f"voice:{call}"))

    def pick_up(self, call: str) -> None:
        """The person whom we rang for a promise answers."""
        _, callback, attempt = self.carrier.rung[call].effect.split(":")
        self.legs[call] = CallerLeg(call)
        self._play(call, self.application.switchboard.picked_up(call, callback, int(attempt), f"voice:{call}"))

    def answer(self, call: str, words: str = "", keys: str = "") -> None:
        """Give words, keys or silence (neither) to the question the leg listens at."""
        leg = self.legs[call]
        assert leg.listening is not None
        turn = leg.listening.turn
        cause = f"gather:{call}:{turn}:{next(self._causes)}"
        self._note("heard", words or keys or "(silence)", "caller")
        board = self.application.switchboard
        if words:
            self._play(call, board.said(call, Said(turn, words), cause))
        else:
            self._play(call, board.handle(call, Pressed(turn, keys) if keys else Silence(turn), cause))

    def hang_up(self, call: str) -> None:
        leg = self.legs[call]
        leg.over, leg.listening = True, None
        self._note("ended", "the caller hangs up", "caller")
        self.application.switchboard.handle(call, CallEnded("caller"), f"status:{call}:completed")

    # -- agents ------------------------------------------------------------------------------------------------------

    def free(self, agent: str) -> None:
        self.willing.add(agent)
        self._line(PresenceSet(agent, free=True))

    def agent_hangs_up(self, agent: str) -> None:
        line = self.application.floor.look()
        for offer in line.offers.values():
            if offer.agent == agent:
                self._line(AgentGone(offer.number, "hung_up"))

    def _ring_agents(self) -> None:
        line = self.application.floor.look()
        for agent in line.agents.values():
            presence = agent.presence
            if isinstance(presence, Ringing) and agent.id in self.willing and presence.offer not in self._rung:
                self._rung.add(presence.offer)
                self.plan(PICKS_UP, lambda who=agent.id, offer=presence.offer: self._accept(who, offer))  # type: ignore[misc]

    def _accept(self, agent: str, offer: int) -> None:
        self._line(OfferAccepted(offer, agent))
        if offer in self.application.floor.look().offers:
            self._line(AgentEntered(offer, f"CA{0xB0000000 + offer:032x}"))

    # -- time --------------------------------------------------------------------------------------------------------

    def plan(self, after: timedelta, do: Callable[[], None]) -> None:
        heappush(self._plans, (self.now + after, next(self._order), do))

    def settle(self) -> datetime | None:
        """Everything that follows from what happened, at this moment; the server's next due moment."""
        while True:
            upcoming = self.application.worker.settle(self.now)
            if not self.carrier.redirected:
                self._ring_agents()
                return upcoming
            for call, url in self._redirects():
                self._redirect(call, url)

    def run(self, until: datetime, done: Callable[[], bool]) -> bool:
        """Let time pass until `done`, or `until`; whether it was done."""
        while True:
            upcoming = self.settle()
            if done():
                return True
            moments = [at for at in (upcoming, self._plans[0][0] if self._plans else None) if at is not None]
            if not moments or min(moments) > until:
                self._move(until)
                self.settle()
                return done()
            self._move(max(min(moments), self.now))
            while self._plans and self._plans[0][0] <= self.now:
                heappop(self._plans)[2]()

    def _move(self, to: datetime) -> None:
        self.now = max(self.now, to)
        self.clock(self.now)

    # -- doing what an answer says -----------------------------------------------------------------------------------

    def _play(self, call: str, reply: Reply) -> None:
        leg = self.legs[call]
        if leg.over:
            return
        leg.listening, leg.ready = None, self.now
        for action in reply.actions:
            self._do(leg, action)
        if reply.state is not None and isinstance(reply.state.place, InLine):
            self._stand_in_line(leg, reply)

    def _do(self, leg: CallerLeg, action: Action) -> None:
        match action:
            case Speak(text, _, source):
                begins = leg.ready or self.now
                self._note("said", text, source, begins)
                leg.ready = begins + length(text)
            case Note(kind, text):
                self._note("note", text, kind)
            case Listen():
                leg.listening = action
            case Join(_, offer, agent):
                self._note("joined", agent, "line")
                self._line(CallerEntered(offer))
            case EndCall(reason):
                leg.over = True
                self._note("ended", reason, "we", leg.ready)
            case _:
                pass

    def _stand_in_line(self, leg: CallerLeg, reply: Reply) -> None:
        """The carrier asks at once what to play, and again whenever that has run out."""
        assert reply.state is not None
        turn = reply.state.turn
        patience = timedelta(seconds=leg.listening.patience if leg.listening else 0.0)
        said = (leg.ready or self.now) - self.now

        def ask() -> None:
            if not leg.over and leg.round == round_:
                self._ask_wait(leg.call, turn)

        leg.round += 1
        round_ = leg.round
        self.plan(said + patience, ask)

    def _ask_wait(self, call: str, turn: int) -> None:
        position = self._position(call)
        news = QueueNews(turn, position, 0.0)
        cause = f"wait:{call}:{turn}:{next(self._causes)}"
        self._play(call, self.application.switchboard.handle(call, news, cause))

    def _position(self, call: str) -> int:
        entries = sorted(self.application.floor.look().entries.values(), key=lambda entry: entry.arrived)
        return next((place for place, entry in enumerate(entries, 1) if entry.id == call), 0)

    def _redirects(self) -> list[tuple[str, str]]:
        found, self.carrier.redirected = self.carrier.redirected, []
        return found

    def _redirect(self, call: str, url: str) -> None:
        leg = self.legs.get(call)
        if leg is not None and not leg.over:
            leg.round += 1  # whatever the queue was about to ask is void
            after = parse_qs(urlsplit(url).query).get("after", [""])[0]
            self._play(call, self.application.switchboard.resume(call, after))

    def _line(self, event: LineEvent) -> None:
        self.application.floor.handle(event, cause=f"rehearsal:{next(self._causes)}")

    def _note(self, kind: str, text: str, source: str, at: datetime | None = None) -> None:
        self.log.append(Moment(kind, text, source, at or self.now))


def length(text: str) -> timedelta:
    """How long a sentence takes to say."""
    return timedelta(seconds=sum(1 / (HANGUL if "가" <= letter <= "힣" else LATIN) for letter in text))
