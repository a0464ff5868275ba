"""One conversation, played twice on the real services: through <Gather> and through the stream."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

from pydantic import SecretStr

from config.settings import Settings
from ivr.main import Application, build, web
from ivr.media.leg import Ending
from speech.engines.scripted import Line
from tests.calls.world import OPEN, ListedCarrier
from tests.media.carrier import CALL, STREAM, Carrier
from tests.media.speech import TestEars, TestVoices, heard, speech
from tests.media.virtual import run
from tests.web.desk import TOKEN
from tests.web.desk import Carrier as Webhooks

BASE = "https://phone.example.com"
ENGLISH, KOREAN = "+15550100100", "+82215880100"


@dataclass(frozen=True, slots=True)
class Talk:
    """What a caller does, question by question: `press 1`, `press 10442#`, `say WORDS`, `silent`, `hang up`."""

    name: str
    steps: Sequence[str]
    number: str = "+15550107777"
    dialled: str = ENGLISH
    at: datetime = OPEN

    @property
    def words(self) -> list[str]:
        return [step.removeprefix("say ") for step in self.steps if step.startswith("say ")]


@dataclass
class Clock:
    """Stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Server:
    """The product with its web, a carrier that keeps a list, and a clock that stands."""

    application: Application
    hooks: Webhooks
    carrier: ListedCarrier
    ears: TestEars
    voices: TestVoices
    clock: Clock
    endings: list[Ending] = field(default_factory=list)
    documents: list[ElementTree.Element] = field(default_factory=list)

    def post(self, url: str, **form: str) -> ElementTree.Element:
        answer = self.hooks.post(url.removeprefix(BASE), {"CallSid": CALL, "CallStatus": "in-progress", **form})
        assert answer.status == 200
        root = ElementTree.fromstring(answer.text.encode())
        self.documents.append(root)
        return root

    def begin(self, talk: Talk) -> ElementTree.Element:
        return self.post("/twilio/voice", From=talk.number, To=talk.dialled, Direction="inbound")

    def journal(self, kind: str, key: str) -> list[tuple[object, ...]]:
        rows = self.application.store.journal.of(kind, key)
        return [(row.cause, row.event, row.facts, row.actions) for row in rows]

    def settle(self, seconds: float = 0.0) -> None:
        """Let time pass, and everything happen that is due by then."""
        self.clock.now += timedelta(seconds=seconds)
        self.application.settle(self.clock.now)


@contextmanager
def server(folder: Path, talk: Talk, *, streamed: bool, languages: tuple[str, ...] = ("en", "ko")) -> Iterator[Server]:
    lines: list[list[Line]] = [heard(words) for words in talk.words]
    made, ears, voices = speech(lines, languages)
    settings = Settings(
        database_url=f"sqlite:///{folder}/{'stream' if streamed else 'gather'}.db",
        public_url=BASE,
        auth_token=SecretStr(TOKEN),
        account_sid="AC" + "0" * 32,
        listening="stream" if streamed else "gather",
    )
    carrier, clock = ListedCarrier(), Clock(talk.at)
    application = build(settings, clock, carrier, made if streamed else None)
    try:
        yield Server(application, Webhooks(web(application)), carrier, ears, voices, clock)
    finally:
        application.close()


def gathered(here: Server, talk: Talk) -> None:
    """The carrier listens: each answer is posted to the Gather's action."""
    page = here.begin(talk)
    for step in talk.steps:
        page = landed(here, page)
        gather = page.find("Gather")
        assert gather is not None, f"nobody listens for {step!r}: {ElementTree.tostring(page, encoding='unicode')}"
        if step == "hang up":
            here.post("/twilio/status", CallStatus="completed")
            return
        page = here.post(gather.attrib["action"], **answer(step))
    landed(here, page)


def landed(here: Server, page: ElementTree.Element) -> ElementTree.Element:
    """Follow redirects to a document that waits for the caller, or ends."""
    while page[-1].tag == "Redirect" and page.find("Gather") is None and page.find("Connect") is None:
        page = here.post(page[-1].text or "")
    return page


def answer(step: str) -> Mapping[str, str]:
    what, _, value = step.partition(" ")
    if what == "press":
        return {"Digits": value.rstrip("#") or value}
    return {"SpeechResult": value} if what == "say" else {}


def streamed(here: Server, talk: Talk) -> None:
    """We listen: the steps are done on a stream, for as long as there is one."""
    steps = list(talk.steps)
    page = landed(here, here.begin(talk))
    while (connect := page.find("Connect")) is not None:
        steps = stream(here, connect, steps)
        if here.endings[-1].outcome == "stopped":
            here.post("/twilio/status", CallStatus="completed")
            return
        page = landed(here, here.post(connect.attrib["action"]))
    assert not steps, f"nobody was there for {steps}"


def stream(here: Server, connect: ElementTree.Element, steps: list[str]) -> list[str]:
    """One stream; the steps that are left after it."""
    parameters = {one.attrib["name"]: one.attrib["value"] for one in connect[0]}
    reception = here.application.reception
    assert reception is not None

    async def caller(phone: Carrier) -> None:
        while steps:
            await phone.asked()
            act(phone, steps.pop(0))
            await asyncio.sleep(0.5)

    async def scene() -> None:
        phone = Carrier(caller, parameters=parameters)
        async with asyncio.TaskGroup() as tasks:
            carrier = tasks.create_task(phone.run())
            here.endings.append(await asyncio.wait_for(reception.serve(phone), 600))
            carrier.cancel()

    run(scene())
    assert here.ears.open_now == 0
    return steps


def act(phone: Carrier, step: str) -> None:
    what, _, value = step.partition(" ")
    match what:
        case "press":
            phone.press(value)
        case "say":
            phone.say(1.0)
        case "hang":
            phone.stop()


__all__ = ["CALL", "KOREAN", "STREAM", "Server", "Talk", "gathered", "server", "streamed"]
