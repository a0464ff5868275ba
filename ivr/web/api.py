"""What an agent's client may ask: who am I, what rings, take it or pass.

Every route needs the site's API token (`Authorization: Bearer ...`); people sign in by name and role once the desk
exists.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from hmac import compare_digest
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from routing.model import Agent, Entry, Line, LineEvent, Offer, OfferAccepted, OfferRefused, PresenceSet


class PresenceWish(BaseModel):
    """An agent says they are free, or away with a reason."""

    free: bool
    reason: str = ""


class OfferView(BaseModel):
    """What an agent sees before answering: who, why, and what was already tried."""

    number: int
    entry: str
    kind: str
    queue: str
    language: str
    waiting_since: datetime
    until: datetime
    accepted: bool
    brief: dict[str, object]


class AgentView(BaseModel):
    """One agent as their client shows them.

    `presence` is free, ringing, talking, wrapping_up or away.
    """

    id: str
    name: str
    presence: str
    detail: dict[str, object]
    offer: OfferView | None


class Floor(Protocol):
    """The line as agents reach it."""

    def look(self) -> Line: ...

    def handle(self, event: LineEvent, *, cause: str) -> None: ...


NAMES = {"Free": "free", "Ringing": "ringing", "Talking": "talking", "WrappingUp": "wrapping_up", "Away": "away"}


def view(line: Line, agent: Agent) -> AgentView:
    """The agent's own state, with the offer or talk they are in."""
    offer = next((one for one in line.offers.values() if one.agent == agent.id), None)
    entry = line.entries.get(offer.entry) if offer else None
    return AgentView(
        id=agent.id, name=agent.name, presence=NAMES[type(agent.presence).__name__], detail=asdict(agent.presence),
        offer=offered(offer, entry) if offer and entry else None,
    )  # fmt: skip


def offered(offer: Offer, entry: Entry) -> OfferView:
    return OfferView(
        number=offer.number, entry=entry.id, kind=entry.kind, queue=entry.queue, language=entry.language,
        waiting_since=entry.arrived, until=offer.until, accepted=offer.accepted is not None, brief=dict(entry.brief),
    )  # fmt: skip


def routes(floor: Floor, token: str, new_id: Callable[[], str]) -> APIRouter:
    """The agent routes. With an empty token every request is refused: an open door is never the default."""

    def allowed(authorization: Annotated[str, Header()] = "") -> None:
        if not token or not compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "send the API token as 'Authorization: Bearer ...' (HOLDLESS_API_TOKEN)")

    router = APIRouter(prefix="/api", dependencies=[Depends(allowed)])

    @router.get("/agents")
    async def agents() -> list[AgentView]:
        line = await run_in_threadpool(floor.look)
        return [view(line, agent) for agent in line.agents.values()]

    @router.get("/agents/{agent}")
    async def one(agent: str) -> AgentView:
        return await run_in_threadpool(seen, floor, agent)

    @router.post("/agents/{agent}/presence")
    async def presence(agent: str, wish: PresenceWish) -> AgentView:
        event = PresenceSet(agent, wish.free, wish.reason)
        return await run_in_threadpool(done, floor, agent, event, f"api:{new_id()}")

    @router.post("/agents/{agent}/offers/{offer}/accept")
    async def accept(agent: str, offer: int) -> AgentView:
        event = OfferAccepted(offer, agent)
        return await run_in_threadpool(done, floor, agent, event, f"accept:{offer}:{agent}")

    @router.post("/agents/{agent}/offers/{offer}/refuse")
    async def refuse(agent: str, offer: int) -> AgentView:
        event = OfferRefused(offer, agent, "passed")
        return await run_in_threadpool(done, floor, agent, event, f"refuse:{offer}:{agent}")

    return router


def seen(floor: Floor, agent: str) -> AgentView:
    line = floor.look()
    if agent not in line.agents:
        known = ", ".join(sorted(line.agents))
        raise HTTPException(404, f"no agent named {agent!r}; the site's agents are {known}")
    return view(line, line.agents[agent])


def done(floor: Floor, agent: str, event: LineEvent, cause: str) -> AgentView:
    """Tell the line, and show the agent as they stand after it."""
    seen(floor, agent)
    floor.handle(event, cause=cause)
    return seen(floor, agent)
