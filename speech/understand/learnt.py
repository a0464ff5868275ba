"""What is learnt of a site: its phrases, never-phrases and menu words, and ours for the commands, in plain words."""

from collections.abc import Iterator, Mapping

from config.site import Site

from . import rules
from .commands import PHRASES
from .lexical import Phrase
from .text import plain, without_numbers


def essence(words: str, language: str) -> str:
    """What is compared: no fillers, and no particular numbers."""
    return without_numbers(rules.without_fillers(words, language))


def sentences(site: Site, commands: Mapping[str, str], language: str) -> Iterator[tuple[str, str | None, str | None]]:
    """(plain words, intent, the intent they speak against), sentence by sentence."""
    for name, intent in site.intents.items():
        for sentence in (*intent.phrases.get(language, ()), intent.menu.get(language, "")):
            yield plain(sentence), name, None
        for sentence in intent.never.get(language, ()):
            yield plain(sentence), None, name
    for command, phrases in PHRASES.items():
        for sentence in phrases.get(language, ()):
            yield plain(sentence), commands[command], None


def phrases_of(site: Site, commands: Mapping[str, str], language: str) -> list[Phrase]:
    """What is learnt: each sentence once. A mere yes or no is left to the rules, which know where it was asked for."""
    learnt = (
        Phrase(essence(words, language), intent, against)
        for words, intent, against in sentences(site, commands, language)
        if words and not rules.is_bare_answer(words, language)
    )
    return list(dict.fromkeys(learnt))


def exact_of(site: Site, commands: Mapping[str, str], language: str) -> dict[str, str]:
    """Phrases that mean one intent and no other, word for word."""
    meanings: dict[str, set[str | None]] = {}
    for words, intent, _ in sentences(site, commands, language):
        meanings.setdefault(words, set()).add(intent)
    only = ((words, next(iter(intents))) for words, intents in meanings.items() if words and len(intents) == 1)
    return {words: intent for words, intent in only if intent is not None}


def answers_of(site: Site, language: str) -> dict[str, str]:
    """Intents for which a mere yes, or a mere no, stands among their phrases."""
    answers: dict[str, str] = {}
    for name, intent in site.intents.items():
        spoken = [plain(sentence) for sentence in intent.phrases.get(language, ())]
        said = {rules.yes_or_no(words, language) for words in spoken if rules.is_bare_answer(words, language)}
        kinds = {answer[0] for answer in said if answer is not None}
        if len(kinds) == 1:
            answers[name] = kinds.pop()
    return answers
