"""The recordings of people that the tests may read where they are: a folder named by HOLDLESS_DATA."""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from speech import wav
from speech.audio import Pcm

_WHOLE = Path(os.environ.get("HOLDLESS_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
FOLDER = _WHOLE / "speech" if (_WHOLE / "speech" / "MANIFEST.tsv").is_file() else None
ABSENT = "the recordings are not here; HOLDLESS_DATA names their folder"


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of the folder, with what is said in it."""

    path: str
    transcript: str
    language: str


def recordings(part: str) -> list[Recording]:
    """What the manifest lists in one sub-folder, in its order; empty where there is no folder."""
    if FOLDER is None:
        return []
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        found = [Recording(row["path"], row["transcript"], row["language"]) for row in rows]
    return [one for one in found if one.path.startswith(f"{part}/")]


def recording(path: str) -> Pcm:
    """The sound of one at 8 kHz."""
    assert FOLDER is not None
    return wav.read((FOLDER / path).read_bytes())
