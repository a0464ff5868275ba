"""The command `holdless`: one file a command, put together here.

Law: commands are thin. What they decide stands in the rooms below; what they print, a newcomer can read.
"""

from collections.abc import Callable
from functools import wraps

import typer

from ivr.cli import agent, call, check, conversations, demo, doctor, fallback, hear, migrate, replay, say, serve, why
from ivr.cli.outcome import CODES, Exit, Trouble
from ivr.cli.screen import ERRORS
from ivr.cli.spoken import InOrder
from ivr.errors import ConfigurationError
from ivr.store.errors import StoreError

app = typer.Typer(
    name="holdless",
    help="Answers a support number: resolves simple calls, routes the rest to the right person, calls back instead of "
    "holding.",
    epilog=CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

COMMANDS: dict[str, tuple[Callable[..., None], str, str]] = {
    "demo": (demo.demo, "Play calls to the demo shop and show each.", "holdless demo --once"),
    "call": (
        call.call,
        "Call a site, typed live or scripted.",
        "holdless call config/demo --from +15550101952 --say 'a person please' --hang-up",
    ),
    "agent": (agent.agent, "Answer as an agent in this terminal.", "holdless agent mina"),
    "check": (check.check, "Say what is wrong with a site.", "holdless check config/demo"),
    "test": (conversations.test, "Play a site's written conversations.", "holdless test config/demo"),
    "why": (why.why, "Say why a call went as it went.", "holdless why last"),
    "replay": (replay.replay, "Step a kept journal again and compare.", "holdless replay call.jsonl"),
    "serve": (serve.serve, "Answer calls until stopped.", "holdless serve config/demo --port 8470"),
    "fallback": (
        fallback.fallback,
        "Print the documents for an outage.",
        "holdless fallback config/demo --public-url https://phone.example.com",
    ),
    "migrate": (
        migrate.migrate,
        "Bring a database up to date.",
        "holdless migrate --database sqlite:///var/holdless.db",
    ),
    "hear": (
        hear.hear,
        "Say what is heard in a recording.",
        "holdless hear answer.wav --language ko --node config/demo:help",
    ),
    "say": (say.say, "Speak a sentence to a WAV file.", "holdless say 'Where is my order?' --language en -o order.wav"),
    "doctor": (doctor.doctor, "Say what this machine lacks.", "holdless doctor"),
}


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with expected faults said in one sentence and told to the shell by their code."""

    @wraps(command)
    def run(*values: object, **options: object) -> None:
        try:
            command(*values, **options)
        except Trouble as trouble:
            ERRORS.print(trouble.sentence, style="red", soft_wrap=True)
            raise typer.Exit(trouble.code) from trouble
        except KeyboardInterrupt as stopped:
            ERRORS.print("\nGoodbye.")
            raise typer.Exit(Exit.INTERRUPTED) from stopped
        except (ConfigurationError, StoreError) as fault:
            ERRORS.print(str(fault), style="red", soft_wrap=True)
            raise typer.Exit(Exit.NO_START) from fault

    return run


for name, (function, short, example) in COMMANDS.items():
    app.command(name, short_help=short, epilog=f"Example: {example}", cls=InOrder)(plainly(function))


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
