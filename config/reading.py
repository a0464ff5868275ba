"""The files of one site, taken one by one: what each says, where it says it, and what could not be read.

Law: what cannot be read in one place hides nothing that is wrong in another: every node, rule and entry is read alone.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .flow import KINDS, Command, Flow, Said, kind_of
from .language import Intent
from .people import Agent, Hours, Outcome, Queue, Rule, Segments
from .phrases import PHRASES
from .problem import Problem
from .promises import CallbackRules
from .sentences import about_kind, complaints, mended, slips
from .site import Places, Service, Site, SiteFacts
from .source import Path, Plain, Source, read

Model = TypeVar("Model", bound=BaseModel)

ENTRIES: Mapping[str, type[BaseModel]] = {"intents": Intent, "services": Service, "agents": Agent}
"""Files and folders of named entries, each of one kind."""

WHOLES: Mapping[str, tuple[str, type[BaseModel]]] = {
    "callbacks": ("callbacks", CallbackRules),
    "site": ("facts", SiteFacts),
}
"""Files that are one thing: the part of the Site that each is."""

FILES = ("site.yaml", "segments.yaml", "queues.yaml", "callbacks.yaml", "services.yaml", "agents.yaml")
FOLDERS = ("flows", "prompts", "intents")
NOT_UTF8 = re.compile("[\udc80-\udcff]")


class Reading:
    """Collects the parts of one site, file by file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.written: dict[Path, tuple[str, int]] = {}
        self.lost: set[Path] = set()
        self.blank: set[tuple[str, int]] = set()
        self.first: dict[tuple[str, str], tuple[str, int]] = {}
        self.parts: dict[str, dict[str, Any]] = {
            name: {} for name in ("flows", "prompts", "intents", "queues", "hours", "services", "agents", "tables")
        }
        self.single: dict[str, Any] = {}

    # -- one file ---------------------------------------------------------------------------------------------------

    def take(self, name: str, text: str) -> None:
        if (line := strange(text)) is not None:
            self.problems.append(Problem(name, line, "this is not UTF-8: save the file as UTF-8"))
            self.lost |= whole(name)
        elif name.endswith(".csv"):
            self._table(name, text)
        elif name in FILES or (name.count("/") == 1 and name.split("/")[0] in FOLDERS and name.endswith(".yaml")):
            source = read(name, text)
            self.problems += source.problems
            self.blank |= {(name, source.line(path)) for path in source.blank}
            self._yaml(source, name.removesuffix(".yaml").split("/"))
        else:
            self.problems.append(
                Problem(name, 1, "no part of a site has this name, so nobody reads this file", "warning")
            )

    def _yaml(self, source: Source, name: list[str]) -> None:
        if not isinstance(source.data, dict):
            if source.data is not None or not source.problems:
                self._complain(source, (), "this file needs names and colons" if source.data else "this file is empty")
            self.lost |= whole("/".join(name))
            return
        match name[0]:
            case "flows":
                self._flow(source, source.data)
            case "prompts":
                self._prompts(source, source.data, name[1])
            case "queues":
                self._queues(source, source.data)
            case "segments":
                self._segments(source, source.data)
            case part if part in ENTRIES:
                self._entries(source, (), source.data, ENTRIES[part], part)
            case part:
                self._whole(source, source.data, *WHOLES[part])

    def _table(self, name: str, text: str) -> None:
        """Rows by the names in the first line. A row that is longer or shorter than it has lost or grown a comma."""
        rows = csv.reader(io.StringIO(text))
        header = [column.strip() for column in next(rows, [])]
        self.written[("tables", name)] = (name, 1)
        if not header or len(set(header)) < len(header) or not all(header):
            self.problems.append(Problem(name, 1, "the first line must name every column, each once"))
            self.lost.add(("tables", name))
            return
        found: list[Mapping[str, str]] = []
        for row in rows:
            if row and len(row) != len(header):
                wrong = f"{len(row)} values stand under {len(header)} columns"
                self.problems.append(Problem(name, rows.line_num, wrong))
            elif row:
                self.written[("tables", name, len(found))] = (name, rows.line_num)
                found.append(dict(zip(header, (value.strip() for value in row), strict=True)))
        self.parts["tables"][name] = tuple(found)

    # -- the kinds of file ------------------------------------------------------------------------------------------

    def _flow(self, source: Source, data: dict[str, Plain]) -> None:
        nodes, always = data.get("nodes"), data.get("always", {})
        head = self._fit(source, (), {**data, "nodes": shell(nodes), "always": shell(always)}, Flow)
        name = data.get("flow")
        if head is None or not isinstance(name, str):
            self.lost.add(("flows", name) if isinstance(name, str) else ("flows",))
            return
        if self._taken(source, ("flow",), "flows", name):
            return
        kept = {n: self._node(source, n, node) for n, node in below(nodes)}
        commands = {n: self._part(source, ("always", n), command, Command) for n, command in below(always)}
        self.lost |= {("flows", name, "nodes", n) for n, node in kept.items() if node is None}
        self.lost |= {("flows", name, "always", n) for n, command in commands.items() if command is None}
        self._place(source, (), ("flows", name))
        self.parts["flows"][name] = head.model_copy(
            update={
                "nodes": {n: node for n, node in kept.items() if node is not None},
                "always": {n: command for n, command in commands.items() if command is not None},
            }
        )

    def _node(self, source: Source, name: str, node: Plain) -> Said | None:
        wrong = list(about_kind(node))
        for path, sentence in wrong:
            self._complain(source, ("nodes", name, *path), sentence)
        return None if wrong else self._part(source, ("nodes", name), node, KINDS[kind_of(node)])

    def _prompts(self, source: Source, data: dict[str, Plain], language: str) -> None:
        for name, text in data.items():
            self.written[("prompts", name, language)] = (source.file, source.line((name,)))
            self.written.setdefault(("prompts", name), (source.file, source.line((name,))))
            if isinstance(text, str) and text:
                self.parts["prompts"].setdefault(name, {})[language] = text
            else:
                self._complain(source, (name,), f"'{name}' needs one sentence")
                self.lost.add(("prompts", name))

    def _queues(self, source: Source, data: dict[str, Plain]) -> None:
        for word in data:
            if word not in ("queues", "hours"):
                self._complain(source, (word,), f"'{word}' means nothing here; this file holds 'queues:' and 'hours:'")
                self.lost |= {("queues",), ("hours",)}
        self._entries(source, ("queues",), data.get("queues", {}), Queue, "queues")
        self._entries(source, ("hours",), data.get("hours", {}), Hours, "hours")

    def _entries(self, source: Source, at: Path, data: Plain, model: type[BaseModel], part: str) -> None:
        """Each name with what stands below it, one by one, so that one bad entry loses no other."""
        if not isinstance(data, dict):
            self._complain(source, at, f"'{at[-1]}' needs lines below it, each with a name and a colon")
            self.lost.add((part,))
            return
        for name, value in data.items():
            if self._taken(source, (*at, name), part, name):
                continue
            entry = self._part(source, (*at, name), value, model)
            if entry is None:
                self.lost.add((part, name))
            else:
                self.parts[part][name] = entry
        self._place(source, at, (part,))

    def _segments(self, source: Source, data: dict[str, Plain]) -> None:
        rules = data.get("rules", [])
        kept = [
            self._part(source, ("rules", n), rule, Rule)
            for n, rule in enumerate(rules if isinstance(rules, list) else [])
        ]
        whole = self._fit(source, (), {**data, "rules": [] if isinstance(rules, list) else rules}, Segments)
        self._place(source, (), ("segments",))
        if whole is None or None in kept:
            self.lost.add(("segments",))
        else:
            self.single["segments"] = whole.model_copy(update={"rules": kept})

    def _whole(self, source: Source, data: dict[str, Plain], part: str, model: type[BaseModel]) -> None:
        found = self._fit(source, (), data, model)
        self._place(source, (), (part,))
        if found is None or (part != "facts" and source.blank):
            self.lost.add((part,))
        else:
            self.single[part] = found

    # -- the pieces -------------------------------------------------------------------------------------------------

    def _part(self, source: Source, at: Path, data: Plain, model: type[Model]) -> Model | None:
        """One entry that may be lost alone: a value in it that could not be read leads to false complaints."""
        found = self._fit(source, at, data, model)
        return None if source.spoiled(at) else found

    def _fit(self, source: Source, at: Path, data: Plain, model: type[Model]) -> Model | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for path, sentence in complaints(error, data, model, str(at[-1]) if at else "this file"):
                self._complain(source, (*at, *path), sentence)
            rest = mended(error, data, model)
            for wrong, right in slips(error.errors(), data, model).items():
                source.keys[(*at, *right)] = source.line((*at, *wrong))
        try:
            return model.model_validate(rest)
        except ValidationError:
            return None

    def _complain(self, source: Source, path: Path, sentence: str) -> None:
        """A value that could not be read has been named already, with the reason."""
        if path not in source.blank:
            self.problems.append(Problem(source.file, source.line(path), sentence))

    def _place(self, source: Source, at: Path, address: Path) -> None:
        """Remember where everything below `at` is written, under the address it has in the Site."""
        for lines in (source.values, source.keys):
            for path, line in lines.items():
                if path[: len(at)] == at:
                    self.written[(*address, *path[len(at) :])] = (source.file, line)

    def _taken(self, source: Source, path: Path, part: str, name: str) -> bool:
        """Whether a name was used before, in another file or the same."""
        here = (source.file, source.line(path))
        file, line = self.first.setdefault((part, name), here)
        if (file, line) == here:
            return False
        self._complain(source, path, f"'{name}' is written twice; the first is in {file}, line {line}")
        return True

    # -- the whole --------------------------------------------------------------------------------------------------

    def site(self, files: Mapping[str, str], hash: str) -> Site | None:
        facts = self.single.get("facts")
        if facts is None:
            return None
        own = self.parts["prompts"]
        first = next(iter(facts.numbers), facts.emergency_number)
        return Site(
            facts=facts,
            flows=self.parts["flows"],
            prompts={name: {**PHRASES.get(name, {}), **own.get(name, {})} for name in (*PHRASES, *own)},
            intents=self.parts["intents"],
            segments=self.single.get("segments") or Segments(otherwise=Outcome(path="self_service_first")),
            queues=self.parts["queues"],
            hours=self.parts["hours"],
            callbacks=self.single.get("callbacks") or CallbackRules(caller_id=first),
            services=self.parts["services"],
            agents=self.parts["agents"],
            tables=self.parts["tables"],
            hash=hash,
            files=dict(files),
            places=Places(self.written, frozenset(self.lost), frozenset(self.blank)),
        )


def strange(text: str) -> int | None:
    """The line (from 1) of the first byte that is not UTF-8, as `files_of` keeps it; None where there is none."""
    found = NOT_UTF8.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def whole(name: str) -> set[Path]:
    """The addresses that are lost with a file of which nothing could be read."""
    if name.endswith(".csv"):
        return {("tables", name)}
    part = name.partition("/")[0].removesuffix(".yaml")
    return {("queues",), ("hours",)} if part == "queues" else {(part,)}


def shell(entries: Plain) -> Plain:
    """An empty mapping in place of a mapping, so that its entries can be read one by one."""
    return {} if isinstance(entries, dict) else entries


def below(entries: Plain) -> Iterable[tuple[str, Plain]]:
    return entries.items() if isinstance(entries, dict) else ()
