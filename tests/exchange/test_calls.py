"""Scripted callers in a menu: what they hear, what the application is told, how it ends."""

from exchange.world import Settings
from tests.exchange.application import ACCOUNT, SITE, TOKEN, Application, Stage, play, response

MENU = response(
    '<Gather input="dtmf speech" action="/chosen" numDigits="1" timeout="4"><Say>Press 1, or speak.</Say></Gather>',
    "<Say>You said nothing.</Say><Redirect>/voice</Redirect>",
)


def test_a_pressed_key_reaches_the_action_and_the_call_ends() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(status_callback=f"{SITE}/status")
        sid = await stage.call({"press": "1"}, params={"StirVerstat": "TN-Validation-Passed-A"})
        assert await stage.run() == "idle"
        first, chosen, status = stage.application.asked
        assert (first.path, first.form["CallStatus"], first.form["StirVerstat"]) == (
            "/voice",
            "ringing",
            "TN-Validation-Passed-A",
        )
        assert (chosen.path, chosen.form["Digits"], chosen.form["CallStatus"]) == ("/chosen", "1", "in-progress")
        assert chosen.form["msg"] == "Gather End"
        assert (status.path, status.form["CallStatus"], status.form["SequenceNumber"]) == ("/status", "completed", "0")
        seen = await stage.seen(sid)
        assert (seen["status"], seen["place"], seen["ended_by"]) == ("completed", "ended", "document")
        assert await stage.said(sid) == ["Press 1, or speak.", "Thank you."]
        assert stage.faults() == []

    play(scene, {"/voice": MENU, "/chosen": response("<Say>Thank you.</Say><Hangup/>"), "/status": response("")})


def test_every_webhook_is_signed_as_the_sdk_checks_it() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(voice_url=f"{SITE}/voice?x=a%20b&y=")
        await stage.call({"say": "안녕하세요", "confidence": None})
        await stage.run()
        assert [asked.path for asked in stage.application.asked] == ["/voice", "/chosen"]
        for asked in stage.application.asked:
            assert asked.signed_with(TOKEN)
            assert not asked.signed_with("another")
            assert asked.headers["User-Agent"] == "TwilioProxy/1.1"
            assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
        assert stage.application.asked[1].form["SpeechResult"] == "안녕하세요"
        assert "Confidence" not in stage.application.asked[1].form
        tokens = [asked.headers["I-Twilio-Idempotency-Token"] for asked in stage.application.asked]
        assert len(set(tokens)) == len(tokens)

    pages = {"/voice": MENU, "/chosen": response("<Hangup/>")}
    play(scene, Application(dict(pages)))
    sha256 = Settings(ACCOUNT, TOKEN, shared_key="webhooks_sharedkey_1")
    play(scene, Application(dict(pages)), sha256)


def test_silence_falls_through_to_the_next_verb() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call({"silence": True}, {"say": "a person please", "heard": "a parson please"})
        await stage.run("listening", call=sid)
        assert (await stage.said(sid))[:2] == ["Press 1, or speak.", "You said nothing."]
        (chosen,) = stage.application.to("/chosen")
        assert chosen.form["SpeechResult"] == "a parson please"
        assert chosen.form["Confidence"] == "0.93"

    play(scene, {"/voice": MENU, "/chosen": response("<Hangup/>")})


def test_an_empty_result_is_told_where_it_was_asked_for() -> None:
    gather = response('<Gather action="/chosen" actionOnEmptyResult="true" timeout="2"><Say>Well?</Say></Gather>')

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.run()
        (chosen,) = stage.application.to("/chosen")
        assert "Digits" not in chosen.form
        assert "SpeechResult" not in chosen.form

    play(scene, {"/voice": gather, "/chosen": response("<Hangup/>")})


def test_barge_in_cuts_the_prompt() -> None:
    long = "x" * 150

    async def scene(stage: Stage) -> float:
        await stage.number()
        await stage.call({"press": "5", "barge": True, "after": 2})
        await stage.run()
        return (stage.world.clock.now - stage.world.calls[next(iter(stage.world.calls))].created).total_seconds()

    pages = {
        "/voice": response(f'<Gather action="/chosen" numDigits="1"><Say>{long}</Say></Gather>'),
        "/chosen": response("<Hangup/>"),
    }
    assert play(scene, pages) == 2.0


def test_keys_are_only_for_keys_and_words_only_for_words() -> None:
    pages = {
        "/voice": response('<Gather input="speech" action="/a" timeout="3"><Say>Speak.</Say></Gather>'
                           '<Say>Now keys.</Say>'
                           '<Gather input="dtmf" action="/b" finishOnKey="#"><Say>Press.</Say></Gather>'),
        "/b": response("<Hangup/>"),
    }  # fmt: skip

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"press": "12#"})
        await stage.run()
        assert stage.application.to("/a") == []
        (keys,) = stage.application.to("/b")
        assert (keys.form["Digits"], keys.form["FinishedOnKey"]) == ("12", "#")

    play(scene, pages)


def test_the_caller_hangs_up_and_it_is_reported_once() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(status_callback=f"{SITE}/status")
        sid = await stage.call({"until_said": "Press 1"}, {"hang_up": True, "after": 1})
        await stage.run()
        assert [asked.form["CallStatus"] for asked in stage.application.to("/status")] == ["completed"]
        assert (await stage.seen(sid))["ended_by"] == "caller"

    play(scene, {"/voice": MENU, "/status": response("")})


def test_reject_is_never_answered() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run()
        assert (await stage.seen(sid))["status"] == "busy"
        assert "answered" not in await stage.kinds(sid)

    play(scene, {"/voice": response('<Reject reason="busy"/>')})
