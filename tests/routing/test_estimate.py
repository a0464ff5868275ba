"""Waits: the moments of QLm, a gamma quantile against tables, and what is said when little is known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.estimate import gamma_quantile, moments, wait
from routing.model import Away, OfferAccepted, QueueRules
from tests.routing.line import RULES, Played, agent, at, entry


@pytest.mark.parametrize(("degrees", "chi_square"), [(2, 4.605), (4, 7.779), (10, 15.987), (20, 28.412), (40, 51.805)])
def test_the_upper_quantile_agrees_with_chi_square_tables(degrees: int, chi_square: float) -> None:
    """A chi-square with d degrees of freedom is a gamma with shape d/2 and scale 2: mean d, variance 2d."""
    assert gamma_quantile(degrees, 2 * degrees, 0.9) == pytest.approx(chi_square, rel=0.011)


def test_moments_of_a_wait_without_patience_are_those_of_an_erlang_distribution() -> None:
    mean, variance = moments(ahead=4, agents=3, handling=300, patience=1e12)
    assert mean == pytest.approx(5 * 100)
    assert variance == pytest.approx(5 * 100**2)


def test_patience_shortens_the_wait() -> None:
    mean, variance = moments(ahead=1, agents=2, handling=200, patience=100)
    assert mean == pytest.approx(100 + 1 / (0.01 + 0.01))
    assert variance == pytest.approx(100**2 + 50**2)


@given(st.integers(0, 60), st.integers(1, 40))
def test_more_ahead_never_waits_less(ahead: int, agents: int) -> None:
    shorter, longer = moments(ahead, agents, 240, 600), moments(ahead + 1, agents, 240, 600)
    assert longer[0] > shorter[0]
    assert gamma_quantile(*longer, 0.9) > longer[0]


@given(
    st.integers(0, 60),
    st.integers(1, 40),
    st.floats(0, 1e9, allow_subnormal=True),
    st.floats(0, 1e9, allow_subnormal=True),
)
def test_no_span_of_a_site_breaks_an_estimate(ahead: int, agents: int, handling: float, patience: float) -> None:
    mean, variance = moments(ahead, agents, handling, patience)
    assert 0 <= mean <= gamma_quantile(mean, variance, 0.9) < float("inf")


@pytest.mark.parametrize(("handling", "patience", "mean"), [(0, 600, 0), (0, 0, 0), (100, 0, 50)])
def test_what_takes_no_time_is_done_at_once(handling: float, patience: float, mean: float) -> None:
    assert moments(ahead=3, agents=2, handling=handling, patience=patience)[0] == mean


@pytest.mark.parametrize(
    "change", [{"patience": 0}, {"talk": 0, "wrap_up": 0}, {"patience": 0, "talk": 0, "wrap_up": 0}]
)
def test_a_queue_of_no_patience_or_no_talk_has_a_wait(change: dict[str, float]) -> None:
    played = busy("mina")
    played.arrives(entry("A", arrived=1))
    rules = {**RULES, "care": replace(RULES["care"], **change)}  # type: ignore[arg-type]
    assert wait(played.line, "care", at(0), rules) is not None


def busy(*names: str) -> Played:
    """Everybody named is talking."""
    played = Played()
    for number, name in enumerate(names, start=1):
        played.has(agent(name))
        played.arrives(entry(f"T{number}"))
        played.talks(number, name)
    return played


def test_nothing_is_said_of_an_unknown_queue_or_when_nobody_is_on_duty() -> None:
    played = Played().has(agent("mina", presence=Away("lunch")), agent("joon", queues=("cards",)))
    assert wait(played.line, "nowhere", at(0), RULES) is None
    assert wait(played.line, "care", at(0), RULES) is None
    assert wait(played.line, "cards", at(0), RULES) is None


def test_somebody_free_answers_at_once() -> None:
    played = Played().has(agent("mina"))
    found = wait(played.line, "care", at(0), RULES)
    assert found is not None
    assert (found.mean, found.upper) == (0, 0)


def test_first_behind_two_talks() -> None:
    found = wait(busy("mina", "joon").line, "care", at(0), RULES)
    assert found is not None
    assert found.mean == pytest.approx((240 + 30) / 2)
    assert found.upper == pytest.approx(135 * 2.3026, rel=0.011)


def test_each_one_ahead_counts_and_an_entry_has_its_own_wait() -> None:
    played = busy("mina")
    played.arrives(entry("A", arrived=1))
    played.arrives(entry("B", arrived=2))
    newcomer = wait(played.line, "care", at(0), RULES)
    first = wait(played.line, "care", at(0), RULES, entry="A")
    second = wait(played.line, "care", at(0), RULES, entry="B")
    gone = wait(played.line, "care", at(0), RULES, entry="nobody")
    assert newcomer and first and second and gone
    assert first.mean == pytest.approx(270)
    assert first.mean < second.mean < newcomer.mean == gone.mean


def test_those_whom_others_answer_do_not_count() -> None:
    played = busy("mina")
    played.has(agent("joon", queues=("cards",), skills={"cards": 1}))
    played.arrives(entry("C1", queue="cards"))
    played.event(OfferAccepted(2, "joon"))
    played.arrives(entry("C2", queue="cards"))
    played.arrives(entry("K", language="ko"))
    found = wait(played.line, "care", at(0), RULES)
    assert found is not None
    assert found.mean == pytest.approx(270)


def test_a_shared_agent_counts_by_half() -> None:
    rules = {name: QueueRules(name, (), 20, 0, 9, 100, 1e12) for name in ("care", "cards")}
    played = Played(rules=rules).has(agent("both", queues=("care", "cards")), agent("cards", queues=("cards",)))
    for number, name in ((1, "both"), (2, "cards")):
        played.arrives(entry(f"T{number}", queue="cards"))
        played.talks(number, name)
    for number in range(4):
        played.arrives(replace(entry(f"W{number}", queue="cards"), arrived=at(number)))
    found = wait(played.line, "care", at(0), rules)
    assert found is not None
    assert found.mean == pytest.approx(300)
