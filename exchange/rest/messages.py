"""Text messages: send, look up."""

from starlette.routing import Route

from exchange.call import rfc2822
from exchange.legs import address
from exchange.rest.api import Asked, RestError, Shape, missing, page, route
from exchange.stage import Table
from exchange.texting import send
from exchange.world import Message, World

NO_SENDER, NO_BODY, TOO_LONG, NOT_OURS, BAD_TO = 21603, 21602, 21617, 21606, 21211
LONGEST = 1600


def routes(world: World, table: Table) -> list[Route]:
    return [
        route(world, table, "/Messages.json", {"POST": create, "GET": listing}),
        route(world, table, "/Messages/{sid}.json", {"GET": fetch}),
    ]


def create(asked: Asked) -> tuple[int, Shape]:
    form, world = asked.form, asked.world
    to = form.need("To", 21604)
    caller, service = form.get("From"), form.get("MessagingServiceSid")
    if not caller and not service:
        raise RestError(400, NO_SENDER, "A 'From' or 'MessagingServiceSid' parameter is required.")
    if caller and address(caller) not in world.numbers:
        raise RestError(400, NOT_OURS, f"The 'From' number {caller} is not a number of this account.")
    if not address(to).lstrip("+").isdecimal():
        raise RestError(400, BAD_TO, f"The 'To' number {to} is not a valid phone number.")
    body = form.get("Body")
    if not body and not ("MediaUrl" in form or "ContentSid" in form):
        raise RestError(400, NO_BODY, "Message body is required.")
    if len(body) > LONGEST:
        raise RestError(400, TOO_LONG, f"The message body exceeds the {LONGEST} character limit.")
    message = Message(
        world.sids.sid("SM"),
        caller or service,
        to,
        body,
        "outbound-api",
        world.clock.now,
        status_callback=form.get("StatusCallback"),
    )
    return 201, shape(world, send(world, message))


def listing(asked: Asked) -> tuple[int, Shape]:
    wanted = {"To": "to", "From": "caller"}
    found = [
        message
        for message in reversed(asked.world.messages)
        if all(getattr(message, field) == asked.query[name] for name, field in wanted.items() if name in asked.query)
    ]
    return 200, page(asked, "messages", [shape(asked.world, message) for message in found])


def fetch(asked: Asked) -> tuple[int, Shape]:
    for message in asked.world.messages:
        if message.sid == asked.path["sid"]:
            return 200, shape(asked.world, message)
    raise missing(asked)


def shape(world: World, message: Message) -> Shape:
    base = f"/2010-04-01/Accounts/{world.settings.account}/Messages/{message.sid}"
    sent = rfc2822(message.created) if message.status not in ("queued", "accepted") else None
    return {
        "account_sid": world.settings.account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": rfc2822(message.created),
        "date_sent": sent,
        "date_updated": rfc2822(message.created),
        "direction": message.direction,
        "error_code": None,
        "error_message": None,
        "from": message.caller,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{base}/Media.json"},
        "to": message.to,
        "uri": f"{base}.json",
    }
