"""Promises to call back, as a caller meets them: windows to choose from, the booking, and the call that keeps it.

Laws: the promise is made by the key that is pressed, so the booking is committed even if the caller hangs up at once;
whoever takes no window loses nothing and comes back to the same place in line; whom we ring says yes before anybody
is joined.
"""

from config.flow import CallbackNode, EndNode, Exit

from . import commands, times, wishes
from .always import again, command_of, obey, wish_of
from .answers import believed, with_said, yes_or_no
from .current import NO_KEY, WINDOW_KEYS, YES_KEY, brief, window_words
from .keys_said import key_said
from .model import (
    Action,
    Answer,
    AskedToConfirm,
    CallState,
    Choosing,
    ConfirmCallback,
    Fetched,
    Fetching,
    Heard,
    Pressed,
    RefuseCallback,
    RequestCallback,
    Silence,
    Step,
    Window,
    WithAgent,
)
from .moment import Moment, first, flow_of, node_of, note
from .nodes import before, enter
from .places import finish, line_or_goodbye, nobody_came, refusal, say_goodbye, wait
from .replacing import replace
from .values import promised, prompt

TRIES = 3
TRIES_ON_RING = 2  # an agent stands ready meanwhile, and a machine says nothing useful
PROMISED = "promised"
WHO = "who_is_calling"
REFUSALS = frozenset({"no", "neither", "none"})
ORDINALS = (("first", "earlier", "첫 번째", "첫번째"), ("second", "later", "두 번째", "두번째"))


# -- choosing a window -----------------------------------------------------------------------------------------------


def windows_came(moment: Moment, state: CallState, event: Fetched) -> Step:
    """The callback service holds these windows for this caller."""
    assert isinstance(state.place, Fetching)
    queue = state.place.request.get("queue", "")
    if event.problem == PROMISED and event.windows:
        return stands(moment, state, queue, event.windows[0])
    if event.problem or not event.windows:
        told = note("callback", "No time for a callback was free.", queue=queue, problem=event.problem)
        nodes = flow_of(moment.site, state).nodes
        own = isinstance(nodes.get(node_of(moment.site, state).on.get("no_window", "")), EndNode)
        said = () if own else prompt(moment.site, state, "callback_not_available")
        return first((*told, *said), without(moment, state, queue, "no_window"))
    place = Choosing(event.windows[: len(WINDOW_KEYS)], queue=queue, offered_at=moment.now)
    if (window := named(moment, place, state.place.request.get("said", ""))) is not None:
        return book(moment, state, place, window)
    node = node_of(moment.site, state)
    said = before(moment, state, node) if isinstance(node, CallbackNode) else ()
    return first(said, wait(moment.site, state, place))


def stands(moment: Moment, state: CallState, queue: str, window: Window) -> Step:
    """A callback was promised before: the caller hears when, and nothing of times that are not free."""
    state = replace(state, caller=replace(state.caller, open_callback=window.hold, promised=window))
    told = note("callback", "A callback was promised before, and it stands.", callback=window.hold)
    said = prompt(moment.site, state, "callback_stands", window=promised(moment.site, state))
    if refusal(moment, queue):
        return first((*told, *said), say_goodbye(moment.site, state, "callback stands"))
    return first((*told, *said), line_or_goodbye(moment, state, queue))


def without(moment: Moment, state: CallState, queue: str, *exits: Exit) -> Step:
    """No callback: the node's exit, else the line where it is open. Who declines takes no exit: nothing went wrong."""
    written = node_of(moment.site, state).on
    target = next((written[way] for way in exits if way in written), None)
    return enter(moment, state, target) if target else line_or_goodbye(moment, state, queue)


def choose(moment: Moment, state: CallState, event: Answer) -> Step:
    """An answer to the windows."""
    place = state.place
    assert isinstance(place, Choosing)
    if isinstance(event, Silence):
        return miss(moment, state, place, "silence")
    if isinstance(event, Heard):
        state, event = with_said(state, event), believed(event)
    name, wish = command_of(moment, state, event), wish_of(event)
    if wish is not None:
        state, actions = wishes.declare(moment.site, state, wish, wishes.SAID)
        return first((*actions, *prompt(moment.site, state, wishes.CONFIRMED_BY[wish])), again(moment, state))
    if name == commands.PERSON:
        return obey(moment, state, name, event)
    if (window := meant(moment, place, event)) is not None:
        return book(moment, state, place, window)
    if is_refusal(place, event):
        return first(prompt(moment.site, state, "callback_not_booked"), without(moment, state, place.queue))
    return obey(moment, state, name, event) if name else miss(moment, state, place, "unclear")


def meant(moment: Moment, place: Choosing, event: Heard | Pressed) -> Window | None:
    """The window of a key, pressed or said, or the one the words name; a plain yes takes the first."""
    if isinstance(event, Heard) and (key := key_said(event.text, WINDOW_KEYS)):
        event = Pressed(event.turn, key)
    if isinstance(event, Pressed):
        return dict(zip(WINDOW_KEYS, place.windows, strict=False)).get(event.digits)
    if event.intent in REFUSALS:
        return None
    window = named(moment, place, event.text)
    return place.windows[0] if window is None and event.intent == "yes" else window


def named(moment: Moment, place: Choosing, said: str) -> Window | None:
    """The window that was named by its place ("the second") or its time ("tomorrow morning"): the earliest that fits
    everything said about when.
    """
    for window, names in zip(place.windows, ORDINALS, strict=False):
        if any(name in said.lower() for name in names):
            return window
    seen_from, zone = place.offered_at or moment.now, moment.site.facts.zone
    return next((one for one in place.windows if times.fits(said, (one.start, one.end), seen_from, zone)), None)


def is_refusal(place: Choosing, event: Heard | Pressed) -> bool:
    """No to all of it; with one window on offer the second key, pressed or said, means no."""
    if isinstance(event, Heard) and (key := key_said(event.text, WINDOW_KEYS)):
        event = Pressed(event.turn, key)
    if isinstance(event, Heard):
        return event.intent in REFUSALS
    return len(place.windows) == 1 and event.digits == NO_KEY


def book(moment: Moment, state: CallState, place: Choosing, window: Window) -> Step:
    """The promise: committed with this step."""
    kept = brief(moment.site, state)
    request = RequestCallback(window.hold, place.queue, state.caller.number, kept, state.route.skill)
    spoken = window_words(moment.site, state, place, window)
    told = note("callback", f"A callback was booked {spoken}", queue=place.queue, hold=window.hold)
    said = prompt(moment.site, state, "callback_booked", window=spoken)
    caller = replace(state.caller, open_callback=window.hold, promised=window)
    state = replace(state, caller=caller, tried=(*state.tried, f"callback booked: {spoken}"), came_from="")
    node = node_of(moment.site, state)
    if isinstance(node, CallbackNode):
        return first((request, *told, *said), enter(moment, state, node.then))
    return first((request, *told, *said), say_goodbye(moment.site, state, "callback booked"))


def miss(moment: Moment, state: CallState, place: Choosing, kind: Exit) -> Step:
    misses = place.misses + 1
    told = note("miss", f"No window was chosen ({misses} of {TRIES}).", node=state.node)
    if misses >= TRIES:
        said = prompt(moment.site, state, "callback_no_answer" if kind == "silence" else "callback_not_booked")
        alone = kind == "silence" and state.given_up and kind not in node_of(moment.site, state).on
        on = nobody_came(moment, state) if alone else without(moment, state, place.queue, kind)
        return first((*told, *said), on)
    step = wait(moment.site, state, replace(place, misses=misses))
    return first((*told, *prompt(moment.site, state, "nothing_heard" if kind == "silence" else "not_understood")), step)


# -- keeping it ------------------------------------------------------------------------------------------------------


def confirm(moment: Moment, state: CallState, event: Answer) -> Step:
    """Whom we rang answers. Asking for a person is a yes; a machine presses nothing."""
    place = state.place
    assert isinstance(place, AskedToConfirm)
    if isinstance(event, Silence):
        return not_confirmed(moment, state, place)
    if isinstance(event, Heard):
        state, event = with_said(state, event), believed(event)
    if isinstance(event, Heard) and event.intent == WHO:
        return wait(moment.site, state, replace(place, misses=0))
    if isinstance(event, Heard) and (key := key_said(event.text, (YES_KEY, NO_KEY))):
        event = Pressed(event.turn, key)
    name, agreed = command_of(moment, state, event), yes_or_no(event)
    if agreed or name == commands.PERSON:
        return join_promise(moment, state, place)
    if agreed is False:
        refuse = (RefuseCallback(place.leg.callback, place.leg.attempt, "refused"),)
        return first((*refuse, *prompt(moment.site, state, "confirm_refused")), finish(moment.site, state, "refused"))
    if name in ("repeat", "slower", "language"):
        return obey(moment, state, name, event)
    return not_confirmed(moment, state, place)


def join_promise(moment: Moment, state: CallState, place: AskedToConfirm) -> Step:
    leg = place.leg
    told: tuple[Action, ...] = note("callback", "The person whom we rang said yes.", callback=leg.callback)
    talk = WithAgent(leg.offer, leg.agent, moment.now, leg=leg)
    said = prompt(moment.site, state, "connecting")
    return first((ConfirmCallback(leg.callback, leg.attempt), *told, *said), wait(moment.site, state, talk))


def not_confirmed(moment: Moment, state: CallState, place: AskedToConfirm) -> Step:
    misses = place.misses + 1
    if misses < TRIES_ON_RING:
        return wait(moment.site, state, replace(place, misses=misses))
    refuse = (RefuseCallback(place.leg.callback, place.leg.attempt, "machine"),)
    told = note("callback", "Nobody said yes: perhaps a machine.", callback=place.leg.callback)
    return first((*refuse, *told), finish(moment.site, state, "not confirmed"))
