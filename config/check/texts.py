"""Sentences: one in every language of the site, the assistant disclosed first, and words never said to a caller."""

import re
from collections.abc import Iterator, Mapping

from config.flow import Flow
from config.phrases import LANGUAGES, PHRASES
from config.problem import Problem, meant
from config.site import Site
from config.source import Path
from config.template import PLACE

from .place import at, edges, language_name, no_language, nodes, sentences

HANGUL = re.compile("[가-힣]")
WORD = re.compile(r"[A-Za-z]{2,}")
FEW_WORDS = 2
"""Names and marks may stand in any letters; so many words are a sentence."""
DISCLOSES = re.compile(
    r"\b(assistant|automated|automatic|computer|machine|robot|virtual|artificial|AI)\b|인공지능|자동|기계|로봇|컴퓨터|챗봇|AI",
    re.IGNORECASE,
)
FORBIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"주민\s?등록\s?번호|주민\s?번호|resident registration number", re.IGNORECASE),
     "the resident registration number is never asked"),
    (re.compile(r"어르신"), "a caller is 고객님, whatever their age"),
)  # fmt: skip


def node_texts(site: Site) -> Iterator[Problem]:
    for path, _, _, node in nodes(site):
        for below, sentence in sentences(node):
            if isinstance(sentence, dict):
                yield from languages(site, (*path, *below), sentence)


def prompt_texts(site: Site) -> Iterator[Problem]:
    """A prompt that the site wrote in one language only; ours are there in English and Korean."""
    for name, texts in site.prompts.items():
        if ("prompts", name) in site.places.written and not site.places.names_lost("prompts"):
            yield from languages(site, ("prompts", name), texts)


def own_languages(site: Site) -> Iterator[Problem]:
    """Languages that the product does not speak by itself need all its sentences from the site."""
    for number, language in enumerate(site.facts.languages):
        missing = [name for name in PHRASES if language not in LANGUAGES and not site.prompts[name].get(language)]
        if missing:
            text = f"prompts/{language}.yaml lacks {len(missing)} sentences of ours: {', '.join(missing)}"
            yield at(site, ("facts", "languages", number), text)


def languages(site: Site, path: Path, texts: Mapping[str, str]) -> Iterator[Problem]:
    spoken = site.facts.languages
    for language in spoken:
        if not texts.get(language, "").strip():
            yield at(site, (*path, language), f"no {language_name(language)} text")
    for language in texts:
        if language not in spoken and language not in LANGUAGES:
            yield no_language(site, (*path, language), language)


def forbidden(site: Site) -> Iterator[Problem]:
    for path, _, _, node in nodes(site):
        for below, sentence in sentences(node):
            for language, text in sentence.items() if isinstance(sentence, dict) else ():
                yield from said(site, (*path, *below, language), text)
    for name, texts in site.prompts.items():
        for language, text in texts.items():
            if name not in PHRASES or text != PHRASES[name].get(language):
                yield from said(site, ("prompts", name, language), text)


def said(site: Site, path: Path, text: str) -> Iterator[Problem]:
    for pattern, reason in FORBIDDEN:
        if (match := pattern.search(text)) is not None:
            yield at(site, path, f"'{match.group(0)}': {reason}")


def disclosure(site: Site) -> Iterator[Problem]:
    """The first sentence that a caller hears says that a computer speaks."""
    for name in dict.fromkeys(number.flow for number in site.facts.numbers.values()):
        flow = site.flows.get(name)
        for node in first_speakers(flow) if flow is not None else ():
            path: Path = ("flows", name, "nodes", node)
            below, sentence = next(sentences(flow.nodes[node])) if flow is not None else ((), "")
            for language, text in sentence.items() if isinstance(sentence, dict) else ():
                if not DISCLOSES.search(text):
                    hint = "the first sentence does not say that a computer speaks"
                    yield at(site, (*path, *below, language), hint, "warning")


def first_speakers(flow: Flow) -> Iterator[str]:
    """The nodes whose sentence a caller may hear before any other."""
    left, seen = [flow.start], {flow.start}
    while left:
        name = left.pop()
        node = flow.nodes.get(name)
        if node is None:
            continue
        if any(True for _ in sentences(node)):
            yield name
            continue
        for _, target in edges(node):
            if target not in seen:
                seen.add(target)
                left.append(target)


def unused_prompts(site: Site) -> Iterator[Problem]:
    """A sentence that nobody says is often one of ours with a slip in its name."""
    said_by_nodes = {text for _, _, _, node in nodes(site) for _, text in sentences(node) if isinstance(text, str)}
    for name in site.prompts:
        if name not in PHRASES and name not in said_by_nodes:
            yield at(site, ("prompts", name), f"nothing says the prompt '{name}'{meant(name, PHRASES)}", "warning")


def own_letters(site: Site) -> Iterator[Problem]:
    """A whole sentence without Hangul under ko is often the English one, forgotten."""
    for path, text in korean(site):
        if not HANGUL.search(text) and len(WORD.findall(PLACE.sub("", text))) >= FEW_WORDS:
            yield at(site, path, "this is written as Korean and has no Hangul in it", "warning")


def korean(site: Site) -> Iterator[tuple[Path, str]]:
    for path, _, _, node in nodes(site):
        for below, sentence in sentences(node):
            if isinstance(sentence, dict) and "ko" in sentence:
                yield (*path, *below, "ko"), sentence["ko"]
    for name, texts in site.prompts.items():
        if ("prompts", name, "ko") in site.places.written:
            yield ("prompts", name, "ko"), texts["ko"]


RULES = (node_texts, prompt_texts, own_languages, forbidden, disclosure, unused_prompts, own_letters)
