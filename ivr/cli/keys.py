"""What a person types while something else goes on: single keys, or whole lines, each waited for only so long."""

import codecs
import os
import select
import sys
import termios
import tty
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Self

END = "\x04"
"""Ctrl-D, or the end of a pipe."""


class Typed:
    """Reads a terminal or a pipe. `single`: key by key, without waiting for Enter, where stdin is a terminal."""

    def __init__(self, *, single: bool = False, source: IO[str] | None = None) -> None:
        self._file = (source or sys.stdin).fileno()
        self._single = single and os.isatty(self._file)
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self._ended = False
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        if self._single:
            before = termios.tcgetattr(self._file)
            self._undo.callback(termios.tcsetattr, self._file, termios.TCSADRAIN, before)
            tty.setcbreak(self._file)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._undo.close()

    def next(self, seconds: float | None) -> str | None:
        """The next key or line (without its end), END at the end of input, None when nothing came in time."""
        while (ready := self._taken()) is None:
            if self._ended:
                return END
            readable, _, _ = select.select([self._file], [], [], seconds)
            if not readable:
                return None
            data = os.read(self._file, 4096)
            self._ended = not data
            self._rest += self._decode.decode(data, final=not data)
        return ready

    def _taken(self) -> str | None:
        if self._single:
            key, self._rest = self._rest[:1], self._rest[1:]
            return key or None
        line, end, after = self._rest.partition("\n")
        if end:
            self._rest = after
            return line.rstrip("\r")
        if self._ended and line:
            self._rest = ""
            return line
        return None
