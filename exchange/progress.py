"""Call progress callbacks: initiated, ringing, answered, completed, for those events an application asked for.

Source: the carrier's "Call progress events". Each is its own request beside everything else, so that the order of
arrival is not promised; SequenceNumber counts from 0 those that are sent.
"""

from exchange.call import Call, rfc2822
from exchange.world import World

SIP_CODES = {"busy": 486, "no-answer": 487, "canceled": 487, "failed": 404, "completed": 200}


def report(world: World, call: Call, event: str) -> None:
    """Send the callback for `event` if it was asked for."""
    handlers = call.handlers
    if not handlers.status_callback or event not in handlers.status_events:
        return
    fields = {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.progress),
        "Timestamp": rfc2822(world.clock.now),
    }
    if event == "initiated":
        fields["CallStatus"] = "initiated"
    if event == "completed":
        fields["CallDuration"] = str(call.duration)
        fields["Duration"] = str(-(-call.duration // 60))
        if call.direction != "inbound":
            fields["SipResponseCode"] = str(call.sip_code or SIP_CODES[call.status])
    call.progress += 1
    world.notify(call, handlers.status_callback, fields, handlers.status_method)
