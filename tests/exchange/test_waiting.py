"""Queues and conferences, and the REST calls that take callers out of them and in."""

import json

import httpx2

from tests.exchange.application import SITE, Asked, Stage, play, response

ENQUEUE = response('<Enqueue action="/left" waitUrl="/wait">care</Enqueue>', "<Say>After the queue.</Say>")
WAIT = response("<Say>Please hold the line.</Say><Pause length='8'/>")
ROOM = '<Dial action="/after"><Conference statusCallback="/room" statusCallbackEvent="start end join leave" {}>offer-1</Conference></Dial>'  # noqa: E501


def test_a_waiting_caller_hears_the_wait_document_again_and_again() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call({"hang_up": True, "during": "queue", "after": 30})
        await stage.run()
        waits = stage.application.to("/wait")
        assert len(waits) == 4
        assert waits[0].form["QueuePosition"] == "1"
        assert int(waits[1].form["QueueTime"]) > 0
        (left,) = stage.application.to("/left")
        assert (left.form["QueueResult"], left.form["CallStatus"]) == ("hangup", "completed")
        assert left.form["QueueTime"] == "30"
        assert {"queued", "left_queue", "hung_up"} <= set(await stage.kinds(sid))

    play(scene, {"/voice": ENQUEUE, "/wait": WAIT, "/left": response("")})


def test_leave_goes_on_at_the_action() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run()
        (left,) = stage.application.to("/left")
        assert left.form["QueueResult"] == "leave"
        assert (await stage.said(sid))[-1] == "Goodbye."

    leave = response("<Say>One moment.</Say><Leave/>")
    play(scene, {"/voice": ENQUEUE, "/wait": leave, "/left": response("<Say>Goodbye.</Say><Hangup/>")})


def test_a_key_in_the_wait_document_is_heard() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"press": "2"})
        await stage.run()
        assert stage.application.to("/key")[0].form["Digits"] == "2"
        assert stage.application.to("/left")[0].form["QueueResult"] == "leave"

    wait = response('<Gather action="/key" numDigits="1"><Say>Press 2 for a callback.</Say></Gather>')
    play(
        scene,
        {
            "/voice": ENQUEUE,
            "/wait": wait,
            "/key": response("<Leave/>"),
            "/left": response("<Say>We call you back.</Say>"),
        },
    )


def test_rest_redirects_a_waiting_caller_and_the_action_changes_nothing() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        assert await stage.run("listening", call=sid) == "listening"
        assert (await stage.seen(sid))["place"] == "queue"
        reply = await stage.rest("POST", f"/Calls/{sid}.json", Url=f"{SITE}/talk")
        assert (reply.status_code, reply.json()["status"]) == (200, "in-progress")
        await stage.run()
        assert stage.application.to("/left")[0].form["QueueResult"] == "redirected"
        assert (await stage.said(sid))[-1] == "Here we are."
        again = await stage.rest("POST", f"/Calls/{sid}.json", Url=f"{SITE}/talk")
        assert (again.status_code, again.json()["code"]) == (404, 21220)

    left = response("<Say>Never heard.</Say>")
    play(scene, {"/voice": ENQUEUE, "/wait": WAIT, "/left": left, "/talk": response("<Say>Here we are.</Say>")})


def test_two_meet_in_a_conference_and_part() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        customer = await stage.call()
        await stage.run("listening", call=customer)
        more = {"steps": [{"talk": 20}, {"hang_up": True}]}
        (await stage.client.post(f"/exchange/calls/{customer}/script", json=more)).raise_for_status()
        assert (await stage.seen(customer))["place"] == "conference"
        agent = (
            await stage.client.post(
                "/exchange/phones/client:mina/dial", json={"app_url": f"{SITE}/agent", "params": {"offer": "1"}}
            )
        ).json()["sid"]
        await stage.run("listening", call=agent)
        assert (await stage.seen(agent))["with"] == [customer]
        await stage.run()
        events = [asked.form["StatusCallbackEvent"] for asked in stage.application.to("/room")]
        assert sorted(events) == sorted(
            ["participant-join", "participant-join", "conference-start", "participant-leave", "participant-leave",
             "conference-end"]
        )  # fmt: skip
        entered = stage.application.to("/agent")[0].form
        assert (entered["From"], entered["To"], entered["offer"]) == ("client:mina", "", "1")
        assert entered["ApplicationSid"].startswith("AP")
        leaves = [a.form for a in stage.application.to("/room") if a.form["StatusCallbackEvent"] == "participant-leave"]
        assert {form["ReasonParticipantLeft"] for form in leaves} >= {"participant_hung_up"}
        assert (await stage.seen(agent))["status"] == "completed"
        assert stage.faults("error") == []

    play(
        scene,
        {
            "/voice": response(ROOM.format('endConferenceOnExit="true" waitUrl=""')),
            "/agent": response(ROOM.format('startConferenceOnEnter="true"')),
            "/room": response(""),
            "/after": response("<Hangup/>"),
        },
    )


def test_a_rest_call_is_rung_answered_and_reported() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", {"press": "1"})
        reply = await stage.rest(
            "POST", "/Calls.json", To="+15550199", From="+15550100", Url=f"{SITE}/callback",
            StatusCallback=f"{SITE}/status", StatusCallbackEvent=["initiated", "ringing", "answered", "completed"],
        )  # fmt: skip
        assert (reply.status_code, reply.json()["status"]) == (201, "queued")
        await stage.run()
        statuses = sorted(asked.form["CallStatus"] for asked in stage.application.to("/status"))
        assert statuses == ["completed", "in-progress", "initiated", "ringing"]
        assert stage.application.to("/chosen")[0].form["Direction"] == "outbound-api"
        shape = (await stage.rest("GET", f"/Calls/{reply.json()['sid']}.json")).json()
        assert (shape["status"], shape["direction"]) == ("completed", "outbound-api")
        unknown = await stage.rest("POST", "/Calls.json", To="+15550198", From="+15550100", Url=f"{SITE}/callback")
        await stage.run()
        sid = unknown.json()["sid"]
        assert (await stage.seen(sid))["status"] == "no-answer"
        assert len((await stage.rest("GET", "/Calls.json", PageSize="1")).json()["calls"]) == 1

    play(
        scene,
        {
            "/callback": response(
                '<Gather action="/chosen" numDigits="1"><Say>You asked us to call. Press 1.</Say></Gather>'
            ),
            "/chosen": response("<Hangup/>"),
            "/status": response(""),
        },
    )


def test_followers_act_before_the_exchange_at_each_moment() -> None:
    """A follower redirects the caller at ten seconds, who would hang up in the queue at eleven."""
    due = "2026-03-02T10:00:10+00:00"

    async def scene(stage: Stage) -> None:
        sids: list[str] = []

        async def follow(asked: Asked) -> None:
            if asked.path != "/clock" or not sids:
                return
            now = json.loads(asked.text)["now"]
            done = stage.application.pages["/clock"] = httpx2.Response(200, json={"next_due": None})
            if now < due:
                stage.application.pages["/clock"] = httpx2.Response(200, json={"next_due": due})
            elif done is not None and not stage.application.to("/talk"):
                assert now == due
                await stage.rest("POST", f"/Calls/{sids[0]}.json", Url=f"{SITE}/talk")

        stage.application.on_ask = follow
        await stage.number()
        (await stage.client.post("/exchange/clock/follow", json={"url": f"{SITE}/clock"})).raise_for_status()
        sids.append(await stage.call({"hang_up": True, "during": "queue", "after": 11}))
        await stage.run()
        assert stage.application.to("/left")[0].form["QueueResult"] == "redirected"
        assert stage.application.to("/left")[0].form["QueueTime"] == "10"
        assert (await stage.said(sids[0]))[-1] == "Here we are."

    talk = response("<Say>Here we are.</Say>")
    play(scene, {"/voice": ENQUEUE, "/wait": WAIT, "/left": response(""), "/clock": response(""), "/talk": talk})


def test_an_absent_follower_holds_nothing_up() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        (await stage.client.post("/exchange/clock/follow", json={"url": f"{SITE}/gone"})).raise_for_status()
        await stage.call({"hang_up": True, "during": "queue", "after": 11})
        assert await stage.run() == "idle"

    gone = httpx2.ConnectError("refused")
    play(scene, {"/voice": ENQUEUE, "/wait": WAIT, "/left": response(""), "/gone": gone})
