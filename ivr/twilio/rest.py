"""The few things we ask the carrier outside a webhook's answer, over its SDK. Synchronous: workers call it in threads.

Law: a call or a text that may have been created is never asked for again. Only 429 and a connection that never stood
are "not processed"; no answer, or a 5xx to a creation, is CarrierUnsure, and `find` settles it. Requests have time
limits and are not retried here: the outbox asks again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from requests import RequestException
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import MaxRetryError, NewConnectionError

from config.settings import Settings
from ivr.errors import CallGone, CarrierError, CarrierUnsure

from .markup import MOST_SENT, document, hang_up, say, shortened
from .pacing import Pace

TIME_LIMIT = 8.0
"""Seconds for one request: a worker must not stand longer than a caller would wait for it."""
GONE = frozenset({20404, 21220})
"""Error codes: no such call; the call is not in progress."""
NOT_FOUND, SERVER_FAULT = 404, 500
LIVING = frozenset({"queued", "initiated", "ringing", "in-progress"})
ENDED = "completed"
RING_LEAST, RING_MOST = 5, 600
LISTED = 50
SKEW = timedelta(seconds=5)
"""How far the carrier's clock may stand from ours when a call is looked for by its moment."""


class Leg(Protocol):
    """A call to place. `effect` names it, the same at every try; `ring` in seconds."""

    @property
    def effect(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def status_url(self) -> str: ...

    @property
    def ring(self) -> float: ...


class TwilioCarrier:
    """One account at the carrier. Every method raises CarrierError (with `retry`), CallGone or CarrierUnsure."""

    def __init__(self, client: Client, number: str, pace: Pace, clock: Callable[[], datetime]) -> None:
        """`number` is our own, from which we ring and text; `clock` serves the pace alone."""
        self._client = client
        self._number = number
        self._pace = pace
        self._clock = clock

    @classmethod
    def connect(cls, settings: Settings, number: str, clock: Callable[[], datetime]) -> Self:
        """A carrier by the process's settings. Nothing is asked yet."""
        http = TwilioHttpClient(timeout=TIME_LIMIT)
        client = Client(settings.account_sid or "-", settings.tokens[0] if settings.tokens else "-", http_client=http)
        if settings.carrier_api:
            client.api.base_url = settings.carrier_api
            http.session.trust_env = False  # a stand-in stands beside us: no proxy of the environment
        return cls(client, number, Pace(settings.calls_per_second), clock)

    def call(self, leg: Leg) -> str:
        """Ring somebody; the new call's id. The leg's own URL is its fallback too: asked once more, it may answer."""
        self._pace.take(self._clock(), ahead=leg.effect.startswith("offer:"))
        with asking("placing a call", creates=True):
            created = self._client.calls.create(
                to=leg.number,
                from_=self._number,
                url=leg.url,
                fallback_url=leg.url,
                status_callback=leg.status_url,
                status_callback_event=["completed"],
                timeout=min(max(round(leg.ring), RING_LEAST), RING_MOST),
            )
        return str(created.sid)

    def find(self, leg: Leg, since: datetime) -> str | None:
        """The call that an earlier try for this leg has created, if the carrier's list shows one.

        The list knows neither our effect nor the URL, so the call is told by its number and its moment: of two of ours
        to one number the earlier one belongs to the earlier try.
        """
        with asking("looking for a call"):
            found = self._client.calls.list(to=leg.number, from_=self._number, limit=LISTED)
        ours = [one for one in found if one.date_created is not None and one.date_created >= since - SKEW]
        return str(min(ours, key=lambda one: one.date_created).sid) if ours else None

    def redirect(self, call: str, url: str) -> None:
        """Have the carrier fetch `url` for a call in progress, whatever it is playing."""
        self._update("redirecting a call", call, url=url, method="POST")

    def say_and_hang_up(self, call: str, text: str, language: str) -> None:
        """Speak one last sentence on a call."""
        self._update("ending a call with a notice", call, twiml=notice(text, language))

    def hang_up(self, call: str) -> None:
        """End a call, also one that still rings."""
        self._update("ending a call", call, status="completed")

    def text(self, number: str, body: str) -> None:
        """Send a text message."""
        with asking("sending a text", creates=True):
            self._client.messages.create(to=number, from_=self._number, body=body)

    def alive(self, call: str) -> bool:
        """Whether the carrier says that this call is not over."""
        try:
            with asking("looking at a call"):
                return self._client.calls(call).fetch().status in LIVING
        except CallGone:
            return False

    def participants(self, conference: str) -> Mapping[str, str]:
        """Who stands in the conference of this name: calls by participant label.

        One with a single participant has not started ("init") and counts; one that is over may have borne the name too.
        """
        with asking("looking into a conference"):
            rooms = self._client.conferences.list(friendly_name=conference, limit=LISTED)
            return {
                str(one.label or ""): str(one.call_sid)
                for room in rooms
                if room.status != ENDED
                for one in self._client.conferences(room.sid).participants.list(limit=LISTED)
            }

    def _update(self, what: str, call: str, **change: Any) -> None:  # noqa: ANN401 - the SDK's own keywords
        with asking(what):
            self._client.calls(call).update(**change)


def notice(text: str, language: str) -> str:
    """TwiML for a REST request, cut to the 4,000 characters that fit there."""
    words = say(text, language)
    whole = document([words, hang_up()])
    if len(whole) <= MOST_SENT:
        return whole
    # Bytes are at least as many as characters, so what fits by bytes fits by characters.
    return document([shortened(text, language, "normal", MOST_SENT - len(document([hang_up()]))), hang_up()])


@contextmanager
def asking(what: str, *, creates: bool = False) -> Iterator[None]:
    """Turn whatever the SDK raises into what the caller must decide by."""
    try:
        yield
    except TwilioException as error:
        raise refused(what, error, creates=creates) from error
    except ConnectTimeout as error:
        raise unreached(what) from error
    except NoConnection as error:
        if never_stood(error):
            raise unreached(what) from error
        raise CarrierUnsure(f"{what}: the connection broke before the carrier answered") from error
    except RequestException as error:
        raise CarrierUnsure(f"{what}: no answer of the carrier ({type(error).__name__})") from error


def refused(what: str, error: TwilioException, *, creates: bool) -> CarrierError | CarrierUnsure:
    """The carrier's no. Its message may hold a number, so only status and code are kept."""
    status, code = getattr(error, "status", SERVER_FAULT), getattr(error, "code", None)
    if creates and (status >= SERVER_FAULT or not isinstance(error, TwilioRestException)):
        return CarrierUnsure(f"{what}: the carrier answered {status}, which says nothing of what it did")
    if not creates and (status == NOT_FOUND or code in GONE):
        return CallGone(what, status=status, code=code)
    return CarrierError(what, status=status, code=code)


def unreached(what: str) -> CarrierError:
    """No connection stood, so nothing was processed: even a creation may be asked for again."""
    error = CarrierError(what, status=503)
    error.retry_create = True
    return error


def never_stood(error: NoConnection) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
