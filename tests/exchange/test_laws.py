"""Laws that hold whatever callers, agents and the application do to each other."""

from datetime import timedelta
from typing import Any

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.call import FINAL
from tests.exchange.application import SITE, START, Application, Reply, Stage, play, response

PAGES: dict[str, Reply | list[Reply]] = {
    "/menu": response('<Gather input="dtmf speech" action="/queue" numDigits="1"><Say>Choose.</Say></Gather>'),
    "/queue": response('<Enqueue action="/left" waitUrl="/wait">care</Enqueue><Say>Behind the queue.</Say>'),
    "/wait": response('<Gather action="/leave" numDigits="1"><Say>Please wait.</Say></Gather>'),
    "/leave": response("<Leave/>"),
    "/left": response("<Say>You left.</Say><Redirect>/room</Redirect>"),
    "/room": response(
        '<Dial action="/menu"><Conference waitUrl="/music" statusCallback="/events" '
        'statusCallbackEvent="start end join leave hold">room</Conference></Dial>'
    ),
    "/host": response('<Dial><Conference endConferenceOnExit="true">room</Conference></Dial>'),
    "/music": response("<Say>Music.</Say><Pause length='3'/>"),
    "/take": response('<Dial timeout="20" action="/room"><Queue url="/music">care</Queue></Dial>'),
    "/dial": response(
        '<Dial timeout="9" action="/menu"><Number url="/wait2">+15550190</Number><Client>mina</Client></Dial>'
    ),
    "/wait2": response('<Gather numDigits="1" action="/ok"><Say>Press.</Say></Gather><Hangup/>'),
    "/ok": response(""),
    "/record": response('<Record action="/queue" timeout="2" maxLength="9"/>'),
    "/broken": httpx2.Response(500),
    "/lost": httpx2.ConnectError("refused"),
    "/bad": "<Response><Nothing/></Response>",
    "/fallback": response("<Say>One moment.</Say><Pause length='2'/><Redirect>/queue</Redirect>"),
    "/events": response(""),
    "/status": response(""),
}
paths = st.sampled_from([path for path in PAGES if path not in ("/events", "/status", "/wait2", "/ok", "/fallback")])
seconds = st.integers(0, 12)
steps = st.one_of(
    st.builds(lambda n: {"wait": n}, seconds),
    st.builds(lambda barge: {"press": "1", "barge": barge}, st.booleans()),
    st.just({"say": "a person"}),
    st.just({"silence": True}),
    st.builds(lambda n: {"talk": n}, seconds),
    st.builds(lambda n, p: {"hang_up": True, "after": n, "during": p}, seconds, st.sampled_from([None, "queue"])),
)
callers = st.tuples(paths, st.lists(steps, max_size=5), seconds)
deeds = st.tuples(
    st.sampled_from(["redirect", "twiml", "complete", "cancel", "hold", "unhold", "kick", "end", "front", "hang_up"]),
    st.integers(0, 5),
    paths,
    seconds,
)


async def _do(stage: Stage, deed: str, which: int, path: str) -> None:
    calls = list(stage.world.calls.values())
    if not calls:
        return
    call = calls[which % len(calls)]
    one = f"/Calls/{call.sid}.json"
    match deed:
        case "redirect":
            await stage.rest("POST", one, Url=f"{SITE}{path}")
        case "twiml":
            await stage.rest("POST", one, Twiml=response(f"<Redirect>{SITE}{path}</Redirect>"))
        case "complete" | "cancel":
            await stage.rest("POST", one, Status="completed" if deed == "complete" else "canceled")
        case "hang_up":
            await stage.client.post(f"/exchange/calls/{call.sid}/hang_up")
        case "front":
            for queue in stage.world.queues.values():
                await stage.rest("POST", f"/Queues/{queue.sid}/Members/Front.json", Url=f"{SITE}{path}")
        case _:
            await _disturb(stage, deed, call.sid)


async def _disturb(stage: Stage, deed: str, sid: str) -> None:
    for room in list(stage.world.conferences):
        here = f"/Conferences/{room}"
        if deed == "end":
            await stage.rest("POST", f"{here}.json", Status="completed")
        elif deed == "kick":
            await stage.rest("DELETE", f"{here}/Participants/{sid}.json")
        else:
            hold = str(deed == "hold").lower()
            await stage.rest("POST", f"{here}/Participants/{sid}.json", Hold=hold, HoldUrl=f"{SITE}/music")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(callers, min_size=1, max_size=4), st.lists(deeds, max_size=6), st.sampled_from(["human", "busy"]))
def test_every_call_ends_once_and_leaves_nothing_behind(
    who: list[Any], what: list[tuple[str, int, str, int]], answer: str
) -> None:
    async def scene(stage: Stage) -> None:
        for place, (path, script, after) in enumerate(who):
            number = f"+1555010{place}"
            await stage.number(
                number,
                voice_url=f"{SITE}{path}",
                voice_fallback_url=f"{SITE}/fallback",
                status_callback=f"{SITE}/status",
            )
            await stage.call(*script, to=number)
            await stage.run("time", until=(stage.world.clock.now + timedelta(seconds=after)).isoformat())
        await stage.phone("client:mina", {"press": "1"}, {"talk": 5}, {"hang_up": True}, answer=answer)
        for deed, which, path, after in what:
            await _do(stage, deed, which, path)
            await stage.run("time", until=(stage.world.clock.now + timedelta(seconds=after)).isoformat())
        for call in stage.world.live_calls():
            await stage.client.post(f"/exchange/calls/{call.sid}/hang_up")
        assert await stage.run("idle", until=(START + timedelta(hours=5)).isoformat()) == "idle"
        _check(stage)

    play(scene, Application({**PAGES}))


def _check(stage: Stage) -> None:
    world = stage.world
    for call in world.calls.values():
        assert call.status in FINAL
        assert [entry["kind"] for entry in call.log].count("hung_up") == 1
        assert not call.peers and call.ear is None and call.participant is None and call.member is None
        assert call.person is None or call.person.idle
    assert all(not queue.members and not queue.arrivals for queue in world.queues.values())
    assert all(not conference.participants for conference in world.conferences.values())
    assert all(recording.over for recording in world.recordings.values())
    told = [asked.form["CallSid"] for asked in stage.application.to("/status")]
    assert sorted(told) == sorted(call.sid for call in world.calls.values() if call.direction == "inbound")
    joins = [a.form["StatusCallbackEvent"] for a in stage.application.to("/events")]
    assert joins.count("participant-join") == joins.count("participant-leave")
    assert world.clock.next_moment() is None
