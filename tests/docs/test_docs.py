"""The documents say what is there: commands exist, links lead somewhere, the version has its changes."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ivr.cli.main import COMMANDS, app

ROOT = Path(__file__).parents[2]
DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAMES = [str(document.relative_to(ROOT)) for document in DOCUMENTS]
HOLDLESS = re.compile(r"(?:^|[`\s/])holdless ([a-z]+)([^`|\n]*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def commands(document: Path) -> Iterator[tuple[str, list[str]]]:
    """Every `holdless NAME --options` in code of a document."""
    code = re.findall(r"```(?:sh)?\n(.*?)```|`([^`\n]+)`", text_of(document), re.DOTALL)
    for block in ("".join(parts) for parts in code):
        for name, rest in HOLDLESS.findall("\n" + block):
            yield name, re.findall(r"(--[a-z][a-z-]*)", rest)


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_command_exists_with_its_options(document: Path) -> None:
    group = typer.main.get_command(app)
    known = {name: {option for parameter in command.params for option in parameter.opts}
             for name, command in group.commands.items()}  # type: ignore[attr-defined]  # fmt: skip
    wrong = [
        (name, option)
        for name, options in commands(document)
        for option in [None, *options]
        if name not in known or (option is not None and option not in known[name])
    ]
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(text_of(document)) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_every_named_document_exists(document: Path) -> None:
    named = set(re.findall(r"`((?:docs|config|ivr|routing|callbacks|speech|exchange)/[\w./-]*)`", text_of(document)))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_readme_names_every_command() -> None:
    named = {name for name, _ in commands(ROOT / "README.md")}
    assert named == set(COMMANDS)


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {target for document in DOCUMENTS for target in re.findall(r"\bmake ([a-z]+)\b`?", code_of(document))}
    assert {"demo", "test"} <= named <= targets


def code_of(document: Path) -> str:
    return "\n".join(
        "".join(parts) for parts in re.findall(r"```(?:sh)?\n(.*?)```|`([^`\n]+)`", text_of(document), re.DOTALL)
    )


def test_the_changes_name_this_version() -> None:
    assert f"## {PROJECT['version']}" in text_of(ROOT / "CHANGELOG.md")


def test_every_setting_is_documented() -> None:
    from config.settings import Settings

    internal = {"site", "clock", "host", "port"}
    named = set(re.findall(r"`HOLDLESS_([A-Z_]+)`", text_of(ROOT / "docs/operating.md")))
    assert {name.upper() for name in Settings.model_fields if name not in internal} <= named


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_has_an_example_that_names_the_command(name: str) -> None:
    answer = CliRunner().invoke(app, [name, "--help"])
    assert answer.exit_code == 0
    assert f"Example: holdless {name}" in " ".join(answer.output.split())


def test_versions_are_pinned_without_an_address() -> None:
    lines = [line for line in text_of(ROOT / "constraints.txt").splitlines() if line and not line.startswith("#")]
    assert len(lines) > 20
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.!+-]+", line)] == []
