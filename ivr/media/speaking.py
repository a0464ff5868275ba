"""A call's sentences in this machine's voices: which of them are the site's own words, and which has a recording.

Law: a sentence with anything of the caller in it is neither kept on disk nor replaced by a recording. A recording is
named after its node or prompt (`help`), and `help.again` is how the node asks again.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from config.flow import AskNode, CollectNode, EndNode, Node
from config.phrases import PHRASES
from config.site import Site
from config.template import PLACE, variables
from ivr.flow.model import Speak
from speech.audio import Pcm
from speech.say import Speech

PACES: Mapping[str, float] = {"slow": 0.85}
"""Of a voice's usual speed, as the carrier's <prosody> has it."""
OURS = frozenset({"choices"})
"""What a sentence may name and still be the site's own words alone."""


class Mouths(Protocol):
    """`speech.voices.Voices`, by shape."""

    def lacking(self, language: str) -> str: ...

    async def say(
        self, text: str, language: str, *, pace: float = 1.0, name: str = "", fixed: bool = False
    ) -> Speech: ...


class SiteVoices:
    """Fits `ivr.media.ports.Voices`. `site` is the version whose words are known as fixed ones."""

    def __init__(self, mouths: Mouths, site: Site) -> None:
        self._mouths = mouths
        self._fixed = {(language, text): name for name, language, text in sentences(site) if not variables(text)}
        self._shaped = [
            (language, shape(text), name)
            for name, language, text in sentences(site)
            if variables(text) and OURS.issuperset(variables(text))
        ]

    @property
    def fixed(self) -> list[tuple[str, str]]:
        """Every (text, language) that can be spoken before the first call."""
        return [(text, language) for language, text in self._fixed]

    def lacking(self, language: str) -> str:
        return self._mouths.lacking(language)

    async def say(self, speak: Speak) -> Pcm:
        fixed = (speak.language, speak.text) in self._fixed
        name = self._fixed[speak.language, speak.text] if fixed else self._named(speak)
        pace = PACES.get(speak.pace, 1.0)
        spoken = await self._mouths.say(speak.text, speak.language, pace=pace, name=name, fixed=fixed)
        return spoken.pcm

    def _named(self, speak: Speak) -> str:
        """The recording of a sentence whose places hold nothing of the caller."""
        own = speak.source.partition(":")[2]
        return next(
            (
                name
                for language, form, name in self._shaped
                if language == speak.language and name.partition(".")[0] == own and form.fullmatch(speak.text)
            ),
            "",
        )


def sentences(site: Site) -> Iterator[tuple[str, str, str]]:
    """(name, language, template) of everything that is said: prompts first, so that a node's own name wins."""
    for name, texts in {**PHRASES, **site.prompts}.items():
        for language, text in texts.items():
            yield name, language, text
    for flow in site.flows.values():
        for name, node in flow.nodes.items():
            for part, texts in worded(node):
                for language, text in texts.items():
                    yield f"{name}{part}", language, text


def worded(node: Node) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The sentences of a node, each with the end of its name. One that names a prompt is among the prompts."""
    if isinstance(node.say, Mapping):
        yield "", node.say
    if isinstance(node, EndNode) and isinstance(node.end, Mapping):
        yield "", node.end
    if isinstance(node, AskNode | CollectNode):
        yield "", node.ask.text
        if node.ask.again is not None:
            yield ".again", node.ask.again


def shape(template: str) -> re.Pattern[str]:
    """What the sentence looks like once its places are filled."""
    around = [re.escape(text) for text in PLACE.split(template)[::3]]
    return re.compile(".*".join(around))
