"""The benchmark runs, checks what it is answered, and judges by its table."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.forms import FIELDS, opening, pressed
from bench.webhook import Cost, report

ROOT = Path(__file__).parents[2]
NAMES = ("bare ASGI", "bare signed route", "signed + read, update, insert", "new call", "Gather action")


def costs(*medians: float) -> list[Cost]:
    return [Cost(name, [median - 10, median, median + 10]) for name, median in zip(NAMES, medians, strict=True)]


@pytest.mark.parametrize(
    ("medians", "limit", "within", "said"),
    [
        ((30, 150, 600, 590, 500), 4.0, True, "3.93 x the bare signed route: within the limit of 4 x"),
        ((30, 150, 600, 500, 610), 4.0, False, "4.07 x the bare signed route: OVER the limit of 4 x"),
        ((30, 150, 600, 900, 500), None, True, "67% of what one read, one update and one insert allow (goal: 60%)"),
    ],
)
def test_the_dearest_turn_decides(
    medians: tuple[float, ...], limit: float | None, within: bool, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(costs(*medians), limit) is within
    assert said in capsys.readouterr().out


def test_a_form_has_as_many_fields_as_the_carriers() -> None:
    for wire in (opening("CA" + "0" * 32, "+15550107777"), pressed("CA" + "0" * 32, "+15550107777")):
        assert wire.partition(b"\r\n\r\n")[2].count(b"&") == FIELDS - 1


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="the CPU clock of another process is read as Linux has it")
def test_it_runs() -> None:
    command = [sys.executable, "-m", "bench.webhook", "--requests", "6", "--rounds", "1", "--connections", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 1), done.stderr
    lines = done.stdout.splitlines()
    assert [line[:32].strip() for line in lines[1:6]] == list(NAMES)
    assert "x the bare signed route" in lines[7]
