"""The service: windows are held under the calendar lock, and every cause counts once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from callbacks.capacity import earliest_free
from callbacks.model import (
    AgentReserved,
    Book,
    Booked,
    Callback,
    Cancel,
    Closed,
    Dial,
    EnterLine,
    Held,
    LineGaveUp,
    Queued,
    Release,
    Tell,
    TimerDue,
)
from callbacks.service import CallbackService
from config.people import Hours, Outcome, Queue, Segments
from config.promises import CallbackRules
from config.site import Site, SiteFacts
from tests.callbacks.promises import BOOK, NUMBER, Rows

SEOUL = ZoneInfo("Asia/Seoul")
MORNING = datetime(2026, 3, 2, 10, 0, tzinfo=SEOUL)
IDS = ("CA1-4-0", "CA1-4-1")


def site(**rules: object) -> Site:
    written: Mapping[str, object] = {"caller_id": "+15550100000", **rules}
    return Site(
        facts=SiteFacts(name={"en": "Hanbit"}, languages=["en"], zone="Asia/Seoul", numbers={}, emergency_number="119"),
        flows={},
        prompts={},
        intents={},
        segments=Segments(otherwise=Outcome(path="self_service_first")),
        queues={"care": Queue(hours="office"), "night": Queue()},
        hours={"office": Hours(days={"mon-fri": "09:00-18:00"})},
        callbacks=CallbackRules.model_validate(written),
        services={},
        agents={},
        tables={},
        hash="1",
        files={},
    )


def offered(service: CallbackService, ids: tuple[str, ...] = IDS, **changes: str) -> list[str]:
    held = service.offer(ids, changes.get("queue", "care"), changes.get("number", NUMBER), MORNING)
    return [f"{one.id} {one.start.astimezone(SEOUL):%H:%M}" for one in held]


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def service(rows: Rows) -> CallbackService:
    return CallbackService(rows, site())


def book(service: CallbackService, rows: Rows, number: str = NUMBER) -> Callback:
    """A promise for 10:30."""
    service.offer(IDS, "care", number, MORNING)
    service.handle(IDS[0], Book("care", number, "en", "blue lamp", None, {}), cause="outbox:1", now=MORNING)
    service.handle(IDS[1], Release(), cause="outbox:1:1", now=MORNING)
    return rows.kept[IDS[0]]


# -- offering ----------------------------------------------------------------------------------------------------------


def test_the_two_earliest_windows_are_held(service: CallbackService, rows: Rows) -> None:
    assert offered(service) == ["CA1-4-0 10:30", "CA1-4-1 11:00"]
    assert all(isinstance(one.stage, Held) for one in rows.kept.values())
    assert sorted(name for _, name, _, _ in rows.due.values()) == ["hold", "hold"]
    assert rows.outbox == []


def test_asking_again_holds_nothing_more(service: CallbackService, rows: Rows) -> None:
    assert offered(service) == offered(service)
    assert len(rows.kept) == 2
    service.handle(IDS[1], Release(), cause="outbox:1", now=MORNING)
    assert offered(service) == ["CA1-4-0 10:30"]


def test_a_window_is_held_as_often_as_it_has_places(rows: Rows) -> None:
    service = CallbackService(rows, site(per_window=2))
    for call in ("A", "B"):
        assert offered(service, (f"{call}-0", f"{call}-1")) == [f"{call}-0 10:30", f"{call}-1 11:00"]
    assert offered(service, ("C-0", "C-1")) == ["C-0 11:30", "C-1 12:00"]
    service.handle("A-0", Release(), cause="outbox:1", now=MORNING)
    assert offered(service, ("D-0", "D-1")) == ["D-0 10:30", "D-1 11:30"]


def test_queues_have_calendars_of_their_own(rows: Rows) -> None:
    service = CallbackService(rows, site(per_window=1))
    offered(service)
    assert offered(service, ("B-0",), queue="night") == ["B-0 10:30"]


def test_a_full_calendar_offers_nothing(rows: Rows) -> None:
    service = CallbackService(rows, site(per_window=1, days_ahead=1))
    everything = tuple(f"A-{k}" for k in range(100))
    assert len(offered(service, everything)) == 15 + 18
    assert offered(service, ("B-0", "B-1")) == []


def test_a_number_that_may_not_be_called_is_offered_nothing(service: CallbackService, rows: Rows) -> None:
    for number in ("", "+19005551234", "+442079460000"):
        assert offered(service, number=number) == []
    assert rows.kept == {}


def test_a_person_has_one_open_promise(service: CallbackService, rows: Rows) -> None:
    promise = book(service, rows)
    assert service.open_for(NUMBER) == promise == service.read(IDS[0])
    assert offered(service, ("CA2-1-0", "CA2-1-1")) == []
    service.handle(IDS[0], Cancel("caller"), cause="api:1", now=MORNING)
    assert service.open_for(NUMBER) is None
    assert len(offered(service, ("CA2-1-0", "CA2-1-1"))) == 2


def test_quiet_hours_are_those_of_the_person(service: CallbackService) -> None:
    """Half past ten in Seoul is half past eight in the evening in New York; the next window there would end at nine."""
    held = service.offer(IDS, "care", "+12125550123", MORNING)
    assert [f"{one.start.astimezone(SEOUL):%d %H:%M}" for one in held] == ["02 10:30", "03 09:00"]


def test_windows_that_are_full_are_passed_over() -> None:
    hours = [(MORNING + timedelta(hours=k), MORNING + timedelta(hours=k + 1)) for k in range(4)]
    taken = dict(zip([start for start, _ in hours], [2, 1, 3, 0], strict=True))
    assert earliest_free(hours, taken.__getitem__, 2, 1) == (hours[1],)
    assert earliest_free(hours, taken.__getitem__, 2, 5) == (hours[1], hours[3])


# -- events ------------------------------------------------------------------------------------------------------------


def test_a_booking_is_saved_with_its_text_and_its_timer(service: CallbackService, rows: Rows) -> None:
    promise = book(service, rows)
    assert isinstance(promise.stage, Booked)
    assert [type(effect) for _, effect in rows.outbox] == [Tell]
    assert [(key, name, at) for key, name, at, _ in rows.due.values()] == [(IDS[0], "try", promise.start)]
    assert isinstance(rows.kept[IDS[1]].stage, Closed)


def test_the_same_cause_gets_the_same_answer(service: CallbackService, rows: Rows) -> None:
    book(service, rows)
    due = next(iter(rows.due))
    start = rows.kept[IDS[0]].start
    first = service.handle(IDS[0], TimerDue("try"), cause=f"timer:{due}", now=start, due=due)
    assert isinstance(first[0], EnterLine)
    reserved = service.handle(IDS[0], AgentReserved(7, "mina"), cause="outbox:9", now=start)
    assert isinstance(reserved[0], Dial)
    kept, sent = rows.kept[IDS[0]], len(rows.outbox)
    assert service.handle(IDS[0], AgentReserved(7, "mina"), cause="outbox:9", now=start) == reserved
    assert (rows.kept[IDS[0]], len(rows.outbox)) == (kept, sent)


def test_a_timer_that_somebody_took_does_nothing(service: CallbackService, rows: Rows) -> None:
    book(service, rows)
    assert service.handle(IDS[0], TimerDue("try"), cause="timer:99", now=MORNING, due=99) == ()
    assert isinstance(rows.kept[IDS[0]].stage, Booked)


def test_what_changes_nothing_is_not_saved(service: CallbackService, rows: Rows) -> None:
    book(service, rows)
    causes = set(rows.journal)
    assert service.handle(IDS[0], LineGaveUp("full"), cause="outbox:7", now=MORNING) == ()
    assert service.handle("nobody", BOOK, cause="outbox:8", now=MORNING) == ()
    assert set(rows.journal) == causes


def test_clock_hours_are_read_into_the_journal(service: CallbackService, rows: Rows) -> None:
    """At six in the evening the queue closes: the line refuses, and the next try is at nine on the next day."""
    book(service, rows)
    evening = MORNING.replace(hour=18)
    for event, cause in ((TimerDue("try"), "timer:1"), (LineGaveUp("closed"), "outbox:2")):
        service.handle(IDS[0], event, cause=cause, now=evening)
    tomorrow = (MORNING.replace(hour=9) + timedelta(days=1)).astimezone(UTC)
    assert rows.kept[IDS[0]].stage == Booked(tomorrow)
    facts = rows.facts[IDS[0], "outbox:2"]
    assert facts is not None
    assert (facts.ring_from, facts.retry_at) == (evening, tomorrow)


def test_a_queue_that_is_gone_keeps_its_promises(rows: Rows) -> None:
    service = CallbackService(rows, site())
    promise = book(service, rows)
    fewer = site(attempts=1)
    service.publish(replace(fewer, queues={}))
    service.handle(IDS[0], TimerDue("try"), cause="timer:1", now=promise.start)
    assert isinstance(rows.kept[IDS[0]].stage, Queued)
    facts = rows.facts[IDS[0], "timer:1"]
    assert facts is not None
    assert facts.attempts == 1
