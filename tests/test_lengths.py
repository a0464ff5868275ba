"""Files stay within 400 lines and functions within 60: what outgrows its noun is split by noun."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("config", "speech", "routing", "callbacks", "ivr", "exchange", "bench")
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def test_lengths() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in FILES}
    functions = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    files = [str(file.relative_to(ROOT)) for file, text in texts.items() if text.count("\n") > 400]
    assert (files, functions) == ([], [])
