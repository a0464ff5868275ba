"""The exchange as a process of its own: one line on stdout, real sockets, and no orphan."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.exchange.application import response

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.processes


@contextmanager
def exchange(*options: str) -> Iterator[tuple[httpx2.Client, "subprocess.Popen[str]"]]:
    command = [sys.executable, "-m", "exchange", "--with-parent", "--start", "2026-03-02T10:00:00+00:00", *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base = json.loads(process.stdout.readline())["listening"]
            with httpx2.Client(base_url=base, timeout=30, trust_env=False) as client:
                yield client, process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(10) == 0


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_a_call_over_real_sockets(clock: str) -> None:
    """The exchange's own static host is the application, as a plain web host would be."""
    with exchange("--clock", clock) as (client, _):
        pages = {
            "voice": response('<Gather action="/static/done" numDigits="1"><Say>Press.</Say></Gather>'),
            "done": response("<Say>Bye.</Say>"),
        }
        for name, text in pages.items():
            client.put(f"/exchange/static/{name}", content=text, headers={"content-type": "text/xml"})
        client.put("/exchange/numbers/+15550100", json={"voice_url": f"{client.base_url}/static/voice"})
        body = {"from": "+15550111", "to": "+15550100", "script": [{"press": "1"}]}
        sid = client.post("/exchange/calls", json=body).raise_for_status().json()["sid"]
        polled = client.get("/exchange/events", params={"after": 0, "wait": 5}).json()
        assert polled["events"][0]["kind"] == "ringing"
        assert client.post("/exchange/clock/run", json={"stop": "idle"}).json()["stopped_by"] == "idle"
        seen = client.get(f"/exchange/calls/{sid}").json()
        assert [entry["text"] for entry in seen["log"] if entry["kind"] == "said"] == ["Press.", "Bye."]
        assert client.get("/exchange/clock").json()["mode"] == clock
        assert client.get("/exchange/faults").json() == []


def test_a_planted_hang_performs_and_never_answers() -> None:
    with exchange() as (client, _):
        account = "AC" + "0" * 32
        client.put("/exchange/numbers/+15550100", json={})
        client.post("/exchange/rest/faults", json={"next": ["hang-before", "hang", 500]}).raise_for_status()
        form = {"To": "+15550199", "From": "+15550100", "Twiml": response("<Hangup/>")}
        url = f"/2010-04-01/Accounts/{account}/Calls.json"
        for known in (0, 1):
            with pytest.raises(httpx2.ReadTimeout):
                client.post(url, data=form, auth=(account, "12345"), timeout=0.5)
            assert len(client.get("/exchange/calls").json()) == known
        assert client.post(url, data=form, auth=(account, "12345")).status_code == 500
        assert client.post(url, data=form, auth=(account, "12345")).status_code == 201
        assert client.post("/exchange/clock/run", json={"stop": "idle"}).json()["stopped_by"] == "idle"


def test_bad_requests_get_a_sentence() -> None:
    with exchange() as (client, _):
        missing = client.post("/exchange/calls", json={"from": "+1", "to": "+15550100"})
        assert (missing.status_code, "PUT /exchange/numbers/" in missing.json()["error"]) == (404, True)
        client.put("/exchange/numbers/+15550100", json={"voice_url": "http://127.0.0.1:1/"})
        typo = client.post("/exchange/calls", json={"from": "+1", "to": "+15550100", "script": [{"sya": "hello"}]})
        assert (typo.status_code, "step 1 has none of" in typo.json()["error"]) == (400, True)
        extra = client.put("/exchange/phones/+1", json={"anwser": "human"})
        assert extra.status_code == 400
        assert client.post("/exchange/clock/run", json={"stop": "time"}).status_code == 400
