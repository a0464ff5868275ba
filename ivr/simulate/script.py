"""A conversation as a supervisor writes it in tests/*.yaml, read into steps.

Law: what cannot be read is said with file and line before anything is played.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from config import source
from config.problem import Problem, meant
from config.site import Site

STEPS = (
    "we say", "we ask", "we offer", "answered by", "caller says", "caller presses", "caller is silent",
    "caller hangs up", "caller answers", "agent hangs up", "at", "we ring",
)  # fmt: skip
ENDS = ("resolved", "callback", "queue", "person", "route", "wish", "joined", "collected", "looked_up", "miss")
"""What a call can come to: the kinds of note in its journal."""
MONDAY_AT_TEN = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001 - given the site's zone where it is used
KEYS = ("test", "caller", "language", "at", "agents", "call", "then", "ends")
BARE = ("caller hangs up", "caller is silent", "caller answers", "agent hangs up")


class NotReadable(ValueError):
    """A test that cannot be played; the message is one sentence. `line` is 0 where the test as a whole is meant."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a conversation.

    `value` is a node's name, words, keys, or {node, has}; `line` is where it stands.
    """

    kind: str
    value: Any
    line: int
    until: datetime | None = None  # of an `at` step: the end of the span


@dataclass(frozen=True, slots=True)
class Conversation:
    """One test.

    Moments are aware; agents map to the moment from which they are free, or None for free at once.
    """

    name: str
    file: str
    line: int
    at: datetime
    number: str
    dialled: str
    caller: Mapping[str, str] = field(default_factory=dict)
    agents: Mapping[str, datetime | None] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a conversation needs of its site: the zone, and which number speaks which language."""

    zone: ZoneInfo
    numbers: Mapping[str, str]  # language -> number
    now: datetime
    agents: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    prompts: frozenset[str] = frozenset()
    intents: frozenset[str] = frozenset()


def setting_of(site: Site) -> Setting:
    zone = ZoneInfo(site.facts.zone)
    first = site.facts.languages[0]
    numbers = {(entry.language or first): number for number, entry in reversed(site.facts.numbers.items())}
    return Setting(
        zone, {language: numbers[language] for language in site.facts.languages if language in numbers},
        MONDAY_AT_TEN.replace(tzinfo=zone), frozenset(site.agents),
        frozenset(node for flow in site.flows.values() for node in flow.nodes), frozenset(site.prompts),
        frozenset(site.intents),
    )  # fmt: skip


def read(folder: Path, setting: Setting) -> tuple[list[Conversation], list[Problem]]:
    """Every test of a site's tests/ folder, and what could not be read."""
    found: list[Conversation] = []
    problems: list[Problem] = []
    for path in sorted((folder / "tests").glob("*.yaml")):
        file = f"tests/{path.name}"
        try:
            text = path.read_text(encoding="utf-8-sig")
            written = YAML(typ="rt").load(text)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problems.append(Problem(file, line, "this is not UTF-8: save the file as UTF-8"))
            continue
        except OSError as error:
            problems.append(Problem(file, 1, f"this cannot be read: {error.strerror}"))
            continue
        except YAMLError as error:
            problems += source.read(file, text).problems or [Problem(file, 1, f"this is no YAML: {error}")]
            continue
        if written is None:
            continue
        if not isinstance(written, CommentedSeq):
            problems.append(Problem(file, 1, "tests are a list; begin each with '- test: what must hold'"))
            continue
        for position, entry in enumerate(written):
            line = written.lc.item(position)[0] + 1
            try:
                found.append(conversation(entry, file, line, setting))
            except NotReadable as error:
                problems.append(Problem(file, error.line or line, str(error)))
    return found, problems


def conversation(entry: object, file: str, line: int, setting: Setting) -> Conversation:
    """One test.

    Raises NotReadable with a sentence.
    """
    if not isinstance(entry, CommentedMap) or "test" not in entry:
        raise NotReadable("a test begins with 'test: what must hold'")
    for key in entry:
        if key not in KEYS:
            raise NotReadable(f"a test has no '{key}'{meant(str(key), KEYS)}", entry.lc.key(key)[0] + 1)
    caller = {str(key): str(value) for key, value in (entry.get("caller") or {}).items()}
    language = str(entry.get("language", caller.get("language", "")))
    at = moment(str(entry["at"]), setting.zone) if "at" in entry else setting.now
    written = (entry.get("agents") or {}).items()
    agents = {str(name): free_from(str(name), str(how), at, setting) for name, how in written}
    ends = str(entry.get("ends", ""))
    if ends:
        end_known(ends, setting, entry.lc.key("ends")[0] + 1)
    return Conversation(
        name=str(entry["test"]), file=file, line=line, at=at, number=caller.pop("number", "+15550107777"),
        dialled=dialled(language, setting), caller=caller,
        agents=agents,
        steps=tuple((*steps(entry.get("call"), setting), *steps(entry.get("then"), setting))),
        ends=ends,
    )  # fmt: skip


def end_known(ends: str, setting: Setting, line: int) -> None:
    """'resolved order_status': what the call came to, and of what. Raises NotReadable for what can never be."""
    kind, _, name = ends.partition(" ")
    if kind not in ENDS:
        raise NotReadable(f"a call never ends '{kind}'{meant(kind, ENDS)}", line)
    if kind == "resolved" and name and name not in setting.intents:
        raise NotReadable(f"no intent named '{name}'{meant(name, setting.intents)}", line)


def dialled(language: str, setting: Setting) -> str:
    """The number whose language this is; without one the first."""
    if not language:
        return next(iter(setting.numbers.values()))
    if language not in setting.numbers:
        known = ", ".join(sorted(setting.numbers))
        raise NotReadable(f"no number of the site speaks {language!r}; its languages are {known}")
    return setting.numbers[language]


def free_from(name: str, how: str, at: datetime, setting: Setting) -> datetime | None:
    """'free' -> None; 'talking until 18:10' -> that moment on the day of the call."""
    if name not in setting.agents:
        raise NotReadable(no_agent(name, setting))
    if how == "free":
        return None
    words, _, clock = how.rpartition(" until ")
    if words not in ("talking", "away"):
        raise NotReadable(f"an agent is 'free', 'talking until 18:10' or 'away until 18:10', not {how!r}")
    return moment(f"{at.astimezone(setting.zone):%Y-%m-%d} {clock}", setting.zone)


def steps(written: object, setting: Setting) -> Iterator[Step]:
    if written is None:
        return
    if not isinstance(written, CommentedSeq):
        raise NotReadable("a conversation is a list of steps, like '- caller presses: \"1\"'")
    for position, entry in enumerate(written):
        line = written.lc.item(position)[0] + 1
        yield from step(entry, line, setting)


def step(entry: object, line: int, setting: Setting) -> Iterator[Step]:
    """One list entry: a bare sentence, or one key with its value; `at` may stand beside another."""
    if isinstance(entry, str) and entry in BARE:
        yield Step(entry, None, line)
        return
    if not isinstance(entry, CommentedMap):
        raise NotReadable(no_step(str(entry)), line)
    for kind, value in entry.items():
        if kind not in STEPS:
            raise NotReadable(no_step(str(kind)), line)
        if wrong := unknown(str(kind), value, setting):
            raise NotReadable(wrong, line)
        if kind == "at":
            first, _, last = str(value).partition("..")
            start = moment(first.strip(), setting.zone)
            end = moment(later(first.strip(), last.strip()), setting.zone) if last else start + timedelta(minutes=1)
            yield Step("at", start, line, end)
        else:
            yield Step(str(kind), value, line)


def no_step(written: str) -> str:
    return f"'{written}' is no step{meant(written, STEPS) or '; steps are ' + ', '.join(STEPS)}"


def no_agent(name: str, setting: Setting) -> str:
    known = ", ".join(sorted(setting.agents))
    return f"no agent named '{name}'{meant(name, setting.agents) or '; the site has ' + known}"


def unknown(kind: str, value: object, setting: Setting) -> str:
    """Why a step can never happen: it names a node, a prompt or an agent that is not there; empty when it may.

    A single value of `we say` may also be words of the sentence, so that only a near miss of a name is told.
    """
    match kind:
        case "we say" | "we ask":
            names = setting.nodes | setting.prompts
            named = value.get("node") if isinstance(value, dict) else None
            word = str(value if named is None else named)
            hint = meant(word, names)
            return "" if word in names or (named is None and not hint) else f"no node named '{word}'{hint}"
        case "we offer" if not any(name.startswith(f"{value}_") for name in setting.prompts):
            offers = {name.partition("_")[0] for name in setting.prompts if "_" in name}
            return f"nothing named '{value}' is ever offered{meant(str(value), offers)}"
        case "answered by" if value not in setting.agents:
            return no_agent(str(value), setting)
        case _:
            return ""


def later(first: str, last: str) -> str:
    """'2026-03-03 09:00', '09:30' -> '2026-03-03 09:30'."""
    return last if "-" in last else f"{first.rpartition(' ')[0]} {last}"


def moment(written: str, zone: ZoneInfo) -> datetime:
    """'2026-03-02 10:00' in the site's zone.

    Raises NotReadable for anything else.
    """
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    except ValueError as error:
        raise NotReadable(f"{written!r} is no moment; write it like 2026-03-02 10:00") from error
