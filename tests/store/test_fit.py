"""The store fits what the rooms ask for. mypy judges the shapes; running them shows that they work together."""

from callbacks.service import CallbackRows
from ivr.calls.around import PastReader
from ivr.calls.ports import CallRows
from ivr.calls.sites import Versions
from ivr.store.store import Store
from ivr.work.census import RunningCalls
from ivr.work.ports import Customers, DueRows, Outbox, Placements
from routing.model import Away, QueueRules, SignedIn
from routing.service import LineRows, LineService
from tests.store.samples import NOW, agent


def test_every_port_is_fitted(store: Store) -> None:
    calls: CallRows = store.calls
    running: RunningCalls = store.calls
    line: LineRows = store.line
    promises: CallbackRows = store.callbacks
    outbox: Outbox = store.outbox
    due: DueRows = store.due
    placements: Placements = store.placements
    customers: Customers = store.customers
    past: PastReader = store.customers
    versions: Versions = store.versions
    ports = (calls, running, line, promises, outbox, due, placements, customers, past, versions)
    assert all(ports)


def test_the_line_service_runs_on_it(store: Store) -> None:
    rules = {"orders": QueueRules("orders", (), 20.0, 30.0, 50, 300.0, 600.0)}
    service = LineService(store.line, rules)
    told = SignedIn(agent("mina"))
    first = service.handle("orders", told, cause="signed_in:mina", now=NOW)
    assert service.handle("orders", told, cause="signed_in:mina", now=NOW) == first
    presence = service.look("orders").agents["mina"].presence
    assert not isinstance(presence, Away)
    assert len(store.journal.of("line", "orders")) == 1
