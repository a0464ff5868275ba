"""What the desk says of itself: why somebody is away, what a key did, and languages by their names."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ivr.cli.agent import desk_of
from ivr.cli.screen import OUT

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def screen(presence: str, told: str = "", offer: dict[str, Any] | None = None, **detail: str) -> str:
    view = {"id": "mina", "name": "Mina", "presence": presence, "detail": detail, "offer": offer}
    with OUT.capture() as captured:
        OUT.print(desk_of(view, NOW, on_air=False, told=told))
    return captured.get()


@pytest.mark.parametrize(
    ("reason", "words"),
    [("no_answer", "a call rang here and was not answered. Press f"), ("a break", "away: a break. Press f")],
)
def test_somebody_away_reads_why_and_the_way_back(reason: str, words: str) -> None:
    assert words in " ".join(screen("away", reason=reason).split())


def test_what_a_key_did_is_said() -> None:
    assert "You passed." in screen("free", told="You passed. Ruth waits on.")


def test_a_language_has_its_name() -> None:
    offer = {
        "number": 1, "kind": "call", "queue": "care", "language": "ko", "accepted": False, "brief": {},
        "waiting_since": NOW.isoformat(), "until": NOW.isoformat(),
    }  # fmt: skip
    assert "Korean" in screen("ringing", offer=offer)
