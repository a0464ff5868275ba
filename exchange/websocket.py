"""A WebSocket client: just enough of RFC 6455 to be the carrier's side of a media stream.

Text frames only, masked as a client must; pings are answered; a lost connection is told from an orderly close.
"""

import asyncio
import base64
import os
import ssl
import struct
from collections.abc import Callable, Coroutine, Mapping
from hashlib import sha1
from typing import Any, Protocol
from urllib.parse import urlsplit

from exchange.clock import Expected

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
NORMAL, LOST = 1000, 1006
SHORT, TWO_BYTES, EIGHT_BYTES = 125, 126, 127
LARGEST_FRAME = 1 << 20
SEND_SECONDS = 5.0
"""How long the other side may refuse to read before the connection counts as lost."""


class HandshakeFailed(Expected):
    """The server could not be reached, or did not agree to a WebSocket."""


class Socket(Protocol):
    """What a stream needs of a connection; `close_code` is None while it is open."""

    close_code: int | None

    async def send(self, text: str) -> None: ...

    async def receive(self) -> str | None: ...

    async def close(self, code: int = NORMAL) -> None: ...


Opener = Callable[[str, Mapping[str, str], float], Coroutine[Any, Any, Socket]]
"""Opens a connection to a URL with these headers within so many seconds; raises HandshakeFailed."""


class WebSocket:
    """An open connection. `close_code` is set once the other side has gone: its own code, or 1006 when it just went."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.close_code: int | None = None

    async def send(self, text: str) -> None:
        """Send a text message; on a lost connection nothing happens, the reading side will tell."""
        await self._write(TEXT, text.encode())

    async def receive(self) -> str | None:
        """The next text message, or None when the connection is over."""
        message = b""
        while True:
            try:
                final, kind, payload = await self._frame()
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.close_code = self.close_code or LOST
                return None
            if kind == CLOSE:
                self.close_code = struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else NORMAL
                await self._write(CLOSE, payload[:2])
                return None
            if kind == PING:
                await self._write(PONG, payload)
            elif kind != PONG:
                message += payload
                if final:
                    return message.decode(errors="replace")

    async def close(self, code: int = NORMAL) -> None:
        """Say goodbye and let go."""
        if self.close_code is None:
            await self._write(CLOSE, struct.pack("!H", code))
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return

    async def _frame(self) -> tuple[bool, int, bytes]:
        first, second = await self._reader.readexactly(2)
        length = second & SHORT + 2
        if length == TWO_BYTES:
            length = struct.unpack("!H", await self._reader.readexactly(2))[0]
        elif length == EIGHT_BYTES:
            length = struct.unpack("!Q", await self._reader.readexactly(8))[0]
        if length > LARGEST_FRAME:
            raise ValueError(f"a frame of {length} bytes")
        return bool(first & 0x80), first & 0x0F, await self._reader.readexactly(length)

    async def _write(self, kind: int, payload: bytes) -> None:
        head = bytes([0x80 | kind])
        if len(payload) <= SHORT:
            head += bytes([0x80 | len(payload)])
        elif len(payload) < 1 << 16:
            head += bytes([0x80 | TWO_BYTES]) + struct.pack("!H", len(payload))
        else:
            head += bytes([0x80 | EIGHT_BYTES]) + struct.pack("!Q", len(payload))
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        try:
            async with asyncio.timeout(SEND_SECONDS):
                self._writer.write(head + mask + masked)
                await self._writer.drain()
        except TimeoutError:
            self._writer.transport.abort()
        except OSError:
            return


async def connect(url: str, headers: Mapping[str, str], seconds: float) -> Socket:
    """Open a WebSocket within `seconds`; raises HandshakeFailed."""
    parts = urlsplit(url)
    tls = ssl.create_default_context() if parts.scheme == "wss" else None
    port = parts.port or (443 if tls else 80)
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls)
            return await _shake_hands(reader, writer, parts.path or "/", {"Host": parts.netloc, **headers})
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as wrong:
        raise HandshakeFailed(f"no connection to {url}: {wrong or 'too slow'}") from wrong


async def _shake_hands(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, headers: Mapping[str, str]
) -> WebSocket:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = {
        **headers,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    }
    request = f"GET {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    writer.write(request.encode())
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    wanted = base64.b64encode(sha1((key + GUID).encode()).digest()).decode()
    if " 101 " not in answer.partition("\r\n")[0] or wanted not in answer:
        writer.close()
        raise HandshakeFailed(f"the server answered {answer.partition(chr(13))[0]!r}")
    return WebSocket(reader, writer)
