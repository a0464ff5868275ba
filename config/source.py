"""YAML text to plain data, with the line of every value and key.

Law: what an operator wrote is what we read. YAML 1.2 is read from its events with our own rules for plain scalars,
so that a date or `yes` stays text; and where YAML itself changes a value (`key: #`, `+1555...`, `0755`, `*`), we say so
instead of guessing. Aliases, tags, second documents and deep nesting are refused: nobody who writes a call flow needs
them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .problem import Problem

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Path = tuple[str | int, ...]

INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
CANONICAL = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]+)?")
TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
DEEPEST = 40
"""How many brackets or lines may stand inside one another: beyond it nothing is read."""
NULL = {"", "~", "null", "Null", "NULL"}
TRUE, FALSE = {"true", "True", "TRUE"}, {"false", "False", "FALSE"}

LONE_HASH = re.compile(r"[:,\[{-]\s+#\s*([,}\]]|$)")
LONE_STAR = re.compile(r"[:,\[{-]\s*\*\s*([,}\]]|$)")
BRACKET_SENTENCE = re.compile(r":\s+\{[\w.|]+\}")
NEAR = 5
"""Lines above the one where the parser gave up that may have led it astray."""
INDENTED_BY_TAB = re.compile(r"^ *\t")
FORBIDDEN_START = re.compile(r"found character '(.+)' that cannot start any token")


@dataclass(slots=True)
class Source:
    """One file as data. `values` and `keys` give the line (from 1) of what stands at a path; `blank` are the paths of
    values that could not be read and are "" in the data."""

    file: str
    data: Plain = None
    values: dict[Path, int] = field(default_factory=dict)
    keys: dict[Path, int] = field(default_factory=dict)
    blank: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def spoiled(self, path: Path) -> bool:
        """Whether something at or below `path` could not be read."""
        return any(blank[: len(path)] == path for blank in self.blank)

    def line(self, path: Path) -> int:
        """The line where `path` is written; that of the nearest thing above it if the path itself is not there."""
        while path not in self.keys and path not in self.values and path:
            path = path[:-1]
        return self.keys.get(path) or self.values.get(path, 1)

    def complain(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.file, line, text))


class TooDeep(Exception):
    """Values inside values, deeper than anybody writes them."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def read(file: str, text: str) -> Source:
    """Everything one YAML file says. `problems` tells what could not be read; `data` is then what could."""
    source = Source(file)
    reader = Reader(source, text.splitlines())
    try:
        reader.read(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        reader.refuse(error)
    except TooDeep as error:
        source.complain(error.line, f"this stands inside more than {DEEPEST} others: take some brackets or lines out")
    except YAMLError as error:
        source.complain(1, f"this is not text that YAML can read: {str(error).splitlines()[0]}")
    return source


class Reader:
    """Builds one Source out of the parser's events, by recursive descent."""

    def __init__(self, source: Source, lines: list[str]) -> None:
        self._source = source
        self._lines = lines

    def read(self, events: Iterator[Event]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
            elif isinstance(event, NodeEvent) and documents == 1:
                self._source.data = self._value(event, events, ())
            elif isinstance(event, NodeEvent):
                self._source.complain(line_of(event), "a file holds one document: take the line '---' out")
                return

    def _value(self, event: Event, events: Iterator[Event], path: Path) -> Plain:
        if len(path) > DEEPEST:
            raise TooDeep(line_of(event))
        self._source.values[path] = line_of(event)
        match event:
            case AliasEvent(anchor=name):
                self._source.complain(line_of(event), f"a star begins an alias in YAML: {quote(f'*{name}')}")
                return self._blank(path)
            case MappingStartEvent(tag=None):
                return self._mapping(event, events, path)
            case SequenceStartEvent(tag=None):
                return self._sequence(events, path)
            case ScalarEvent(tag=None):
                return self._scalar(event, path)
            case _:
                self._skip(event, events)
                tag = getattr(event, "tag", "!")
                self._source.complain(line_of(event), f"an exclamation mark begins a tag in YAML: {quote(str(tag))}")
                return self._blank(path)

    def _blank(self, path: Path) -> str:
        self._source.blank.add(path)
        return ""

    def _mapping(self, start: MappingStartEvent, events: Iterator[Event], path: Path) -> Plain:
        result: dict[str, Plain] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            name = self._key(event, events)
            here = (*path, name)
            if name in result:
                first = self._source.keys[here]
                self._source.complain(line_of(event), f"'{name}' is written twice; the first is on line {first}")
                self._skip(next(events), events)
                continue
            self._source.keys[here] = line_of(event)
            value = next(events)
            if start.flow_style and isinstance(value, ScalarEvent) and is_empty(value):
                self._source.complain(line_of(event), f"a sentence that begins with a bracket: {quote(f'{{{name}}}')}")
                self._source.blank.add(path)  # the bracket was to be text, and there is none
                result[name] = self._blank(here)
            else:
                result[name] = self._value(value, events, here)
        return result

    def _key(self, event: Event, events: Iterator[Event]) -> str:
        if isinstance(event, ScalarEvent):
            text = str(event.value)
            if event.style is None and text.startswith("+") and INTEGER.fullmatch(text):
                self._source.complain(line_of(event), f"YAML takes this for a number and changes it: {quote(text)}")
            return text
        self._skip(event, events)
        what = (
            "a star begins an alias in YAML" if isinstance(event, AliasEvent) else "a name must be one word or number"
        )
        self._source.complain(line_of(event), f"{what}: put quotes round it")
        return f"line {line_of(event)}"

    def _sequence(self, events: Iterator[Event], path: Path) -> Plain:
        result: list[Plain] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            result.append(self._value(event, events, (*path, len(result))))
        return result

    def _skip(self, event: Event, events: Iterator[Event]) -> None:
        """Read past one value that has no place in the data."""
        depth = 0
        while True:
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                depth -= 1
            if depth == 0:
                return
            event = next(events)

    def _scalar(self, event: ScalarEvent, path: Path) -> Plain:
        text = str(event.value)
        label = f"{path[-1]}: " if path and isinstance(path[-1], str) else ""
        if event.style is not None:
            return text
        if text in NULL:
            self._empty(event, path, label)
            return self._blank(path)
        if text in TRUE or text in FALSE:
            return text in TRUE
        if reason := changes(text):
            self._source.complain(line_of(event), f"{reason}: {quote(text, label)}")
        elif CANONICAL.fullmatch(text):
            return float(text) if "." in text else int(text)
        return text

    def _empty(self, event: ScalarEvent, path: Path, label: str) -> None:
        line = self._source.keys.get(path, line_of(event))  # an empty value is found on the line after its key
        self._source.values[path] = line
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        if event.value:
            self._source.complain(line, f"YAML takes this for nothing: {quote(str(event.value), label)}")
        elif LONE_HASH.search(written):
            self._source.complain(line, f"a # begins a remark in YAML: {quote('#', label)}")
        else:
            self._source.complain(line, f"nothing stands after '{label.strip()}'" if label else "nothing stands here")

    def refuse(self, error: MarkedYAMLError) -> None:
        """One sentence for what the parser stumbled over, at the line that has to be mended, and none beside it."""
        line, sentence = self._refusal(error)
        self._source.problems = [problem for problem in self._source.problems if problem.line != line]
        self._source.complain(line, sentence)

    def _refusal(self, error: MarkedYAMLError) -> tuple[int, str]:
        last = error.problem_mark.line if error.problem_mark else 0
        first = error.context_mark.line if error.context_mark else last
        for number in range(first, min(last + 1, len(self._lines))):
            if sentence := mended(self._lines[number]):
                return number + 1, sentence
        problem = str(error.problem or error.context)
        if "mapping values are not allowed" in problem:
            return last + 1, "a colon inside a sentence (put quotes round it), or a line that is indented wrongly"
        if (unpaired := self._unpaired(str(error.context), first, last)) is not None:
            return unpaired
        if match := FORBIDDEN_START.search(problem):
            return last + 1, f"YAML keeps {match.group(1)} for itself: put quotes round the value"
        return min(last, len(self._lines) - 1) + 1, f"this is not YAML: {problem}"

    def _unpaired(self, context: str, first: int, last: int) -> tuple[int, str] | None:
        """A quotation mark or a bracket that nothing closes, at the line where it stands."""
        for what, sign in (("flow mapping", "{"), ("flow sequence", "[")):
            if what in context:
                return first + 1, f"the bracket '{sign}' that begins here is never closed"
        if "scanning a quoted scalar" in context:
            return first + 1, "the quotation mark that begins here is never closed"
        odd = odd_quotes(self._lines, last)
        return None if odd is None else (odd + 1, "a quotation mark on this line has no partner")


def odd_quotes(lines: list[str], last: int) -> int | None:
    """The nearest line, from `last` (from 0) upwards, whose double quotation marks do not pair; None when all do."""
    near = range(min(last, len(lines) - 1), max(last - NEAR, -1), -1)
    return next((number for number in near if lines[number].replace('\\"', "").count('"') % 2), None)


def mended(line: str) -> str | None:
    """What is wrong with a line that a YAML parser cannot read, if it is one of the usual slips."""
    if INDENTED_BY_TAB.search(line):
        return "a tab; indent with spaces"
    if LONE_HASH.search(line):
        return f"a # begins a remark in YAML: {quote('#')}"
    if LONE_STAR.search(line):
        return f"a star begins an alias in YAML: {quote('*')}"
    if BRACKET_SENTENCE.search(line):
        return "a sentence that begins with a bracket: put quotes round it"
    return None


def changes(text: str) -> str | None:
    """Why a plain value does not arrive as it was written, or None when it does."""
    if TIME.fullmatch(text):
        return "many YAML readers take a time for a number"
    if (INTEGER.fullmatch(text) or DECIMAL.fullmatch(text)) and not CANONICAL.fullmatch(text):
        return "YAML takes this for a number and changes it"
    return None


def line_of(event: Event) -> int:
    return int(event.start_mark.line) + 1


def is_empty(event: ScalarEvent) -> bool:
    return event.style is None and event.value == ""


def quote(value: str, label: str = "") -> str:
    return f'put quotes round it: {label}"{value}"'
