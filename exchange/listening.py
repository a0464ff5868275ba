"""Listening in: what a leg hears or says, fetched as a WAV file or measured, and WAV files brought in.

For tests, demos and people who debug; the carrier has nothing like it.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange.call import Call
from exchange.control import Refused, call_of, guarded
from exchange.playback import first_audible
from exchange.recording import sound_of
from exchange.sound import RATE, Samples, loudest_frequency, loudness, strength, write_wav
from exchange.world import World

RECORDINGS = "/2010-04-01/Accounts/{account}/Recordings"
LONGEST_SECONDS = 1800.0
AT_ONCE = 1.0
"""Seconds that are measured unless asked otherwise."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of one side of a call, from sample `start` on."""

    start: int
    samples: Samples


class Listening:
    """The routes, one method each."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        return [
            Route("/exchange/calls/{sid}/audio", guarded(self.audio), methods=["GET"]),
            Route("/exchange/calls/{sid}/tones", guarded(self.tones), methods=["GET"]),
            Route("/exchange/sounds/{name:path}", guarded(self.put_sound), methods=["PUT"]),
            Route(f"{RECORDINGS}/{{recording}}", guarded(self.recording), methods=["GET"]),
        ]

    async def audio(self, request: Request) -> Response:
        """The last seconds, by default the whole call, as 16-bit WAV at 8 kHz."""
        heard = self._heard(request, LONGEST_SECONDS)
        return Response(write_wav([heard.samples]), media_type="audio/wav")

    async def tones(self, request: Request) -> Response:
        """How loud the last second was, its strongest frequency, and how strong the asked ones were."""
        heard = self._heard(request, AT_ONCE)
        asked = [float(hz) for hz in request.query_params.get("hz", "").split(",") if hz]
        first = first_audible(heard.samples)
        clock = self.world.clock
        return JSONResponse(
            {
                "seconds": len(heard.samples) / RATE,
                "level": round(loudness(heard.samples), 1),
                "loudest": loudest_frequency(heard.samples),
                "tones": {f"{hz:g}": round(strength(heard.samples, hz), 1) for hz in asked},
                "audible_from": None if first is None else clock.moment(heard.start + first).isoformat(),
            }
        )

    async def put_sound(self, request: Request) -> Response:
        name = request.path_params["name"]
        samples = self.world.sounds.put(name, await request.body())
        return JSONResponse({"name": name, "seconds": len(samples) / RATE})

    async def recording(self, request: Request) -> Response:
        """A recording's sound, where the carrier has it: its own path, with .wav or without, open to everybody."""
        sid, _, form = request.path_params["recording"].partition(".")
        recording = self.world.recordings.get(sid)
        if recording is None or not recording.over:
            raise Refused(404, f"no recording {sid!r}, or it is not complete yet")
        if form not in ("", "wav"):
            raise Refused(406, f"recordings are WAV here, not {form}")
        return Response(write_wav(sound_of(recording)), media_type="audio/x-wav")

    def _heard(self, request: Request, default: float) -> Heard:
        call = call_of(self.world, request.path_params["sid"])
        query = request.query_params
        side = query.get("side", "heard")
        if side not in ("heard", "spoken"):
            raise Refused(400, f"side is heard or spoken, not {side!r}")
        seconds = float(query.get("seconds", default))
        if not 0 < seconds <= LONGEST_SECONDS:
            raise Refused(400, f"seconds is a number up to {LONGEST_SECONDS:g}, not {seconds:g}")
        end = self.world.clock.position(call.ended) if call.ended is not None else self.world.clock.position()
        start = max(self._began(call), end - round(seconds * RATE))
        track = call.handset.hearing if side == "heard" else call.handset.mouth
        return Heard(start, track.read(start, end))

    def _began(self, call: Call) -> int:
        return self.world.clock.position(call.started or call.created)
