"""Packages that are extras: imported when they are first needed, and named with their extra when they are missing."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from speech.hear import SpeechError


def package(name: str, extra: str) -> ModuleType:
    """The package, or SpeechError with what brings it."""
    try:
        return import_module(name)
    except ImportError as fault:
        raise SpeechError(lacking(name, extra)) from fault


def present(name: str) -> bool:
    """Whether it is installed, without importing it."""
    return find_spec(name) is not None


def lacking(name: str, extra: str) -> str:
    """The sentence for a missing package."""
    return f"{name} is not installed; `pip install 'holdless[{extra}]'` brings it"
