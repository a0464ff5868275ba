"""The health route and the door of a virtual clock."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ivr.web import clock, health

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Settled:
    """Has something to do five seconds later, unless nothing is planned."""

    def __init__(self, *, planned: bool) -> None:
        self.planned = planned
        self.told: list[datetime] = []

    def settle(self, now: datetime) -> datetime | None:
        self.told.append(now)
        return now + timedelta(seconds=5) if self.planned else None


@pytest.mark.parametrize(
    ("planned", "answer"), [(True, {"next_due": "2026-03-02T10:00:05Z"}), (False, {"next_due": None})]
)
def test_the_clock_settles_and_says_what_is_due(planned: bool, answer: dict[str, str | None]) -> None:
    application, app = Settled(planned=planned), FastAPI()
    app.include_router(clock.routes(application))
    client = TestClient(app)
    assert client.post("/clock", json={"now": NOW.isoformat()}).json() == answer
    assert application.told == [NOW]
    assert client.post("/clock", json={"now": "2026-03-02T10:00:00"}).status_code == 422
    assert client.post("/clock", json={}).status_code == 422


def test_health_needs_no_key() -> None:
    app = FastAPI()
    app.include_router(health.routes())
    assert TestClient(app).get("/health").json() == {"status": "ok"}
