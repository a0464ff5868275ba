"""The process in which pyttsx3 speaks: one engine, one voice, one prompt at a time. Started by `pyttsx3.py` beside it.

A line of JSON in, `{"text", "path"}`; a line of JSON out, `{"problem"}`. Nothing else may reach the output, so what the
package prints goes nowhere.

Why a process: a second engine in one process, another thread or a fork after its start hang it or lose files. Why one
pace a process: a property that is set between two prompts now and then reaches neither or makes one silent.
"""

import ctypes
import io
import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

USUAL = 165
"""Words a minute at pace 1.0; espeak's own 200 is fast for a telephone."""

LIMIT = 10.0
"""Seconds a prompt may take; 10 to 20 ms are usual."""


def preload() -> None:
    """Let pyttsx3 find the library that pip brought, and the library its data, without any system package."""
    loader = import_module("espeakng_loader")
    folder = Path(loader.get_library_path()).parent
    os.environ["ESPEAK_DATA_PATH"] = str(folder)
    for name in ("libespeak-ng.so.1", "libespeak-ng.dylib", "espeak-ng.dll"):
        if (folder / name).exists():
            ctypes.CDLL(str(folder / name), mode=ctypes.RTLD_GLOBAL)


def waited(ready: Callable[[], bool]) -> bool:
    """Whether it became so within the limit."""
    end = time.monotonic() + LIMIT
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


class Speaker:
    """The engine, and what its callback said last."""

    def __init__(self, voice: str, pace: float) -> None:
        self._engine: Any = import_module("pyttsx3").init("espeak")
        self._library: Any = import_module("pyttsx3.drivers._espeak")
        self._finished = False
        self._engine.connect("finished-utterance", self._over)
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", round(USUAL * pace))

    def say(self, text: str, path: Path) -> str:
        """Write the prompt; what went wrong, or nothing."""
        if not waited(lambda: not self._library.IsPlaying()):
            return "the engine does not come to rest"
        self._finished = False
        self._engine.save_to_file(text, str(path))
        self._engine.runAndWait()
        if not waited(lambda: self._finished and path.exists()):
            return "no sound came within the limit"
        return ""

    def _over(self, name: object = None, completed: bool = True) -> None:
        self._finished = True


def main() -> None:
    """Speak until the input ends."""
    answers, sys.stdout = sys.stdout, io.StringIO()
    preload()
    speaker = Speaker(sys.argv[1], float(sys.argv[2]))
    for line in sys.stdin:
        asked = json.loads(line)
        problem = speaker.say(asked["text"], Path(asked["path"]))
        answers.write(json.dumps({"problem": problem}) + "\n")
        answers.flush()
        sys.stdout = io.StringIO()


if __name__ == "__main__":
    main()
