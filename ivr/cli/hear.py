"""`holdless hear`: what the ears of this machine make of a recording, to try an engine, a list of phrases or a node."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from config.flow import AskNode, CollectNode, Node
from config.site import Site
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.screen import OUT, print_json
from ivr.cli.site import read
from ivr.media.asking import listed
from speech import wav
from speech.audio import Pcm, widened
from speech.ears import Ears
from speech.engines.installed import parts, recognizers
from speech.hear import Hearing, Kind, Question, SpeechError
from speech.understand.model import Expects

PIECE = 3_200
"""Bytes of 100 ms at 16 kHz."""


def hear(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A WAV file.", show_default=False)],
    language: Annotated[str, typer.Option(help="The language that is spoken, two letters.")] = "en",
    choices: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Phrases that may be said, one a line.")
    ] = None,
    node: Annotated[str, typer.Option(help="SITE:NODE, to hear as this question of a site does.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Hear a recording as a caller's answer and print what was understood.

    Without --choices and --node it is dictation. Ends with 3 when no engine on this machine hears the language.
    """
    question = asked(language, choices, node)
    hearing = heard(sound_of(file), question)
    if as_json:
        fields = ("text", "confidence", "alternatives", "engine", "mode", "seconds")
        print_json({name: getattr(hearing, name) for name in fields})
        return
    OUT.print(hearing.text or "(nothing)", style="bold")
    sure = "" if hearing.confidence is None else f", confidence {hearing.confidence:.2f}"
    OUT.print(f"by {hearing.engine}, {hearing.mode}{sure}, {hearing.seconds:.1f} s of sound")
    if hearing.alternatives:
        OUT.print("or: " + " | ".join(hearing.alternatives))


def sound_of(file: Path) -> Pcm:
    try:
        return wav.read(file.read_bytes())
    except wav.BadWav as fault:
        raise Trouble(f"{file}: {fault}", Exit.PROBLEM) from fault


def asked(language: str, choices: Path | None, node: str) -> Question:
    """The question that the options describe."""
    if choices is not None and node:
        raise Trouble("give --choices or --node, not both", Exit.USAGE)
    if choices is not None:
        lines = [line.strip() for line in choices.read_text(encoding="utf-8").splitlines()]
        return Question("choices", language, tuple(line for line in lines if line))
    if not node:
        return Question("free", language)
    folder, _, name = node.rpartition(":")
    if not folder or not Path(folder).is_dir():
        raise Trouble(f"--node is SITE:NODE, like config/demo:help, not {node!r}", Exit.USAGE)
    return question_at(read(Path(folder)), name, language)


def question_at(site: Site, name: str, language: str) -> Question:
    """What a site's node asks an ear. Raises Trouble when no flow has a question of that name."""
    found = next((flow.nodes[name] for flow in site.flows.values() if name in flow.nodes), None)
    if not isinstance(found, AskNode | CollectNode):
        questions = ", ".join(sorted(set(questions_of(site))))
        raise Trouble(f"no question is named {name!r}; there are {questions}", Exit.USAGE)
    expects = expected(found)
    kind: Kind = "yes_no" if expects.yes_no else "digits" if expects.digits else "choices"
    intents = (site.intents.get(intent) for intent in expects.intents)
    words = [intent.menu.get(language, "") for intent in intents if intent is not None]
    phrases = dict.fromkeys(phrase for phrase in listed(site, language, expects, words) if phrase)
    return Question(kind, language, tuple(phrases))


def questions_of(site: Site) -> Iterator[str]:
    for flow in site.flows.values():
        yield from (name for name, node in flow.nodes.items() if isinstance(node, AskNode | CollectNode))


def expected(node: Node) -> Expects:
    """What the node asks for when it is first asked."""
    if isinstance(node, AskNode):
        return Expects(intents=tuple(choice.intent for choice in node.choices if choice.intent))
    assert isinstance(node, CollectNode)
    return Expects(yes_no=node.as_.yes_no, digits=node.as_.count)


def heard(pcm: Pcm, question: Question) -> Hearing:
    """The whole sound as one utterance."""
    ears = Ears(recognizers(os.environ))
    try:
        engine = ears.chosen(question)
        if engine is None:
            missing = [f"{part.what}: {part.text}" for part in parts(os.environ) if not part.there]
            raise Trouble("\n".join([ears.lacking(question), *missing]), Exit.NO_START)
        ear = engine.open(question)
        try:
            wide = widened(pcm)
            for start in range(0, len(wide), PIECE):
                ear.feed(wide[start : start + PIECE])
            return ear.finish()
        finally:
            ear.close()
    except SpeechError as fault:
        raise Trouble(str(fault), Exit.NO_START) from fault
    finally:
        ears.close()
