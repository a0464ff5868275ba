"""What callers may do at any question: reach a person, go back, hear it again, slower, in another language, declare a
wish.

Law: none of these counts as a miss, and each ends in a question, a line or an end, never in silence.
"""

from speech.understand.model import ACT

from . import commands, wishes
from .model import Asking, CallState, Heard, Pressed, Speak, Step
from .moment import Moment, first, flow_of, note
from .nodes import enter, to_person
from .places import default_queue, offer_windows, wait
from .replacing import replace
from .values import prompt, speak


def command_of(moment: Moment, state: CallState, event: Heard | Pressed) -> str | None:
    """The name of the command that an answer gives. A person is reached on half a word; anything else must be sure."""
    flow = flow_of(moment.site, state)
    if isinstance(event, Pressed):
        return commands.by_key(flow, event.digits)
    name = commands.by_intent(flow, event.intent) if event.intent else None
    return name if name == commands.PERSON or event.confidence >= ACT else None


def wish_of(event: Heard | Pressed) -> str | None:
    if isinstance(event, Pressed) or event.confidence < ACT:
        return None
    return wishes.DECLARED.get(event.intent or "")


def obey(moment: Moment, state: CallState, name: str, event: Heard | Pressed) -> Step:
    """Do what a command says, at a question."""
    match name:
        case commands.PERSON:
            return reach_person(moment, state)
        case "back":
            return go_back(moment, state)
        case "repeat":
            return from_its_opening(moment, state)
        case "slower":
            state = slower(state)
            return first(prompt(moment.site, state, "slower"), from_its_opening(moment, state))
        case "language":
            state = change_language(moment, state, event)
            return first(prompt(moment.site, state, "language_changed"), from_its_opening(moment, state, greeting=True))
        case _:
            return follow(moment, state, name)


def follow(moment: Moment, state: CallState, name: str) -> Step:
    """Where the flow sends a command. Who asks to be called back is offered windows without any node."""
    command = commands.command(flow_of(moment.site, state), name)
    if command.then:
        told = note("chose", f"At '{state.node}' the caller asked for '{name}'.", intent=command.intent or name)
        known = command.intent in moment.site.intents
        state = replace(left(state), reason=command.intent or "") if known else left(state)
        return first(told, enter(moment, state, command.then))
    queue = default_queue(moment.site, state)
    if name != "callback" or queue is None or not isinstance(state.place, Asking):
        return again(moment, state)
    return offer_windows(moment, left(state), queue)


def reach_person(moment: Moment, state: CallState) -> Step:
    """A person, whatever was being asked."""
    state, actions = wishes.asked_for_person(moment.site, state)
    return first(actions, to_person(moment, left(state)))


def go_back(moment: Moment, state: CallState) -> Step:
    """To the question before this one; out of a read-back, to the question itself."""
    place = state.place
    if isinstance(place, Asking) and place.confirming is not None:
        return wait(moment.site, state, replace(place, confirming=None))
    if not state.came_from:
        return first(prompt(moment.site, state, "no_way_back"), again(moment, state))
    return enter(moment, replace(state, came_from=""), state.came_from)


def from_its_opening(moment: Moment, state: CallState, *, greeting: bool = False) -> Step:
    """The same question, and before it what the flow said on the way to it, in the language and pace of now. The
    greeting is said again only to who asked for another language.
    """
    flow = flow_of(moment.site, state)
    nodes = flow.nodes if greeting else {name: node for name, node in flow.nodes.items() if name != flow.start}
    said: list[Speak] = []
    for source in (one.source for one in state.opening):
        node = nodes.get(source.removeprefix("node:"))
        if node is not None and node.say is not None and source.startswith("node:"):
            said.extend(speak(moment.site, state, node.say, source))
    return first(tuple(said), again(moment, state))


def again(moment: Moment, state: CallState) -> Step:
    """The same question in a turn of its own."""
    return wait(moment.site, state, state.place)


def slower(state: CallState) -> CallState:
    return replace(state, pace="slow")


def change_language(moment: Moment, state: CallState, event: Heard | Pressed) -> CallState:
    """The language that was named, else the site's next one."""
    languages = moment.site.facts.languages
    named = event.slots.get("language", "") if isinstance(event, Heard) else ""
    place = languages.index(state.language) if state.language in languages else -1
    return replace(state, language=named if named in languages else languages[(place + 1) % len(languages)])


def declare(moment: Moment, state: CallState, wish: str) -> Step:
    """A wish said at a question: "person" leads there at once; any other is confirmed and the question goes on."""
    state, actions = wishes.declare(moment.site, state, wish, wishes.SAID)
    told = (*actions, *prompt(moment.site, state, wishes.CONFIRMED_BY[wish]))
    if wish == "person":
        return first(told, to_person(moment, left(state)))
    return first(told, again(moment, state))


def left(state: CallState) -> CallState:
    """The question is left behind: `back` leads to it."""
    return replace(state, came_from=state.node) if isinstance(state.place, Asking) else state
