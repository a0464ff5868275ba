"""What a scripted caller does, from the command line: --say, --press, --silence and --hang-up in the order given.

The parser gives each option's values apart; the order between different options is read from the words themselves.
"""

from collections.abc import Iterator, Sequence

import typer
from typer.core import TyperCommand

from ivr.cli.control import Step

ORDER = "holdless.order"
WORDS = {"--say": "say", "--press": "press"}
MARKS: dict[str, Step] = {"--silence": {"silence": True}, "--hang-up": {"hang_up": True}}


class InOrder(TyperCommand):
    """A command that remembers the order of its caller's steps."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        ctx.meta[ORDER] = tuple(steps(args))
        return super().parse_args(ctx, args)


def given(ctx: typer.Context) -> tuple[Step, ...]:
    """The steps of this command line, in order."""
    found: tuple[Step, ...] = ctx.meta[ORDER]
    return found


def steps(words: Sequence[str]) -> Iterator[Step]:
    """['--say', 'hello', '--press=1', '--hang-up'] -> {"say": "hello"}, {"press": "1"}, {"hang_up": True}"""
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if option in MARKS:
            yield MARKS[option]
        elif option in WORDS:
            spoken = value if equals else next(rest, None)
            if spoken is not None:
                yield {WORDS[option]: spoken}
