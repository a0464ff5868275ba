"""Following the one clock of an exchange: mounted only when a virtual clock is configured, never on a real line."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel

from .ports import Settling


class Moment(BaseModel):
    """The exchange's time."""

    now: AwareDatetime


class Settled(BaseModel):
    """Everything due by that moment is done; `next_due` is when there is more, None when nothing is planned."""

    next_due: datetime | None


def routes(application: Settling) -> APIRouter:
    router = APIRouter()

    @router.post("/clock")
    async def settle(moment: Moment) -> Settled:
        return Settled(next_due=await run_in_threadpool(application.settle, moment.now))

    return router
