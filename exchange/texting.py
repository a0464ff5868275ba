"""Text messages: those the application sends by REST, and those a person sends to one of its numbers."""

from dataclasses import replace

from exchange.clock import Process
from exchange.faults import Trouble
from exchange.webhook import Ask, Cookies, Params, Refusal
from exchange.world import Message, World

SENDING_SECONDS = 1.0
"""From queued to delivered."""


def deliver(world: World, caller: str, to: str, body: str, url: str) -> Message:
    """Somebody texts us: post the carrier's messaging webhook."""
    message = Message(world.sids.sid("SM"), caller, to, body, "inbound", world.clock.now, "received")
    world.messages.append(message)
    world.log(None, "texted", body, **{"from": caller, "to": to})
    fields = {
        "AccountSid": world.settings.account,
        "ApiVersion": "2010-04-01",
        "Body": body,
        "From": caller,
        "MessageSid": message.sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": to,
    }
    world.clock.spawn(_post(world, url, tuple(sorted(fields.items()))))
    return message


def send(world: World, message: Message) -> Message:
    """The application texts somebody: queued now, delivered a moment later, told at each step."""
    world.messages.append(message)
    world.log(None, "text_sent", message.body, **{"from": message.caller, "to": message.to})
    world.clock.spawn(_carry(world, message))
    return message


async def _carry(world: World, message: Message) -> None:
    process = Process(world.clock)
    for status in ("sent", "delivered"):
        await process.sleep(SENDING_SECONDS)
        place = next(n for n, known in enumerate(world.messages) if known.sid == message.sid)
        world.messages[place] = replace(world.messages[place], status=status)
        if message.status_callback:
            fields = {
                "AccountSid": world.settings.account,
                "ApiVersion": "2010-04-01",
                "From": message.caller,
                "MessageSid": message.sid,
                "MessageStatus": status,
                "SmsSid": message.sid,
                "SmsStatus": status,
                "To": message.to,
            }
            await _post(world, message.status_callback, tuple(sorted(fields.items())))


async def _post(world: World, url: str, params: Params) -> None:
    """Post and forget; runs busy, so that time waits for it."""
    outcome = await world.webhooks.send(Ask(url, params), Cookies())
    world.log(None, "webhook", url, url=url, status=outcome.status or 0, callback=True)
    if isinstance(outcome, Refusal):
        world.fault(Trouble("warning", outcome.trouble.code, outcome.trouble.sentence, url))
