"""The account's telephone numbers and what they ask when they ring."""

from starlette.routing import Route

from exchange.call import rfc2822
from exchange.legs import address
from exchange.rest.api import Asked, Form, RestError, Shape, missing, page, route
from exchange.stage import Table
from exchange.world import Number, World

METHODS = ("POST", "GET")
TEXTS = {
    "FriendlyName": "friendly_name",
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "SmsUrl": "sms_url",
}
VERBS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
    "SmsMethod": "sms_method",
}


def routes(world: World, table: Table) -> list[Route]:
    return [
        route(world, table, "/IncomingPhoneNumbers.json", {"POST": create, "GET": listing}),
        route(world, table, "/IncomingPhoneNumbers/{sid}.json", {"GET": fetch, "POST": update, "DELETE": delete}),
    ]


def create(asked: Asked) -> tuple[int, Shape]:
    e164 = address(asked.form.need("PhoneNumber", 21401))
    if e164 in asked.world.numbers:
        raise RestError(400, 21422, f"{e164} is not available.")
    number = Number(asked.world.sids.sid("PN"), e164, asked.world.clock.now)
    _change(number, asked.form)
    asked.world.numbers[e164] = number
    return 201, shape(asked.world, number)


def listing(asked: Asked) -> tuple[int, Shape]:
    wanted = asked.query.get("PhoneNumber", "")
    found = [number for number in asked.world.numbers.values() if address(wanted) in number.number]
    return 200, page(asked, "incoming_phone_numbers", [shape(asked.world, number) for number in found])


def fetch(asked: Asked) -> tuple[int, Shape]:
    return 200, shape(asked.world, find(asked))


def update(asked: Asked) -> tuple[int, Shape]:
    number = find(asked)
    _change(number, asked.form)
    return 200, shape(asked.world, number)


def delete(asked: Asked) -> tuple[int, None]:
    del asked.world.numbers[find(asked).number]
    return 204, None


def _change(number: Number, form: Form) -> None:
    for name, field in TEXTS.items():
        if name in form:
            setattr(number, field, form.get(name))
    for name, field in VERBS.items():
        if name in form:
            setattr(number, field, form.one_of(name, METHODS, "POST"))
    if "VoiceCallerIdLookup" in form:
        number.voice_caller_id_lookup = form.flag("VoiceCallerIdLookup", False)


def find(asked: Asked) -> Number:
    for number in asked.world.numbers.values():
        if number.sid == asked.path["sid"]:
            return number
    raise missing(asked)


def shape(world: World, number: Number) -> Shape:
    base = f"/2010-04-01/Accounts/{world.settings.account}/IncomingPhoneNumbers/{number.sid}"
    return {
        "account_sid": world.settings.account,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": "2010-04-01",
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.created),
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": number.friendly_name or number.number,
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": number.number,
        "sid": number.sid,
        "sms_application_sid": None,
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": number.sms_method,
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "trunk_sid": None,
        "type": "local",
        "uri": f"{base}.json",
        "voice_application_sid": None,
        "voice_caller_id_lookup": number.voice_caller_id_lookup,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_method": number.voice_method,
        "voice_receive_mode": "voice",
        "voice_url": number.voice_url,
    }
