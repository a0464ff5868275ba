"""English by hibari-tts (Apache-2.0, the voice is in the package): a better English voice, and a fair caller in tests.

Only the voice that comes along is used: the others would be downloaded.
"""

import threading
from typing import Any

import numpy as np

from speech.audio import Pcm, narrowed
from speech.hear import SpeechError

from .optional import package
from .pyttsx3 import faults

VOICE = "heart"


class HibariVoice:
    """One model for all threads, read when it is first needed."""

    name = "hibari"
    languages: tuple[str, ...] = ("en",)

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def say(self, text: str, language: str, pace: float) -> Pcm:
        """8 kHz. Raises SpeechError for other languages, and where the text gave no sound."""
        if language not in self.languages:
            raise SpeechError(f"hibari speaks English, not {language!r}")
        with self._lock:
            if self._model is None:
                self._model = package("hibari", "hibari").Hibari(voice=VOICE)
            wide = np.asarray(self._model(text, speed=pace, seed=0))
        whole = np.clip(np.rint(wide * 32_767), -32_768, 32_767).astype("<i2")
        pcm = narrowed(whole, int(self._model.sample_rate)).tobytes()
        if problem := faults(pcm):
            raise SpeechError(f"hibari could not speak: {problem}")
        return pcm
