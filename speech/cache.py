"""Spoken prompts on disk, by the hash of what was said and how.

Laws: only sentences that a site writes down are kept here, never one with a caller's name or number in it; a file
appears whole or not at all; a file that cannot be read is spoken again.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from . import wav
from .audio import Pcm

FORM = "1"
"""Changes with what the bytes mean, so that older files are spoken again."""


class Cache:
    """A folder of WAV files, made when the first is kept. Safe for many threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def found(self, voice: str, text: str, language: str, pace: float) -> Pcm | None:
        """The sound as it was kept."""
        try:
            return wav.read(self._path(voice, text, language, pace).read_bytes())
        except (OSError, wav.BadWav):
            return None

    def keep(self, voice: str, text: str, language: str, pace: float, pcm: Pcm) -> None:
        """Write the sound; a disk that is full or may not be written costs the time of speaking again, no call."""
        path = self._path(voice, text, language, pace)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
                part.write(wav.write(pcm))
            os.replace(part.name, path)
        except OSError:
            return

    def _path(self, voice: str, text: str, language: str, pace: float) -> Path:
        key = "\n".join((FORM, voice, language, f"{pace:.2f}", text))
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.wav"
