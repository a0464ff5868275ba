"""Nobody is lost: the server is killed in earnest while a caller is in a menu, in line, talking, or promised a call.

Each call goes on, or ends with a callback that is kept; nobody is rung twice for one attempt. A handful of kills run by
default; HOLDLESS_SOAK=1 runs a hundred on each database.
"""

import os
from random import Random  # noqa: TID251 - a seeded plan of kills

import pytest

from tests.postgres import Server, postgres

from .outage import CALLER, Kill, scene

__all__ = ["postgres"]  # a fixture
SOAK = os.environ.get("HOLDLESS_SOAK") == "1"
PLACES = ("menu", "queue", "talking", "promise")
GOOD = {
    "menu": {"told", "person"},
    "queue": {"person"},
    "talking": {"person"},
    "promise": {"called back"},
}
FEW = (
    Kill("menu", "before", 1, 1.0),
    Kill("menu", "after", 1, 8.0),
    Kill("menu", "idle", 0, 40.0),
    Kill("queue", "after", 2, 8.0),
    Kill("queue", "before", 1, 40.0),
    Kill("talking", "after", 1, 8.0),
    Kill("talking", "idle", 0, 40.0),
    Kill("promise", "after", 3, 8.0),
    Kill("promise", "before", 2, 1.0),
)


def kills(count: int, seed: int) -> list[Kill]:
    """`count` kills spread over places, moments, commits and outages; the same for the same seed."""
    chance = Random(seed)
    found = []
    for number in range(count):
        moment = chance.choice(("before", "after", "after", "idle"))
        commit = 0 if moment == "idle" else chance.randint(1, 9)
        found.append(Kill(PLACES[number % len(PLACES)], moment, commit, chance.choice((1.0, 8.0, 40.0))))
    return found


def survive(kill: Kill, database: str | None) -> None:
    with scene(kill, database) as played:
        played.act()
        told = played.outcome()
        log = "\n".join(f"{entry['at'][11:19]} {entry['kind']}: {entry['text']}" for entry in played.log())
        assert told in GOOD[kill.place], f"{kill}: the caller was {told}\n{log}"
        assert len(played.legs(CALLER)) <= 1, f"{kill}: the caller was rung more than once\n{log}"


@pytest.mark.processes
@pytest.mark.parametrize("kill", kills(100, 20260302) if SOAK else FEW, ids=str)
def test_each_call_goes_on_after_a_kill(kill: Kill) -> None:
    survive(kill, None)


@pytest.mark.processes
@pytest.mark.postgres
@pytest.mark.parametrize("kill", kills(100, 20260303) if SOAK else FEW[1::3], ids=str)
def test_each_call_goes_on_after_a_kill_on_postgres(kill: Kill, postgres: Server) -> None:
    with postgres.database() as url:
        survive(kill, url)
