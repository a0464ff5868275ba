"""Sentences with places to fill, and the sentences that the product says itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.phrases import LANGUAGES, PHRASES, VARIABLES
from config.template import broken, variables


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("nothing", ()),
        ("{a} and {b.c}", ("a", "b.c")),
        ("{a|을} {a} { b }", ("a", "b")),
        ("{이름|은} 왔다", ("이름",)),
    ],
)
def test_variables_of_a_sentence(sentence: str, names: tuple[str, ...]) -> None:
    assert variables(sentence) == names
    assert broken(sentence) is None


@pytest.mark.parametrize("sentence", ["{a", "a}", "{a {b}", "{}", "{1st}", "{a b}", "{a.}"])
def test_sentences_that_are_no_templates(sentence: str) -> None:
    assert broken(sentence) is not None


@given(st.text("ab{}|. ", max_size=12))
def test_a_sound_template_has_sound_names(sentence: str) -> None:
    if broken(sentence) is None:
        assert all(name for name in variables(sentence))
        assert sentence.count("{") == sentence.count("}")


@pytest.mark.parametrize("name", PHRASES)
def test_our_sentences_are_there_in_every_language_with_the_same_variables(name: str) -> None:
    texts = PHRASES[name]
    assert set(texts) == set(LANGUAGES)
    for text in texts.values():
        assert broken(text) is None
        assert set(variables(text)) == set(VARIABLES[name])
        assert not any(digit in text for digit in "0123456789"), "keys are variables"
