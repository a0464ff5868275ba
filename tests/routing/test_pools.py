"""Pools: who shares an agent, or widens into another queue, shares a line."""

from config.people import Agent, Queue
from routing.pools import pool_of, pools


def queue(*widens_to: str) -> Queue:
    return Queue.model_validate({"widen": [{"after": "30 s", "add_queue": name} for name in widens_to]})


def person(*queues: str) -> Agent:
    return Agent(name="Somebody", queues=list(queues), languages=["en"])


def test_a_queue_alone_is_its_own_pool() -> None:
    assert pools({"care": queue(), "cards": queue()}, {"mina": person("care")}) == {"care": "care", "cards": "cards"}


def test_a_shared_agent_joins_two_queues() -> None:
    assert pools({"care": queue(), "cards": queue()}, {"mina": person("care", "cards")}) == {
        "care": "cards",
        "cards": "cards",
    }


def test_chains_are_one_pool_whatever_the_order() -> None:
    queues = {name: queue() for name in ("d", "b", "c", "a", "x")}
    agents = {"one": person("d", "c"), "two": person("b", "a"), "three": person("c", "b")}
    assert pools(queues, agents) == {"a": "a", "b": "a", "c": "a", "d": "a", "x": "x"}


def test_widening_joins_queues_that_share_nobody() -> None:
    assert pools({"care": queue(), "cards": queue("care")}, {}) == {"care": "cards", "cards": "cards"}


def test_a_step_that_only_drops_a_skill_joins_nothing() -> None:
    cards = Queue.model_validate({"widen": [{"after": "30 s", "drop_skill": "cards"}]})
    assert pools({"care": queue(), "cards": cards}, {}) == {"care": "care", "cards": "cards"}


def test_names_of_no_queue_are_left_out() -> None:
    found = pools({"care": queue("nowhere")}, {"mina": person("elsewhere", "care")})
    assert found == {"care": "care"}
    assert pool_of(person("elsewhere", "care"), found) == "care"
    assert pool_of(person("elsewhere"), found) is None
