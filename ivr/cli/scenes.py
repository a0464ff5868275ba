"""The demo's fixed set of calls: who calls, what they do, and what was promised to come of it.

Law: each scene says its promise in words and holds the outcome against it; a scene that is not kept says why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import callbacks.model as promise
from ivr.cli.control import Step
from ivr.cli.outcomes import Outcome
from ivr.cli.watch import Watch, answering

ENGLISH = "+15550100100"
KOREAN = "+82215880100"
BUSY = 1200.0
"""Seconds for which the one agent who speaks English is on another call."""
AT_ONCE = 60.0
"""Seconds from the first ring to a person, greeting included, that count as "at once"."""

HANG_UP: Step = {"hang_up": True}
Judge = Callable[[Outcome], str]
"""Why the outcome is not as promised; empty when it is."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One call of the demo. `clock` is the hour of the site's day at which it begins, when not right away."""

    title: str
    caller: str
    dialled: str
    script: tuple[Step, ...]
    promise: str
    judge: Judge
    about: str = ""
    clock: str = ""
    prepare: Callable[[Watch], None] | None = None


def press(keys: str) -> Step:
    return {"press": keys}


def say(words: str) -> Step:
    return {"say": words}


def until(words: str) -> Step:
    return {"until_said": words}


# -- judges -----------------------------------------------------------------------------------------------------------


def first(*judges: Judge) -> Judge:
    """The first reason among several."""
    return lambda outcome: next((reason for judge in judges if (reason := judge(outcome))), "")


def went(path: str, rule: str) -> Judge:
    def judge(outcome: Outcome) -> str:
        taken = (outcome.state.route.path, outcome.state.route.rule)
        return "" if taken == (path, rule) else f"the route was {taken[0]} by {taken[1]}, not {path} by {rule}"

    return judge


def person_at_once(outcome: Outcome) -> str:
    if outcome.waited is None:
        return "nobody spoke with the caller"
    return "" if outcome.waited <= AT_ONCE else f"the caller waited {outcome.waited:.0f} s"


def resolved(reason: str) -> Judge:
    return lambda outcome: "" if outcome.state.resolved == reason else f"{reason} was not resolved"


def understood(intent: str) -> Judge:
    return lambda outcome: "" if intent in outcome.understood else f"{intent} was not understood from speech"


def kept(outcome: Outcome) -> str:
    """The promise was kept: rung once, in its window, by a person."""
    if outcome.booked is None:
        return "no callback was booked"
    if outcome.booked.stage != promise.Closed("kept"):
        return f"the callback is {outcome.booked.stage}"
    times = sum(entry["kind"] == "ringing" and entry["to"] == outcome.booked.number for entry in outcome.entries)
    if times != 1 or len(outcome.booked.attempts) != 1:
        return f"the caller's telephone rang {times} times for {len(outcome.booked.attempts)} attempts"
    rung = outcome.booked.attempts[0].at
    inside = outcome.booked.start <= rung < outcome.booked.end
    return "" if inside else f"the caller was rung at {rung:%H:%M}, outside the promised window"


# -- the set ----------------------------------------------------------------------------------------------------------


def everyone_busy(watch: Watch) -> None:
    """Jun, the one agent at work who speaks English, talks with somebody else for twenty minutes."""
    exchange = watch.stage.exchange
    answering(watch, watch.site.agents["jun"].contact, BUSY + 60)
    exchange.dial("+15550101952", ENGLISH, ({"talk": BUSY}, HANG_UP))
    exchange.run("time", until=exchange.now() + timedelta(minutes=1))
    answering(watch, watch.site.agents["jun"].contact, 45)


SCENES = (
    Scene(
        "An older caller", "+15550101952", ENGLISH, ({"talk": 40}, HANG_UP),
        "a person answers at once, without a menu", first(went("person_first", "older"), person_at_once),
        about="Ruth Adler, born 1952, calls from a number that is on file.",
    ),
    Scene(
        "A caller nobody knows", "+15550107700", ENGLISH, (press("1"), press("10442"), press("2")),
        "has an order told by keys alone", first(went("self_service_first", "otherwise"), resolved("order_status")),
        about="An unknown number. This caller says nothing and presses keys.",
    ),
    Scene(
        "A young caller speaks", "+15550101999", ENGLISH,
        (say("where is my order"), press("20871"), say("no thanks")),
        "is understood and told", first(understood("order_status"), resolved("order_status")),
        about="Alex Kim, born 1999, would rather talk than press.",
    ),
    Scene(
        "한국어로 전화하는 고객", "+821000001990", KOREAN,
        (say("저기 주문한 거 언제 와요"), say("일공사사이"), say("네"), say("아니요 괜찮아요")),
        "is understood in Korean, number by number", first(understood("order_status"), resolved("order_status")),
        about="박지훈 calls the Korean number and says the order number aloud.",
    ),
    Scene(
        "A wish against the rule", "+15550101960", ENGLISH, (press("2"), press("2")),
        "the wish wins: self-service for an older caller",
        first(went("self_service_first", "wish"), resolved("opening_hours")),
        about="Frank Novak, born 1960, once said that he would rather help himself.",
    ),
    Scene(
        "Everyone is busy", "+15550101993", ENGLISH,
        (press("0"), until("call you back"), press("1"), until("for the second"), press("1"), HANG_UP),
        "a callback with one key, kept in its window", kept,
        about="Tom Becker wants a person while Jun is on another call. He books a callback and hangs up at once.",
        prepare=everyone_busy,
    ),
    Scene(
        "After closing time", "+15550101988", ENGLISH, (until("for the second"), press("1"), HANG_UP),
        "a callback on the next working day, kept in its window", first(went("person_first", "wish"), kept),
        about="Dana Reyes always wants a person, and calls in the evening.", clock="19:30",
    ),
)  # fmt: skip
