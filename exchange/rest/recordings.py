"""Recordings: started on a live call, paused for what must not be kept, stopped, looked up."""

from starlette.routing import Route

from exchange.call import Call, rfc2822
from exchange.recording import Recorder, Recording
from exchange.rest.api import Asked, RestError, Shape, missing, page, route
from exchange.rest.calls import NOT_IN_PROGRESS
from exchange.stage import Table
from exchange.world import World

CURRENT = "Twilio.CURRENT"
STATES = ("in-progress", "paused", "stopped")


def routes(world: World, table: Table) -> list[Route]:
    of_call = "/Calls/{call}/Recordings"
    return [
        route(world, table, f"{of_call}.json", {"POST": create, "GET": of_one_call}),
        route(world, table, of_call + "/{recording}.json", {"GET": fetch, "POST": update, "DELETE": delete}),
        route(world, table, "/Recordings.json", {"GET": listing}),
        route(world, table, "/Recordings/{recording}.json", {"GET": fetch, "DELETE": delete}),
        route(world, table, "/Conferences/{conference}/Recordings.json", {"GET": of_conference}),
    ]


def create(asked: Asked) -> tuple[int, Shape]:
    call, form = _call(asked), asked.form
    if call.status != "in-progress":
        raise RestError(404, NOT_IN_PROGRESS, "Call is not in-progress. Cannot record.")
    channels = 2 if form.one_of("RecordingChannels", ("mono", "dual"), "mono") == "dual" else 1
    track = form.one_of("RecordingTrack", ("both", "inbound", "outbound"), "both")
    recorder = Recorder(asked.world)
    recording = recorder.start(call, "StartCallRecordingAPI", channels=channels, track=track)
    recording.callback = form.get("RecordingStatusCallback")
    recording.callback_method = form.one_of("RecordingStatusCallbackMethod", ("POST", "GET"), "POST")
    recording.events = frozenset(form.all("RecordingStatusCallbackEvent") or ["completed"])
    recorder.begun(recording)
    return 201, shape(asked, recording)


def update(asked: Asked) -> tuple[int, Shape]:
    recording, recorder = find(asked), Recorder(asked.world)
    wanted = asked.form.one_of("Status", STATES, "")
    if recording.over:
        raise RestError(404, NOT_IN_PROGRESS, "The recording is over and cannot be changed.")
    if wanted == "paused":
        recorder.pause(recording, asked.form.one_of("PauseBehavior", ("silence", "skip"), "silence"))
    elif wanted == "in-progress":
        recorder.resume(recording)
    else:
        recorder.finish(recording)
        return 200, {**shape(asked, recording), "status": "stopped"}
    return 200, shape(asked, recording)


def fetch(asked: Asked) -> tuple[int, Shape]:
    return 200, shape(asked, find(asked))


def delete(asked: Asked) -> tuple[int, None]:
    del asked.world.recordings[find(asked).sid]
    return 204, None


def listing(asked: Asked) -> tuple[int, Shape]:
    wanted = asked.query.get("CallSid")
    return _page(asked, [one for one in asked.world.recordings.values() if wanted in (None, one.call.sid)])


def of_one_call(asked: Asked) -> tuple[int, Shape]:
    call = _call(asked)
    return _page(asked, [one for one in asked.world.recordings.values() if one.call is call])


def of_conference(asked: Asked) -> tuple[int, Shape]:
    wanted = asked.path["conference"]
    return _page(asked, [one for one in asked.world.recordings.values() if one.conference == wanted])


def _page(asked: Asked, found: list[Recording]) -> tuple[int, Shape]:
    return 200, page(asked, "recordings", [shape(asked, one) for one in reversed(found)])


def find(asked: Asked) -> Recording:
    """By sid; Twilio.CURRENT is the call's recording that is not over."""
    sid, call = asked.path["recording"], asked.path.get("call")
    for one in reversed(asked.world.recordings.values()):
        if call in (None, one.call.sid) and (one.sid == sid or (sid == CURRENT and not one.over)):
            return one
    raise missing(asked)


def _call(asked: Asked) -> Call:
    call = asked.world.calls.get(asked.path["call"])
    if call is None:
        raise missing(asked)
    return call


def shape(asked: Asked, one: Recording) -> Shape:
    """A recording; below its call it also tells its track, below the account where its sound is."""
    account = asked.world.settings.account
    base = f"/2010-04-01/Accounts/{account}"
    common: Shape = {
        "account_sid": account,
        "api_version": "2010-04-01",
        "call_sid": one.call.sid,
        "channels": one.channels,
        "conference_sid": one.conference,
        "date_created": rfc2822(one.started),
        "date_updated": rfc2822(one.updated),
        "duration": str(one.seconds) if one.over else None,
        "encryption_details": None,
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "sid": one.sid,
        "source": one.source,
        "start_time": rfc2822(one.started),
        "status": one.status,
    }
    if "call" in asked.path:
        return {**common, "track": one.track, "uri": f"{base}/Calls/{one.call.sid}/Recordings/{one.sid}.json"}
    return {
        **common,
        "media_url": Recorder(asked.world).url(one),
        "subresource_uris": {
            "add_on_results": f"{base}/Recordings/{one.sid}/AddOnResults.json",
            "transcriptions": f"{base}/Recordings/{one.sid}/Transcriptions.json",
        },
        "uri": f"{base}/Recordings/{one.sid}.json",
    }
