"""A folder of YAML and CSV to a Site, or everything that keeps it from being read.

Law: the hash is over path and text of every file that the site consists of. Its tests are no part of it.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from .problem import Problem, errors
from .reading import Reading
from .site import Site

OUTSIDE = ("tests/",)
"""Folders that lie in a site and are no part of it."""


def load(folder: Path) -> Site | list[Problem]:
    """The site in a folder, or the problems that keep it from being read."""
    try:
        return read(files_of(folder))
    except OSError as fault:
        return [unreadable(fault, folder)]


def read(files: Mapping[str, str]) -> Site | list[Problem]:
    """The site that these files are (path in the folder -> text), or the problems that keep it from being read."""
    site, problems = gather(files)
    return site if site is not None and not errors(problems) else problems


def files_of(folder: Path) -> dict[str, str]:
    """Path in the folder -> text of every YAML and CSV file of a site, in the order of the paths.

    Bytes that are not UTF-8 stay in the text as lone surrogates, for the reading to refuse. Raises OSError.
    """
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.suffix in (".yaml", ".yml", ".csv") and not name.startswith(OUTSIDE) and file.is_file():
            found[name] = file.read_text(encoding="utf-8-sig", errors="surrogateescape")
    return found


def unreadable(fault: OSError, folder: Path) -> Problem:
    """A file or folder that the operating system would not give us."""
    file = Path(str(fault.filename or folder))
    name = file.relative_to(folder).as_posix() if file.is_relative_to(folder) and file != folder else file.as_posix()
    return Problem(name, 1, f"this cannot be read: {fault.strerror or fault}")


def hash_of(files: Mapping[str, str]) -> str:
    """One name for exactly this content: SHA-256 over each path and text with their lengths, in order of the paths."""
    digest = sha256()
    for name in sorted(files):
        for part in (name.encode("utf-8", "surrogateescape"), files[name].encode("utf-8", "surrogateescape")):
            digest.update(f"{len(part)}:".encode())
            digest.update(part)
    return digest.hexdigest()


def gather(files: Mapping[str, str]) -> tuple[Site | None, list[Problem]]:
    """What could be read, with every problem of reading. None when there is no site.yaml to go by.

    Without a site.yaml nothing else is said: most often the folder is another one than was meant.
    """
    if "site.yaml" not in files:
        return None, [Problem("site.yaml", 1, "no site.yaml here: is this a site's folder?")]
    reading = Reading()
    for name in sorted(files):
        reading.take(name, files[name])
    return reading.site(files, hash_of(files)), sorted(set(reading.problems))
