"""How well unseen utterances are understood: a floor under what was measured, so that it cannot sink.

Utterances with intents lie beside the project, in the folder that HOLDLESS_DATA names; without them this is skipped.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.language import Intent
from speech.understand.model import ACT, Expects, Understood
from speech.understand.understanding import Understanding
from tests.speech.sites import site

DATA = Path(os.environ.get("HOLDLESS_DATA", Path(__file__).parents[3] / "shared" / "data")) / "intents"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the utterances are not beside the project (HOLDLESS_DATA)")


@dataclass(frozen=True)
class Said:
    text: str
    intent: str | None


def read(name: str) -> list[Said]:
    rows = (json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines())
    return [Said(row["text"], row.get("intent")) for row in rows]


def trained(examples: Iterable[Said], language: str) -> Understanding:
    phrases: dict[str, list[str]] = {}
    for said in examples:
        phrases.setdefault(said.intent or "", []).append(said.text)
    intents = {name: Intent(phrases={language: texts}) for name, texts in phrases.items()}
    return Understanding(site(intents, languages=[language]))


@dataclass(frozen=True)
class Measured:
    """Shares: of in-scope utterances, acted on rightly; of all acted on, the right; of strangers, acted on."""

    acted: float
    right: float
    strangers: float


def measured(model: Understanding, language: str, test: Iterable[Said]) -> Measured:
    heard: list[tuple[Said, Understood]] = [(said, model.understand(said.text, language, Expects())) for said in test]
    acted = [(said, meant) for said, meant in heard if meant.confidence >= ACT and meant.intent is not None]
    right = [said for said, meant in acted if said.intent == meant.intent]
    inside = [said for said, _ in heard if said.intent is not None]
    outside = [said for said, _ in heard if said.intent is None]
    strangers = [said for said, _ in acted if said.intent is None]
    return Measured(len(right) / len(inside), len(right) / len(acted), len(strangers) / len(outside))


def few_of_each(rows: list[Said], count: int) -> tuple[list[Said], list[Said]]:
    """The first `count` of each intent to learn from, the others to test with; intents with few others left out."""
    by_intent: dict[str | None, list[Said]] = {}
    for said in rows:
        by_intent.setdefault(said.intent, []).append(said)
    enough = [group for group in by_intent.values() if len(group) >= count + 3]
    return [said for group in enough for said in group[:count]], [said for group in enough for said in group[count:]]


@pytest.mark.parametrize("folder", ["banking", "finance"])
def test_calls_to_banks_with_five_phrases_an_intent(folder: str) -> None:
    train, test = few_of_each(read(f"natcs/{folder}.jsonl"), 5)
    strangers = read("clinc150/out-of-scope.jsonl")[::4]
    found = measured(trained(train, "en"), "en", [*test, *strangers])
    assert found.acted >= 0.55
    assert found.right >= 0.95
    assert found.strangers <= 0.03


def test_korean_shop_with_ten_phrases_an_intent() -> None:
    train, test = read("korean-support/train.jsonl"), read("korean-support/test.jsonl")
    ours = {"agent_request"}  # every site understands this one by itself, under its own name
    train, test = ([said for said in rows if said.intent not in ours] for rows in (train, test))
    found = measured(trained(train, "ko"), "ko", [*test, *read("korean-support/out-of-scope.jsonl")])
    assert found.acted >= 0.25
    assert found.right >= 0.8
    assert found.strangers <= 0.07
