"""Standing in line: what a waiting caller hears, and what a waiting caller may say.

Laws: a wait is spoken in whole minutes, rounded outwards, and not at all when unknown; nobody is "next" where nobody
who may answer is on duty; the callback is offered with every third announcement at most, and never again once it was
declined; asking for a person changes nothing, because that is what the caller is waiting for; leaving tells the line;
nobody waits for ever. The carrier asks again and again within one turn (the place in line is the turn), so listening
here takes no new one.
"""

from typing import assert_never

from config.flow import Exit

from . import commands, times, wishes
from .always import change_language, command_of, slower, wish_of
from .answers import believed, with_said, yes_or_no
from .current import NO_KEY, YES_KEY, YES_NO, listen
from .keys_said import key_said
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
from .places import MOST_GIVEN_UP, nobody_came, offer_windows
from .replacing import replace
from .talking import join
from .values import prompt

UNDER_A_MINUTE = 60.0
EVERY = 3  # announcements from one place in line, or one offer, to the next
UNKNOWN = QueueFacts(open=True, full=False, wait=None)
HOW_LONG = "how_long"
"""The intent of whoever asks how long the wait is."""


def news(moment: Moment, state: CallState, event: QueueNews) -> Step:
    """The carrier asks what to play: the caller is parked, so an agent who waits is joined now."""
    place = state.place
    if not isinstance(place, InLine) or event.turn != state.turn:
        return Step(state)
    state = replace(state, place=replace(place, parked=True), unheard=0, opening=())
    if place.joining is not None:
        return join(moment, state, place.joining)
    told = announced(moment, state, place, event.position)
    place, offer = offered(moment, state, replace(place, parked=True))
    heard = (*told, *offer, listen_in_line(moment, state, place))
    place = replace(place, told=place.told + bool(told), position=max(event.position, 0))
    return Step(replace(state, place=place), heard)


def announced(moment: Moment, state: CallState, place: InLine, position: int) -> tuple[Speak, ...]:
    """The place in line when it changed, and with every third announcement; thanks in between."""
    if position < 1 or position != place.position or place.told % EVERY == 0:
        return announcement(moment, state, position)
    if not standing(moment, place).staffed:
        return prompt(moment.site, state, "wait_kept")
    return prompt(moment.site, state, "wait_thanks")


def standing(moment: Moment, place: InLine) -> QueueFacts:
    return moment.facts.queues.get(place.queue, UNKNOWN)


def announcement(moment: Moment, state: CallState, position: int) -> tuple[Speak, ...]:
    """Place in line and wait, as far as they are known."""
    assert isinstance(state.place, InLine)
    if position < 1:
        return ()
    expected = standing(moment, state.place)
    if not expected.staffed:
        return prompt(moment.site, state, "wait_nobody")
    if position == 1:
        return prompt(moment.site, state, "wait_next")
    if expected.wait is None or expected.wait < UNDER_A_MINUTE:
        return prompt(moment.site, state, "wait_position_only", position=str(position))
    least, most = times.minutes(expected.mean, expected.wait)
    return prompt(moment.site, state, "wait_position", position=str(position), least=str(least), most=str(most))


def how_long(moment: Moment, state: CallState, place: InLine) -> tuple[Speak, ...]:
    """The wait alone, or that nobody knows it."""
    expected = standing(moment, place)
    if not expected.staffed:
        return prompt(moment.site, state, "wait_nobody")
    if expected.wait is None:
        return prompt(moment.site, state, "wait_unknown")
    least, most = times.minutes(expected.mean, expected.wait)
    return prompt(moment.site, state, "wait_time", least=str(least), most=str(most))


def may_be_offered(state: CallState, place: InLine) -> bool:
    """Who can be called back, has no promise yet, did not decline, and has not just heard the offer."""
    if place.declined or not state.caller.number or state.caller.open_callback:
        return False
    return not place.offered or place.told - place.offered_at >= EVERY


def offered(moment: Moment, state: CallState, place: InLine) -> tuple[InLine, tuple[Action, ...]]:
    """The callback, when the wait may be longer than the queue finds bearable."""
    rules, expected = moment.site.queues.get(place.queue), moment.facts.queues.get(place.queue)
    over = rules.callback_over if rules else None
    if not may_be_offered(state, place) or over is None or expected is None:
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
    offer = prompt(moment.site, state, "callback_offer", key=YES_KEY)
    return replace(place, offered=True, offered_at=place.told), (*told, *offer)


def listen_in_line(moment: Moment, state: CallState, place: InLine) -> Listen:
    """Listens until the next announcement, for keys and words."""
    rules = moment.site.queues.get(place.queue)
    hints = YES_NO.get(state.language, ()) if place.offered else ()
    keys = (YES_KEY,) if place.offered else ()
    patience = rules.announce if rules else 30.0
    return listen(moment.site, replace(state, pace="normal"), patience, keys=keys, hints=hints)


def answer(moment: Moment, state: CallState, event: Answer) -> Step:
    """A caller in line spoke or pressed a key. What changes nothing gives no actions: the wait goes on."""
    place = state.place
    assert isinstance(place, InLine)
    if isinstance(event, Silence):
        return Step(state)
    if isinstance(event, Heard):
        state, event = with_said(state, event), believed(event)
    if place.offered and isinstance(event, Heard) and (key := key_said(event.text, (YES_KEY, NO_KEY))):
        event = Pressed(event.turn, key)
    agreed = yes_or_no(event) if place.offered else None
    if agreed or command_of(moment, state, event) == "callback":
        return take_callback(moment, state, place, event)
    if agreed is False:
        state = replace(state, place=replace(place, declined=True))
        return Step(state, prompt(moment.site, state, "wait_kept"))
    if isinstance(event, Heard) and event.intent == HOW_LONG:
        return Step(state, how_long(moment, state, place))
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
        case "repeat":
            return Step(state, told_again(moment, state))
        case "back":
            return Step(state, prompt(moment.site, state, "wait_kept"))
        case _:
            return Step(state)


def told_again(moment: Moment, state: CallState) -> tuple[Speak, ...]:
    """Where the caller stands, and the offer if there is one."""
    place = state.place
    assert isinstance(place, InLine)
    told = announcement(moment, state, place.position) or prompt(moment.site, state, "wait_kept")
    open_offer = place.offered and not place.declined
    return (*told, *(prompt(moment.site, state, "callback_offer", key=YES_KEY) if open_offer else ()))


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
    """The line will not or cannot serve this place: the exit of its node, or an honest end for who has waited long
    enough. What the line may still hold is let go.
    """
    place = state.place
    if not isinstance(place, InLine) or event.turn != state.turn:
        return Step(state)
    way: Exit
    match event:
        case QueueRefused(reason=reason):
            way = "full" if reason == "full" else "closed"
            return leave_line(moment, state, way)
        case QueueGaveUp(reason=reason):
            gone, state = let_go(state, place, reason), replace(state, given_up=state.given_up + 1)
            if state.given_up > MOST_GIVEN_UP:
                return first(gone, nobody_came(moment, state))
            return first(gone, leave_line(moment, state, "gave_up"))
        case _:
            assert_never(event)
