"""The REST API against the carrier's own description and its own SDK."""

import logging
from typing import Any

import httpx2
import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from tests.exchange.application import ACCOUNT, SITE, TOKEN, Stage, play, response
from tests.exchange.openapi import needs_data, problems

ENQUEUE = response('<Enqueue waitUrl="">care</Enqueue>')
ROOM = response("<Dial><Conference>room</Conference></Dial>")


async def judged(stage: Stage, method: str, path: str, **form: str | list[str]) -> dict[str, Any]:
    """A REST request whose form and answer the OpenAPI file has no objection to."""
    reply = await stage.rest(method, path, **form)
    given = [(k, v) for k, vs in form.items() for v in (vs if isinstance(vs, list) else [vs])]
    full = f"/2010-04-01/Accounts/{ACCOUNT}{path}"
    assert list(problems(method, full, given, (reply.status_code, reply.content))) == []
    found: dict[str, Any] = reply.json() if reply.content else {}
    return found


@needs_data
def test_calls_fit_the_description() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run("listening", call=sid)
        await judged(stage, "GET", f"/Calls/{sid}.json")
        assert len((await judged(stage, "GET", "/Calls.json", To="+15550100", PageSize="5"))["calls"]) == 1
        made = await judged(
            stage, "POST", "/Calls.json", To="+15550199", From="+15550100", Url=f"{SITE}/voice",
            MachineDetection="Enable", StatusCallbackEvent=["ringing", "completed"], Timeout="20",
        )  # fmt: skip
        assert made["status"] == "queued"
        await judged(stage, "POST", f"/Calls/{made['sid']}.json", Status="canceled")
        await judged(stage, "POST", f"/Calls/{sid}.json", Twiml=response("<Say>Bye.</Say><Hangup/>"))
        await stage.run()
        refused = await judged(stage, "POST", f"/Calls/{sid}.json", Status="completed")
        assert (refused["code"], refused["status"]) == (21220, 404)
        assert (await judged(stage, "GET", "/Calls/CA" + "f" * 32 + ".json"))["code"] == 20404
        await judged(stage, "DELETE", f"/Calls/{sid}.json")

    play(scene, {"/voice": ENQUEUE})


@needs_data
def test_queues_fit_the_description() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        made = await judged(stage, "POST", "/Queues.json", FriendlyName="care", MaxSize="2")
        first, second = await stage.call(), await stage.call()
        third = await stage.call()
        await stage.run("time", until="2026-03-02T10:01:00+00:00")
        assert (await stage.seen(third))["status"] == "completed"
        members = await judged(stage, "GET", f"/Queues/{made['sid']}/Members.json")
        assert [(m["call_sid"], m["position"], m["wait_time"]) for m in members["queue_members"]] == [
            (first, 1, 60),
            (second, 2, 60),
        ]
        await judged(stage, "GET", f"/Queues/{made['sid']}/Members/{second}.json")
        await judged(stage, "POST", f"/Queues/{made['sid']}/Members/Front.json", Url=f"{SITE}/out", Method="POST")
        await stage.run("listening", call=first)
        assert (await judged(stage, "GET", f"/Queues/{made['sid']}.json"))["current_size"] == 1
        assert len((await judged(stage, "GET", "/Queues.json"))["queues"]) == 1
        await judged(stage, "POST", f"/Queues/{made['sid']}.json", MaxSize="9")
        assert (await stage.said(first)) == ["Out of the queue."]

    play(scene, {"/voice": ENQUEUE, "/out": response("<Say>Out of the queue.</Say>")})


@needs_data
def test_conferences_fit_the_description() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199")
        sid = await stage.call()
        await stage.run("listening", call=sid)
        (room,) = (await judged(stage, "GET", "/Conferences.json", FriendlyName="room"))["conferences"]
        base = f"/Conferences/{room['sid']}"
        assert room["status"] == "init"
        joined = await judged(
            stage, "POST", f"{base}/Participants.json", To="+15550199", From="+15550100", Label="agent",
            EndConferenceOnExit="true", Muted="false",
        )  # fmt: skip
        await stage.run("listening", call=joined["call_sid"])
        assert (await judged(stage, "GET", f"{base}.json"))["status"] == "in-progress"
        assert len((await judged(stage, "GET", f"{base}/Participants.json"))["participants"]) == 2
        assert (await judged(stage, "GET", f"{base}/Participants/agent.json"))["status"] == "connected"
        held = await judged(
            stage, "POST", f"{base}/Participants/{sid}.json", Hold="true", HoldUrl=f"{SITE}/hold", HoldMethod="POST"
        )
        assert held["hold"] is True
        assert (await stage.seen(sid))["with"] == []
        await stage.run("time", until="2026-03-02T10:01:00+00:00")
        assert "Please hold." in await stage.said(sid)
        await judged(stage, "POST", f"{base}/Participants/{sid}.json", Hold="false", Muted="true")
        assert (await stage.seen(sid))["with"] == [joined["call_sid"]]
        await judged(stage, "POST", f"{base}.json", AnnounceUrl=f"{SITE}/announce")
        await stage.run("time", until="2026-03-02T10:02:00+00:00")
        assert "This call is recorded." in await stage.said(sid)
        assert "This call is recorded." in await stage.said(joined["call_sid"])
        await stage.rest("DELETE", f"{base}/Participants/agent.json")
        await stage.run()
        ended = await judged(stage, "GET", f"{base}.json")
        assert (ended["status"], ended["call_sid_ending_conference"]) == ("completed", joined["call_sid"])
        assert (await stage.seen(sid))["status"] == "completed"

    play(
        scene,
        {
            "/voice": ROOM,
            "/hold": response("<Say>Please hold.</Say><Pause length='9'/>"),
            "/announce": response("<Say>This call is recorded.</Say>"),
        },
    )


@needs_data
def test_recordings_messages_and_numbers_fit_the_description() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run("listening", call=sid)
        made = await judged(
            stage, "POST", f"/Calls/{sid}/Recordings.json", RecordingStatusCallback=f"{SITE}/recorded",
            RecordingChannels="dual",
        )  # fmt: skip
        await stage.run("time", until="2026-03-02T10:00:10+00:00")
        paused = await judged(
            stage, "POST", f"/Calls/{sid}/Recordings/Twilio.CURRENT.json", Status="paused", PauseBehavior="skip"
        )
        assert paused["status"] == "paused"
        await stage.run("time", until="2026-03-02T10:00:30+00:00")
        await judged(stage, "POST", f"/Calls/{sid}/Recordings/{made['sid']}.json", Status="in-progress")
        await stage.run("time", until="2026-03-02T10:00:35+00:00")
        await judged(stage, "POST", f"/Calls/{sid}/Recordings/{made['sid']}.json", Status="stopped")
        await stage.run("time", until="2026-03-02T10:00:36+00:00")
        (told,) = stage.application.to("/recorded")
        assert (told.form["RecordingDuration"], told.form["RecordingStatus"]) == ("15", "completed")
        await judged(stage, "GET", f"/Calls/{sid}/Recordings.json")
        await judged(stage, "GET", f"/Recordings/{made['sid']}.json")
        await judged(stage, "GET", "/Recordings.json", CallSid=sid)
        text = await judged(stage, "POST", "/Messages.json", To="+15550111", From="+15550100", Body="See you at three.")
        assert text["status"] == "queued"
        await judged(stage, "GET", f"/Messages/{text['sid']}.json")
        await judged(stage, "GET", "/Messages.json", To="+15550111")
        (number,) = (await judged(stage, "GET", "/IncomingPhoneNumbers.json"))["incoming_phone_numbers"]
        changed = await judged(
            stage, "POST", f"/IncomingPhoneNumbers/{number['sid']}.json", VoiceFallbackUrl=f"{SITE}/fallback"
        )
        assert changed["voice_fallback_url"] == f"{SITE}/fallback"

    play(scene, {"/voice": ENQUEUE, "/recorded": response("")})


class Carried(AsyncHttpClient):  # type: ignore[misc]
    """Lets the SDK speak to an exchange in this process."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        super().__init__(logging.getLogger("twilio"), True)
        self.client = client

    async def request(self, method: str, url: str, **asked: Any) -> Response:  # noqa: ANN401 - the SDK's own words
        known = {key: asked[key] for key in ("params", "data", "headers", "auth") if asked.get(key) is not None}
        reply = await self.client.request(method, url.replace("https://api.twilio.com", ""), **known)
        return Response(reply.status_code, reply.text)


def test_the_sdk_understands_what_it_is_told() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        client = Client(ACCOUNT, TOKEN, http_client=Carried(stage.client))
        sid = await stage.call()
        await stage.run("listening", call=sid)
        queues = await client.queues.list_async()
        members = await client.queues(queues[0].sid).members.list_async()
        assert [member.call_sid for member in members] == [sid]
        calls = [
            await client.calls.create_async(to=f"+155501{n:02}", from_="+15550100", url=f"{SITE}/x") for n in range(3)
        ]
        assert len(await client.calls.list_async(page_size=2)) == 4
        assert (await client.calls(calls[2].sid).fetch_async()).status == "queued"
        await client.calls(sid).update_async(status="completed")
        await stage.run()
        with pytest.raises(TwilioRestException) as refused:
            await client.calls(sid).update_async(url=f"{SITE}/x")
        assert (refused.value.code, refused.value.status) == (21220, 404)
        stage.world.rest_faults.append(429)
        with pytest.raises(TwilioRestException) as busy:
            await client.calls(sid).fetch_async()
        assert (busy.value.code, busy.value.status) == (20429, 429)

    play(scene, {"/voice": ENQUEUE})


def test_a_parameter_without_effect_is_said() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        form = {"To": "+15550199", "From": "+15550100", "Twiml": response("<Hangup/>"), "Record": "true"}
        assert (await stage.rest("POST", "/Calls.json", **form)).status_code == 201
        assert stage.faults("warning") == ["the REST parameter Record had no effect here"]

    play(scene, {})


def test_a_stranger_is_not_let_in() -> None:
    async def scene(stage: Stage) -> None:
        reply = await stage.client.get(f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", auth=(ACCOUNT, "wrong"))
        assert (reply.status_code, reply.json()["code"]) == (401, 20003)
        assert reply.json()["more_info"].startswith("https://")

    play(scene, {})


def test_calls_start_one_a_second() -> None:
    async def scene(stage: Stage) -> list[str]:
        await stage.number()
        for n in range(3):
            await stage.rest("POST", "/Calls.json", To=f"+1555019{n}", From="+15550100", Url=f"{SITE}/x")
        await stage.run()
        return [str(call.started) for call in stage.world.calls.values()]

    starts = play(scene, {})
    assert starts == [f"2026-03-02 10:00:0{n}+00:00" for n in range(3)]
