"""The call as a machine: `begin` makes one, `step` moves it on. Pure: no clock, no network, no store.

Theory of operation
-------------------
A call is data (`CallState`): which flow and site version, which node, and the *place* where it waits. There are eight
places, and what moves each on:

    Asking          a question of the flow, or a value read back    Heard, Pressed, Silence
    Fetching        a look-up, or callback windows                  Fetched
    Choosing        windows are held, the caller chooses            Heard, Pressed, Silence
    InLine          a place in a queue                              QueueNews, AgentJoined, QueueRefused, QueueGaveUp
    WithAgent       in the conference with an agent                 AgentLeft
    AskedToConfirm  we rang to keep a promise and ask for a yes     Heard, Pressed, Silence
    Recording       a message is being recorded                     nothing yet
    Over            the call has ended                              nothing

An event comes in; the function of its kind looks at the place; usually the walk goes on from a node (`nodes.enter`)
through nodes that need nobody (say, branch, set) until one waits or ends. What is done on the way comes out as actions,
in order.

    Pressed "1" ──▶ answers.choose ──▶ nodes.enter(which_order) ──▶ places.wait(Asking) ──▶ Speak, Listen(turn 3)

Three rules explain the rest:

* **The turn.** Whoever begins to wait takes a new turn (`places.wait`). An answer carries the turn it answers; one that
  is stale changes nothing and gives no actions, and whoever called `step` renders `current` instead. Inside a line the
  carrier asks again and again in one turn.
* **One rendering.** `current.at_place` says what the caller hears at a place. Steps that begin to wait use it, and so
  does `current`, after anything was lost; it puts before it what was said on the way there (`CallState.opening`).
* **No dead ends.** `person` is understood at every question; a missing exit, a name that leads nowhere, a circle
  without a question, a line that refuses: each goes on to a person, a callback, or an honest goodbye. Nothing here
  raises for a call that runs.

Where to look: answers to questions in `answers`, what is always understood in `always`, the caller's wish and the route
in `wishes`, queues in `waiting`, callbacks in `promises`, agents in `talking`, look-ups in `lookups`, sentences in
`values` and `times`.
"""

from datetime import datetime
from typing import assert_never

from config.site import Site

from . import answers, commands, lookups, promises, talking, waiting
from .always import command_of, reach_person
from .current import current
from .model import (
    AgentJoined,
    AgentLeft,
    Answer,
    AskedToConfirm,
    Asking,
    CallEnded,
    CallEvent,
    CallState,
    Choosing,
    Due,
    Facts,
    Fetched,
    Fetching,
    Heard,
    InLine,
    Over,
    Pressed,
    QueueGaveUp,
    QueueNews,
    QueueRefused,
    Recorded,
    Recording,
    Silence,
    Speak,
    Started,
    Step,
    TransferEnded,
    WithAgent,
)
from .moment import Moment, first, note
from .nodes import enter
from .places import wait
from .replacing import replace
from .wishes import route_note, route_of

__all__ = ["begin", "current", "step"]


def begin(site: Site, call: str, event: Started, facts: Facts, now: datetime) -> Step:
    """A call exists: decide its route and walk from the flow's start, or, on a leg that we rang, ask for a yes."""
    caller, number = event.caller, site.facts.numbers.get(event.dialled)
    flow = site.flows.get(number.flow if number else "") or next(iter(site.flows.values()))
    language = first_language(site, event)
    route = route_of(site, caller, language)
    state = CallState(
        call=call,
        flow=flow.flow,
        version=site.hash,
        caller=caller,
        dialled=event.dialled,
        language=language,
        started=now,
        route=route,
        node=flow.start,
        place=Over("not begun"),
        pace=route.pace,
    )
    if event.callback is not None:
        told = note("callback", "We rang to keep a promise.", callback=event.callback.callback)
        return opened(first(told, wait(site, state, AskedToConfirm(event.callback))))
    return opened(first(route_note(route), enter(Moment(site, facts, now), state, flow.start)))


def first_language(site: Site, event: Started) -> str:
    """The promise's language, the caller's, the number's, the site's first."""
    number = site.facts.numbers.get(event.dialled)
    promised = event.callback.language if event.callback else ""
    wanted = (promised, event.caller.known.get("language", ""), (number.language or "") if number else "")
    return next((language for language in wanted if language in site.facts.languages), site.facts.languages[0])


def step(site: Site, state: CallState, event: CallEvent, facts: Facts, now: datetime) -> Step:
    """The call after one event, and what to do. Without actions nothing changed for the caller's ear.

    "Mina is here" is true once: a talk that is rendered again says it only to who was still in the carrier's queue
    (QueueNews), whose document says nothing but that they leave it.
    """
    if isinstance(state.place, Over):
        return talking.too_late(state, event)
    after = opened(taken(Moment(site, facts, now), state, event))
    if after.rendering and isinstance(after.state.place, WithAgent) and not isinstance(event, QueueNews):
        return replace(after, state=replace(after.state, opening=()))
    return after


def opened(step: Step) -> Step:
    """A new wait remembers what was said on the way to it."""
    if not step.rendering:
        return step
    said = tuple(action for action in step.actions[: -step.rendering] if isinstance(action, Speak))
    return replace(step, state=replace(step.state, opening=said))


def taken(moment: Moment, state: CallState, event: CallEvent) -> Step:  # noqa: PLR0911 - one an event
    """What an event does to a call that is not over."""
    match event:
        case Heard() | Pressed() | Silence():
            return answered(moment, state, event) if event.turn == state.turn else Step(state)
        case Fetched():
            return lookups.fetched(moment, state, event)
        case QueueNews():
            return waiting.news(moment, state, event)
        case QueueRefused() | QueueGaveUp():
            return waiting.refused(moment, state, event)
        case AgentJoined():
            return talking.agent_joined(moment, state, event)
        case AgentLeft():
            return talking.agent_left(moment, state, event)
        case CallEnded():
            return talking.ended(moment, state, event)
        case Started() | TransferEnded() | Recorded() | Due():
            return Step(state)
        case _:
            assert_never(event)


def answered(moment: Moment, state: CallState, event: Answer) -> Step:
    """An answer in the current turn, by where the call waits."""
    place = state.place
    match place:
        case Asking():
            return answers.answer(moment, state, event)
        case Choosing():
            return promises.choose(moment, state, event)
        case AskedToConfirm():
            return promises.confirm(moment, state, event)
        case InLine():
            return waiting.answer(moment, state, event)
        case Fetching():
            return impatient(moment, state, event)
        case WithAgent() | Recording() | Over():
            return Step(state)
        case _:
            assert_never(place)


def impatient(moment: Moment, state: CallState, event: Answer) -> Step:
    """During a look-up only a person can be asked for; everything else waits for the answer."""
    if not isinstance(event, Silence) and command_of(moment, state, event) == commands.PERSON:
        return reach_person(moment, state)
    return Step(state)
