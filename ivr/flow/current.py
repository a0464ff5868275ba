"""What a caller hears and what we wait for, from the state alone.

A step that begins to wait gives these actions; so does a resume after anything was lost: both are one function, so
that a call that was picked up again sounds like one that never stopped. Law: never empty.
"""

from typing import assert_never

from config.flow import AskNode, CollectNode, Prompt
from config.site import Site

from . import commands, times
from .model import (
    Action,
    AskedToConfirm,
    Asking,
    Brief,
    CallState,
    Choosing,
    EndCall,
    Fetch,
    Fetching,
    InLine,
    Join,
    JoinQueue,
    Listen,
    Over,
    Record,
    Recording,
    Speak,
    Window,
    WithAgent,
)
from .moment import flow_of, keep, node_of
from .replacing import replace
from .values import choices, fill, menu_words, prompt, prompt_text, speak

YES_KEY, NO_KEY = "1", "2"
YES_NO = {"en": ("yes", "no"), "ko": ("네", "아니요")}
WINDOW_KEYS = ("1", "2")
PATIENCE = 6.0  # seconds, for the product's own questions
SLOW = 1.5  # a caller with a slower pace also gets more time to answer


def current(site: Site, state: CallState, facts: object = None) -> tuple[Action, ...]:
    """The current turn again, with what was said when it began. `facts` is not needed; who resumes may pass them."""
    return (*state.opening, *at_place(site, state))


def at_place(site: Site, state: CallState) -> tuple[Action, ...]:  # noqa: PLR0911 - one a place
    """What the place alone asks or waits for."""
    place = state.place
    match place:
        case Asking():
            return asked(site, state, place)
        case Fetching(name, request):
            return (Fetch(state.turn, name, request),)
        case Choosing():
            return windows_offered(site, state, place)
        case InLine(queue, skill, head_start, since):
            return (JoinQueue(state.turn, queue, skill, head_start, since, brief(site, state)),)
        case AskedToConfirm():
            return asked_to_confirm(site, state, place)
        case WithAgent(offer, agent):
            return (Join(state.turn, offer, agent),)
        case Recording(most):
            return (Record(state.turn, most),)
        case Over(reason):
            return (EndCall(reason),)
        case _:
            assert_never(place)


# -- questions of the flow -------------------------------------------------------------------------------------------


def asked(site: Site, state: CallState, place: Asking) -> tuple[Action, ...]:
    """The question of an ask or collect node: for the first time, again after a miss, or the read-back of a value."""
    node = node_of(site, state)
    assert isinstance(node, AskNode | CollectNode)  # only these two kinds begin Asking
    if isinstance(node, AskNode):
        return menu(site, state, node)
    if place.confirming is not None:
        return read_back(site, state, node, place.confirming)
    sentence = speak(site, state, wording(node.ask, place), source(state))
    if node.as_.count is None:
        return (*sentence, *yes_no_keys(site, state, place.misses), yes_or_no(site, state, node.patience))
    return (*sentence, replace(listen(site, state, node.patience), digits=node.as_.count))


def menu(site: Site, state: CallState, node: AskNode) -> tuple[Action, ...]:
    assert isinstance(state.place, Asking)
    if state.place.confirming is not None:
        half = menu_words(site, state.place.confirming, state.language)
        asked_back = prompt(site, state, "did_you_mean", menu=half)
        keys_told = yes_no_keys(site, state, state.place.misses)
        return (*asked_back, *keys_told, yes_or_no(site, state, node.patience))
    wanted = wording(node.ask, state.place)
    sentence = speak(site, state, wanted, source(state), choices=choices(site, state, node, wanted))
    keys = tuple(choice.key for choice in node.choices if choice.key)
    hints = tuple(menu_words(site, choice.intent, state.language) for choice in node.choices if choice.intent)
    return (*sentence, listen(site, state, node.patience, keys=keys, hints=hints))


def read_back(site: Site, state: CallState, node: CollectNode, value: str) -> tuple[Action, ...]:
    assert isinstance(state.place, Asking)
    question = node.confirm or node.ask
    sentence = speak(site, keep(state, **{node.collect: value}), question.text, source(state))
    return (*sentence, *yes_no_keys(site, state, state.place.misses), yes_or_no(site, state, node.patience))


def wording(question: Prompt, place: Asking) -> dict[str, str]:
    return question.again if place.misses and question.again and not place.silent else question.text


def source(state: CallState) -> str:
    return f"node:{state.node}"


# -- the product's own questions -------------------------------------------------------------------------------------


def windows_offered(site: Site, state: CallState, place: Choosing) -> tuple[Action, ...]:
    """Two windows, or the one there is."""
    spoken = [window_words(site, state, place, window) for window in place.windows]
    first_key, second_key = WINDOW_KEYS
    keys = WINDOW_KEYS[: len(spoken)]
    if len(spoken) == 1:
        sentence = prompt(site, state, "callback_choice_one", first=spoken[0], first_key=first_key)
    else:
        values = {"first": spoken[0], "second": spoken[1], "first_key": first_key, "second_key": second_key}
        sentence = prompt(site, state, "callback_choice", **values)
    return (*sentence, listen(site, state, PATIENCE, keys=keys, hints=(*YES_NO.get(state.language, ()), *spoken)))


def window_words(site: Site, state: CallState, place: Choosing, window: Window) -> str:
    seen_from = place.offered_at or state.started
    return times.window((window.start, window.end), seen_from, site.facts.zone, state.language)


def asked_to_confirm(site: Site, state: CallState, place: AskedToConfirm) -> tuple[Action, ...]:
    """What a person whom we rang hears first: who calls and why, before anything is asked of them."""
    if place.misses:
        sentence = prompt(site, state, "confirm_again", key=YES_KEY)
    elif place.leg.words:
        sentence = prompt(site, state, "confirm_on_ring", key=YES_KEY, words=place.leg.words)
    else:
        sentence = prompt(site, state, "confirm_on_ring_plain", key=YES_KEY)
    return (*sentence, yes_or_no(site, state, PATIENCE))


def yes_no_keys(site: Site, state: CallState, misses: int) -> tuple[Speak, ...]:
    """After a miss a caller who is not understood is told which keys mean yes and no."""
    if not misses:
        return ()
    phrase = prompt_text(site, "choice", state.language)
    words = zip(YES_NO.get(state.language, YES_NO["en"]), (YES_KEY, NO_KEY), strict=True)
    keys = ", ".join(fill(site, state, phrase, menu=word, key=key) for word, key in words)
    keys = f"{keys[:1].upper()}{keys[1:]}."
    return (*prompt(site, state, "yes_or_no"), Speak(keys, state.language, "prompt:choice", state.pace))


# -- listening -------------------------------------------------------------------------------------------------------


def yes_or_no(site: Site, state: CallState, patience: float) -> Listen:
    hints = YES_NO.get(state.language, YES_NO["en"])
    return listen(site, state, patience, keys=(YES_KEY, NO_KEY), hints=hints)


def listen(
    site: Site, state: CallState, patience: float, keys: tuple[str, ...] = (), hints: tuple[str, ...] = ()
) -> Listen:
    """Wait for the answer to the current turn; the keys that are always understood count too."""
    longer = patience * (SLOW if state.pace == "slow" else 1.0)
    every_key = tuple(dict.fromkeys((*keys, *commands.keys(flow_of(site, state)))))
    return Listen(state.turn, state.language, every_key, hints=hints, patience=longer)


# -- for the agent ---------------------------------------------------------------------------------------------------


def brief(site: Site, state: CallState) -> Brief:
    """What the agent sees: the caller never starts again."""
    return Brief(
        number=state.caller.number,
        language=state.language,
        name=state.caller.known.get("name", ""),
        reason=state.reason,
        route=state.route.because,
        slots=state.slots,
        tried=state.tried,
        transcript=state.said,
    )
