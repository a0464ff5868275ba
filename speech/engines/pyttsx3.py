"""espeak-ng through pyttsx3 (MPL-2.0), with the library that `espeakng-loader` brings.

espeak-ng itself is GPL-3; it is never part of ours, and runs in processes of its own (`espeak_worker.py`).

Every prompt is checked: the engine can return before its file exists, and under load it has written files without a
sound (105 of 6,000). What is not a voice is spoken again, at the last try by a fresh process.
"""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from speech import wav
from speech.audio import Pcm, level, seconds
from speech.hear import SpeechError

from .optional import lacking, present

VOICES: Mapping[str, str] = MappingProxyType({"en": "en-us", "ko": "ko"})
"""espeak's name of the voice for each language."""

LIMIT = 15.0
TRIES = 3
QUIETEST = -45.0
"""dBFS; espeak speaks at about -20."""

SHORTEST = 0.12
"""Seconds: a single digit takes 0.3."""


class Worker:
    """One process with one voice at one pace."""

    def __init__(self, voice: str, pace: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "speech.engines.espeak_worker", voice, str(pace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).parents[2],
        )

    def say(self, text: str, path: Path) -> str:
        """Write the prompt; what went wrong, or nothing. A process that takes too long is ended."""
        pipes = self._process.stdin, self._process.stdout
        assert pipes[0] is not None
        assert pipes[1] is not None
        patience = threading.Timer(LIMIT, self._process.kill)
        patience.start()
        try:
            pipes[0].write(json.dumps({"text": text, "path": str(path)}) + "\n")
            pipes[0].flush()
            answer = pipes[1].readline()
        except OSError:
            answer = ""
        finally:
            patience.cancel()
        return str(json.loads(answer)["problem"]) if answer else "the engine's process ended"

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Pyttsx3Voice:
    """Up to `workers` processes speak at a time for each language, at least one for each pace; `close` ends them."""

    name = "pyttsx3"

    def __init__(self, *, workers: int = 1) -> None:
        self._idle: dict[tuple[str, float], list[Worker]] = {}
        self._room = {language: threading.Semaphore(workers) for language in VOICES}
        self._lock = threading.Lock()
        self._closed = False

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(VOICES)

    def say(self, text: str, language: str, pace: float) -> Pcm:
        """8 kHz. Raises SpeechError when three tries gave no voice."""
        for name in ("pyttsx3", "espeakng_loader"):
            if not present(name):
                raise SpeechError(lacking(name, "voices"))
        if language not in VOICES:
            raise SpeechError(f"pyttsx3 has no voice for {language!r} here")
        problem = ""
        with self._room[language], tempfile.TemporaryDirectory() as folder:
            for attempt in range(TRIES):
                path = Path(folder) / f"{attempt}.wav"
                pcm, problem = self._tried(text, language, pace, path)
                if not problem:
                    return pcm
        raise SpeechError(f"pyttsx3 could not speak: {problem}")

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            self._closed = True
            workers = [worker for idle in self._idle.values() for worker in idle]
            self._idle.clear()
        for worker in workers:
            worker.close()

    def _tried(self, text: str, language: str, pace: float, path: Path) -> tuple[Pcm, str]:
        """One attempt; a worker that failed is not used again."""
        with self._lock:
            idle = self._idle.setdefault((language, pace), [])
            worker = idle.pop() if idle else Worker(VOICES[language], pace)
        problem = worker.say(text, path)
        pcm = b"" if problem else sound(path)
        problem = problem or faults(pcm)
        with self._lock:
            if not problem and not self._closed:
                idle.append(worker)
                return pcm, ""
        worker.close()
        return pcm, problem


def sound(path: Path) -> Pcm:
    try:
        return wav.read(path.read_bytes())
    except (OSError, wav.BadWav):
        return b""


def faults(pcm: Pcm) -> str:
    """Why a sound is no voice; empty when it is one."""
    if seconds(pcm) < SHORTEST:
        return "the file has no sound in it"
    if level(pcm) < QUIETEST:
        return "the file is silent"
    return ""
