"""One streamed call, from the first message of its stream to the last.

    socket ──▶ receive ──▶ Line (frames, turns) ──▶ Hearer (an ear) ──▶ words ─┐
                  └──────▶ Keypad ────────────────────────────────────▶ keys ──┤
                                                                               ▼
    socket ◀── Player (frames, marks, clear) ◀── Speak ◀── converse ◀── the same switchboard as <Gather>

Receiving, hearing and playing are tasks beside the conversation, in one TaskGroup: whatever ends one of them ends all,
and nothing is left behind. A fourth waits for the process to stop.

Laws: only conversation is streamed; as soon as an answer asks for anything else (a queue, a conference, a recording,
the end) what was spoken is played to its end and we close, and the carrier asks for a document. An answer carries the
turn of its question, so one that comes late is stale and harmless. What is committed stays committed, whether or not
the caller still hears of it.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from ivr.calls.ports import Reply, Said
from ivr.flow.model import Action, EndCall, Fetch, Join, JoinQueue, Listen, Record, Silence, Speak, Transfer
from speech.hear import SpeechError

from .hearer import Hearer
from .leg import Ending, Leg, Over, failed, within
from .messages import Begun, Garbled, Key, MarkBack, Sound, Stopped, read
from .ports import Desk, Questions, Socket, SocketLost, Speech
from .question import Asking, Given
from .timing import Turnaround, note

DEAF = 15.0
"""Seconds without any message: the socket is dead, for a living one has 50 a second."""
MOST_GARBLED = 10
"""Messages in a row that cannot be read; then the stream is given up."""
DESK_LIMIT = 12.0
"""Seconds for a decision, as for a webhook's."""
AGAIN, LOOKS = 1.0, 10
"""Seconds between two looks at something that is not ready, and how many there are."""

Asked = Listen | Fetch | JoinQueue | Join | Transfer | Record | EndCall


@dataclass(frozen=True, slots=True)
class House:
    """What every streamed call of a process shares."""

    desk: Desk
    speech: Speech
    questions: Questions
    threads: Executor
    noted: Callable[[Turnaround], None] = note


class Session:
    """One call's stream. Its parameter `after` is the cause of an event that the caller has yet to hear of."""

    def __init__(self, house: House, socket: Socket, begun: Begun) -> None:
        self._house = house
        self._socket = socket
        self._call = begun.call
        self._after = begun.parameters.get("after", "")
        self._leg = Leg(begun.stream, socket, house.speech)
        self._hearer = Hearer(begun.call, self._leg.line, house.speech.ears)
        self._turnaround: Turnaround | None = None
        self._dismissed = asyncio.Event()

    def dismiss(self) -> None:
        """End at once, in order: this process stops, and another goes on."""
        self._dismissed.set()

    async def run(self) -> Ending:
        """Converse until the stream is over. Raises an ExceptionGroup for what is a bug."""
        ending = failed("nothing ended it").ending
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receive(), name="receive")
                tasks.create_task(self._hearer.run(), name="hear")
                tasks.create_task(self._play(), name="play")
                tasks.create_task(self._dismissal(), name="dismissal")
                await self._converse()
        except* Over as over:
            ending = first(over).ending
        return ending

    # -- the socket ----------------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        garbled = 0
        while True:
            try:
                self._take(await within(DEAF, self._socket.receive()))
                garbled = 0
            except SocketLost:
                raise Over(Ending("lost")) from None
            except TimeoutError:
                raise Over(Ending("lost", why="no message came any more")) from None
            except Garbled as wrong:
                garbled += 1
                if garbled >= MOST_GARBLED:
                    raise failed(f"too many messages could not be read: {wrong}") from wrong

    def _take(self, text: str) -> None:
        leg = self._leg
        match read(text):
            case Sound(ulaw):
                leg.line.take(ulaw, speaking=leg.player.speaking and not leg.player.paused)
            case Key(digit):
                if leg.keypad.press(digit):
                    leg.player.clear()
                    leg.bell.set()
            case MarkBack(name):
                leg.player.mark_back(name)
            case Stopped():
                raise Over(Ending("stopped"))
            case Begun():
                raise failed("the stream was started twice")
            case _:
                pass

    async def _play(self) -> None:
        try:
            await self._leg.player.run()
        except SocketLost:
            raise Over(Ending("lost")) from None
        except (SpeechError, TimeoutError) as fault:
            raise failed(f"no voice: {fault or 'it is too slow'}") from fault

    async def _dismissal(self) -> None:
        await self._dismissed.wait()
        raise failed("this process stops")

    # -- the conversation ----------------------------------------------------------------------------------------------

    async def _converse(self) -> None:
        """Ask and answer until something else is wanted than to talk. Raises Over."""
        reply, looks = await self._resumed(self._after), 0
        while (state := reply.state) is not None:
            spoken, asked = parted(reply.actions)
            if lacking := self._lacking(spoken, asked):
                raise failed(lacking)
            self._speak(spoken)
            if isinstance(asked, Listen):
                question = self._house.questions.question(state, asked)
                given = await Asking(self._leg, self._hearer, asked).ask(question)
                reply, looks = await self._answered(asked.turn, given), 0
                continue
            await self._leg.silence()
            if not isinstance(asked, Fetch | None) or looks >= LOOKS:
                raise Over(Ending("handed over", state.turn))
            await asyncio.sleep(AGAIN)
            reply, looks = await self._resumed(""), looks + 1
        raise failed("nobody knows the call")

    async def _resumed(self, after: str) -> Reply:
        return await self._decided(lambda: self._house.desk.resume(self._call, after))

    async def _answered(self, turn: int, given: Given) -> Reply:
        desk, event, cause = self._house.desk, given.event, f"gather:{self._call}:{turn}"
        if isinstance(event, Said):
            reply = await self._decided(lambda: desk.said(self._call, event, cause))
        else:
            reply = await self._decided(lambda: desk.handle(self._call, event, cause))
        self._turnaround = None if isinstance(event, Silence) else self._timed(turn, given)
        return reply

    async def _decided(self, work: Callable[[], Reply]) -> Reply:
        """Ask the machines, off the loop."""
        asked = asyncio.get_running_loop().run_in_executor(self._house.threads, work)
        try:
            return await within(DESK_LIMIT, asked)
        except TimeoutError:
            raise failed("no decision in time") from None

    def _lacking(self, spoken: Sequence[Speak], asked: Asked | None) -> str:
        """Why this turn cannot be spoken or heard here; the language may have changed since the call began."""
        speech = self._house.speech
        found = [speech.voices.lacking(language) for language in {one.language: None for one in spoken}]
        if isinstance(asked, Listen):
            found.append(speech.lacking(asked.language))
        return next((one for one in found if one), "")

    # -- our voice, and how long it took to come -----------------------------------------------------------------------

    def _speak(self, spoken: Sequence[Speak]) -> None:
        turnaround, self._turnaround = self._turnaround, None

        def sounded(at: float) -> None:
            if turnaround is not None:
                self._house.noted(replace(turnaround, sounded=at))

        self._leg.player.say(spoken, sounded)
        if not spoken and turnaround is not None:
            self._house.noted(turnaround)

    def _timed(self, turn: int, given: Given) -> Turnaround:
        hearing = given.words.hearing if given.words is not None else None
        timed = Turnaround(self._call, turn, given.ended, given.at, self._leg.clock())
        return timed if hearing is None else replace(timed, engine=hearing.engine, mode=hearing.mode)


def parted(actions: Sequence[Action]) -> tuple[tuple[Speak, ...], Asked | None]:
    """What is spoken, and the one thing that the call then waits for."""
    spoken = tuple(one for one in actions if isinstance(one, Speak))
    return spoken, next((one for one in reversed(actions) if isinstance(one, Asked)), None)


def first(group: BaseExceptionGroup[Over]) -> Over:
    """The ending that came first; the others only followed it."""
    found = group.exceptions[0]
    return first(found) if isinstance(found, BaseExceptionGroup) else found
