"""A call on a stage of real processes, and what its caller had to listen to: nothing, for how long?"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.site import Site
from ivr.cli.site import DEMO, read
from ivr.cli.stage import Plan
from ivr.cli.watch import Watch, on_stage

Entry = Mapping[str, Any]
START = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))
LINE, CALLER = "+15550100100", "+15550107777"
A_SECOND = 15
"""Characters of a <Say> that the exchange takes a second for (docs/exchange.md)."""


@contextmanager
def streaming(*options: str, pace: int = 60, heard: str = "") -> Iterator[Watch]:
    """A stage whose server streams with scripted ears; `pace` is how many characters its voice says in a second."""
    site: Site = read(DEMO)
    os.environ.update(HEARD=heard, PACE=str(pace))
    plan = Plan(DEMO, tuple(site.facts.numbers), START, exchange_options=options, server=("tests.media.served",))
    with on_stage(plan, site) as watch:
        yield watch


def pass_by(watch: Watch, seconds: float) -> None:
    exchange = watch.stage.exchange
    exchange.run("time", until=exchange.now() + timedelta(seconds=seconds))


def follow(watch: Watch, call: str, seconds: float = 120.0) -> Sequence[Entry]:
    """To the end of everything, or so many seconds; the call's log."""
    exchange = watch.stage.exchange
    exchange.run("idle", until=exchange.now() + timedelta(seconds=seconds))
    return log_of(watch, call)


def log_of(watch: Watch, call: str) -> Sequence[Entry]:
    log: Sequence[Entry] = watch.stage.exchange.call(call)["log"]
    return log


def kinds(log: Sequence[Entry]) -> list[str]:
    return [str(entry["kind"]) for entry in log]


def said(log: Sequence[Entry]) -> str:
    return " ".join(str(entry["text"]) for entry in log if entry["kind"] == "said")


def moment(entry: Entry, key: str = "at") -> float:
    return (datetime.fromisoformat(str(entry[key])) - START).total_seconds()


def longest_silence(log: Sequence[Entry]) -> float:
    """Seconds in which the caller heard nothing, did nothing, was asked nothing by the carrier, and talked to nobody.

    A Gather listens to its end, so whoever stands in the carrier's queue or at a menu of the carrier's is asked.
    """
    longest, quiet_since, busy = 0.0, moment(log[0]), False
    for entry in log:
        at, until = moment(entry), None
        match entry["kind"]:
            case "said":
                until = at + max(0.5, len(str(entry["text"])) / A_SECOND)
            case "heard_audio":
                at = moment(entry, "began")
                until = at + float(entry["seconds"])
            case "pressed" | "spoke":
                until = at
            case "queued" | "joined_conference":
                busy = True
            case "left_queue" | "left_conference":
                busy, quiet_since = False, at
            case "hung_up":
                until = at
            case _:
                pass
        if until is not None:
            if not busy:
                longest = max(longest, at - quiet_since)
            quiet_since = max(quiet_since, until)
    return longest
