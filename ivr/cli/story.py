"""A call told line by line, from two sources that check each other: what the exchange heard, and our journal.

The exchange's log says what was really said and pressed; the journal says what was understood and decided, and why.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import callbacks.model as promise
import ivr.flow.model as call
import routing.model as line
from ivr.cli.control import Entry
from ivr.cli.journal import Row

Tone = Literal["ours", "theirs", "doing", "thought", "route", "fault"]
BAD_STATUS = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the view: when, who (a word of the margin), and what."""

    at: datetime
    who: str
    text: str
    tone: Tone


@dataclass(slots=True)
class Cast:
    """Who is who: telephone addresses of agents by name, and the site's own numbers; legs are learned as they ring."""

    agents: Mapping[str, str]
    numbers: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)  # agent's id -> name
    legs: dict[str, str] = field(default_factory=dict)

    def meet(self, entry: Entry) -> None:
        """Learn from a `ringing` entry whose leg this is; any other teaches nothing."""
        if entry["kind"] != "ringing":
            return
        caller, to = str(entry["caller"]), str(entry["to"])
        self.legs[str(entry["call"])] = self.agents.get(caller if to in self.numbers or not to else to, "caller")

    def who(self, sid: str) -> str:
        return self.legs.get(sid, "caller")


def tell(entries: Sequence[Entry], rows: Iterable[Row], cast: Cast) -> Iterator[Line]:
    """Both sources in one order: a journal row follows the request that caused it.

    The exchange logs a request when its answer came, so rows up to that moment are told there; rows caused by timers
    and effects are told before the next later entry.
    """
    waiting = sorted(rows, key=lambda row: (row.at, row.number))
    for entry in entries:
        at = datetime.fromisoformat(str(entry["at"]))
        answered = entry["kind"] == "webhook"
        while waiting and (waiting[0].at < at or (answered and waiting[0].at <= at)):
            yield from decided(waiting.pop(0), cast)
        yield from happened(entry, at, cast)
    for row in waiting:
        yield from decided(row, cast)


def happened(entry: Entry, at: datetime, cast: Cast) -> Iterator[Line]:
    """What one entry of the exchange's log says to a watcher; most entries say nothing."""
    cast.meet(entry)
    who, text = cast.who(str(entry["call"])), str(entry["text"])
    match entry["kind"]:
        case "said":
            yield Line(at, "Holdless" if who == "caller" else f"to {who}", text, "ours")
        case "spoke" | "pressed" | "silence":
            yield Line(at, who, answered(entry), "theirs")
        case "ringing" | "queued" | "joined_conference" | "hung_up":
            yield Line(at, "", moved(entry, who, cast), "doing")
        case "fault":
            yield Line(at, "exchange", text, "fault")
        case "webhook" if int(entry.get("status", 0)) >= BAD_STATUS:
            yield Line(at, "exchange", f"{text} answered {entry['status']}", "fault")
        case _:
            return


def answered(entry: Entry) -> str:
    """What a person did, and what the line made of it where that differs."""
    text, heard = str(entry["text"]), entry.get("heard")
    match entry["kind"]:
        case "spoke":
            return text if heard in (None, text) else f"{text}  (the line carried: {heard})"
        case "pressed":
            return f"presses {heard or text}"
        case _:
            return "says nothing"


def moved(entry: Entry, who: str, cast: Cast) -> str:
    match entry["kind"]:
        case "ringing":
            return rung(entry, who, cast)
        case "queued":
            return f"{who} waits in line: {entry['text']}"
        case "joined_conference":
            return f"{who} is in the talk"
        case _:
            return ended(entry, who)


def rung(entry: Entry, who: str, cast: Cast) -> str:
    if str(entry["to"]) in cast.numbers:
        return f"{entry['caller']} calls {entry['to']}"
    if str(entry["caller"]).startswith("client:"):
        return f"{who} dials in from the desk"
    return f"Holdless rings {who if who != 'caller' else entry['to']}"


def ended(entry: Entry, who: str) -> str:
    if entry.get("status") not in (None, "completed"):
        return f"{who} was not reached: {entry['status']}"
    by = {"caller": who, "callee": who}.get(str(entry.get("by")), "Holdless")
    return f"{by} hangs up" if who in {by, "caller"} else f"{by} ends {who}'s call"


def decided(row: Row, cast: Cast) -> Iterator[Line]:
    """What one journal row says: what was understood, and every note, offer and promise with its reason."""
    if isinstance(row.event, call.Heard) and not taken_otherwise(row):
        yield Line(row.at, "", understood(row.event), "thought")
    for action in row.actions:
        yield from done(action, row.at, cast)


def taken_otherwise(row: Row) -> bool:
    """Whether words without an intent were taken all the same: as a window, or a number. Notes then tell it."""
    if row.event.intent or row.event.slots:
        return False
    return any(isinstance(action, call.Note) and action.kind not in ("miss", "cut") for action in row.actions)


def understood(heard: call.Heard) -> str:
    """The intent, what else was in the words, and how sure that is."""
    parts = [heard.intent or "", *(f"{name} {value}" for name, value in heard.slots.items())]
    meaning = ", ".join(filter(None, parts))
    return f"understood: {meaning}, {heard.confidence:.0%} sure (by {heard.by})" if meaning else "not understood"


def routed(data: Mapping[str, str], at: datetime) -> Iterator[Line]:
    yield Line(at, "route", f"{data.get('path', '').replace('_', ' ')}, by rule '{data.get('rule', '')}'", "route")
    for key in ("because", "otherwise"):
        if data.get(key):
            yield Line(at, key, data[key], "route")


def spoken(name: str) -> str:
    """A name of the flow as a person would say it: 'order.number' -> 'order number'."""
    return name.replace("_", " ").replace(".", " ")


def noted(note: call.Note) -> str:
    """A note in a supervisor's words; the names of nodes are for `holdless why`."""
    data = note.data
    match note.kind:
        case "collected" if data.get("slot"):
            return f"noted: the {spoken(data['slot'])}"
        case "resolved" if data.get("intent"):
            return f"settled: {spoken(data['intent'])}"
        case "queue" if data.get("queue"):
            return f"goes into the line: {spoken(data['queue'])}"
        case "looked_up" if data.get("name") and not data.get("problem"):
            return f"looked up: {spoken(data['name'])}"
        case "chose" if data.get("intent"):
            return f"chosen: {spoken(data['intent'])}"
        case _:
            return note.text


def done(action: object, at: datetime, cast: Cast) -> Iterator[Line]:
    match action:
        case call.Note("route", _, data):
            yield from routed(data, at)
        case call.Note("chose", _, data) if data.get("by") != "keys":
            return  # what was understood says it already
        case call.Note():
            yield Line(at, "", noted(action), "thought")
        case line.Note() | promise.Note():
            yield Line(at, "", action.text, "thought")
        case line.Ring(_, agent, _, _, _, why):
            yield Line(at, "", f"offered to {cast.names.get(agent, agent)}: {why}", "thought")
        case line.Refused(_, _, reason):
            yield Line(at, "", f"the line takes nobody: {reason}", "thought")
        case promise.Dial(_, attempt, number, _):
            yield Line(at, "", f"attempt {attempt}: ring {number}", "thought")
        case _:
            return
