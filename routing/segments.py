"""Who is calling, and what follows: generations by birth year, rules first-fit, and every decision with its reasons.

Laws: the caller's own wish comes before every rule; an unknown caller is the normal case and needs no rule; the
sentences are written for supervisors and agents, and nothing in them is ever spoken to a caller: nobody is told that
their age was a reason.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.people import Generation, Outcome, Rule, Segments

BORN = re.compile(r"^\s*(\d{4})?\s*\.\.\s*(\d{4})?\s*$")
WISHES = {"person": "person_first", "self_service": "self_service_first"}
PATHS = {"person_first": "a person first", "self_service_first": "self-service first"}
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})
OWN_FACTS = ("generation", "language", "wish", "open_callback", "known")
"""Facts known of every caller. Any other name is a column of the identify look-up; "caller." may stand before it."""


@dataclass(frozen=True, slots=True)
class Who:
    """What is known of a caller: `born` is a year, `known` the identify look-up's row.

    `wish` is "person", "self_service" or "".
    """

    born: int | None
    wish: str
    known: Mapping[str, str]
    open_callback: bool
    language: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows for this caller, in plain sentences why, and what would have happened without `rule`."""

    path: str
    rule: str
    because: str
    otherwise: str
    queue: str | None = None
    skill: str | None = None
    head_start: float = 0.0
    pace: str = "normal"


def decide(segments: Segments, who: Who) -> Decision:
    """The route of a caller: the wish if there is one, else the first rule that fits, else what every caller gets.

    A wish changes the path only: queue, skill, head start and pace stay those of the rules, because they serve the
    caller whichever way she goes.
    """
    fitting = [*(rule for rule in segments.rules if fits(segments, rule, who)), None]
    first = fitting[0]
    outcome = outcome_of(segments, first)
    if who.wish in WISHES:
        return _decision(outcome, "wish", _wish_because(who), _rules_alone(segments, first), WISHES[who.wish])
    if first is None:
        because = "No rule fits this caller." if who.known or who.born else "Nothing is known of this caller."
        return _decision(outcome, "otherwise", because, "Every caller whom no rule fits goes this way.")
    because = f"Rule '{first.name}' fits: {_reasons(segments, first, who)}."
    return _decision(outcome, first.name, because, f"Without it: {_effect(segments, fitting[1])}.")


def generation_of(generations: Mapping[str, Generation], born: int | None) -> str | None:
    """The first generation whose years hold `born` (both ends included); None when the year is not known or in none."""
    if born is None:
        return None
    return next((name for name, generation in generations.items() if _holds(generation.born, born)), None)


def fits(segments: Segments, rule: Rule, who: Who) -> bool:
    """Whether every fact of the rule holds. What is not known holds nothing but `no`."""
    return all(_same(expected, fact(segments, name, who)) for name, expected in rule.if_.items())


def fact(segments: Segments, name: str, who: Who) -> str | None:
    """One fact of a caller as text, None when it is not known."""
    match name.removeprefix("caller."):
        case "generation":
            return generation_of(segments.generations, who.born)
        case "language":
            return who.language
        case "wish":
            return who.wish
        case "open_callback":
            return "yes" if who.open_callback else "no"
        case "known":
            return "yes" if who.known else "no"
        case other:
            return who.known.get(other)


def outcome_of(segments: Segments, rule: Rule | None) -> Outcome:
    return segments.otherwise if rule is None else rule.then


def _holds(years: str, born: int) -> bool:
    match = BORN.match(years)
    if match is None:
        return False
    first, last = match.groups()
    return (first is None or int(first) <= born) and (last is None or born <= int(last))


def _same(expected: str | bool | int, found: str | None) -> bool:
    text = "" if found is None else found.strip().lower()
    if isinstance(expected, bool) or expected in ("yes", "no"):
        wanted = YES if expected in (True, "yes") else NO
        return text in wanted
    return found is not None and text == str(expected).strip().lower()


def _decision(outcome: Outcome, rule: str, because: str, otherwise: str, path: str | None = None) -> Decision:
    return Decision(
        path=path or outcome.path,
        rule=rule,
        because=because,
        otherwise=otherwise,
        queue=outcome.queue,
        skill=outcome.skill,
        head_start=outcome.head_start,
        pace=outcome.pace,
    )


def _wish_because(who: Who) -> str:
    wanted = "a person" if who.wish == "person" else "to help themselves"
    return f"The caller's own wish is {wanted}, and a wish comes before every rule."


def _rules_alone(segments: Segments, rule: Rule | None) -> str:
    return f"The rules alone: {_effect(segments, rule)}."


def _effect(segments: Segments, rule: Rule | None) -> str:
    outcome = outcome_of(segments, rule)
    name = "no rule fits" if rule is None else f"rule '{rule.name}' fits"
    return f"{name}, so {', '.join(_parts(outcome))}"


def _parts(outcome: Outcome) -> Iterator[str]:
    yield PATHS[outcome.path]
    if outcome.queue:
        yield f"queue {outcome.queue}"
    if outcome.skill:
        yield f"skill {outcome.skill}"
    if outcome.head_start:
        yield f"a head start of {outcome.head_start:g} s"
    if outcome.pace != "normal":
        yield f"{outcome.pace} speech"


def _reasons(segments: Segments, rule: Rule, who: Who) -> str:
    """The facts the rule used, with the data they rest on."""
    return " and ".join(_reason(segments, name, who) for name in rule.if_) or "it asks for nothing"


def _reason(segments: Segments, name: str, who: Who) -> str:
    found = fact(segments, name, who)
    if name.removeprefix("caller.") == "generation" and found is not None:
        return f"generation is {found} (born {segments.generations[found].born}; on file: {who.born})"
    return f"{name} is {'not known' if found is None else found or 'not set'}"
