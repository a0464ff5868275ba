"""Sentences with places to fill: `{order.day}`, `{choices}`, in Korean `{item|을}` (the particle fits the ending).

Law: a template is read here and nowhere else, so that the checker and the engine agree on what a sentence needs.
"""

import re

PLACE = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def variables(sentence: str) -> tuple[str, ...]:
    """The names that a sentence needs, in order, each once: '{a} {b.c|을} {a}' -> ('a', 'b.c')."""
    return tuple(dict.fromkeys(match.group(1).strip() for match in PLACE.finditer(sentence)))


def broken(sentence: str) -> str | None:
    """Why a sentence cannot be read as a template, or None: a brace without its partner, or a place without a name."""
    rest = PLACE.sub("", sentence)
    if "{" in rest or "}" in rest:
        return "a curly bracket has no partner"
    return next((f"'{{{name}}}' is no name" for name in variables(sentence) if not NAME.fullmatch(name)), None)
