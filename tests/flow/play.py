"""Plays a conversation written as data: a line for each thing that happens, and lines for what the call does then."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.load import load
from config.site import Site
from ivr.flow import model as call
from ivr.flow.step import begin, step

HERE = Path(__file__).parent
SITES = {"demo": HERE.parents[1] / "config" / "demo", "small": HERE / "small"}
OPEN = call.QueueFacts(open=True, full=False, wait=None)
LEG = call.CallbackLeg("cb-1", 1, 7, "mina", "", "en")


@cache
def site_named(name: str) -> Site:
    site = load(SITES[name])
    assert isinstance(site, Site), site
    return site


def told(action: call.Action) -> str:  # noqa: C901, PLR0911 - one line an action
    """An action as one line."""
    match action:
        case call.Speak(text, _, source, pace):
            return f"{source}{' slowly' if pace == 'slow' else ''}: {text}"
        case call.Listen(turn, language, keys, digits, speech):
            number = f" for {digits[0]}-{digits[1]} digits" if digits else ""
            return f"listen {turn} in {language}{number}, keys {''.join(keys)}{'' if speech else ', no speech'}"
        case call.Fetch(turn, name, request):
            return f"fetch {turn} {name} {' '.join(f'{key}={value}' for key, value in request.items())}".rstrip()
        case call.JoinQueue(turn, queue, skill, head_start):
            return f"join {turn} {queue}{f', skill {skill}' if skill else ''}, head start {head_start:.0f}"
        case call.LeaveQueue(turn, reason):
            return f"leave {turn}: {reason}"
        case call.RequestCallback(hold, queue, number):
            return f"book {hold} of {queue} for {number}"
        case call.CancelCallback(callback, reason):
            return f"cancel {callback}: {reason}"
        case call.Note(kind, text):
            return f"note {kind}: {text}"
        case call.Remember(number, wish, shown_by):
            return f"remember {number} {wish or 'nothing'}: {shown_by}"
        case call.Join(turn, offer, agent):
            return f"talk {turn} with {agent}, offer {offer}"
        case call.EndCall(reason):
            return f"end: {reason}"
        case _:
            return str(action)


class Story:
    """One call as it goes on: the state, and the facts that the shell would read before each step."""

    def __init__(self, story: Mapping[str, Any]) -> None:
        self.site = site_named(story.get("site", "small"))
        self.now = moment(story.get("at", "2026-03-02 10:00"))
        self.facts = facts_of(self.site, story.get("queues", {}))
        who = story.get("caller", {})
        caller = call.Caller(
            who.get("number", "+15550107777"), who.get("known", {}), who.get("wish", ""), who.get("promise", ""),
            who.get("shown by", ""), promised(who),
        )  # fmt: skip
        leg = call.CallbackLeg(**{**fields_of(LEG), **story["leg"]}) if "leg" in story else None
        dialled = story.get("dialled", "+15550100001")
        first = begin(self.site, "CA1", call.Started(caller, dialled, leg), self.facts, self.now)
        self.state, self.last = first.state, first.actions

    def go(self, event: call.CallEvent) -> tuple[call.Action, ...]:
        result = step(self.site, self.state, event, self.facts, self.now)
        self.state, self.last = result.state, result.actions
        return result.actions

    def happen(self, line: Mapping[str, Any]) -> tuple[call.Action, ...]:
        """One line of a conversation."""
        if "queues" in line:
            self.facts = facts_of(self.site, line["queues"])
        self.now += timedelta(seconds=line.get("after", 0))
        return self.go(event_of(line, self.state, self.now))


def fields_of(leg: call.CallbackLeg) -> dict[str, Any]:
    return {name: getattr(leg, name) for name in ("callback", "attempt", "offer", "agent", "words", "language")}


def promised(who: Mapping[str, Any]) -> call.Window | None:
    if "promised at" not in who:
        return None
    begins = moment(who["promised at"])
    return call.Window(who["promise"], begins, begins + timedelta(minutes=30))


def moment(written: str) -> datetime:
    return datetime.fromisoformat(str(written)).replace(tzinfo=ZoneInfo("Asia/Seoul")).astimezone(UTC)


def facts_of(site: Site, written: Mapping[str, Mapping[str, Any]]) -> call.Facts:
    """Every queue is open with an unknown wait, but for what is written."""
    facts = {name: OPEN for name in site.queues}
    for name, values in written.items():
        facts[name] = call.QueueFacts(
            open=values.get("open", True), full=values.get("full", False), wait=values.get("wait"),
            mean=values.get("mean"), staffed=values.get("staffed", True),
        )  # fmt: skip
    return call.Facts(facts)


def windows_of(written: Sequence[str], now: datetime) -> Iterator[call.Window]:
    for number, start in enumerate(written):
        begins = moment(start)
        assert begins > now
        yield call.Window(f"hold-{number}", begins, begins + timedelta(minutes=30))


def event_of(  # noqa: C901, PLR0911, PLR0912 - one line an event
    line: Mapping[str, Any], state: call.CallState, now: datetime
) -> call.CallEvent:
    """What a line says happens. A number of its own as `turn` makes the event stale, or early."""
    turn = line.get("turn", state.turn)
    name = state.place.name if isinstance(state.place, call.Fetching) else ""
    match dict(line):
        case {"says": text, **more}:
            return call.Heard(
                turn, text, more.get("meaning"), more.get("with", {}), more.get("sure", 0.95), more.get("by", "words")
            )  # fmt: skip
        case {"presses": digits}:
            return call.Pressed(turn, digits)
        case {"silence": _}:
            return call.Silence(turn)
        case {"found": row}:
            return call.Fetched(turn, name, value=row)
        case {"not found": problem}:
            return call.Fetched(turn, name, problem=problem)
        case {"stands": written}:
            return call.Fetched(turn, name, windows=tuple(windows_of([written], now)), problem="promised")
        case {"windows": written}:
            return call.Fetched(turn, name, windows=tuple(windows_of(written, now)))
        case {"news": position}:
            return call.QueueNews(turn, position, 0.0)
        case {"refused": reason}:
            return call.QueueRefused(turn, reason)
        case {"gave up": reason}:
            return call.QueueGaveUp(turn, reason)
        case {"agent comes": offer}:
            return call.AgentJoined(offer, "mina", "Mina")
        case {"agent goes": offer, "because": reason}:
            return call.AgentLeft(offer, reason)
        case {"hangs up": reason}:
            return call.CallEnded(reason)
        case _:
            raise AssertionError(f"nothing happens in {line}")
