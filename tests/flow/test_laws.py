"""What holds for every call, whatever happens to it: on the demo site and on a site with careless flows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from config.flow import CallbackNode
from config.site import Site
from ivr.flow import commands
from ivr.flow.model import (
    Action,
    AgentJoined,
    AgentLeft,
    AskedToConfirm,
    Asking,
    CallbackLeg,
    CallEnded,
    Caller,
    CallEvent,
    CallState,
    Choosing,
    Due,
    EndCall,
    Facts,
    Fetch,
    Fetched,
    Fetching,
    Heard,
    InLine,
    Join,
    JoinQueue,
    LeaveAgent,
    LeaveQueue,
    Listen,
    Over,
    Pressed,
    QueueFacts,
    QueueGaveUp,
    QueueNews,
    QueueRefused,
    Recorded,
    RefuseCallback,
    RequestCallback,
    Silence,
    Speak,
    Started,
    Step,
    TransferEnded,
    Window,
    WithAgent,
)
from ivr.flow.moment import node_of
from ivr.flow.needs import queues_of
from ivr.flow.step import begin, current, step
from tests.flow.play import site_named

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WAITS = (Listen, Fetch, JoinQueue, Join, EndCall)
OPEN = QueueFacts(open=True, full=False, wait=None)

sites = st.sampled_from(["demo", "small"]).map(site_named)
ahead = st.sampled_from([0, 0, 0, 0, 0, 0, 0, -1])
"""How far an event's turn lies from the current one: mostly it answers the current question."""

texts = st.sampled_from(
    ["", "yes", "10442", "the second", "tomorrow morning", "내일 오후 세 시", "900101-1234567", "{x}"]
)
intents = st.sampled_from(
    [None, "yes", "no", "order_status", "order", "billing", "talk_to_person", "always_person", "self_service",
     "no_wish", "go_back", "repeat", "slower", "change_language", "opening_hours", "all_done", "unheard_of"]
)  # fmt: skip
keys = st.sampled_from([*"0123456789*#", "10442", "", "99999999999", "1#"])
rows = st.sampled_from([{}, {"number": "10442", "status.en": "on its way", "status.ko": "배송 중"}])
offers = st.sampled_from([7, 8])
MORNING = Window("h-0", NOW + timedelta(hours=23), NOW + timedelta(hours=23, minutes=30))
EVENING = Window("h-1", NOW + timedelta(hours=9), NOW + timedelta(hours=9, minutes=30))
windows = st.sampled_from([(), (MORNING,), (EVENING, MORNING), (MORNING, EVENING, MORNING)])

heard = st.builds(
    Heard, ahead, texts, intents, st.just({"language": "ko"}), st.sampled_from([0.9, 0.9, 0.5, 0.0]), st.just("words")
)  # fmt: skip
answers = heard | st.builds(Pressed, ahead, keys) | st.builds(Silence, ahead)
fetched = st.builds(Fetched, ahead, st.just(""), rows, windows, st.sampled_from(["", "", "", "unknown", "down"]))
lines = (
    st.builds(QueueNews, ahead, st.integers(-1, 9), st.just(1.0))
    | st.builds(QueueRefused, ahead, st.sampled_from(["closed", "full", "?"]))
    | st.builds(QueueGaveUp, ahead, st.just("patience"))
)
agents = st.builds(AgentJoined, offers, st.just("mina"), st.just("Mina")) | st.builds(
    AgentLeft, offers, st.sampled_from(["hung_up", "failed"])
)
others = st.sampled_from([Due("t", 0)] * 4 + [TransferEnded(0, "busy"), Recorded(0, "url", 1.0), CallEnded("caller")])
whats = st.fixed_dictionaries({"answer": answers, "fetched": fetched, "line": lines, "agent": agents, "other": others})
kinds = st.sampled_from(["apt"] * 6 + ["answer", "fetched", "line", "agent", "other"])
APT = {Asking: "answer", Choosing: "answer", AskedToConfirm: "answer", Fetching: "fetched", WithAgent: "agent"}
"""What most often happens at a place; in line it is news, an agent or a word of the caller."""

known = st.sampled_from([{}, {"born": "1950", "name": "Ruth"}, {"born": "?", "language": "ko"}])
callers = st.builds(
    Caller, st.sampled_from(["", "+15550109999"]), known, st.sampled_from(["", "person", "self_service"]),
    st.sampled_from(["", "cb-1"]), st.sampled_from(["", "asked for a person early"]),
)  # fmt: skip
RINGS = CallbackLeg("cb-1", 1, 7, "mina", "", "ko")
legs = st.sampled_from([None, None, None, None, None, None, RINGS, replace(RINGS, words="orders", language="?")])
numbers = st.sampled_from([f"+1555010000{number}" for number in range(1, 6)] + ["+15550100100", "?"])
starts = st.builds(Started, callers, numbers, legs)

standings = st.sampled_from(
    [OPEN, QueueFacts(True, False, 900.0, 400.0), QueueFacts(True, True, 30.0), QueueFacts(False, False, None)]
)


class Read(dict[str, QueueFacts]):
    """Facts that remember which queues were asked about."""

    def __init__(self, facts: Mapping[str, QueueFacts]) -> None:
        super().__init__(facts)
        self.asked: set[str] = set()

    def get(self, key: str, default: QueueFacts | None = None) -> QueueFacts | None:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)


@dataclass(frozen=True)
class Moved:
    """One step of a call, with the state before it and the queues it asked about."""

    site: Site
    before: CallState | None
    event: CallEvent
    after: Step
    asked: frozenset[str]


def facts_for(site: Site, standing: QueueFacts) -> Facts:
    return Facts(Read(dict.fromkeys(site.queues, standing)))


def apt(event: CallEvent, state: CallState) -> CallEvent:
    """The event in the call's own turn, and as the answer to its own look-up."""
    turn = state.turn + getattr(event, "turn", 0)
    match event:
        case Fetched() if isinstance(state.place, Fetching):
            return replace(event, turn=turn, name=state.place.name)
        case Started() | AgentJoined() | AgentLeft() | CallEnded():
            return event
        case _:
            return replace(event, turn=turn)


def go(site: Site, before: CallState | None, event: CallEvent, facts: Facts) -> Moved:
    assert isinstance(facts.queues, Read)
    if before is None:
        assert isinstance(event, Started)
        after = begin(site, "CA1", event, facts, NOW)
    else:
        event = apt(event, before)
        after = step(site, before, event, facts, NOW + timedelta(seconds=before.turn))
    return Moved(site, before, event, after, frozenset(facts.queues.asked))


def picked(what: Mapping[str, CallEvent], kind: str, state: CallState) -> CallEvent:
    if kind != "apt":
        return what[kind]
    in_line = ("line", "agent", "line", "answer")[state.turn % 4]
    return what[APT.get(type(state.place), in_line)]


Happening = tuple[Mapping[str, CallEvent], str, QueueFacts]


def play(site: Site, first: Started, following: list[Happening]) -> list[Moved]:
    played = [go(site, None, first, facts_for(site, OPEN))]
    for what, kind, standing in following:
        before = played[-1].after.state
        played.append(go(site, before, picked(what, kind, before), facts_for(site, standing)))
    return played


calls = st.builds(play, sites, starts, st.lists(st.tuples(whats, kinds, standings), min_size=1, max_size=15))


def waits(actions: tuple[Action, ...]) -> Iterator[Action]:
    return (action for action in actions if isinstance(action, WAITS))


def is_stale(event: CallEvent, state: CallState) -> bool:
    return getattr(event, "turn", state.turn) != state.turn


@settings(max_examples=300, deadline=None)
@given(calls)
def test_each_step_ends_or_waits(played: list[Moved]) -> None:
    for one in played:
        before, event, state, actions = one.before, one.event, one.after.state, one.after.actions
        if before is not None and isinstance(before.place, Over):
            late = (LeaveAgent(event.offer, "the caller has left"),) if isinstance(event, AgentJoined) else ()
            assert (state, actions) == (before, late)
            continue
        if before is not None and is_stale(event, before):
            assert (state, actions) == (before, ())
            continue
        waiting = list(waits(actions))
        assert len(waiting) <= 1
        assert not waiting or actions[-1] is waiting[0]
        if before is None or (type(before.place) is not type(state.place) and not isinstance(event, CallEnded)):
            assert one.after.rendering
        if one.after.rendering and not isinstance(state.place, Over):
            assert waiting
            assert getattr(waiting[0], "turn", None) == state.turn
            assert before is None or state.turn == before.turn + 1
        spoken = [action for action in actions if isinstance(action, Speak)]
        assert all(said.text and "{" not in said.text for said in spoken)


def joined_at_once(one: Moved) -> bool:
    """Whether a talk began whose first words the step's own reply brings: nobody hears twice that Mina is here."""
    return isinstance(one.after.state.place, WithAgent) and not isinstance(one.event, QueueNews)


@settings(max_examples=150, deadline=None)
@given(calls)
def test_a_resume_says_what_the_step_said_and_waits_for_the_same(played: list[Moved]) -> None:
    for one in played:
        resumed = current(one.site, one.after.state)
        assert resumed
        if one.after.rendering and joined_at_once(one):
            assert [type(action) for action in resumed] == [Join]
        elif one.after.rendering:
            assert resumed == tuple(action for action in one.after.actions if isinstance(action, (Speak, *WAITS)))


@settings(max_examples=150, deadline=None)
@given(calls)
def test_a_step_asks_about_no_queue_that_was_not_announced(played: list[Moved]) -> None:
    for one in played:
        assert one.asked <= queues_of(one.site, one.before)


@settings(max_examples=150, deadline=None)
@given(calls)
def test_whatever_is_held_is_given_back(played: list[Moved]) -> None:
    site, last = played[-1].site, played[-1].after
    over = step(site, last.state, CallEnded("caller"), Facts(), NOW)
    assert isinstance(over.state.place, Over)
    match last.state.place:
        case InLine(joining=None):
            assert [type(action) for action in over.actions] == [LeaveQueue]
        case InLine():
            assert [type(action) for action in over.actions] == [LeaveQueue, LeaveAgent]
        case WithAgent(offer=offer):
            assert [action.offer for action in over.actions if isinstance(action, LeaveAgent)] == [offer]
        case AskedToConfirm(leg=leg):
            assert over.actions == (RefuseCallback(leg.callback, leg.attempt, "no_answer"),)
        case Choosing(windows=windows) if not isinstance(node_of(site, last.state), CallbackNode):
            assert [one.hold for one in over.actions if isinstance(one, RequestCallback)] == [windows[0].hold]
        case _:
            assert over.actions == ()
    again = step(site, over.state, CallEnded("caller"), Facts(), NOW)
    assert again == Step(over.state)


@settings(max_examples=150, deadline=None)
@given(calls)
def test_a_person_is_one_key_away(played: list[Moved]) -> None:
    site, last = played[-1].site, played[-1].after
    state = last.state
    if not isinstance(state.place, Asking | Choosing | Fetching) or state.unheard > 0:
        return
    key = commands.command(site.flows[state.flow], commands.PERSON).key
    assert key is not None
    open_facts = facts_for(site, OPEN)
    asked = step(site, state, Pressed(state.turn, key), open_facts, NOW)
    assert isinstance(asked.state.place, InLine)


@settings(max_examples=100, deadline=None)
@given(calls)
def test_silence_never_goes_on_for_ever(played: list[Moved]) -> None:
    site, last = played[-1].site, played[-1].after
    state, asked = last.state, 0
    open_facts = facts_for(site, OPEN)
    while isinstance(state.place, Asking | Choosing | AskedToConfirm):
        state = step(site, state, Silence(state.turn), open_facts, NOW).state
        asked += 1
        assert asked <= 12


NOBODY = QueueFacts(open=True, full=False, wait=None, staffed=False)
standing = st.sampled_from([OPEN, NOBODY, QueueFacts(True, False, 900.0, 400.0), QueueFacts(True, True, 30.0)])
offering = st.sampled_from([(), (MORNING,), (EVENING, MORNING)])


def in_silence(state: CallState, offered: tuple[Window, ...], round_: int) -> CallEvent:
    """What happens to a caller who says nothing while nobody comes: every third time the line gives up."""
    match state.place:
        case Fetching(name=name):
            return Fetched(state.turn, name, windows=offered, problem="" if name == "callbacks.windows" else "unknown")
        case InLine():
            return QueueGaveUp(state.turn, "patience") if round_ % 3 == 2 else QueueNews(state.turn, 1, 40.0)
        case WithAgent(offer=offer):
            return AgentLeft(offer, "hung_up")
        case _:
            return Silence(state.turn)


@settings(max_examples=100, deadline=None)
@given(calls, standing, offering)
def test_whoever_says_nothing_while_nobody_comes_hears_an_honest_end(
    played: list[Moved], stands: QueueFacts, offered: tuple[Window, ...]
) -> None:
    site, state = played[-1].site, played[-1].after.state
    rounds = 0
    while not isinstance(state.place, Over):
        state = step(site, state, in_silence(state, offered, rounds), facts_for(site, stands), NOW).state
        rounds += 1
        assert rounds <= 60, state.place


@settings(max_examples=100, deadline=None)
@given(calls)
def test_turns_only_rise_and_the_caller_is_never_forgotten(played: list[Moved]) -> None:
    states = [one.after.state for one in played]
    for before, after in pairwise(states):
        assert after.turn >= before.turn
        assert (after.call, after.version, after.dialled, after.started) == (
            before.call, before.version, before.dialled, before.started,
        )  # fmt: skip
        assert before.waiting_since in (None, after.waiting_since)
        assert not any("900101-1234567" in said for said in after.said)
