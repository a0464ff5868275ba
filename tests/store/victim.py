"""A process that is killed: commits some turns, says so, and then stands in the middle of a transaction for ever.

Run as `python -m tests.store.victim URL`. Prints a line for each thing it did, as soon as the database said yes.
"""

import sys

from ivr.flow.model import Brief, Due, JoinQueue
from ivr.store.store import Store
from tests.store.samples import NOW, began, later, press, said, state

JOIN = JoinQueue(1, "orders", None, 0.0, NOW, Brief("+15550100", "en"))


def main(url: str) -> None:
    store = Store.open(url, migrate=False)
    began(store, "CA1")
    for turn in range(3):
        with store.calls.locked("CA1") as row:
            press(row, f"gather:CA1:{turn}")
        print("turn", turn, flush=True)
    with store.calls.locked("CA2") as row:
        timers = [("silence", later(5), Due("silence", 1))]
        row.save(state("CA2"), Due("x", 0), said("Hm."), cause="voice:CA2", now=NOW, effects=[JOIN], timers=timers)
    [effect] = store.outbox.pending(10, NOW)
    assert store.outbox.lease(effect.id, NOW, 60)
    print("leased", effect.id, flush=True)
    with store.calls.locked("CA1") as row:
        press(row, "gather:CA1:3")
        print("inside", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
