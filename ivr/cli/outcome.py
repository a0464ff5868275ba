"""How a command ends: the exit codes, and the one exception that carries a sentence for the person at the terminal.

Law: an expected fault is one sentence that names the place and the way out; it never shows a traceback.
"""

from enum import IntEnum

from ivr.errors import HoldlessError

CODES = "Exit codes: 0 all is well, 1 a problem was found, 2 the command was misspelt, 3 something could not start."


class Exit(IntEnum):
    OK = 0
    PROBLEM = 1
    USAGE = 2
    NO_START = 3
    INTERRUPTED = 130  # as a shell says of Ctrl-C


class Trouble(HoldlessError):
    """An expected fault: `sentence` for the person, `exit` for the shell."""

    def __init__(self, sentence: str, code: Exit = Exit.PROBLEM) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
