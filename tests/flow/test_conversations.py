"""Golden conversations: everything a call does, line by line, in the files next to this one."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.flow.play import Story, told

FILES = sorted((Path(__file__).parent / "conversations").glob("*.yaml"))


def stories() -> list[Any]:
    found = []
    for file in FILES:
        for story in YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")):
            found.append(pytest.param(story, id=f"{file.stem}: {story['story']}"))
    return found


@pytest.mark.parametrize("story", stories())
def test_conversation(story: dict[str, Any]) -> None:
    playing = Story(story)
    assert [told(action) for action in playing.last] == story["begins"]
    for line in story["then"]:
        actions = playing.happen(line)
        assert [told(action) for action in actions] == line.get("we", []), line
    assert (playing.state.node, type(playing.state.place).__name__) == tuple(story["ends"].split())
