"""The exchange's diary: everything that happened, in order, for the live view, the tests and whoever polls."""

import asyncio
from collections.abc import Sequence

Entry = dict[str, object]


class Diary:
    """Numbered entries from 1. `after` can wait for more in wall time, for long polling."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._more = asyncio.Event()

    def write(self, entry: Entry) -> Entry:
        numbered = {"n": len(self._entries) + 1, **entry}
        self._entries.append(numbered)
        self._more.set()
        self._more = asyncio.Event()
        return numbered

    @property
    def last(self) -> int:
        return len(self._entries)

    async def after(self, number: int, wait: float) -> Sequence[Entry]:
        """The entries behind `number`; if there are none, wait up to `wait` seconds for the first."""
        if number >= self.last and wait > 0:
            try:
                await asyncio.wait_for(self._more.wait(), wait)
            except TimeoutError:
                return ()
        return self._entries[number:]

    async def next(self) -> None:
        """Wait for one more entry."""
        await self._more.wait()
