"""The places a call can be brought to: a question, a look-up, a line, held windows, the end.

Law: whoever begins to wait does it here, so that every question and every look-up gets its own turn, and what is
heard is what a resume would render.
"""

from config.flow import Flow, QueueNode
from config.hours import next_opening
from config.once import once
from config.site import Site

from . import times
from .current import at_place
from .model import CallState, Fetching, InLine, Over, Place, Speak, Step
from .moment import Moment, first, flow_of, node_of, note
from .replacing import replace
from .values import prompt

WINDOWS = "callbacks.windows"
PATIENT_LOOPS = 6  # waits without the caller (look-ups, refusals of the line) before the flow is left
LAST_LOOPS = 2  # and so many more before an honest goodbye
MOST_GIVEN_UP = 2  # times that the line's patience may run out before the call ends; once where nobody is on duty


def wait(site: Site, state: CallState, place: Place) -> Step:
    """Wait in a new turn at `place`."""
    unheard = state.unheard + 1 if isinstance(place, Fetching | InLine) else 0
    state = replace(state, place=place, turn=state.turn + 1, unheard=unheard)
    return rendered(site, state)


def finish(site: Site, state: CallState, reason: str) -> Step:
    """The end: nothing changes after it."""
    return rendered(site, replace(state, place=Over(reason)))


def rendered(site: Site, state: CallState) -> Step:
    actions = at_place(site, state)
    return Step(state, actions, len(actions))


def say_goodbye(site: Site, state: CallState, reason: str) -> Step:
    return first(prompt(site, state, "goodbye"), finish(site, state, reason))


def line_up(moment: Moment, state: CallState, queue: str, head_start: float = 0.0, offered: bool = False) -> Step:
    """Take a place in line, with what the node and the segment give. Who stood in line before keeps the arrival.

    `head_start` in seconds counts when it is more than theirs; `offered` when a callback was just declined, or was not
    to be had.
    """
    node, since = node_of(moment.site, state), state.waiting_since or moment.now
    skill, ahead = (node.skill, node.head_start) if isinstance(node, QueueNode) else (None, 0.0)
    most = max(head_start, ahead, state.route.head_start)
    place = InLine(queue, skill or state.route.skill, most, since, offered=offered, declined=offered)
    return wait(moment.site, replace(state, waiting_since=since), place)


def offer_windows(moment: Moment, state: CallState, queue: str, said: str = "") -> Step:
    """Ask the callback service for windows of a queue; a withheld number cannot be called back.

    `said` is what the caller said already about when ("yes please, tomorrow morning").
    """
    if not state.caller.number:
        return first(prompt(moment.site, state, "callback_no_number"), line_or_goodbye(moment, state, queue))
    request = {"queue": queue, "number": state.caller.number, "language": state.language, "said": said}
    return wait(moment.site, state, Fetching(WINDOWS, request))


def refusal(moment: Moment, queue: str) -> str:
    """Why a queue takes nobody now: "closed", "full", or "" when it does or nobody knows; the line itself decides."""
    facts = moment.facts.queues.get(queue)
    if facts is None or (facts.open and not facts.full):
        return ""
    return "full" if facts.open else "closed"


def line_or_goodbye(moment: Moment, state: CallState, queue: str) -> Step:
    """The last of all ways: stand in line if it takes anybody, else an honest end."""
    if why := refusal(moment, queue):
        state, told = tell_why(moment, state, queue, why)
        return first(told, say_goodbye(moment.site, state, why))
    facts = moment.facts.queues.get(queue)
    most = MOST_GIVEN_UP if facts is None or facts.staffed else 1
    if state.given_up >= most or state.unheard > PATIENT_LOOPS + LAST_LOOPS:
        return nobody_came(moment, state)
    return line_up(moment, state, queue, offered=True)


def nobody_came(moment: Moment, state: CallState) -> Step:
    """The honest end of a wait that leads nowhere: said so, with what to do instead."""
    told = note("queue", "Nobody could take the call, and it was ended with what the caller can do instead.")
    said = prompt(moment.site, state, "nobody_came")
    return first((*told, *said), say_goodbye(moment.site, state, "nobody came"))


def tell_why(moment: Moment, state: CallState, queue: str, why: str) -> tuple[CallState, tuple[Speak, ...]]:
    """Why the line takes nobody, once in a call; when it is closed, with the next opening as far as it is known."""
    if state.told_why:
        return state, ()
    state = replace(state, told_why=why != "gave_up")
    opens = next_opening(moment.site, queue, moment.now) if why == "closed" else None
    if opens is None:
        return state, prompt(moment.site, state, why)
    spoken = times.opening(opens, moment.now, moment.site.facts.zone, state.language)
    return state, prompt(moment.site, state, "closed_until", opens=spoken)


def default_queue(site: Site, state: CallState) -> str | None:
    """The queue for a person when no node says which: the segment's, else the flow's first, else the site's first."""
    wanted = (state.route.queue, *queues_by_flow(flow_of(site, state)), *site.queues)
    return next((queue for queue in wanted if queue in site.queues), None)


@once
def queues_by_flow(flow: Flow) -> tuple[str, ...]:
    """The queues of a flow's nodes, in the order in which they are written."""
    return tuple(node.queue for node in flow.nodes.values() if isinstance(node, QueueNode))


def last_resort(moment: Moment, state: CallState) -> Step:
    """A person without any node: straight into a line, a callback when it is shut, a goodbye when there is neither."""
    site, queue = moment.site, default_queue(moment.site, state)
    if queue is None:
        return first(prompt(site, state, "closed"), say_goodbye(site, state, "no queue"))
    if state.unheard > PATIENT_LOOPS:
        return line_or_goodbye(moment, state, queue)
    if why := refusal(moment, queue):
        state, said = tell_why(moment, state, queue, why)
        return first(said, offer_windows(moment, state, queue))
    told = note("person", f"No node was left to follow, so the caller was put into the line of '{queue}'.", queue=queue)
    return first((*told, *prompt(site, state, "connecting")), line_up(moment, state, queue))
