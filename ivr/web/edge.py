"""The edge of the carrier: signature, form, one worker thread, a time limit, and an answer whatever happens.

Law: unsigned is 403 and learns nothing. Signed is always 200, in time, with a document that the carrier can play: a
caller never hears "application error".
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ivr.calls.ports import Reply
from ivr.flow.model import InLine
from ivr.twilio.inbound import Form, count
from ivr.twilio.markup import NOTHING
from ivr.twilio.rescue import Rescue
from ivr.twilio.signature import SIGNATURE, Verifier
from ivr.twilio.streaming import Invitation, connect
from ivr.twilio.twiml import Where, render

from . import errors
from .hands import Hands
from .ports import Conversations

TIME_LIMIT = 12.0
"""Seconds: the carrier hangs up on us after 15, connecting included, and asks the fallback URL."""
THREADS = 16
"""Requests that are handled at once by one process; more wait their turn within the time limit."""
MOST_BODY = 65_536
"""Bytes of a request that are read before we know who sent it."""
XML = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Hook:
    """One signed request. `path` holds the numbers and names in its URL; `round` and `fault` count what is played
    again."""

    form: Form
    path: Mapping[str, Any]
    base: str
    rescue: Rescue
    url: str
    fault: int = 0
    after: str = ""
    """The cause of an event from outside that made us ask the carrier to come back: what it said is heard first."""
    invite: "Inviter | None" = None

    @property
    def turn(self) -> int:
        return int(self.path.get("turn", 0))

    @property
    def round(self) -> int:
        return int(self.path.get("round", 0))

    @property
    def offer(self) -> int:
        """In the path, or the field with which a browser's telephone dials in: that has one URL for all calls."""
        return int(self.path.get("offer") or count(self.form, "offer"))

    def spoken(self, reply: Reply) -> str:
        """The document of an ordinary turn: a question is put by stream where this process can."""
        invitation = self.invite(reply, self.after) if self.invite is not None else None
        return self.gathered(reply) if invitation is None else connect(invitation, self.base)

    def gathered(self, reply: Reply) -> str:
        """The document of an ordinary turn, with the carrier's own voice and ear."""
        return render(reply.actions, Where(self.base, reply.state.turn if reply.state else self.turn))

    def waited(self, reply: Reply) -> str:
        """The document for somebody in the carrier's queue, or out of it if the call no longer stands in line."""
        place = reply.state.place if reply.state else None
        stands = isinstance(place, InLine) and not place.leaving
        turn = reply.state.turn if reply.state else self.turn
        return render(reply.actions, Where(self.base, turn, "waiting" if stands else "leaving", self.round))


Inviter = Callable[[Reply, str], Invitation | None]
"""Invites a conversation by stream; None where it must go on by the carrier's own voice and ear."""
Handler = Callable[[Conversations, Hook], str]
"""Decode, handle, render: what one route does with a signed request. Runs in a worker thread."""
Rescuer = Callable[[Hook], str]
"""What is played instead when the handler fails."""


def to_caller(hook: Hook) -> str:
    return hook.rescue.caller(hook.fault)


def to_waiting(hook: Hook) -> str:
    return hook.rescue.waiting(hook.turn, hook.round + 1, hook.fault)


def to_agent(hook: Hook) -> str:
    return hook.rescue.agent(hook.url, hook.fault)


def to_nobody(_: Hook) -> str:
    return NOTHING


@dataclass(frozen=True, slots=True)
class Edge:
    """What every route of the carrier needs. `rescue` gives the words of the published site."""

    verifier: Verifier
    base: str
    rescue: Callable[[], Rescue]
    time_limit: float = TIME_LIMIT
    invite: Inviter | None = None
    hands: Hands = field(default_factory=lambda: Hands(THREADS, "webhook"))

    async def answer(self, request: Request, calls: Conversations, handler: Handler, rescuer: Rescuer) -> Response:
        """The whole life of one request."""
        hook = await self._signed(request)
        if hook is None:
            errors.refused(request.url.path)
            return Response(status_code=403)
        route, call = handler.__name__, hook.form.get("CallSid", "")
        try:
            # The thread goes on and commits when its time is over; only its answer comes too late.
            async with asyncio.timeout(self.time_limit):
                document = await self.hands.run(partial(handler, calls, hook))
        except TimeoutError:
            errors.too_slow(route, call, self.time_limit)
            document = rescuer(hook)
        except Exception as error:  # noqa: BLE001 - the webhook edge: a caller never hears "application error"
            errors.failed(route, call, error)
            document = rescuer(hook)
        if len(document) > errors.NEARLY_FULL:
            errors.nearly_full(route, call, len(document))
        return Response(document, media_type=XML)

    async def _signed(self, request: Request) -> Hook | None:
        if SIGNATURE not in request.headers:
            return None  # whoever cannot sign does not make us read
        body = await limited(request)
        if body is None:
            return None
        scope = request.scope
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
        query = scope["query_string"].decode("latin-1")
        fields = self.verifier.signed_form(f"{path}?{query}" if query else path, request.headers, body)
        if fields is None:
            return None
        hook = Hook(dict(fields), request.path_params, self.base, self.rescue(), path, invite=self.invite)
        if not query:
            return hook
        asked = request.query_params
        return replace(hook, fault=count(asked, "fault"), after=asked.get("after", ""))


async def limited(request: Request) -> bytes | None:
    """The body, or None when it is larger than any the carrier sends: nobody has been let in yet."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            return None
    return body
