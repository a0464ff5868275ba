"""The demo, a scripted call and an agent's desk, with the exchange and the server as real processes."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from typer.testing import CliRunner

from config.site import Site
from ivr.cli.agent import Seat, desk_of
from ivr.cli.main import app
from ivr.cli.outcome import Exit, Trouble
from ivr.cli.screen import OUT
from ivr.cli.site import DEMO, read
from ivr.cli.stage import Child, Plan, Stage
from ivr.cli.watch import Watch, on_stage

pytestmark = pytest.mark.processes
START = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.fixture(scope="module")
def site() -> Site:
    return read(DEMO)


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """A stage of its own, at ten on a Monday, nobody at work."""
    with on_stage(Plan(DEMO, tuple(site.facts.numbers), START), site) as found:
        yield found


def test_the_demo_keeps_every_promise() -> None:
    answer = CliRunner().invoke(app, ["demo", "--once"])
    assert answer.exit_code == 0, answer.output
    assert "Every call ended as promised." in answer.output
    assert answer.output.count("\nok ") == 7
    assert "segments.yaml:9: " in answer.output
    assert "did you mean 'gen_z'?" in answer.output


def test_a_scripted_call_is_kept_replayed_and_explained(tmp_path: Path) -> None:
    kept = tmp_path / "line.db"
    script = ["--from", "+15550101960", "--press", "2", "--say", "no thanks"]
    played = CliRunner().invoke(app, ["call", str(DEMO), *script, "--json", "--keep", str(kept)])
    assert played.exit_code == 0, played.output
    rows = [json.loads(line) for line in played.output.splitlines() if line.startswith("{")]
    events = [row["event"]["type"] for row in rows if row["kind"] == "call"]
    assert events == ["Started", "Pressed", "Heard"]

    journal = tmp_path / "call.jsonl"
    journal.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    replayed = CliRunner().invoke(app, ["replay", str(journal)])
    assert (replayed.exit_code, "1 call, 3 events" in replayed.output) == (0, True), replayed.output

    why = CliRunner().invoke(app, ["why", "last", "--json", "--database", f"sqlite:///{kept}"])
    first = json.loads(why.output.splitlines()[0])
    assert first["rule"] == "wish"
    assert "rule 'older' fits" in first["otherwise"]
    assert first["data"]["born"] == "1960"

    again = CliRunner().invoke(app, ["call", str(DEMO), "--hang-up", "--keep", str(kept)])
    assert (again.exit_code, "exists already" in again.output) == (1, True)


def test_a_scripted_call_is_shown_as_a_conversation() -> None:
    answer = CliRunner().invoke(app, ["call", str(DEMO), "--language", "ko", "--press", "2", "--hang-up"])
    assert answer.exit_code == 0, answer.output
    assert "안녕하십니까, 한빛의 인공지능 상담원입니다." in answer.output
    assert "caller presses 2" in answer.output


def test_an_agent_takes_a_call_at_the_desk(watch: Watch) -> None:
    exchange = watch.stage.exchange
    seat = Seat("mina", watch.desk, exchange)
    seat.press("f", seat.look())
    caller = exchange.dial("+15550101952", "+15550100100", [])
    exchange.run("listening", call=caller, until=START + timedelta(minutes=1))
    view = seat.look()
    with OUT.capture() as screen:
        OUT.print(desk_of(view, exchange.now(), on_air=False))
    assert "Ruth Adler" in screen.get()
    assert "Rule 'older' fits" in screen.get()

    seat.press("a", view)
    exchange.run("time", until=exchange.now() + timedelta(seconds=20))
    assert exchange.call(caller)["place"] == "conference"
    assert seat.look()["presence"] == "talking"

    seat.press("h", seat.look())
    exchange.run("idle", until=exchange.now() + timedelta(minutes=1))
    assert exchange.call(caller)["status"] == "completed"
    assert [fault for fault in exchange.faults() if fault["kind"] != "warning"] == []


def test_a_passed_offer_leaves_the_caller_in_line(watch: Watch) -> None:
    exchange = watch.stage.exchange
    seat = Seat("mina", watch.desk, exchange)
    watch.desk.free("mina")
    caller = exchange.dial("+15550101952", "+15550100100", [])
    exchange.run("listening", call=caller, until=START + timedelta(minutes=1))
    seat.press("r", seat.look())
    exchange.run("time", until=exchange.now() + timedelta(seconds=5))
    assert (seat.look()["offer"], exchange.call(caller)["place"]) == (None, "queue")
    seat.press("a", seat.look())
    assert seat.leg == ""


def test_the_server_starts_again_where_it_was(watch: Watch) -> None:
    before = watch.stage.server_url
    watch.desk.free("mina")
    watch.stage.kill_server()
    with pytest.raises(Trouble, match="No server answers"):
        watch.desk.look("mina")
    watch.stage.start_server()
    assert watch.stage.server_url == before
    assert watch.desk.look("mina")["presence"] == "free"


def test_nothing_stays_when_the_stage_is_left(site: Site) -> None:
    with Stage(Plan(DEMO, tuple(site.facts.numbers), START)) as stage:
        addresses = (f"{stage.server_url}/health", f"{stage.exchange.url}/exchange/clock")
        for address in addresses:
            assert httpx2.get(address, trust_env=False).status_code == 200
    for address in addresses:
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(address, trust_env=False)
    assert not stage.folder.exists()


def test_a_server_that_cannot_start_says_why(tmp_path: Path, site: Site) -> None:
    plan = Plan(DEMO, tuple(site.facts.numbers), START, database="sqlite:////dev/null/line.db")
    with pytest.raises(Trouble) as trouble, Stage(plan):
        pass
    assert trouble.value.code == Exit.NO_START
    assert trouble.value.sentence.startswith("The server did not start: ")


def test_a_process_that_says_nothing_is_ended(tmp_path: Path) -> None:
    child = Child("thing", ("true",), tmp_path / "log")
    with pytest.raises(Trouble, match="The thing did not start: it said nothing"):
        child.start()
    assert child.process is None
