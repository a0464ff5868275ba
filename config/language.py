"""What callers want, in their words: intents with phrases by language, and shared prompts."""

from pydantic import Field

from .words import Written


class Intent(Written):
    """One thing callers want. `never` are phrases that must not match; `menu` are the menu's words for it."""

    menu: dict[str, str] = Field(default_factory=dict)
    phrases: dict[str, list[str]]
    never: dict[str, list[str]] = Field(default_factory=dict)
