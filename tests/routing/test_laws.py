"""The laws of the line, held after every event of every story: a state machine plays all events, sensible or stale."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from routing.draft import Draft
from routing.model import (
    AgentEntered,
    AgentGone,
    AgentLost,
    Arrived,
    Away,
    CallerEntered,
    Connect,
    FreeAgent,
    GaveUp,
    Left,
    Line,
    LineAction,
    LineEvent,
    Note,
    NotThere,
    OfferAccepted,
    OfferRefused,
    PresenceSet,
    QueueRules,
    Refused,
    Ring,
    Ringing,
    Rung,
    SignedIn,
    StopRinging,
    TalkEnded,
    Talking,
    TimerDue,
    WrappingUp,
)
from routing.select import every_pair, position
from routing.step import apply, step
from tests.routing.line import Played, agent, at, entry

RULES = {
    "care": QueueRules("care", (), 20, 30, 14, 240, 120, widen=((40, None, "cards"),)),
    "cards": QueueRules("cards", ("cards",), 10, 0, 9, 240, 300, widen=((15, "cards", None), (30, None, "care"))),
}
STAFF = [f"agent{number:02}" for number in range(15)]
CALLS = [f"call{number:02}" for number in range(25)]
QUEUES = [("care",), ("cards",), ("care", "cards")]
LANGUAGES = [("en",), ("ko",), ("en", "ko")]
SKILLS = [{}, {"cards": 2}, {"senior": 1}, {"cards": 1, "senior": 3}]

staff = st.sampled_from(STAFF)
calls = st.sampled_from(CALLS)
which = st.integers(0, 60)


class Stories(RuleBasedStateMachine):
    """Up to 15 agents and 25 entries; timers fire when time passes, and now and then when they should not."""

    def __init__(self) -> None:
        super().__init__()
        self.played = Played(rules=RULES, phones=False)
        self.rung: set[int] = set()
        self.inside: set[str] = set()

    # -- what happens

    @initialize(count=st.integers(1, 15))
    def open_the_desks(self, count: int) -> None:
        for number, name in enumerate(STAFF[:count]):
            self.do(SignedIn(agent(name, queues=QUEUES[number % 3], skills=SKILLS[number % 4], idle=-number)))

    @rule(
        name=staff, queues=st.sampled_from(QUEUES), languages=st.sampled_from(LANGUAGES), skills=st.sampled_from(SKILLS)
    )
    def sign_in(self, name: str, queues: tuple[str, ...], languages: tuple[str, ...], skills: dict[str, int]) -> None:
        self.do(SignedIn(agent(name, queues=queues, languages=languages, skills=skills, idle=self.played.now)))

    @rule(
        name=calls,
        queue=st.sampled_from(["care", "care", "cards", "nowhere"]),
        language=st.sampled_from(["en", "en", "ko"]),
        skill=st.sampled_from([None, None, "senior"]),
        kind=st.sampled_from(["call", "call", "callback"]),
        since=st.sampled_from([0, 0, 0, 20, 90]),
        head_start=st.sampled_from([0, 0, 30, 300]),
        opened=st.sampled_from([True, True, True, False]),
    )
    def arrive(
        self,
        *,
        name: str,
        queue: str,
        language: str,
        skill: str | None,
        kind: str,
        since: int,
        head_start: int,
        opened: bool,
    ) -> None:
        arrived = self.played.now - since
        one = entry(
            name, queue=queue, language=language, skill=skill, kind=kind, arrived=arrived, head_start=head_start
        )
        self.do(Arrived(replace(one, patience=RULES.get(queue, RULES["care"]).patience), opened))

    @rule(name=calls, queue=st.sampled_from(["care", "cards"]))
    def arrive_plainly(self, name: str, queue: str) -> None:
        self.do(Arrived(entry(name, queue=queue, arrived=self.played.now), open=True))

    @rule(name=calls)
    def leave(self, name: str) -> None:
        self.do(Left(name, "hung_up"))

    @rule(name=staff, free=st.sampled_from([True, True, False]))
    def set_presence(self, name: str, free: bool) -> None:
        self.do(PresenceSet(name, free, "lunch"))

    @rule(index=which, right=st.sampled_from([True, True, True, False]))
    def accept(self, index: int, right: bool) -> None:
        number = self.offer(index)
        self.do(OfferAccepted(number, self.agent_of(number) if right else STAFF[0]))

    @rule(index=which)
    def phone_rings(self, index: int) -> None:
        self.do(Rung(self.offer(index)))

    @rule(index=which, reason=st.sampled_from(["", "busy", "no_answer", "failed", "unplaced", "unplaced"]))
    def refuse(self, index: int, reason: str) -> None:
        number = self.offer(index)
        self.do(OfferRefused(number, self.agent_of(number), reason))

    @rule(index=which, leg=st.sampled_from(["leg", "leg", "leg", "other"]))
    def agent_enters(self, index: int, leg: str) -> None:
        self.do(AgentEntered(self.offer(index), leg))

    @rule(index=which)
    def caller_enters(self, index: int) -> None:
        self.do(CallerEntered(self.offer(index)))

    @rule(index=which)
    def talk(self, index: int) -> None:
        """The whole way at once, so that stories get somewhere."""
        number = self.offer(index)
        for event in (OfferAccepted(number, self.agent_of(number)), AgentEntered(number, "leg"), CallerEntered(number)):
            self.do(event)

    @rule(index=which, reason=st.sampled_from(["hung_up", "failed"]))
    def agent_goes(self, index: int, reason: str) -> None:
        self.do(AgentGone(self.offer(index), reason))

    @rule(index=which, inside=st.booleans())
    def talk_ends(self, index: int, inside: bool) -> None:
        self.do(TalkEnded(self.offer(index), "hung_up", inside))

    @rule(index=which, who=st.sampled_from(["agent", "caller"]))
    def carrier_says_not_there(self, index: int, who: str) -> None:
        self.do(NotThere(self.offer(index), who))

    @rule(seconds=st.sampled_from([0.5, 3, 6, 11, 16, 21, 35, 90]))
    def time_passes(self, seconds: float) -> None:
        self.until(self.played.now + seconds)

    @rule(name=calls, kind=st.sampled_from(["patience", "again", "widen"]), index=st.integers(0, 1))
    def entry_timer(self, name: str, kind: str, index: int) -> None:
        self.do(TimerDue(f"{kind}:{name}:{index}" if kind == "widen" else f"{kind}:{name}"))

    @rule(name=staff)
    def wrap_timer(self, name: str) -> None:
        self.do(TimerDue(f"wrap:{name}"))

    @rule(index=which, kind=st.sampled_from(["offer", "join", "verify"]))
    def offer_timer(self, index: int, kind: str) -> None:
        self.do(TimerDue(f"{kind}:{self.offer(index)}"))

    # -- what must hold for the event

    def do(self, event: LineEvent) -> None:
        before, now = self.played.line, at(self.played.now)
        if isinstance(event, TimerDue):
            self.played.timers.pop(event.name, None)  # its due row is claimed, be it early
        draft = Draft(before, now, RULES)
        apply(draft, event)
        expected = every_pair(draft.agents, draft.entries, RULES)
        did = self.played.event(event)
        after = self.played.line
        assert [(one.entry, one.agent) for one in did if isinstance(one, Ring)] == expected
        assert step(after, event, now, RULES).line == after, "a repeated event changes nothing"
        self.follow_rings(did)
        self.follow_blame(event, before, after)
        self.follow_partings(event, before, did)
        self.follow_entries(event, before, after, did)
        self.follow_positions(event, before, after, did)

    def follow_rings(self, did: Sequence[LineAction]) -> None:
        """Every ring ends in Connect, in StopRinging, or is open still; none ends twice."""
        for action in did:
            match action:
                case Ring(offer=number):
                    assert number not in self.rung
                    self.rung.add(number)
                case Connect(offer=number):
                    self.rung.remove(number)
                case StopRinging(offer=number):
                    self.rung.discard(number)

    def follow_blame(self, event: LineEvent, before: Line, after: Line) -> None:
        """Silence sends nobody away whose phone was not rung."""
        silent = isinstance(event, TimerDue) or (isinstance(event, OfferRefused) and event.reason == "unplaced")
        for number, offer in before.offers.items():
            if silent and number not in after.offers and offer.accepted is None:
                spared = not offer.rung or isinstance(event, OfferRefused)
                gone = isinstance(after.agents[offer.agent].presence, Away)
                assert not (spared and gone) or before.agents[offer.agent].leaving

    def follow_partings(self, event: LineEvent, before: Line, did: Sequence[LineAction]) -> None:
        """A join timer parts nobody: two who have accepted are parted for a late join only after the carrier was
        asked about the one who is awaited now."""
        ended = {one.offer for one in did if isinstance(one, FreeAgent | StopRinging)}
        for number in ended & before.offers.keys():
            offer = before.offers[number]
            if offer.accepted is None:
                continue
            assert not (isinstance(event, TimerDue) and event.name.startswith("join:"))
            if isinstance(event, NotThere) or (isinstance(event, TimerDue) and event.name.startswith("verify:")):
                assert offer.asked
                assert not offer.caller_in

    def follow_entries(self, event: LineEvent, before: Line, after: Line, did: Sequence[LineAction]) -> None:
        """Entries come by Arrived alone and leave once, for one reason each."""
        came, left = after.entries.keys() - before.entries.keys(), before.entries.keys() - after.entries.keys()
        if isinstance(event, Arrived):
            assert came <= {event.entry.id}
            refused = any(isinstance(action, Refused) for action in did)
            assert refused == (event.entry.id not in after.entries)
        else:
            assert came == set()
        assert len(left) <= 1
        for name in left:
            given_up = [action for action in did if isinstance(action, GaveUp | AgentLost) and action.entry == name]
            by_itself = isinstance(event, Left | TalkEnded)
            assert len(given_up) + by_itself == 1
        self.inside = (self.inside | came) - left
        assert self.inside == set(after.entries)

    def follow_positions(self, event: LineEvent, before: Line, after: Line, did: Sequence[LineAction]) -> None:
        """A place never gets worse without a named reason: a head start, an older arrival, somebody back in line."""
        named = any(isinstance(action, Note) and action.kind == "back_in_line" for action in did)
        if isinstance(event, Arrived):
            one = event.entry
            named = one.head_start > 0 or one.arrived < at(self.played.now) or one.id in after.entries
        for name in after.entries:
            old, new = position(before, name), position(after, name)
            assert old is None or new is None or new <= old or named

    def until(self, seconds: float) -> None:
        while due := [name for name, moment in self.played.timers.items() if moment <= at(seconds)]:
            name = min(due, key=lambda timer: (self.played.timers[timer], timer))
            self.played.now = max(self.played.now, (self.played.timers[name] - at(0)).total_seconds())
            self.do(TimerDue(name))
        self.played.now = seconds

    # -- what must hold at every moment

    @invariant()
    def agents_and_offers_match_one_to_one(self) -> None:
        line = self.played.line
        engaged = {
            one.presence.offer: (one.id, one.presence.entry, isinstance(one.presence, Talking))
            for one in line.agents.values()
            if isinstance(one.presence, Ringing | Talking)
        }
        assert engaged == {
            number: (offer.agent, offer.entry, offer.accepted is not None) for number, offer in line.offers.items()
        }
        assert {one.id: one.offer for one in line.entries.values() if one.offer is not None} == {
            offer.entry: number for number, offer in line.offers.items()
        }
        assert len({offer.agent for offer in line.offers.values()}) == len(line.offers)

    @invariant()
    def nobody_waits_while_somebody_able_is_free(self) -> None:
        assert every_pair(self.played.line.agents, self.played.line.entries, RULES) == []

    @invariant()
    def open_rings_are_open_offers(self) -> None:
        assert self.rung == {number for number, one in self.played.line.offers.items() if one.accepted is None}

    @invariant()
    def whatever_is_open_has_a_timer(self) -> None:
        line, timers = self.played.line, self.played.timers
        for number, offer in line.offers.items():
            if offer.accepted is None:
                assert f"offer:{number}" in timers
            else:
                assert ({f"join:{number}", f"verify:{number}"} & timers.keys() == set()) == offer.caller_in
                assert offer.asked == (f"verify:{number}" in timers)
        for name, one in line.entries.items():
            talking = one.offer is not None and line.offers[one.offer].caller_in
            assert (f"patience:{name}" in timers) != talking
            assert not one.passed or one.offer is not None or f"again:{name}" in timers

    @invariant()
    def no_timer_outlives_its_subject(self) -> None:
        line = self.played.line
        for timer in self.played.timers:
            kind, name, *_ = timer.split(":")
            match kind:
                case "offer" | "join" | "verify":
                    assert int(name) in line.offers
                case "wrap":
                    assert isinstance(line.agents[name].presence, WrappingUp)
                case _:
                    assert name in line.entries

    def teardown(self) -> None:
        """Left alone, everybody but those who talk is out of the line in the end, and no agent is kept."""
        self.until(self.played.now + 3000)
        line = self.played.line
        assert all(offer.caller_in for offer in line.offers.values())
        assert len(line.entries) == len(line.offers)
        assert self.played.timers == {}

    # -- small words

    def offer(self, index: int) -> int:
        """One of the open offers, or a number that is not open."""
        open_ones = sorted(self.played.line.offers)
        return open_ones[index % len(open_ones)] if open_ones and index % 9 else index

    def agent_of(self, number: int) -> str:
        offer = self.played.line.offers.get(number)
        return offer.agent if offer is not None else STAFF[1]


TestStories = Stories.TestCase
TestStories.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
