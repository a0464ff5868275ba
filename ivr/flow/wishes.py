"""The caller's own wish, and the route it leads to. A wish comes before every rule; no flow has to remember to.

How a wish comes about:

* **declared**: the intents `always_person`, `self_service` and `no_wish` count at once and are remembered. The last
  declared one holds, so each takes the others back.
* **shown**: asking for a person twice in one call, or early (in the first two turns) in two calls, is remembered as
  "person". What is shown never overrules a wish that stands already.

A first early request leaves a trace of its own (`Remember` with no wish and SHOWN_ONCE as `shown_by`); the shell
gives it back as `Caller.shown_by`.
"""

from config.site import Site
from routing.segments import Who, decide

from .facts import born
from .model import Action, Caller, CallState, Remember, Route
from .moment import note
from .replacing import replace

DECLARED = {"always_person": "person", "self_service": "self_service", "no_wish": ""}
"""Intent -> wish."""
CONFIRMED_BY = {"person": "wish_person", "self_service": "wish_taken_back", "": "wish_forgotten"}
"""Wish -> the prompt that tells the caller it will be remembered."""
SAID = "said so"
SHOWN_ONCE = "asked for a person early"
SHOWN_TWICE = "asked for a person early in two calls"
SHOWN_HERE = "asked for a person twice in one call"
EARLY = 2  # turns


def route_of(site: Site, caller: Caller, language: str) -> Route:
    """The segments' decision for a caller, as the call keeps it."""
    who = Who(born(caller), caller.wish, caller.known, bool(caller.open_callback), language)
    decision = decide(site.segments, who)
    return Route(
        path=decision.path,
        rule=decision.rule,
        because=decision.because,
        otherwise=decision.otherwise,
        queue=decision.queue,
        skill=decision.skill,
        head_start=decision.head_start,
        pace=decision.pace,
    )


def route_note(route: Route) -> tuple[Action, ...]:
    text = f"{route.because} {route.otherwise}"
    return note("route", text, path=route.path, rule=route.rule, because=route.because, otherwise=route.otherwise)


def declare(site: Site, state: CallState, wish: str, shown_by: str) -> tuple[CallState, tuple[Action, ...]]:
    """The wish counts from here on and for later calls; the route is decided anew."""
    caller = replace(state.caller, wish=wish)
    route = route_of(site, caller, state.language)
    told = note("wish", f"The caller's wish is {_in_words(wish)}: {shown_by}.", wish=wish, shown_by=shown_by)
    remembered = (Remember(caller.number, wish, shown_by),) if caller.number else ()
    return replace(state, caller=caller, route=route), (*remembered, *told, *route_note(route))


def asked_for_person(site: Site, state: CallState) -> tuple[CallState, tuple[Action, ...]]:
    """Count a request for a person, and remember what it shows."""
    early = state.turn <= EARLY
    state = replace(state, asked_person=state.asked_person + 1)
    told = note("person", "The caller asked for a person.", times=str(state.asked_person))
    shown_before = state.caller.shown_by == SHOWN_ONCE
    if state.caller.wish:
        return state, told
    if state.asked_person > 1 or (early and shown_before):
        state, actions = declare(site, state, "person", SHOWN_HERE if state.asked_person > 1 else SHOWN_TWICE)
        return state, (*told, *actions)
    trace = (Remember(state.caller.number, "", SHOWN_ONCE),) if early and state.caller.number else ()
    return state, (*told, *trace)


def _in_words(wish: str) -> str:
    return {"person": "a person first", "self_service": "self-service first"}.get(wish, "taken back")
