"""Which phrase was meant, whatever the spacing."""

import pytest

from speech.phrases import LIKE, letters, likeness, ranked

CHOICES = ("주문 어디까지 왔나요", "환불하고 싶어요", "상담원 연결해 주세요", "네")


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("주문 어디까지 왔 나요", "주문 어디까지 왔나요"),
        ("환불 하고 싶어요", "환불하고 싶어요"),
        ("상담 원 연결해주세요", "상담원 연결해 주세요"),
        ("네", "네"),
    ],
)
def test_spaces_do_not_matter(heard: str, meant: str) -> None:
    assert ranked(heard, CHOICES)[0] == (1.0, meant)


def test_words_of_several_phrases_together_are_none_of_them() -> None:
    assert ranked("주문 어디까지 네 주문 연결해 네", CHOICES)[0][0] < 0.75
    assert ranked("싶어요 네 연결해 네 어디까지", CHOICES)[0][0] < LIKE


def test_a_syllable_that_is_nearly_right_counts_as_nearly_right() -> None:
    assert likeness("왔나요", "왔나여") > 0.8
    assert likeness("왔나요", "하세요") < likeness("왔나요", "왔나여")


@pytest.mark.parametrize("text", ["", " ", "...", "!?"])
def test_nothing_said_ranks_nothing(text: str) -> None:
    assert letters(text) == ""
    assert ranked(text, CHOICES) == []
