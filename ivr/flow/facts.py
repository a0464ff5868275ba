"""The facts that a `branch:` may ask about, in plain words.

    path, segment, generation    the route of this call: person_first, the rule's name, the caller's generation
    wish                         person | self_service, the caller's own
    language                     the language spoken now
    known, open_callback         yes | no
    chances, caller.COLUMN       a column of the caller's row
    closed: QUEUE, full: QUEUE   what the line said just before the event
    asked_person                 yes | no, or at least so many times
    order.status                 any slot

Law: what is not known makes no fact true, except that `no` is true of what is empty or unknown.
"""

from config.flow import Facts
from config.site import Site
from routing.segments import generation_of

from .model import Caller, CallState
from .moment import Moment
from .values import value_of

YES, NO = frozenset({"yes", "true"}), frozenset({"no", "false"})


def hold(moment: Moment, state: CallState, wanted: Facts) -> bool:
    """Whether all the facts of one line of a branch are true."""
    return all(_holds(moment, state, name, value) for name, value in wanted.items())


def born(caller: Caller) -> int | None:
    """The year of birth, when the caller's row has one that can be read."""
    year = caller.known.get("born", "").strip()[:4]
    return int(year) if year.isascii() and year.isdigit() else None


def fact(site: Site, state: CallState, name: str) -> str:  # noqa: PLR0911 - one a fact
    """One fact as text; "" when it is not known."""
    match name:
        case "path":
            return state.route.path
        case "segment":
            return state.route.rule
        case "language":
            return state.language
        case "generation":
            return generation_of(site.segments.generations, born(state.caller)) or ""
        case "wish":
            return state.caller.wish
        case "known":
            return "yes" if state.caller.known else "no"
        case "open_callback":
            return "yes" if state.caller.open_callback else "no"
        case "asked_person":
            return str(state.asked_person or "")
        case _:
            return value_of(site, state, name) or state.caller.known.get(name, "")


def _holds(moment: Moment, state: CallState, name: str, wanted: str | bool | int) -> bool:
    if name in ("closed", "full"):
        queue = moment.facts.queues.get(str(wanted))
        return queue is not None and (not queue.open if name == "closed" else queue.full)
    found = fact(moment.site, state, name).strip().lower()
    if name == "asked_person" and isinstance(wanted, int) and not isinstance(wanted, bool):
        return state.asked_person >= wanted
    expected = str(wanted).strip().lower()
    if expected in YES:
        return found not in NO and found != ""
    if expected in NO:
        return found in NO or found == ""
    return found == expected
