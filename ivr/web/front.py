"""The front door: the carrier's requests go straight to their routes, everything else through the application.

An application's layers (telemetry, limits, error pages, dependencies) cost a carrier's request as much as its signature
does and give it nothing: the edge reads, limits, answers and catches for itself.
"""

from fastapi import APIRouter, FastAPI
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

CARRIER = "/twilio/"


class Front:
    """Both as one ASGI application. Sockets and the server's own life belong to the inner one."""

    def __init__(self, carrier: APIRouter, rest: FastAPI) -> None:
        self.rest = rest
        self._carrier = Router(routes=carrier.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CARRIER):
            await self._carrier(scope, receive, send)
        else:
            await self.rest(scope, receive, send)
