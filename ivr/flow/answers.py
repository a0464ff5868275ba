"""Answers to the questions of a flow: choices, numbers, yes and no, and how often a caller is asked again.

Laws: a caller's wish and `person` come before what the question expects; the node's last try takes its exit; a value
that was read back counts only after a yes.
"""

import re
from typing import Literal

from config.flow import AskNode, Choice, CollectNode
from speech.understand.model import ACT, CONFIRM

from . import commands
from .always import command_of, declare, left, obey, wish_of
from .current import NO_KEY, YES_KEY
from .keys_said import key_said
from .model import Action, Answer, Asking, CallState, Heard, Pressed, Silence, Step
from .moment import Moment, first, flow_of, keep, node_of, note
from .nodes import enter, known_value, leave
from .places import wait
from .replacing import replace
from .values import prompt

Miss = Literal["silence", "unclear"]
RESIDENT_NUMBER = re.compile(r"\d{6}[-\s]?[1-8]\d{6}")
"""주민등록번호: never asked for, and not kept when it is spoken anyway."""
MOST_SAID = 40  # utterances kept for the agent


def answer(moment: Moment, state: CallState, event: Answer) -> Step:
    """An answer to a question of the flow."""
    place, node = state.place, node_of(moment.site, state)
    assert isinstance(place, Asking)
    assert isinstance(node, AskNode | CollectNode)
    if isinstance(event, Silence):
        return miss(moment, state, "silence")
    if isinstance(event, Heard):
        state, event = with_said(state, event), believed(event)
    if (wish := wish_of(event)) is not None:
        return declare(moment, state, wish)
    if isinstance(node, AskNode) and isinstance(event, Heard):
        event = pressed_aloud(moment, state, node, event)
    name = command_of(moment, state, event)
    if name == commands.PERSON:
        return obey(moment, state, name, event)
    step = choose(moment, state, node, event) if isinstance(node, AskNode) else collect(moment, state, node, event)
    if step is None and name is not None:
        return obey(moment, state, name, event)
    return step or miss(moment, state, "unclear")


def with_said(state: CallState, event: Heard) -> CallState:
    """Keep what was said for the agent, without a resident registration number."""
    text = RESIDENT_NUMBER.sub("******-*******", event.text).strip()
    return replace(state, said=(*state.said, text)[-MOST_SAID:]) if text else state


def believed(event: Heard) -> Heard:
    """What was understood too badly to act on, or to ask about, was not understood."""
    return replace(event, intent=None) if event.confidence < CONFIRM else event


# -- menus -------------------------------------------------------------------------------------------------------------


def choose(moment: Moment, state: CallState, node: AskNode, event: Heard | Pressed) -> Step | None:
    """The choice that was said or pressed; None when it was none of them.

    What was half understood is asked about once; then yes takes it, and no counts as a miss.
    """
    place = state.place
    assert isinstance(place, Asking)
    agreed = None if place.confirming is None else yes_or_no(event)
    if agreed is False:
        return miss(moment, replace(state, place=replace(place, confirming=None)), "unclear")
    choice = next(
        (one for one in node.choices if (one.intent == place.confirming if agreed else _is_meant(one, event))), None
    )
    if choice is None:
        return None
    if not agreed and isinstance(event, Heard) and event.confidence < ACT:
        half = replace(place, confirming=choice.intent)
        return wait(moment.site, state, half) if place.confirming is None else None
    state = replace(left(state), reason=choice.intent or state.reason)
    return first(chosen(state, choice, event), enter(moment, state, choice.then))


def pressed_aloud(moment: Moment, state: CallState, node: AskNode, event: Heard) -> Heard | Pressed:
    """Who says the name of a key has pressed it; a half-understood choice is asked about by yes and no alone."""
    assert isinstance(state.place, Asking)
    own = tuple(choice.key for choice in node.choices if choice.key)
    if state.place.confirming is not None:
        own = (YES_KEY, NO_KEY)
    key = key_said(event.text, own, commands.keys(flow_of(moment.site, state)))
    return Pressed(event.turn, key) if key else event


def _is_meant(choice: Choice, event: Heard | Pressed) -> bool:
    if isinstance(event, Pressed):
        return choice.key is not None and choice.key == event.digits
    return choice.intent is not None and choice.intent == event.intent


def chosen(state: CallState, choice: Choice, event: Heard | Pressed) -> tuple[Action, ...]:
    what, where = choice.intent or choice.then, state.node
    if isinstance(event, Pressed):
        text = f"At '{where}' the caller pressed {event.digits} for '{what}'."
        return note("chose", text, intent=what, by="keys", node=where, then=choice.then)
    text = (
        f"At '{where}' the caller asked for '{what}' (confidence {event.confidence:.2f}, by {event.by or 'unknown'})."
    )
    sure = f"{event.confidence:.2f}"
    return note("chose", text, intent=what, confidence=sure, by=event.by, node=where, then=choice.then)


# -- values ------------------------------------------------------------------------------------------------------------


def collect(moment: Moment, state: CallState, node: CollectNode, event: Heard | Pressed) -> Step | None:
    """A value, or yes or no to a value that was read back; None when the answer was neither."""
    place = state.place
    assert isinstance(place, Asking)
    value, agreed, pending = value_in(node, event), yes_or_no(event), place.confirming
    if pending is None:
        return None if value is None else accept(moment, state, node, event, value)
    if agreed is not None and (value in (None, pending) or node.as_.yes_no or isinstance(event, Pressed)):
        return settle(moment, state, node, pending) if agreed else deny(moment, state, node)
    if value is None or place.misses + 1 >= node.tries:
        return None
    return accept(moment, replace(state, place=replace(place, misses=place.misses + 1)), node, event, value)


def value_in(node: CollectNode, event: Heard | Pressed) -> str | None:
    """What the answer gives for the node, in the node's shape."""
    if node.as_.count is None:
        said_yes = yes_or_no(event)
        return None if said_yes is None else ("yes" if said_yes else "no")
    digits = event.digits.rstrip("#") if isinstance(event, Pressed) else digits_in(node, event)
    least, most = node.as_.count
    return digits if digits.isascii() and digits.isdigit() and least <= len(digits) <= most else None


def digits_in(node: CollectNode, event: Heard) -> str:
    """The digits that were understood, else those that the words are written with."""
    understood = (event.slots.get(name) for name in (node.collect, "digits", "number"))
    found = next((slot for slot in understood if slot), event.text)
    return "".join(letter for letter in found if letter.isascii() and letter.isdigit())


def yes_or_no(event: Heard | Pressed) -> bool | None:
    if isinstance(event, Pressed):
        return {YES_KEY: True, NO_KEY: False}.get(event.digits)
    return {"yes": True, "no": False}.get(event.intent or "")


def accept(moment: Moment, state: CallState, node: CollectNode, event: Heard | Pressed, value: str) -> Step:
    """A value of the right shape. What was heard is read back if the node says so; what was typed is certain."""
    assert isinstance(state.place, Asking)
    if node.confirm is None or isinstance(event, Pressed):
        return settle(moment, state, node, value)
    return wait(moment.site, state, replace(state.place, confirming=value))


def settle(moment: Moment, state: CallState, node: CollectNode, value: str) -> Step:
    told = note("collected", f"At '{state.node}' the caller gave '{node.collect}'.", slot=node.collect, node=state.node)
    return first(told, enter(moment, keep(left(state), **{node.collect: value}), node.then))


def deny(moment: Moment, state: CallState, node: CollectNode) -> Step:
    """No to a read-back: asked again. Only a value that the caller gave counts as a miss; one that we offered does
    not.
    """
    place = state.place
    assert isinstance(place, Asking)
    if place.misses == 0 and place.confirming == known_value(moment, state, node):
        return wait(moment.site, state, Asking())
    return miss(moment, replace(state, place=replace(place, confirming=None)), "unclear")


# -- misses ----------------------------------------------------------------------------------------------------------


def miss(moment: Moment, state: CallState, kind: Miss) -> Step:
    """Asked again in other words; at the last try, the node's exit."""
    place, node = state.place, node_of(moment.site, state)
    assert isinstance(place, Asking)
    assert isinstance(node, AskNode | CollectNode)
    misses = place.misses + 1
    what = "said nothing" if kind == "silence" else "was not understood"
    told = note("miss", f"At '{state.node}' the caller {what} ({misses} of {node.tries}).", kind=kind, node=state.node)
    if misses >= node.tries:
        return first(told, leave(moment, left(state), (kind, "unclear" if kind == "silence" else "silence")))
    silent = kind == "silence" and (isinstance(node, AskNode) or node.ask.again is None)
    step = wait(moment.site, state, replace(place, misses=misses, silent=silent))
    if silent:
        return first((*told, *prompt(moment.site, state, "nothing_heard")), step)
    if node.ask.again is not None or place.confirming is not None:
        return first(told, step)
    return first((*told, *prompt(moment.site, state, "not_understood")), step)
