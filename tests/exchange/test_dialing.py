"""<Dial>: phones, clients, screening, queues; recordings; answering machines."""

import asyncio

import pytest

from tests.exchange.application import SITE, Stage, play, response

DIAL = '<Dial action="/dialled" timeout="10">{}</Dial>'
NUMBER = response(DIAL.format('<Number url="/screen" statusCallback="/leg">+15550199</Number>'))
SCREEN = response('<Gather action="/accept" numDigits="1" timeout="3"><Say>Press 1.</Say></Gather>', "<Hangup/>")
PAGES = {
    "/voice": NUMBER,
    "/screen": SCREEN,
    "/accept": response(""),
    "/dialled": response("<Say>After the talk.</Say><Hangup/>"),
    "/leg": response(""),
}


def test_an_accepted_call_is_bridged_until_one_side_leaves() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", {"press": "1"}, {"talk": 30}, {"hang_up": True})
        sid = await stage.call()
        await stage.run()
        (done,) = stage.application.to("/dialled")
        assert (done.form["DialCallStatus"], done.form["DialBridged"]) == ("completed", "true")
        assert int(done.form["DialCallDuration"]) >= 30
        (screen,) = stage.application.to("/screen")
        assert (screen.form["ParentCallSid"], screen.form["Direction"]) == (sid, "outbound-dial")
        assert screen.form["CallSid"] == done.form["DialCallSid"]
        assert [one.form["CallStatus"] for one in stage.application.to("/leg")] == ["completed"]
        assert (await stage.said(sid)) == ["After the talk."]
        assert "bridged" in await stage.kinds(sid)

    play(scene, PAGES)


def test_picked_up_but_never_accepted_is_not_bridged() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", {"silence": True}, answer="machine")
        await stage.call()
        await stage.run()
        (done,) = stage.application.to("/dialled")
        assert (done.form["DialCallStatus"], done.form["DialBridged"]) == ("completed", "false")

    play(scene, PAGES)


@pytest.mark.parametrize(
    ("answer", "status", "seconds"),
    [("busy", "busy", 3), ("refused", "busy", 3), ("failed", "failed", 3), ("no-answer", "no-answer", 15)],
)
def test_an_unanswered_dial_says_why(answer: str, status: str, seconds: int) -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", answer=answer)
        sid = await stage.call()
        await stage.run()
        assert stage.application.to("/dialled")[0].form["DialCallStatus"] == status
        rung = stage.world.calls[stage.application.to("/dialled")[0].form["DialCallSid"]]
        assert rung.ended is not None
        assert (rung.ended - rung.created).total_seconds() == seconds
        assert sid != rung.sid

    play(scene, PAGES)


def test_the_first_to_answer_wins_and_the_others_stop_ringing() -> None:
    both = response(DIAL.format("<Number>+15550198</Number><Client>mina</Client>"))

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550198", after=6)
        await stage.phone("client:mina", {"talk": 5}, {"hang_up": True}, after=2)
        await stage.call()
        await stage.run()
        ends = {call.to: call.status for call in stage.world.calls.values() if call.parent}
        assert ends == {"+15550198": "canceled", "client:mina": "completed"}

    play(scene, {**PAGES, "/voice": both})


def test_one_after_the_other() -> None:
    inner = "<Number>+15550198</Number><Sip>sip:desk@example.test</Sip>"
    both = response(f'<Dial action="/dialled" sequential="true" timeout="10">{inner}</Dial>')

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550198", answer="busy", after=1)
        await stage.phone("sip:desk@example.test", {"hang_up": True, "after": 2}, after=1)
        await stage.call()
        await stage.run()
        starts = [call.started for call in stage.world.calls.values() if call.parent]
        assert starts[0] is not None and starts[1] is not None
        assert (starts[1] - starts[0]).total_seconds() == 1
        assert stage.application.to("/dialled")[0].form["DialBridged"] == "true"

    play(scene, {**PAGES, "/voice": both})


def test_a_caller_who_leaves_takes_the_ringing_leg_along() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", answer="no-answer")
        await stage.call({"wait": 4}, {"hang_up": True})
        await stage.run()
        assert [call.status for call in stage.world.calls.values()] == ["completed", "canceled"]
        (told,) = stage.application.to("/dialled")
        assert (told.form["CallStatus"], told.form["DialCallStatus"]) == ("completed", "canceled")

    play(scene, PAGES)


def test_rest_takes_a_caller_out_of_a_talk() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", {"press": "1"})
        sid = await stage.call()
        await stage.run("time", until="2026-03-02T10:00:30+00:00")
        assert (await stage.seen(sid))["place"] == "bridged"
        await stage.rest("POST", f"/Calls/{sid}.json", Url=f"{SITE}/talk")
        await stage.run()
        assert await stage.said(sid) == ["Somewhere else."]
        assert stage.application.to("/dialled") == []
        assert {call.status for call in stage.world.calls.values()} == {"completed"}

    play(scene, {**PAGES, "/talk": response("<Say>Somewhere else.</Say>")})


def test_the_star_key_leaves_the_talk() -> None:
    star = response('<Dial action="/dialled" hangupOnStar="true"><Number>+15550199</Number></Dial>')

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199")
        sid = await stage.call({"press": "1*"})
        await stage.run()
        assert await stage.said(sid) == ["After the talk."]

    play(scene, {**PAGES, "/voice": star})


def test_an_agent_takes_the_first_in_the_queue_who_hears_the_whisper() -> None:
    pages = {
        "/voice": response('<Enqueue action="/left" waitUrl="">care</Enqueue>'),
        "/agent": response('<Dial action="/done"><Queue url="/whisper">care</Queue></Dial>'),
        "/whisper": response("<Say>Mina takes your call.</Say>"),
        "/left": response("<Say>Goodbye.</Say>"),
        "/done": response("<Hangup/>"),
    }

    async def scene(stage: Stage) -> None:
        await stage.number()
        first = await stage.call({"talk": 10}, {"wait": 600})
        second = await stage.call()
        await stage.run("listening", call=second)
        body = {"app_url": f"{SITE}/agent", "script": [{"talk": 20}, {"hang_up": True}]}
        agent = (await stage.client.post("/exchange/phones/client:mina/dial", json=body)).json()["sid"]
        await stage.run("time", until="2026-03-02T10:02:00+00:00")
        (whisper,) = stage.application.to("/whisper")
        assert (whisper.form["CallSid"], whisper.form["DequeingCallSid"]) == (first, agent)
        assert await stage.said(first) == ["Mina takes your call.", "Goodbye."]
        (left,) = stage.application.to("/left")
        assert (left.form["QueueResult"], left.form["CallStatus"]) == ("bridged", "in-progress")
        (queue,) = stage.world.queues.values()
        assert [member.call.sid for member in queue.members] == [second]

    play(scene, pages)


def test_an_empty_queue_is_waited_at_and_an_unknown_one_is_a_fault() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.run()
        assert stage.application.to("/done")[0].form["DialCallStatus"] == "failed"
        assert stage.faults("error") == ["there is no queue named 'care'"]

    pages = {"/voice": response('<Dial action="/done"><Queue>care</Queue></Dial>'), "/done": response("<Hangup/>")}
    play(scene, pages)


def test_a_foreign_caller_id_fails_the_dial() -> None:
    spoofed = response('<Dial action="/dialled" callerId="+15559999">+15550199</Dial>')

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.run()
        assert stage.application.to("/dialled")[0].form["DialCallStatus"] == "failed"
        assert stage.world.faults[0].code == 13214

    play(scene, {**PAGES, "/voice": spoofed})


@pytest.mark.parametrize(
    ("answer", "detection", "verdict"),
    [
        ("human", "Enable", "human"),
        ("machine", "Enable", "machine_start"),
        ("machine", "DetectMessageEnd", "machine_end_beep"),
    ],
)
def test_who_answered_is_told(answer: str, detection: str, verdict: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", answer=answer)
        form = {"To": "+15550199", "From": "+15550100", "Url": f"{SITE}/called", "MachineDetection": detection}
        await stage.rest("POST", "/Calls.json", **form)
        await stage.run()
        (called,) = stage.application.to("/called")
        assert called.form["AnsweredBy"] == verdict
        assert int(called.form["MachineDetectionDuration"]) > 0

    play(scene, {"/called": response("<Hangup/>")})


def test_detection_beside_the_call_is_told_apart() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199")
        form = {
            "To": "+15550199", "From": "+15550100", "Url": f"{SITE}/called", "MachineDetection": "Enable",
            "AsyncAmd": "true", "AsyncAmdStatusCallback": f"{SITE}/amd",
        }  # fmt: skip
        await stage.rest("POST", "/Calls.json", **form)
        await stage.run()
        assert "AnsweredBy" not in stage.application.to("/called")[0].form
        (amd,) = stage.application.to("/amd")
        assert set(amd.form) == {"AccountSid", "CallSid", "AnsweredBy", "MachineDetectionDuration"}

    play(scene, {"/called": response("<Pause length='10'/><Hangup/>"), "/amd": response("")})


def test_a_message_is_recorded_until_silence_or_hang_up() -> None:
    record = response('<Record action="/kept" timeout="4" recordingStatusCallback="/recorded"/>')

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"say": "x" * 150})
        await stage.call({"say": "short"}, {"hang_up": True})
        await stage.run()
        kept = {one.form["Digits"]: one.form for one in stage.application.to("/kept")}
        assert kept[""]["RecordingDuration"] == "14"
        assert kept["hangup"]["CallStatus"] == "completed"
        assert len(stage.application.to("/recorded")) == 2
        assert kept[""]["RecordingUrl"].endswith(kept[""]["RecordingSid"])

    play(scene, {"/voice": record, "/kept": response("<Hangup/>"), "/recorded": response("")})


def test_a_phone_in_a_talk_is_busy() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550111")
        await stage.call({"wait": 60}, {"hang_up": True})
        await stage.run("time", until="2026-03-02T10:00:05+00:00")
        reply = await stage.rest("POST", "/Calls.json", To="+15550111", From="+15550100", Url=f"{SITE}/x")
        await stage.run()
        assert (await stage.seen(reply.json()["sid"]))["status"] == "busy"

    play(scene, {"/voice": response('<Enqueue waitUrl="">care</Enqueue>')})


def test_texts_go_out_and_come_in() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(sms_url=f"{SITE}/text")
        await stage.rest("POST", "/Messages.json", To="+15550111", From="+15550100", Body="예약되었습니다.")
        body = {"from": "+15550111", "to": "+15550100", "body": "네"}
        (await stage.client.post("/exchange/messages", json=body)).raise_for_status()
        await stage.run("time", until="2026-03-02T10:00:10+00:00")
        shown = (await stage.client.get("/exchange/messages")).json()
        assert [(m["body"], m["direction"], m["status"]) for m in shown] == [
            ("예약되었습니다.", "outbound-api", "delivered"),
            ("네", "inbound", "received"),
        ]
        assert stage.application.to("/text")[0].form["Body"] == "네"

    play(scene, {"/text": response("")})


def test_a_leg_that_is_redirected_goes_its_own_way() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.phone("+15550199", {"press": "1"})
        sid = await stage.call()
        await stage.run("time", until="2026-03-02T10:00:30+00:00")
        (leg,) = (await stage.seen(sid))["with"]
        await stage.rest("POST", f"/Calls/{leg}.json", Url=f"{SITE}/elsewhere")
        await stage.run()
        assert await stage.said(sid) == ["After the talk."]
        assert (await stage.said(leg))[-1] == "You go on alone."
        assert {call.status for call in stage.world.calls.values()} == {"completed"}

    play(scene, {**PAGES, "/elsewhere": response("<Say>You go on alone.</Say>")})


def test_whoever_leaves_in_the_moment_of_being_taken_blocks_nobody() -> None:
    """The caller hangs up at the very second in which an agent dials the queue, in either order."""

    async def scene(stage: Stage) -> None:
        await stage.number()
        body = {"app_url": f"{SITE}/agent", "script": [{"wait": 60}, {"hang_up": True}]}
        caller = await stage.call({"wait": 10}, {"hang_up": True})
        await stage.run("time", until="2026-03-02T10:00:10+00:00")
        other = await stage.call({"wait": 5})
        for sid in (other, caller):
            agent = stage.client.post("/exchange/phones/client:mina/dial", json=body)
            gone = stage.client.post(f"/exchange/calls/{sid}/hang_up")
            redirect = stage.rest("POST", f"/Calls/{sid}.json", Url=f"{SITE}/done")
            await asyncio.gather(agent, redirect, gone)
        assert await stage.run() == "idle"
        assert {call.status for call in stage.world.calls.values()} <= {"completed", "canceled"}

    pages = {
        "/voice": response('<Enqueue action="/left" waitUrl="">care</Enqueue>'),
        "/agent": response('<Dial action="/done" timeout="20"><Queue url="/whisper">care</Queue></Dial>'),
        "/whisper": response("<Say>Mina takes your call.</Say>"),
        "/left": response("<Hangup/>"),
        "/done": response("<Hangup/>"),
    }
    play(scene, pages)
