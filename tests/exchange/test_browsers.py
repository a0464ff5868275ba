"""The phone's page in real browsers: two of them talk through the exchange, each humming its own tone."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from exchange.sound import tone, write_wav
from tests.exchange.application import response
from tests.exchange.test_process import exchange

if TYPE_CHECKING:
    from playwright.sync_api import Page

sync_api: Any = pytest.importorskip(
    "playwright.sync_api", reason="playwright (pip install playwright) is not installed"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
]
ANA, MINA = 440, 1000
"""The tones of the two microphones, in Hz."""
MENU = response('<Gather action="/static/room" numDigits="1"><Say>Press one to talk to a person.</Say></Gather>')
ROOM = response('<Dial><Conference waitUrl="">room</Conference></Dial>')
RING = response(
    '<Dial><Client><Identity>mina</Identity><Parameter name="why" value="Where is my order?"/></Client></Dial>'
)


@contextmanager
def page(playwright: Any, microphone: Path) -> Iterator["Page"]:  # noqa: ANN401
    options = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
    try:
        opened = browser.new_page()
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on(
            "console", lambda said: complaints.append(f"{said.text} {said.location}") if said.type == "error" else None
        )
        yield opened
        assert complaints == []
    finally:
        browser.close()


@contextmanager
def two_phones(folder: Path) -> Iterator[tuple[httpx2.Client, "Page", "Page"]]:
    for name, hz in (("ana", ANA), ("mina", MINA)):
        (folder / f"{name}.wav").write_bytes(write_wav([tone([hz], 5, -12)]))
    with ExitStack() as open_things:
        client, _ = open_things.enter_context(exchange("--clock", "real"))
        for name, document in (("voice", MENU), ("room", ROOM), ("ring", RING)):
            headers = {"content-type": "text/xml"}
            client.put(f"/exchange/static/{name}", content=document, headers=headers).raise_for_status()
        playwright = open_things.enter_context(sync_api.sync_playwright())
        pages = [open_things.enter_context(page(playwright, folder / f"{name}.wav")) for name in ("ana", "mina")]
        yield client, pages[0], pages[1]


def state(page: "Page", wanted: str) -> None:
    page.wait_for_selector(f"body[data-state={wanted}]", timeout=10_000)


def loudest(client: httpx2.Client, caller: str) -> float:
    """What a phone hears according to the exchange, in Hz."""
    calls = client.get("/exchange/calls").json()
    (sid,) = [call["sid"] for call in calls if call["from"] == caller and call["status"] == "in-progress"]
    return float(client.get(f"/exchange/calls/{sid}/tones").json()["loudest"] or 0)


def until_heard(page: "Page", hz: float) -> None:
    """Wait until the page's own speaker plays this tone."""
    for _ in range(50):
        heard = page.evaluate("phone.loudest()")
        if heard and abs(heard["hz"] - hz) < 10 and heard["db"] > -60:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the speaker plays {heard}, not {hz} Hz")


def test_two_browsers_hear_each_other_in_a_conference(tmp_path: Path) -> None:
    with two_phones(tmp_path) as (client, ana, mina):
        base = str(client.base_url).rstrip("/")
        client.put("/exchange/numbers/+15550100", json={"voice_url": f"{base}/static/voice"})
        ana.goto(f"{base}/phone?raw=1&language=en&identity=+15550111")
        mina.goto(f"{base}/phone?raw=1&language=ko&identity=client:mina&connect={base}/static/room&param.reservation=7")
        state(ana, "ready")
        ana.click("#call")
        state(ana, "talking")
        assert ana.text_content("#state") == "On a call"
        ana.wait_for_selector("#log .said")
        ana.click("[data-key='1']")
        state(mina, "talking")
        assert mina.text_content("#state") == "통화 중입니다"
        until_heard(ana, MINA)
        until_heard(mina, ANA)
        ana.wait_for_timeout(1000)
        assert loudest(client, "+15550111") == pytest.approx(MINA, abs=10)
        assert loudest(client, "client:mina") == pytest.approx(ANA, abs=10)
        ana.click("#end")
        state(ana, "ready")
        assert client.get("/exchange/faults").json() == []


def test_a_browser_rings_says_why_and_answers(tmp_path: Path) -> None:
    with two_phones(tmp_path) as (client, ana, mina):
        base = str(client.base_url).rstrip("/")
        client.put("/exchange/numbers/+15550100", json={"voice_url": f"{base}/static/ring"})
        mina.goto(f"{base}/phone?raw=1&identity=client:mina&language=en")
        ana.goto(f"{base}/phone?raw=1&identity=+15550111&language=en")
        state(mina, "ready")
        state(ana, "ready")
        ana.click("#call")
        state(mina, "ringing")
        assert mina.text_content("#incoming-from") == "+15550111"
        assert mina.text_content("#incoming-about dd") == "Where is my order?"
        mina.click("#call")
        state(mina, "talking")
        until_heard(mina, ANA)
        until_heard(ana, MINA)
        mina.click("#end")
        state(ana, "ready")


def test_a_page_that_embeds_the_phone_may_connect_it(tmp_path: Path) -> None:
    with two_phones(tmp_path) as (client, desk, _):
        base = str(client.base_url).rstrip("/")
        frame = f'<iframe id="phone" allow="microphone; autoplay" src="{base}/phone?identity=client:mina"></iframe>'
        script = """<script>
          window.heard = [];
          window.onmessage = (event) => {
            heard.push(event.data.phone);
            if (event.data.phone === "registered" && heard.length === 1)
              event.source.postMessage({phone: "connect", app_url: location.origin + "/static/room"}, event.origin);
          };</script>"""
        icon = '<link rel="icon" href="data:,">'
        client.put("/exchange/static/desk", content=icon + script + frame, headers={"content-type": "text/html"})
        desk.goto(f"{base}/static/desk")
        desk.frame_locator("#phone").locator("body[data-state=talking]").wait_for(timeout=10_000)
        assert desk.evaluate("heard.slice(0, 3)") == ["registered", "calling", "answered"]
