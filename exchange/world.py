"""Everything the exchange knows at one moment, and the few things any part of it may do to it.

It holds no rules of TwiML or REST: verbs, queues and conferences act on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from exchange.call import Call, Handlers
from exchange.clock import Clock, Interrupt, Process
from exchange.events import Diary
from exchange.faults import Fault, Trouble
from exchange.ids import Sids
from exchange.script import Step
from exchange.sounds import Sounds
from exchange.speaker import Speaker
from exchange.webhook import Ask, Params, Refusal, Webhooks
from exchange.websocket import Opener

if TYPE_CHECKING:
    from exchange.conference import Conference
    from exchange.queueing import Queue
    from exchange.recording import Recording
    from exchange.softphone import Softphone


class Gone(Interrupt):
    """The call is over: somebody hung up, the REST API ended it, or its time limit came."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line sets. `stream_drop` says what a lost stream socket does: action, next_verb or end_call;
    `seed` drives hearing errors; `cps` is how many calls a second REST may start; `speaker` is a command that can say
    texts."""

    account: str
    token: str
    cps: float = 1.0
    stream_drop: str = "action"
    seed: int = 0
    shared_key: str | None = None
    speaker: str = ""


@dataclass(slots=True)
class Number:
    """A telephone number of the account, and what to ask when it rings."""

    sid: str
    number: str
    created: datetime
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    voice_caller_id_lookup: bool = False

    def handlers(self) -> Handlers:
        return Handlers(
            self.voice_fallback_url, self.voice_fallback_method, self.status_callback, self.status_callback_method
        )


@dataclass(frozen=True, slots=True)
class Phone:
    """How an address behaves when it is rung: `answer` is human, machine, busy, no-answer, refused or failed; `after`
    and `greeting` (a machine's) in seconds."""

    answer: str = "no-answer"
    after: float = 3.0
    script: tuple[Step, ...] = ()
    greeting: float = 4.0


@dataclass(frozen=True, slots=True)
class Message:
    """A text message, sent by REST or delivered to a number's webhook."""

    sid: str
    caller: str
    to: str
    body: str
    direction: str
    created: datetime
    status: str = "queued"
    status_callback: str = ""


@dataclass(slots=True)
class StaticDocument:
    body: bytes
    media: str


@dataclass(eq=False, slots=True)
class World:
    """The account and its calls. Built once, by `exchange.app.serving`."""

    settings: Settings
    clock: Clock
    webhooks: Webhooks
    open_socket: Opener
    sids: Sids
    diary: Diary = field(default_factory=Diary)
    numbers: dict[str, Number] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    softphones: dict[str, "Softphone"] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    queues: dict[str, "Queue"] = field(default_factory=dict)
    conferences: dict[str, "Conference"] = field(default_factory=dict)
    recordings: dict[str, "Recording"] = field(default_factory=dict)
    sounds: Sounds = field(default_factory=Sounds)
    messages: list[Message] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    static: dict[str, StaticDocument] = field(default_factory=dict)
    rest_faults: list[object] = field(default_factory=list)
    applications: dict[str, str] = field(default_factory=dict)
    next_slot: datetime | None = None
    live_audio: int = 0
    speaker: Speaker = field(init=False)

    def __post_init__(self) -> None:
        self.speaker = Speaker(self.settings.speaker)

    def new_call(self, caller: str, to: str, direction: str, *, parent: Call | None = None) -> Call:
        now = self.clock.now
        call = Call(
            self.sids.sid("CA"), self.settings.account, caller, to, direction, now, Process(self.clock), parent=parent
        )
        self.calls[call.sid] = call
        return call

    def live_calls(self) -> list[Call]:
        return [call for call in self.calls.values() if not call.over]

    def log(self, call: Call | None, kind: str, text: str = "", **more: object) -> None:
        """Write into the diary, and into the call's own log."""
        entry: dict[str, object] = {"at": self.clock.now.isoformat(), "kind": kind, "text": text, **more}
        if call is not None:
            call.log.append(entry)
            if call.softphone is not None:
                call.softphone.tell(entry)
        self.diary.write({"call": "" if call is None else call.sid, **entry})
        self.clock.happenings += 1

    def fault(self, trouble: Trouble, call: Call | None = None) -> None:
        """Keep a fault, say it on stderr, and write it into the diary."""
        fault = Fault.of(trouble, at=self.clock.now, call="" if call is None else call.sid)
        self.faults.append(fault)
        fault.say()
        self.log(call, "fault", trouble.sentence, code=trouble.code, url=trouble.url, severity=trouble.kind)

    def move_to(self, call: Call, place: str) -> None:
        call.place = place
        call.signal.fire()

    def hang_up(self, call: Call, by: str, status: str = "completed") -> None:
        """End a call from outside. Its process unwinds by itself and tells everyone concerned."""
        if call.over:
            return
        self.finish(call, by, status)
        call.process.interrupt(Gone(by))

    def finish(self, call: Call, by: str, status: str = "completed") -> None:
        """Mark a call as over; the last thing that changes its status."""
        if call.over:
            return
        call.status, call.ended, call.ended_by = status, self.clock.now, by
        if call.limit is not None:
            call.limit.cancel()
        self.log(call, "hung_up", by, by=by, status=status)
        self.move_to(call, "ended")

    async def _post(self, ask: Ask, call: Call) -> None:
        began = self.clock.wall_seconds()
        outcome = await self.webhooks.send(ask, call.cookies)
        ms = round((self.clock.wall_seconds() - began) * 1000)
        status = outcome.status if outcome.status is not None else 0
        self.log(call, "webhook", ask.url, url=ask.url, status=status, ms=ms, callback=True)
        if isinstance(outcome, Refusal):
            trouble = outcome.trouble
            self.fault(Trouble("warning", trouble.code, f"a callback was lost: {trouble.sentence}", ask.url), call)

    def notify(self, call: Call, url: str, fields: Mapping[str, str], method: str = "POST") -> None:
        """Post news about a call beside everything else; the answer's body does not matter."""
        self.notify_with(call, url, tuple({**dict(call.standing()), **fields}.items()), method)

    def notify_with(self, call: Call, url: str, params: Params, method: str = "POST") -> None:
        """The same with exactly these fields."""
        if url:
            self.clock.spawn(self._post(Ask(url, params, method), call))
