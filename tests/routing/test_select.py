"""Who is next, and the sentence that says why."""

from routing.model import OfferAccepted, QueueRules
from routing.select import Choice, every_pair, position, why
from routing.widen import Need, need, reached
from tests.routing.line import RULES, Played, agent, entry


def test_a_position_counts_those_of_the_same_queue_whom_nobody_accepted() -> None:
    played = Played().has(agent("mina"))
    played.arrives(entry("A", arrived=0))
    played.arrives(entry("B", arrived=1))
    played.arrives(entry("C", arrived=2, head_start=1.5))
    played.arrives(entry("D", queue="cards", arrived=0))
    assert [position(played.line, name) for name in "ACBD"] == [1, 2, 3, 1]
    played.event(OfferAccepted(1, "mina"))
    assert [position(played.line, name) for name in ("A", "C", "B", "nobody")] == [None, 1, 2, None]


def test_why() -> None:
    plain, ahead = entry("A"), entry("B", head_start=300)
    assert why(plain, Choice(agent("mina"), 2), 0) == "longest idle of 2 able agents; first in line"
    assert why(ahead, Choice(agent("mina"), 1), 3) == (
        "the only able agent free; first in line whom they may answer, 3 ahead need somebody else; "
        "with a head start of 300 s"
    )


def test_the_oracle_pairs_first_in_line_with_longest_idle() -> None:
    agents = {one.id: one for one in (agent("new", idle=9), agent("old", idle=1), agent("ko", languages=("ko",)))}
    entries = {one.id: one for one in (entry("B", arrived=2), entry("A", arrived=1), entry("K", language="ko"))}
    assert every_pair(agents, entries, RULES) == [("K", "ko"), ("A", "old"), ("B", "new")]


def test_widening_steps_count_in_the_order_in_which_they_come_due() -> None:
    queue = QueueRules("cards", ("cards",), 20, 0, 5, 240, 600, widen=((60, None, "care"), (30, "cards", None)))
    assert [reached(queue, waited) for waited in (0, 30, 59, 60)] == [0, 1, 1, 2]
    assert need(queue, "en", "senior", 1) == Need(("cards",), frozenset({"senior"}), "en")
    assert need(queue, "en", "senior", 2) == Need(("cards", "care"), frozenset({"senior"}), "en")
