"""Calls: make, change, end, look up. Source: the carrier's Call resource.

A call that is not in progress cannot be redirected or completed: 404 with code 21220, as an application meets it when
its caller has just hung up.
"""

from starlette.routing import Route

from exchange.call import Call, Handlers, rfc2822
from exchange.legs import Ring, address
from exchange.life import LONGEST_CALL, limit_length
from exchange.originate import Order, originate
from exchange.rest.api import Asked, Form, RestError, Shape, missing, page, route
from exchange.stage import Redirected, Source, Table
from exchange.world import World

NOT_IN_PROGRESS, NO_INSTRUCTIONS, NOT_OURS, BAD_TO, TWIML_TOO_LONG = 21220, 21205, 21210, 21211, 32018
LONGEST_TWIML = 4000
METHODS = ("POST", "GET")
EVENTS = ("initiated", "ringing", "answered", "completed")
SUBRESOURCES = {
    "events": "Events",
    "notifications": "Notifications",
    "payments": "Payments",
    "recordings": "Recordings",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


def routes(world: World, table: Table) -> list[Route]:
    return [
        route(world, table, "/Calls.json", {"POST": create, "GET": listing}),
        route(world, table, "/Calls/{sid}.json", {"GET": fetch, "POST": update, "DELETE": delete}),
    ]


def create(asked: Asked) -> tuple[int, Shape]:
    form, world = asked.form, asked.world
    to, caller = form.need("To"), form.need("From", 21603)
    _check_numbers(world, to, caller)
    order = Order(to, caller, instructions(world, form), handlers(form), ringing(form))
    call = originate(world, asked.table, order)
    return 201, shape(call)


def _check_numbers(world: World, to: str, caller: str) -> None:
    if not to.startswith(("client:", "sip:", "sips:")) and not address(to).lstrip("+").isdecimal():
        raise RestError(400, BAD_TO, f"The phone number you are attempting to call, {to}, is not valid.")
    if not to.startswith(("client:", "sip:")) and address(caller) not in world.numbers:
        raise RestError(
            400, NOT_OURS, f"The source phone number provided, {caller}, is not yet verified for your account."
        )


def instructions(world: World, form: Form) -> Source:
    """Url before Twiml before ApplicationSid; raises when none is there or one cannot be used."""
    if url := form.get("Url"):
        if not url.startswith(("http://", "https://")):
            raise RestError(400, NO_INSTRUCTIONS, f"Url is not a valid URL: {url}")
        return Source(url, form.one_of("Method", METHODS, "POST"))
    if twiml := form.get("Twiml"):
        if len(twiml) > LONGEST_TWIML:
            raise RestError(400, TWIML_TOO_LONG, f"Twiml must not be longer than {LONGEST_TWIML} characters.")
        return Source(twiml=twiml)
    if application := form.get("ApplicationSid"):
        known = [url for url, sid in world.applications.items() if sid == application]
        if known:
            return Source(known[0])
    raise RestError(400, NO_INSTRUCTIONS, "Url, Twiml or ApplicationSid is required.")


def handlers(form: Form) -> Handlers:
    """Fallback and progress callbacks of a REST request."""
    events = form.all("StatusCallbackEvent") or ["completed"]
    if wrong := [event for event in events if event not in EVENTS]:
        raise RestError(400, 21626, f"Invalid StatusCallbackEvents parameters: {', '.join(wrong)}")
    return Handlers(
        form.get("FallbackUrl"),
        form.one_of("FallbackMethod", METHODS, "POST"),
        form.get("StatusCallback"),
        form.one_of("StatusCallbackMethod", METHODS, "POST"),
        frozenset(events),
    )


def ringing(form: Form) -> Ring:
    detect = form.one_of("MachineDetection", ("", "Enable", "DetectMessageEnd"), "")
    beside = form.flag("AsyncAmd", False)
    callback = form.get("AsyncAmdStatusCallback") or form.get("AmdStatusCallback")
    return Ring(
        patience=float(min(form.number("Timeout", 60), 600)),
        limit=float(form.number("TimeLimit", int(LONGEST_CALL))),
        detect=detect,
        detect_within=float(form.number("MachineDetectionTimeout", 30)),
        detect_beside=beside or bool(form.get("AmdStatusCallback")),
        detect_callback=callback,
        send_digits=form.get("SendDigits"),
    )


def listing(asked: Asked) -> tuple[int, Shape]:
    wanted = {"To": "to", "From": "caller", "Status": "status"}
    calls = [
        call
        for call in reversed(asked.world.calls.values())
        if all(getattr(call, field) == asked.query[name] for name, field in wanted.items() if name in asked.query)
        and asked.query.get("ParentCallSid", "") in ("", call.parent.sid if call.parent else None)
    ]
    return 200, page(asked, "calls", [shape(call) for call in calls])


def fetch(asked: Asked) -> tuple[int, Shape]:
    return 200, shape(find(asked, asked.path["sid"]))


def delete(asked: Asked) -> tuple[int, None]:
    call = find(asked, asked.path["sid"])
    if not call.over:
        raise RestError(409, 20409, f"The call {call.sid} is still in progress.")
    del asked.world.calls[call.sid]
    return 204, None


def update(asked: Asked) -> tuple[int, Shape]:
    """Redirect or end a live call, or cancel one that rings."""
    form, world = asked.form, asked.world
    call = find(asked, asked.path["sid"])
    status = form.one_of("Status", ("", "completed", "canceled"), "")
    if "Url" in form or "Twiml" in form:
        source = instructions(world, form)
        _need_progress(call)
        call.handlers = _changed(call.handlers, form)
        call.process.interrupt(Redirected(source))
    elif status:
        if call.over or (status == "canceled" and call.answered is not None):
            raise RestError(404, NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
        world.hang_up(call, "api", "completed" if call.answered is not None else "canceled")
    elif "TimeLimit" in form:
        _need_progress(call)
        limit_length(world, call, float(form.number("TimeLimit", 0)))
    else:
        call.handlers = _changed(call.handlers, form)
    return 200, shape(call)


def _need_progress(call: Call) -> None:
    if call.status != "in-progress":
        raise RestError(404, NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")


def _changed(known: Handlers, form: Form) -> Handlers:
    return Handlers(
        form.get("FallbackUrl", known.fallback_url),
        form.one_of("FallbackMethod", METHODS, known.fallback_method),
        form.get("StatusCallback", known.status_callback),
        form.one_of("StatusCallbackMethod", METHODS, known.status_method),
        known.status_events,
    )


def find(asked: Asked, sid: str) -> Call:
    call = asked.world.calls.get(sid)
    if call is None:
        raise missing(asked)
    return call


def shape(call: Call) -> Shape:
    """A call as the carrier shows it."""
    base = f"/2010-04-01/Accounts/{call.account}/Calls/{call.sid}"
    status = "queued" if call.status == "initiated" else call.status
    return {
        "account_sid": call.account,
        "answered_by": call.answered_by,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.ended or call.answered or call.created),
        "direction": call.direction,
        "duration": str(call.duration) if call.over else None,
        "end_time": rfc2822(call.ended) if call.ended else None,
        "forwarded_from": call.extra.get("ForwardedFrom"),
        "from": call.caller,
        "from_formatted": call.caller,
        "group_sid": None,
        "parent_call_sid": call.parent.sid if call.parent else None,
        "phone_number_sid": call.phone_sid,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": rfc2822(call.answered) if call.answered else None,
        "status": status,
        "subresource_uris": {name: f"{base}/{path}.json" for name, path in SUBRESOURCES.items()},
        "to": call.to,
        "to_formatted": call.to,
        "trunk_sid": None,
        "uri": f"{base}.json",
    }
