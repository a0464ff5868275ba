"""Outgoing legs: ringing a phone until it answers, is busy, or nobody comes.

Source: the carrier's <Dial> and "Make calls" pages. The carrier rings some 5 seconds longer than asked. Answering
machines are told from people by how the phone is scripted; the detection takes the times below.
"""

from dataclasses import dataclass, field

from exchange.call import Call
from exchange.clock import Process
from exchange.life import LONGEST_CALL, answer, limit_length
from exchange.person import Person
from exchange.progress import report
from exchange.script import Step
from exchange.world import Phone, World

RING_BUFFER = 5.0
"""Seconds that the carrier adds to a ringing time."""
HUMAN_SECONDS, MACHINE_SECONDS = 1.5, 2.4
OUTCOMES = {"busy": ("busy", 486), "refused": ("busy", 603), "failed": ("failed", 404)}


@dataclass(frozen=True, slots=True)
class Ring:
    """How to ring: `patience` in seconds; `detect` is '', Enable or DetectMessageEnd, within `detect_within` seconds;
    with `detect_beside` the call goes on while the carrier still listens."""

    patience: float = 30.0
    limit: float = LONGEST_CALL
    detect: str = ""
    detect_within: float = 30.0
    detect_beside: bool = False
    detect_callback: str = ""
    detect_method: str = "POST"
    send_digits: str = ""
    extra_steps: tuple[Step, ...] = field(default=())


async def ring(world: World, call: Call, how: Ring) -> bool:
    """Ring `call.to`; True when somebody (or something) answered. Otherwise the call is over with its status."""
    phone = world.phones.get(address(call.to), Phone())
    call.started = world.clock.now
    call.status = "initiated" if call.direction == "outbound-api" else "ringing"
    report(world, call, "initiated")
    call.status = "ringing"
    world.log(call, "ringing", f"{call.caller} calls {call.to}", caller=call.caller, to=call.to)
    report(world, call, "ringing")
    outcome = "busy" if _is_talking(world, call) else phone.answer
    patience = how.patience + RING_BUFFER
    softphone = world.softphones.get(address(call.to))
    if softphone is not None and outcome != "busy":
        outcome = await softphone.ring(call, patience)
    elif outcome in ("human", "machine", "busy", "refused", "failed") and phone.after <= patience:
        await call.process.sleep(phone.after)
    else:
        outcome = "no-answer"
        await call.process.sleep(patience)
    if outcome not in ("human", "machine"):
        status, call.sip_code = OUTCOMES.get(outcome, ("no-answer", 487))
        world.finish(call, "callee" if outcome != "no-answer" else "carrier", status)
        return False
    answer(world, call)
    limit_length(world, call, how.limit)
    Person(world, call, (*(phone.script if softphone is None else ()), *how.extra_steps))
    if softphone is not None:
        softphone.take_up(call)
    report(world, call, "answered")
    if how.send_digits:
        await call.process.sleep(0.5 * len(how.send_digits))
    await _detect(world, call, phone, how)
    return True


def address(to: str) -> str:
    """How a phone is known: spaces and dashes out of numbers, the parameters off clients and SIP addresses."""
    if to.startswith(("client:", "sip:", "sips:")):
        return to.partition("?")[0]
    return "".join(sign for sign in to if sign not in " -().")


def _is_talking(world: World, call: Call) -> bool:
    """A telephone number is in another call already; browser phones may take several."""
    if call.to.startswith(("client:", "sip:", "sips:")):
        return False
    return any(
        other is not call and call.to in (other.to if other.direction != "inbound" else other.caller, "")
        for other in world.live_calls()
        if other.status == "in-progress"
    )


async def _detect(world: World, call: Call, phone: Phone, how: Ring) -> None:
    if not how.detect:
        return
    if phone.answer == "human":
        seconds, verdict = HUMAN_SECONDS, "human"
    elif how.detect == "DetectMessageEnd":
        seconds, verdict = MACHINE_SECONDS + phone.greeting, "machine_end_beep"
    else:
        seconds, verdict = MACHINE_SECONDS, "machine_start"
    if seconds > how.detect_within:
        seconds, verdict = how.detect_within, "unknown"
    if how.detect_beside:
        world.clock.spawn(_detect_beside(world, call, (seconds, verdict), how))
        return
    await call.process.sleep(seconds)
    call.answered_by, call.detection_ms = verdict, round(seconds * 1000)
    world.log(call, "detected", verdict)


async def _detect_beside(world: World, call: Call, found: tuple[float, str], how: Ring) -> None:
    seconds, verdict = found
    await Process(world.clock).until(lambda: call.over, call.signal, within=seconds)
    if call.over:
        return
    call.answered_by, call.detection_ms = verdict, round(seconds * 1000)
    world.log(call, "detected", verdict)
    fields = (
        ("AccountSid", world.settings.account),
        ("AnsweredBy", verdict),
        ("CallSid", call.sid),
        ("MachineDetectionDuration", str(call.detection_ms)),
    )
    world.notify_with(call, how.detect_callback, fields, how.detect_method)
