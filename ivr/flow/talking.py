"""From the line to a person and back: joining, an agent who leaves, the end of the call.

Laws: nobody is left alone in a conference; a caller whose agent was lost hears so and keeps her place; whatever the
call holds when it ends is given back: the place in line, the agent, the promise; whoever talks with a person is not
rung later for what was promised before.
"""

from config.flow import CallbackNode

from .current import brief
from .model import (
    Action,
    AgentJoined,
    AgentLeft,
    AskedToConfirm,
    CallEnded,
    CallEvent,
    CallState,
    CancelCallback,
    Choosing,
    InLine,
    LeaveAgent,
    LeaveQueue,
    Over,
    RefuseCallback,
    RequestCallback,
    Step,
    WithAgent,
)
from .moment import Moment, first, node_of, note
from .places import default_queue, finish, line_up, say_goodbye, wait
from .replacing import replace
from .values import prompt

HEAD_START_AFTER_LOSS = 600.0  # seconds: ahead of everyone who came up to ten minutes earlier


def agent_joined(moment: Moment, state: CallState, event: AgentJoined) -> Step:
    """An agent stands ready: now if the caller is parked, with the next news otherwise. A caller who left frees the
    agent.
    """
    place = state.place
    match place:
        case InLine(parked=True):
            return join(moment, state, event)
        case InLine(joining=waiting):
            spare = waiting is not None and waiting.offer != event.offer
            gone = (LeaveAgent(event.offer, "another agent came first"),) if spare else ()
            return Step(state if spare else replace(state, place=replace(place, joining=event)), gone)
        case WithAgent(offer=offer) if offer == event.offer:
            return Step(state)
        case _:
            return Step(state, (LeaveAgent(event.offer, "the caller no longer waits"),))


def join(moment: Moment, state: CallState, agent: AgentJoined) -> Step:
    """Bring the caller to the agent."""
    assert isinstance(state.place, InLine)
    told = note("joined", f"{agent.name} took the call.", agent=agent.agent, offer=str(agent.offer))
    place = WithAgent(agent.offer, agent.agent, moment.now, state.place.queue)
    told_us = bool(state.said or state.slots or state.reason)
    spoken = prompt(moment.site, state, "joined" if told_us else "joined_plain", agent=agent.name)
    state, served = take_back(state)
    return first((*told, *served, *spoken), wait(moment.site, state, place))


def take_back(state: CallState) -> tuple[CallState, tuple[Action, ...]]:
    """Who talks with a person now is not rung later for a promise that still stands."""
    callback = state.caller.open_callback
    if not callback:
        return state, ()
    told = note("callback", "The caller talks with a person now, so the callback is cancelled.", callback=callback)
    caller = replace(state.caller, open_callback="", promised=None)
    return replace(state, caller=caller), (CancelCallback(callback, "served"), *told)


def agent_left(moment: Moment, state: CallState, event: AgentLeft) -> Step:
    """The agent ended the talk: thanks and goodbye. The leg broke: told so, and back to the front of the line."""
    place = state.place
    match place:
        case WithAgent(offer=offer) if offer == event.offer:
            if event.reason == "hung_up":
                return say_goodbye(moment.site, state, "agent hung up")
            return back_in_line(moment, state, place.queue)
        case InLine(joining=AgentJoined(offer=offer)) if offer == event.offer:
            return back_in_line(moment, replace(state, place=replace(place, joining=None)), place.queue)
        case AskedToConfirm(leg=leg) if leg.offer == event.offer:
            refused = RefuseCallback(leg.callback, leg.attempt, "failed")
            return first((refused, *prompt(moment.site, state, "gave_up")), finish(moment.site, state, "agent lost"))
        case _:
            return Step(state)


def back_in_line(moment: Moment, state: CallState, queue: str) -> Step:
    """Told so, and ahead of the others."""
    told = note("agent_lost", "The connection to the agent was lost; the caller is back at the front of the line.")
    spoken = prompt(moment.site, state, "agent_lost")
    found = queue if queue in moment.site.queues else default_queue(moment.site, state)
    if found is None:
        return first((*told, *prompt(moment.site, state, "gave_up")), say_goodbye(moment.site, state, "agent lost"))
    return first((*told, *spoken), line_up(moment, state, found, HEAD_START_AFTER_LOSS))


def ended(moment: Moment, state: CallState, event: CallEnded) -> Step:
    """The caller's leg is gone. Who had asked to be called back and hung up over the choice is called back: the first
    window is theirs.
    """
    given_back = held(state, event.reason)
    if isinstance(state.place, Choosing) and not isinstance(node_of(moment.site, state), CallbackNode):
        window, kept = state.place.windows[0], brief(moment.site, state)
        request = RequestCallback(window.hold, state.place.queue, state.caller.number, kept, state.route.skill)
        text = "The caller asked to be called back and hung up over the choice; the first window is booked."
        given_back = (request, *note("callback", text))
    return Step(replace(state, place=Over(event.reason), opening=()), given_back)


def too_late(state: CallState, event: CallEvent) -> Step:
    """After the end nothing changes; an agent who comes now is let go."""
    late = (LeaveAgent(event.offer, "the caller has left"),) if isinstance(event, AgentJoined) else ()
    return Step(state, late)


def held(state: CallState, reason: str) -> tuple[Action, ...]:
    """Everything the call must give back."""
    match state.place:
        case InLine(joining=None):
            return (LeaveQueue(state.turn, reason),)
        case InLine(joining=AgentJoined(offer=offer)):
            return (LeaveQueue(state.turn, reason), LeaveAgent(offer, reason))
        case WithAgent(offer=offer, leg=leg):
            return (LeaveAgent(offer, reason, leg.callback if leg else ""),)
        case AskedToConfirm(leg=leg):
            return (RefuseCallback(leg.callback, leg.attempt, "no_answer"),)
        case _:
            return ()
