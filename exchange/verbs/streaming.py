"""<Connect><Stream>: the call's audio goes to the application and comes back from it, until the application closes.

The application gets a frame of what the caller says every 20 ms, keys as `dtmf`, marks when their audio was played.
Audio runs in real time even under the virtual clock. What a lost socket does is undocumented, so it is a setting:
`action` and `next_verb` go on, `end_call` does not. An orderly close (code 1000) is an end like any other: the action,
or else the next verb.
"""

import base64

from exchange.call import Turn
from exchange.ear import Ear
from exchange.faults import STREAM_CLOSED, STREAM_CONNECT, Trouble
from exchange.playback import Playback
from exchange.sound import FRAME, encode
from exchange.stage import CallFinished, Stage, action, resolve
from exchange.streams import BadMessage, Stream
from exchange.twiml import Document, Verb
from exchange.websocket import LOST, NORMAL, HandshakeFailed, Socket

INVALID_MESSAGE = 31951
CONNECT_SECONDS = 5.0


class Line:
    """A stream's socket and what has arrived on it; `seconds` of audio are not in the diary yet."""

    def __init__(self, stage: Stage, socket: Socket) -> None:
        self.stage = stage
        self.socket = socket
        self.arrived: list[str] = []
        self.over = False
        self.seconds = 0.0

    async def listen(self) -> None:
        """Collect messages until the socket is over; not busy, for nobody knows when the application will speak."""
        while (message := await self.socket.receive()) is not None:
            self.arrived.append(message)
            self.stage.call.signal.fire()
        self.over = True
        self.stage.call.signal.fire()


async def connect_stream(stage: Stage, verb: Verb, document: Document) -> None:
    noun, call, world = verb.children[0], stage.call, stage.world
    parameters = {child.attributes["name"]: child.attributes["value"] for child in noun.children}
    stream = Stream(
        world.sids.sid("MZ"),
        world.settings.account,
        call.sid,
        world.clock.now,
        noun.attributes.get("name", ""),
        parameters,
        playback=Playback(call.handset.earpiece, world.clock.position),
    )
    code = await _converse(stage, noun, document, stream)
    world.move_to(call, "menu")
    if code != NORMAL and world.settings.stream_drop == "end_call":
        raise CallFinished("completed", "stream lost")
    if verb.attributes.get("action") and (code == NORMAL or world.settings.stream_drop == "action"):
        raise action(document, verb, {})


async def _converse(stage: Stage, noun: Verb, document: Document, stream: Stream) -> int:
    """Run the stream to its end; the code with which the application's side closed."""
    call, world, url = stage.call, stage.world, noun.attributes["url"]
    headers = world.webhooks.signed(url)
    try:
        socket = await stage.process.outside(world.open_socket(url, headers, CONNECT_SECONDS))
    except HandshakeFailed as failed:
        world.fault(Trouble("error", STREAM_CONNECT, str(failed), url), call)
        _tell(stage, noun, document, stream.status("stream-error", world.clock.now, str(failed)))
        return LOST
    line, began = Line(stage, socket), world.clock.position()
    world.clock.attend(line.listen())
    world.log(call, "stream", url, stream=stream.sid)
    world.move_to(call, "stream")
    _tell(stage, noun, document, stream.status("stream-started", world.clock.now))
    world.live_audio += 1
    if stream.playback is not None:
        call.turn = Turn(stream.playback, began)
    call.ear = ear = Ear(frozenset({"dtmf"}), 0, "", prompts_over=True)
    try:
        await _pump(stage, line, stream, ear)
    finally:
        world.live_audio -= 1
        ear.closed, call.ear, call.turn = True, None, None
        if line.seconds:
            _log_audio(stage, line)
        _log_heard(stage, stream, over=True)
        if not line.over:
            await socket.send(stream.stop())
        await socket.close()
        _tell_end(stage, noun, document, (stream, socket.close_code))
    return socket.close_code or NORMAL


def _tell_end(stage: Stage, noun: Verb, document: Document, how: tuple[Stream, int | None]) -> None:
    """Tell that the stream has stopped, or that its socket was lost."""
    (stream, code), now = how, stage.world.clock.now
    if code in (NORMAL, None):
        _tell(stage, noun, document, stream.status("stream-stopped", now))
        return
    sentence = f"the application's side of the stream was lost (code {code})"
    stage.world.fault(Trouble("warning", STREAM_CLOSED, sentence, noun.attributes["url"]), stage.call)
    _tell(stage, noun, document, stream.status("stream-error", now, sentence))


async def _pump(stage: Stage, line: Line, stream: Stream, ear: Ear) -> None:
    """Send a frame every 20 ms, and keys and marks when they come, until the socket is over."""
    clock, sent_keys = stage.world.clock, 0
    await line.socket.send(stream.connected())
    await line.socket.send(stream.start())
    end = clock.position()
    while not line.over:
        _take_all(stage, line, stream)
        for key in ear.digits[sent_keys:]:
            await line.socket.send(stream.dtmf(key))
        sent_keys = len(ear.digits)
        for mark in stream.due_marks(clock.now):
            await line.socket.send(mark)
        _log_heard(stage, stream)
        while clock.position() >= end:
            frame = encode(stage.call.handset.mouth.read(end - FRAME, end))
            await line.socket.send(stream.media(clock.moment(end), base64.b64encode(frame).decode()))
            end += FRAME
        wait = max(0.001, (clock.moment(end) - clock.now).total_seconds())
        await stage.process.until(
            lambda known=sent_keys: line.over or bool(line.arrived) or len(ear.digits) > known,  # type: ignore[misc]
            stage.call.signal,
            within=wait,
        )


def _take_all(stage: Stage, line: Line, stream: Stream) -> None:
    messages, line.arrived = line.arrived, []
    for message in messages:
        try:
            line.seconds += stream.take(message, stage.world.clock.now)
        except BadMessage as wrong:
            stage.world.fault(Trouble("error", INVALID_MESSAGE, str(wrong), "", message), stage.call)
        if line.seconds and stream.marks:
            _log_audio(stage, line)


def _log_audio(stage: Stage, line: Line) -> None:
    """Write what came since the last mark as one entry; single frames would drown the diary."""
    stage.world.log(stage.call, "streamed", f"{line.seconds:.2f} s of audio", seconds=round(line.seconds, 3))
    line.seconds = 0.0


def _log_heard(stage: Stage, stream: Stream, *, over: bool = False) -> None:
    """Write what the caller has heard of the application's audio, each run of it when it ends."""
    clock = stage.world.clock
    for run in stream.playback.finished(clock.now, over=over) if stream.playback is not None else ():
        stage.world.log(
            stage.call,
            "heard_audio",
            f"{run.seconds:.2f} s of audio" + (", cut off" if run.cut else ""),
            seconds=round(run.seconds, 3),
            began=clock.moment(run.start if run.first is None else run.first).isoformat(),
            level=round(run.level, 1),
            cut=run.cut,
        )


def _tell(stage: Stage, noun: Verb, document: Document, fields: dict[str, str]) -> None:
    if url := noun.attributes.get("statusCallback"):
        params = tuple(sorted(fields.items()))
        method = noun.attributes.get("statusCallbackMethod", "POST")
        stage.world.notify_with(stage.call, resolve(document, url), params, method)
