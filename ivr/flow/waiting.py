"""Standing in line: what a waiting caller hears, and what a waiting caller may say.

Laws: a wait is spoken in whole minutes, rounded outwards, and not at all when unknown; the callback is offered once;
asking for a person changes nothing, because that is what the caller is waiting for; leaving tells the line. The
carrier asks again and again within one turn (the place in line is the turn), so listening here takes no new one.
"""

from typing import assert_never

from config.flow import Exit

from . import commands, times, wishes
from .always import change_language, command_of, slower, wish_of
from .answers import believed, with_said, yes_or_no
from .current import YES_KEY, YES_NO, listen
from .model import (
    Action,
    Answer,
    CallState,
    Heard,
    InLine,
    LeaveAgent,
    LeaveQueue,
    Listen,
    Pressed,
    QueueFacts,
    QueueGaveUp,
    QueueNews,
    QueueRefused,
    Silence,
    Speak,
    Step,
)
from .moment import Moment, first, flow_of, note
from .nodes import enter, leave_line
from .places import offer_windows
from .replacing import replace
from .talking import join
from .values import prompt

UNDER_A_MINUTE = 60.0


def news(moment: Moment, state: CallState, event: QueueNews) -> Step:
    """The carrier asks what to play: the caller is parked, so an agent who waits is joined now."""
    place = state.place
    if not isinstance(place, InLine) or event.turn != state.turn:
        return Step(state)
    state = replace(state, place=replace(place, parked=True), unheard=0, opening=())
    if place.joining is not None:
        return join(moment, state, place.joining)
    told = announcement(moment, state, event.position)
    place, offer = offered(moment, state, replace(place, parked=True))
    return Step(replace(state, place=place), (*told, *offer, listen_in_line(moment, state, place)))


def announcement(moment: Moment, state: CallState, position: int) -> tuple[Speak, ...]:
    """Place in line and wait, as far as they are known."""
    assert isinstance(state.place, InLine)
    if position < 1:
        return ()
    if position == 1:
        return prompt(moment.site, state, "wait_next")
    expected = moment.facts.queues.get(state.place.queue, QueueFacts(open=True, full=False, wait=None))
    if expected.wait is None or expected.wait < UNDER_A_MINUTE:
        return prompt(moment.site, state, "wait_position_only", position=str(position))
    least, most = times.minutes(expected.mean, expected.wait)
    return prompt(moment.site, state, "wait_position", position=str(position), least=str(least), most=str(most))


def offered(moment: Moment, state: CallState, place: InLine) -> tuple[InLine, tuple[Action, ...]]:
    """The callback, once in this wait, when the wait may be longer than the queue finds bearable."""
    rules, expected = moment.site.queues.get(place.queue), moment.facts.queues.get(place.queue)
    over = rules.callback_over if rules else None
    if place.offered or not state.caller.number or over is None or expected is None:
        return place, ()
    if not expected.staffed:
        told = note("callback", "A callback was offered because nobody who may answer is on duty.")
    elif expected.wait is not None and expected.wait > over:
        told = note(
            "callback",
            "A callback was offered because the wait may be long.",
            wait=f"{expected.wait:.0f}",
            over=f"{over:.0f}",
        )
    else:
        return place, ()
    return replace(place, offered=True), (*told, *prompt(moment.site, state, "callback_offer", key=YES_KEY))


def listen_in_line(moment: Moment, state: CallState, place: InLine) -> Listen:
    """Listens until the next announcement; in words only once there is something to say yes to."""
    rules = moment.site.queues.get(place.queue)
    hints = YES_NO.get(state.language, ()) if place.offered else ()
    keys = (YES_KEY,) if place.offered else ()
    heard = listen(
        moment.site, replace(state, pace="normal"), rules.announce if rules else 30.0, keys=keys, hints=hints
    )
    return replace(heard, speech=place.offered)


def answer(moment: Moment, state: CallState, event: Answer) -> Step:
    """A caller in line spoke or pressed a key. What changes nothing gives no actions: the wait goes on."""
    place = state.place
    assert isinstance(place, InLine)
    if isinstance(event, Silence):
        return Step(state)
    if isinstance(event, Heard):
        state, event = with_said(state, event), believed(event)
    if place.offered and yes_or_no(event):
        return take_callback(moment, state, place, event)
    if (wish := wish_of(event)) is not None:
        return declare(moment, state, wish)
    return obey(moment, state, event)


def obey(moment: Moment, state: CallState, event: Heard | Pressed) -> Step:
    """The commands that mean something to a caller who waits."""
    match command_of(moment, state, event):
        case commands.PERSON:
            return Step(state, prompt(moment.site, state, "wait_thanks"))
        case "slower":
            return Step(slower(state), prompt(moment.site, slower(state), "slower"))
        case "language":
            state = change_language(moment, state, event)
            return Step(state, prompt(moment.site, state, "language_changed"))
        case _:
            return Step(state)


def take_callback(moment: Moment, state: CallState, place: InLine, event: Heard | Pressed) -> Step:
    """Out of the line and to the windows; whoever takes none comes back to the same place."""
    told = note("callback", "The caller would rather be called back than wait.", queue=place.queue)
    said = event.text if isinstance(event, Heard) else ""
    return first((*told, *let_go(state, place, "callback")), offer_windows(moment, state, place.queue, said))


def declare(moment: Moment, state: CallState, wish: str) -> Step:
    """A wish said in line. Who would rather help themselves leaves the line and begins anew."""
    place = state.place
    assert isinstance(place, InLine)
    state, actions = wishes.declare(moment.site, state, wish, wishes.SAID)
    told = (*actions, *prompt(moment.site, state, wishes.CONFIRMED_BY[wish]))
    if wish != "self_service":
        return Step(state, told)
    gone = let_go(state, place, "self_service")
    return first((*gone, *told), enter(moment, state, flow_of(moment.site, state).start))


def let_go(state: CallState, place: InLine, reason: str) -> tuple[Action, ...]:
    """Give up the place in line, and an agent who waits already."""
    agent = () if place.joining is None else (LeaveAgent(place.joining.offer, reason),)
    return (LeaveQueue(state.turn, reason), *agent)


def refused(moment: Moment, state: CallState, event: QueueRefused | QueueGaveUp) -> Step:
    """The line will not or cannot serve this place: the exit of its node. What the line may still hold is let go."""
    place = state.place
    if not isinstance(place, InLine) or event.turn != state.turn:
        return Step(state)
    way: Exit
    match event:
        case QueueRefused(reason=reason):
            way = "full" if reason == "full" else "closed"
            return leave_line(moment, state, way)
        case QueueGaveUp(reason=reason):
            return first(let_go(state, place, reason), leave_line(moment, state, "gave_up"))
        case _:
            assert_never(event)
