"""Answers of look-ups: rows become slots, and what went wrong takes its exit.

Law: a look-up that knows nothing of what the caller gave is asked for again only so often; then a person takes over.
"""

from config.flow import LookUpNode

from .model import CallState, Fetched, Fetching, Step
from .moment import Moment, first, keep, node_of, note
from .nodes import RETRIES, enter, leave
from .places import WINDOWS
from .promises import windows_came
from .replacing import replace
from .values import prompt


def fetched(moment: Moment, state: CallState, event: Fetched) -> Step:
    """The answer to what the call waits for; any other changes nothing."""
    place, node = state.place, node_of(moment.site, state)
    if not isinstance(place, Fetching) or (event.turn, event.name) != (state.turn, place.name):
        return Step(state)
    if place.name == WINDOWS:
        return windows_came(moment, state, event)
    assert isinstance(node, LookUpNode)  # only a look-up node fetches anything else
    return found(moment, state, node, event) if not event.problem else failed(moment, state, event)


def found(moment: Moment, state: CallState, node: LookUpNode, event: Fetched) -> Step:
    """Each column becomes a slot below the node's `into`; columns of all languages are kept."""
    told = note("looked_up", f"'{event.name}' answered.", name=event.name, node=state.node)
    state = replace(state, tried=(*state.tried, f"looked up: {event.name}"))
    slots = {f"{node.into}.{column}": value for column, value in event.value.items()}
    return first(told, enter(moment, keep(state, **slots), node.then))


def failed(moment: Moment, state: CallState, event: Fetched) -> Step:
    unknown = event.problem == "unknown"
    why = "knew nothing of what the caller gave" if unknown else f"failed: {event.problem}"
    told = note("looked_up", f"'{event.name}' {why}.", name=event.name, node=state.node, problem=event.problem)
    state = replace(state, tried=(*state.tried, f"looked up in vain: {event.name}"))
    if not unknown:
        return first(told, leave(moment, state, ("fails",)))
    state = replace(state, unknowns=state.unknowns + 1)
    if state.unknowns < RETRIES:
        return first(told, leave(moment, state, ("unknown", "unclear", "fails")))
    why = f"'{event.name}' knew nothing {RETRIES} times, so a person takes over."
    enough = note("looked_up", why, name=event.name, node=state.node)
    said = prompt(moment.site, state, "not_found")
    return first((*told, *enough, *said), leave(moment, state, ("fails",)))
