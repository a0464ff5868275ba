"""`WS /twilio/media`: the socket of a streamed call.

Law: unsigned is refused before the handshake. Whatever happens afterwards, we close in order (code 1000), because then
the carrier surely asks for a document: a fault of ours costs the caller a sentence, not the call.
"""

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ivr.media.ports import SocketLost
from ivr.media.reception import Reception
from ivr.twilio.signature import Verifier
from ivr.twilio.streaming import SOCKET

from . import errors


class StreamSocket:
    """A Starlette socket as `ivr.media` knows one. A message that is no text counts as an unreadable one."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str:
        try:
            message = await self._socket.receive()
        except (WebSocketDisconnect, RuntimeError) as gone:
            raise SocketLost from gone
        if message["type"] == "websocket.disconnect":
            raise SocketLost
        return message.get("text") or ""

    async def send(self, text: str) -> None:
        try:
            await self._socket.send_text(text)
        except (WebSocketDisconnect, RuntimeError, OSError) as gone:
            raise SocketLost from gone

    async def close(self) -> None:
        if self._socket.client_state is WebSocketState.CONNECTED:
            try:
                await self._socket.close(1000)
            except (WebSocketDisconnect, RuntimeError, OSError):
                return


def routes(reception: Reception, verifier: Verifier) -> APIRouter:
    router = APIRouter()

    @router.websocket(SOCKET)
    async def media(socket: WebSocket) -> None:
        path = socket.scope.get("raw_path", SOCKET.encode()).decode("latin-1")
        if not verifier.verify_socket(path, socket.headers):
            errors.refused(SOCKET)
            await socket.close()
            return
        await socket.accept()
        stream = StreamSocket(socket)
        try:
            await reception.serve(stream)
        except Exception as error:  # noqa: BLE001 - an edge of the carrier: a fault of ours must not end the call
            errors.failed("media", "", error)
        finally:
            await stream.close()

    return router
