"""What the exchange does when the application fails, and which mistakes it calls by name."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from exchange.twiml import is_supported, read
from tests.exchange.application import SITE, Application, Asked, Reply, Stage, play, response
from tests.exchange.openapi import DATA, needs_data

FALLBACK = response("<Say>One moment please.</Say><Pause length='5'/><Redirect>http://app.test/voice</Redirect>")
DOWN = httpx2.ConnectError("refused")


def test_an_outage_is_bridged_by_the_fallback_document() -> None:
    """The voice URL is down for 40 seconds; the static fallback leads back until it answers."""

    async def scene(stage: Stage) -> None:
        async def mend(asked: Asked) -> None:
            if stage.world.clock.now.second >= 40:
                stage.application.pages["/voice"] = response("<Say>We are back.</Say><Hangup/>")

        stage.application.on_ask = mend
        await stage.number(voice_fallback_url="http://exchange.test/static/fallback.xml")
        await stage.client.put("/exchange/static/fallback.xml", content=FALLBACK, headers={"content-type": "text/xml"})
        sid = await stage.call()
        await stage.run()
        said = await stage.said(sid)
        assert said[-1] == "We are back."
        assert said[:-1] == ["One moment please."] * (len(said) - 1)
        assert len(said) > 5
        assert (await stage.seen(sid))["status"] == "completed"

    play(scene, {"/voice": DOWN})


def test_the_fallback_is_told_what_went_wrong() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(voice_fallback_url=f"{SITE}/fallback")
        await stage.call()
        await stage.run()
        (fallback,) = stage.application.to("/fallback")
        assert (fallback.form["ErrorCode"], fallback.form["ErrorUrl"]) == ("11200", f"{SITE}/voice")
        assert fallback.signed_with("12345")

    play(scene, {"/voice": httpx2.Response(500), "/fallback": response("<Say>Sorry.</Say><Hangup/>")})


def test_without_a_fallback_the_caller_hears_of_an_application_error() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(status_callback=f"{SITE}/status")
        sid = await stage.call()
        await stage.run()
        assert "application error" in (await stage.said(sid))[-1]
        assert (await stage.seen(sid))["ended_by"] == "application error"
        assert len(stage.application.to("/status")) == 1

    play(scene, {"/voice": DOWN, "/status": response("")})


@pytest.mark.parametrize(
    ("fragment", "tries"),
    [("", 2), ("#rc=0", 1), ("#rc=4", 5), ("#rc=9", 2), ("#rc=2&rp=5xx", 1), ("#rc=1&rp=all", 2)],
)
def test_a_refused_connection_is_tried_again_as_the_url_says(fragment: str, tries: int) -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(voice_url=f"{SITE}/voice{fragment}")
        await stage.call()
        await stage.run()
        asked = stage.application.to("/voice")
        assert len(asked) == tries
        assert len({one.headers["I-Twilio-Idempotency-Token"] for one in asked}) == 1

    play(scene, {"/voice": DOWN})


def test_server_errors_are_tried_again_only_when_asked_for() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number(voice_url=f"{SITE}/voice#rc=3&rp=5xx,rt")
        sid = await stage.call()
        await stage.run()
        assert len(stage.application.to("/voice")) == 3
        assert await stage.said(sid) == ["Here."]

    pages: dict[str, Reply | list[Reply]] = {
        "/voice": [httpx2.Response(503), httpx2.Response(502), response("<Say>Here.</Say><Hangup/>")]
    }
    play(scene, pages)


def test_an_application_that_never_answers_costs_its_time_limit() -> None:
    async def scene(stage: Stage) -> None:
        async def hang(asked: Asked) -> None:
            if asked.path == "/voice":
                await asyncio.Event().wait()

        stage.application.on_ask = hang
        await stage.number(voice_url=f"{SITE}/voice#tt=200", voice_fallback_url=f"{SITE}/fallback")
        sid = await stage.call()
        await stage.run()
        fallback = next(e for e in (await stage.seen(sid))["log"] if e["kind"] == "said")
        assert fallback["at"] == "2026-03-02T10:00:00.200000+00:00"
        assert stage.application.to("/fallback")[0].form["ErrorCode"] == "11200"

    play(scene, {"/fallback": response("<Say>Sorry.</Say><Hangup/>")})


def test_a_sound_that_is_not_there_is_said_and_the_call_goes_on() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run()
        assert "could not be had" in stage.faults("warning")[0]
        assert (await stage.said(sid)) == ["Next."]

    play(scene, {"/voice": response("<Play>/none.wav</Play><Say>Next.</Say>")})


def test_a_redirected_answer_loses_the_keys() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call({"press": "1"})
        await stage.run()
        (moved,) = stage.application.to("/moved")
        assert moved.method == "GET"
        assert "Digits" not in moved.form
        assert moved.form["CallStatus"] == "in-progress"
        assert moved.signed_with("12345")

    play(
        scene,
        {
            "/voice": response('<Gather action="/old" numDigits="1"><Say>Press.</Say></Gather>'),
            "/old": httpx2.Response(302, headers={"location": "/moved"}),
            "/moved": response("<Hangup/>"),
        },
    )


def test_more_than_ten_redirects_are_a_fault() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.run()
        assert [fault.code for fault in stage.world.faults] == [11215]
        assert len(stage.application.asked) == 11

    play(scene, {"/voice": httpx2.Response(307, headers={"location": "/voice"})})


def test_cookies_are_kept_for_one_call() -> None:
    page = httpx2.Response(
        200,
        text=response("<Redirect>/again</Redirect>"),
        headers={"content-type": "text/xml", "set-cookie": "turn=7; Path=/"},
    )

    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.call()
        await stage.run()
        assert [asked.headers.get("cookie") for asked in stage.application.to("/voice")] == [None, None]
        assert [asked.headers.get("cookie") for asked in stage.application.to("/again")] == ["turn=7", "turn=7"]

    play(scene, {"/voice": page, "/again": response("<Hangup/>")})


MISTAKES = {
    "empty": ("<Response/>", "empty <Response>", "warning"),
    "too large": (response(f"<Say>{'x' * 70_000}</Say>"), "larger than 64 kB", "error"),
    "not XML": ("<Response><Say>", "not XML", "error"),
    "no Response": ("<Say>Hello</Say>", "starts with <Say>", "error"),
    "unknown element": (response("<Speak>Hello</Speak>"), "<Speak> may not stand inside <Response>", "error"),
    "not played here": (response("<Pay/>"), "<Pay> is not supported", "unsupported"),
    "wrong nesting": (response("<Say>a<Gather/></Say>"), "<Gather> may not stand inside <Say>", "error"),
    "noun as verb": (response("<Conference>x</Conference>"), "may not stand inside <Response>", "error"),
    "unknown attribute": (response('<Gather actionOnEmpty="true"/>'), "no attribute 'actionOnEmpty'", "error"),
    "snake case": (response('<Gather num_digits="1"/>'), "no attribute 'num_digits'", "error"),
    "bad value": (response('<Gather input="voice"/>'), "must be one of", "error"),
    "bad number": (response('<Pause length="1.5"/>'), "must be a whole number", "error"),
    "bad boolean": (response('<Gather actionOnEmptyResult="True"/>'), "must be one of true, false", "error"),
    "speech model": (response('<Gather input="speech" speechModel="phone_call" speechTimeout="auto"/>'),
                     "positive whole number", "error"),
    "after redirect": (response("<Redirect>/x</Redirect><Say>a</Say>"), "never reached", "warning"),
    "after hang-up": (response("<Hangup/><Say>a</Say>"), "never reached", "warning"),
    "after record": (response('<Record action="/x"/><Say>a</Say>'), "never reached", "warning"),
    "after dial": (response('<Dial action="/x">+15550199</Dial><Say>a</Say>'), "never reached", "warning"),
    "after connect": (response('<Connect action="/x"><Stream url="wss://a/b"/></Connect><Say>a</Say>'),
                      "never reached", "warning"),
    "stream query": (response('<Connect><Stream url="wss://a/b?c=d"/></Connect>'), "without a query string", "error"),
    "two conferences": (response("<Dial><Conference>a</Conference><Number>1</Number></Dial>"), "one <Conference>",
                        "error"),
    "foreign voice": (response('<Say voice="Polly.Joanna" language="ko-KR">네</Say>'), "does not speak", "error"),
    "queue name": (response(f"<Enqueue>{'q' * 65}</Enqueue>"), "at most 64 characters", "error"),
    "underscore": (response('<Dial><Number statusCallback="http://a_b/c">1</Number></Dial>'), "underscore", "error"),
    "text": ("<Response>Hello</Response>", "text stands directly", "error"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_called_by_name(name: str) -> None:
    document, sentence, kind = MISTAKES[name]

    async def scene(stage: Stage) -> None:
        await stage.number(voice_fallback_url=f"{SITE}/fallback")
        await stage.phone("+15550199")
        await stage.call({"hang_up": True, "after": 60})
        await stage.run()
        assert any(sentence in said for said in stage.faults(kind)), stage.faults()
        (first, *_) = stage.world.faults
        assert first.call.startswith("CA")
        assert bool(stage.application.to("/fallback")) == (kind != "warning")

    play(scene, {"/voice": document, "/fallback": response("<Say>Sorry.</Say><Hangup/>"), "/x": response("<Hangup/>")})


@pytest.mark.parametrize(
    "verbs",
    [
        '<Gather action="/next"><Say>a</Say></Gather>',
        "<Gather><Say>a</Say></Gather>",
        "<Redirect>/next</Redirect>",
        '<Record action="next"/>',
        '<Enqueue waitUrl="/wait">care</Enqueue>',
        '<Dial action="/x"><Number>+15550199</Number></Dial>',
    ],
)
def test_twiml_sent_by_rest_may_not_be_relative(verbs: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run("listening", call=sid)
        reply = await stage.rest("POST", f"/Calls/{sid}.json", Twiml=response(verbs))
        assert reply.status_code == 200
        await stage.run()
        assert [fault.code for fault in stage.world.faults] == [11100]

    play(scene, {"/voice": response('<Enqueue waitUrl="">care</Enqueue>')})


def test_twiml_sent_by_rest_has_at_most_4000_characters() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        twiml = response(f"<Say>{'x' * 4000}</Say>")
        reply = await stage.rest("POST", "/Calls.json", To="+15550199", From="+15550100", Twiml=twiml)
        assert (reply.status_code, reply.json()["code"]) == (400, 32018)

    play(scene, {})


@pytest.mark.parametrize(
    ("media", "body", "said"),
    [("text/plain", "Hello there.", "Hello there."), ("text/html", response("<Say>Hi</Say>"), "Hi")],
)
def test_other_content_types_are_spoken_or_played(media: str, body: str, said: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run()
        assert await stage.said(sid) == [said]

    play(scene, {"/voice": httpx2.Response(200, text=body, headers={"content-type": media})})


def test_an_answer_in_json_is_a_fault() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        await stage.call()
        await stage.run()
        assert [fault.code for fault in stage.world.faults] == [12300]

    play(scene, {"/voice": httpx2.Response(200, json={"say": "hello"})})


def test_a_loop_that_takes_no_time_is_ended() -> None:
    async def scene(stage: Stage) -> None:
        await stage.number()
        sid = await stage.call()
        await stage.run()
        assert "a loop" in stage.faults("error")[0]
        assert (await stage.seen(sid))["status"] == "failed"

    play(scene, {"/voice": response("<Redirect>/voice</Redirect>")})


@needs_data
@pytest.mark.parametrize("file", sorted(DATA.glob("twiml/*")) or [DATA / "twiml"], ids=lambda file: file.name)
def test_documents_of_the_carrier_run(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each document that the carrier's documentation shows either runs, or asks for what is refused by name."""
    text = file.read_text()
    supported = is_supported(text)
    with capsys.disabled():
        print(f"{'run' if supported else 'skipped'}: {file.name}", end="  ")
    if not supported:
        unsupported = [problem.sentence for problem in read(text, "http://x/")[1] if problem.kind == "unsupported"]
        pytest.skip("; ".join(unsupported))

    async def scene(stage: Stage) -> None:
        for owned in ("+15550100", "+15551112222", "+1888XXXXXXX"):
            await stage.number(owned)
        await stage.call({"press": "1#"}, {"wait": 90}, {"hang_up": True})
        await stage.run()
        assert "webhook" in {str(entry["kind"]) for call in stage.world.calls.values() for entry in call.log}
        own = [fault for fault in stage.world.faults if fault.url == f"{SITE}{place}" and fault.kind != "warning"]
        assert own == []

    rest = response("<Hangup/>")
    place = "/wait.xml" if "<Leave" in text and "<Enqueue" not in text else "/voice"
    names = ("/process_gather.php", "/handle_post_dial", "/wait-music.xml", "/wait.xml", "/nextInstructions")
    first = response('<Enqueue waitUrl="/wait.xml">support</Enqueue>')
    play(scene, Application({"/voice": first, **dict.fromkeys(names, rest), place: text}))
