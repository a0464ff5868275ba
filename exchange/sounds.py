"""WAV files by name: uploaded over HTTP, or read from this machine's disk."""

from pathlib import Path

from exchange.sound import BadSound, Samples, read_wav


class Sounds:
    """`find` knows uploaded names first, then paths. A file is read once."""

    def __init__(self) -> None:
        self._known: dict[str, Samples] = {}

    def put(self, name: str, data: bytes) -> Samples:
        """Keep an uploaded WAV file; raises BadSound."""
        self._known[name] = read_wav(data)
        return self._known[name]

    def find(self, name: str) -> Samples:
        """Raises BadSound with a sentence when there is no such sound."""
        if name not in self._known:
            try:
                data = Path(name).read_bytes()
            except OSError as wrong:
                raise BadSound(f"no sound {name!r} was uploaded, and no file can be read there: {wrong}") from wrong
            try:
                self._known[name] = read_wav(data)
            except BadSound as wrong:
                raise BadSound(f"{name}: {wrong}") from wrong
        return self._known[name]
