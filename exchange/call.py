"""One leg of a conversation, as the exchange knows it: a call with a sid, its status, its place and its log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from exchange.clock import Process, Signal, Timer
from exchange.track import Handset
from exchange.webhook import Cookies, Params

if TYPE_CHECKING:
    from exchange.conference import Participant
    from exchange.ear import Ear
    from exchange.person import Person
    from exchange.playback import Playback
    from exchange.queueing import Member
    from exchange.softphone import Softphone

API_VERSION = "2010-04-01"
FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
GEO = ("City", "Country", "State", "Zip")


@dataclass(frozen=True, slots=True)
class Handlers:
    """Where a call's news goes: the fallback document, and progress callbacks for the named events."""

    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_method: str = "POST"
    status_events: frozenset[str] = frozenset({"completed"})


@dataclass(eq=False, slots=True)
class Turn:
    """A caller's side of a media stream: what is played to them, and since when, in samples, they have been listening;
    `spoken` says whether they have said anything yet."""

    playback: "Playback"
    since: int
    spoken: bool = False


@dataclass(eq=False, slots=True)
class Call:
    """Mutable: it changes as the call goes on. `place` says where the caller is, in a supervisor's words.

    `extra` are further form fields that every webhook of this call carries (StirVerstat, ApplicationSid, custom
    parameters of a browser phone). `ringing` holds the legs that a Dial of this call is ringing.
    """

    sid: str
    account: str
    caller: str
    to: str
    direction: str
    created: datetime
    process: Process
    status: str = "queued"
    handlers: Handlers = field(default_factory=Handlers)
    parent: "Call | None" = None
    extra: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    errors: float = 0.0
    phone_sid: str | None = None
    place: str = "ringing"
    started: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None
    detection_ms: int | None = None
    sip_code: int | None = None
    ended_by: str | None = None
    limit: Timer | None = None
    progress: int = 0
    idle_documents: int = 0
    last_document: datetime | None = None
    signal: Signal = field(default_factory=Signal)
    cookies: Cookies = field(default_factory=Cookies)
    log: list[dict[str, object]] = field(default_factory=list)
    peers: list["Call"] = field(default_factory=list)
    prompt: str | None = None
    handset: Handset = field(default_factory=Handset)
    turn: Turn | None = None
    ear: "Ear | None" = None
    person: "Person | None" = None
    softphone: "Softphone | None" = None
    participant: "Participant | None" = None
    member: "Member | None" = None

    @property
    def over(self) -> bool:
        return self.status in FINAL

    @property
    def duration(self) -> int:
        """Whole seconds between answer and end."""
        if self.answered is None or self.ended is None:
            return 0
        return round((self.ended - self.answered).total_seconds())

    def listen_to(self, others: Iterable["Call"]) -> None:
        """From this moment on hear what these say, and nobody else."""
        self.handset.listen_to(self.process.clock.position(), [other.handset for other in others])

    def standing(self) -> Params:
        """The form fields that every request about this call carries, geography left blank."""
        fields: dict[str, str] = {
            "AccountSid": self.account,
            "ApiVersion": API_VERSION,
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "Caller": self.caller,
            "Direction": self.direction,
            "From": self.caller,
            "To": self.to,
        }
        for who in ("Called", "Caller", "From", "To"):
            fields.update({f"{who}{part}": "" for part in GEO})
        if self.parent is not None:
            fields["ParentCallSid"] = self.parent.sid
        if self.answered_by is not None:
            fields["AnsweredBy"] = self.answered_by
            fields["MachineDetectionDuration"] = str(self.detection_ms or 0)
        return tuple(sorted({**fields, **self.extra}.items()))


def rfc2822(moment: datetime) -> str:
    """A moment as the carrier writes it for calls: Mon, 02 Mar 2026 10:00:00 +0000."""
    return format_datetime(moment)
