"""The carrier's routes: each decodes, hands over and renders, and nothing else.

    a call begins             /voice  /callback/{callback}/{attempt}
    and goes on               /resume  /answer/{turn}  /fetch/{turn}  /recorded/{turn}  /transferred/{turn}  /person
    by stream                 /back/{stream}  (the socket itself is in media.py)
    in the carrier's queue    /wait/{turn}/{round}  /wait/{turn}/{round}/answer  /queued/{turn}
    in a conference           /talk/{offer}  /agent/{offer}  /agent/{offer}/accept  /agent/{offer}/done
    told, nothing to answer   /conference/{offer}  /status...  /amd/...  /recording  /partial  /stream ...

A cause is the name of a request, the same when the carrier repeats it: `gather:CA...:7`.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response

from ivr.calls.ports import Reply, Said
from ivr.flow.model import AgentLeft, CallEnded
from ivr.twilio import agents, inbound
from ivr.twilio.agents import AgentLeg
from ivr.twilio.inbound import call_of
from ivr.twilio.markup import NOTHING
from routing.model import AgentGone, CallerEntered, OfferAccepted, OfferRefused

from .edge import Edge, Handler, Hook, Rescuer, to_agent, to_caller, to_nobody, to_waiting
from .ports import Conversations

# -- a call begins and goes on -----------------------------------------------------------------------------------------


def voice(calls: Conversations, hook: Hook) -> str:
    call = call_of(hook.form)
    return hook.spoken(calls.handle(call, inbound.started(hook.form), f"voice:{call}"))


def resume(calls: Conversations, hook: Hook) -> str:
    """The current turn. A caller whom nobody knows yet begins; a leg that we rang and nobody knows gets a person."""
    call = call_of(hook.form)
    reply = calls.resume(call, hook.after)
    if reply.state is not None:
        streams = hook.invite is not None and calls.streams_well(call)
        return hook.spoken(reply) if streams else hook.gathered(reply)
    return hook.rescue.person() if inbound.outgoing(hook.form) else voice(calls, hook)


def callback(calls: Conversations, hook: Hook) -> str:
    call = call_of(hook.form)
    return hook.spoken(calls.picked_up(call, hook.path["callback"], hook.path["attempt"], f"voice:{call}"))


def answer(calls: Conversations, hook: Hook) -> str:
    """What began by the carrier's ear goes on by it: whoever had to leave a stream is not sent back into it."""
    call = call_of(hook.form)
    return hook.gathered(heard(calls, hook, f"gather:{call}:{hook.turn}"))


def heard(calls: Conversations, hook: Hook, cause: str) -> Reply:
    event = inbound.answered(hook.turn, hook.form)
    if isinstance(event, Said):
        return calls.said(call_of(hook.form), event, cause)
    return calls.handle(call_of(hook.form), event, cause)


def fetch(calls: Conversations, hook: Hook) -> str:
    return resume(calls, hook)


def streamed(calls: Conversations, hook: Hook) -> str:
    """A stream is over: we closed it and have something else to do, or it broke and the question is put again."""
    call = call_of(hook.form)
    if (ended := inbound.over(hook.form)) is not None:
        return hook.gathered(calls.handle(call, ended, status_cause(call, ended)))
    reply, in_order = calls.streamed(call, hook.path["stream"])
    if reply.state is None:
        return resume(calls, hook)
    return hook.spoken(reply) if in_order else hook.gathered(reply)


def recorded(calls: Conversations, hook: Hook) -> str:
    call = call_of(hook.form)
    return hook.spoken(calls.handle(call, inbound.recorded(hook.turn, hook.form), f"recorded:{call}:{hook.turn}"))


def transferred(calls: Conversations, hook: Hook) -> str:
    call = call_of(hook.form)
    return hook.spoken(calls.handle(call, inbound.transferred(hook.turn, hook.form), f"transferred:{call}:{hook.turn}"))


def person(_: Conversations, hook: Hook) -> str:
    """The way out of a rescue: needs nothing of ours."""
    return hook.rescue.person()


# -- waiting in line ---------------------------------------------------------------------------------------------------


def wait(calls: Conversations, hook: Hook) -> str:
    call = call_of(hook.form)
    news = inbound.queue_news(hook.turn, hook.form)
    return hook.waited(calls.handle(call, news, f"wait:{call}:{hook.turn}:{hook.round}"))


def wait_answer(calls: Conversations, hook: Hook) -> str:
    """The same question may be put in several rounds of one wait, so the round belongs to the name of the answer."""
    reply = heard(calls, hook, f"gather:{call_of(hook.form)}:{hook.turn}:{hook.round}")
    return hook.waited(reply)


def queued(calls: Conversations, hook: Hook) -> str:
    """Out of the carrier's queue; most results only say what we did ourselves."""
    call, event = call_of(hook.form), inbound.left_queue(hook.turn, hook.form)
    if event is None:
        return resume(calls, hook)
    return hook.spoken(calls.handle(call, event, f"queued:{call}:{hook.turn}"))


# -- the talk ----------------------------------------------------------------------------------------------------------


def talk(calls: Conversations, hook: Hook) -> str:
    call, event = call_of(hook.form), inbound.left_talk(hook.offer, hook.form)
    cause = f"talk:{call}:{hook.offer}"
    if isinstance(event, AgentLeft):
        return hook.spoken(calls.left_talk(call, event, cause))
    return hook.spoken(calls.handle(call, event, cause))


def agent(calls: Conversations, hook: Hook) -> str:
    """An agent's leg: rung by us, or dialling in from the desk after accepting there."""
    leg = leg_of(calls, hook)
    if leg is None:
        return dismissed(hook)
    if leg.accepted:
        return agents.admitted(leg, hook.base, hook.rescue.sentence("agent_wait", leg.language))
    return agents.offered(leg, hook.base, hook.rescue.sentence("agent_accept", leg.language, key=agents.ACCEPT_KEY))


def agent_accept(calls: Conversations, hook: Hook) -> str:
    leg = leg_of(calls, hook)
    if leg is not None and not leg.accepted and hook.form.get("Digits") == agents.ACCEPT_KEY:
        calls.line(OfferAccepted(leg.offer, leg.agent), f"accept:{leg.offer}:{leg.agent}")
    return agent(calls, hook)


def agent_done(calls: Conversations, hook: Hook) -> str:
    """The agent's leg came out of the conference: the second witness, should the conference's own callback be lost."""
    reason = "failed" if inbound.dial_failed(hook.form) else "hung_up"
    calls.line(AgentGone(hook.offer, reason), f"done:{call_of(hook.form)}:{hook.offer}")
    return dismissed(hook, "agent_done")


def leg_of(calls: Conversations, hook: Hook) -> AgentLeg | None:
    """The open offer of this leg. Whoever dials in as a client must be the agent to whom it was made."""
    leg = calls.agent(hook.offer, call_of(hook.form))
    client = hook.form.get("From", "").startswith("client:")
    stranger = client and leg is not None and hook.form["From"] != f"client:{leg.agent}"
    return None if stranger else leg


def dismissed(hook: Hook, sentence: str = "agent_too_late") -> str:
    language = hook.rescue.languages[0]
    return agents.dismissed(hook.rescue.sentence(sentence, language), language)


# -- told, and answered with nothing -----------------------------------------------------------------------------------


def conference(calls: Conversations, hook: Hook) -> str:
    if (event := inbound.in_conference(hook.offer, hook.form)) is not None:
        calls.line(event, inbound.conference_cause(hook.offer, hook.form))
        if isinstance(event, CallerEntered):
            calls.entered(call_of(hook.form), hook.offer)
    return NOTHING


def status(calls: Conversations, hook: Hook) -> str:
    if (event := inbound.over(hook.form)) is not None:
        call = call_of(hook.form)
        calls.handle(call, event, status_cause(call, event))
    return NOTHING


def status_agent(calls: Conversations, hook: Hook) -> str:
    """A leg that ends before its agent accepted is a refusal; later, the agent is gone."""
    event, leg = inbound.over(hook.form), calls.agent(hook.offer, call_of(hook.form))
    if event is not None and leg is not None:
        gone = AgentGone(leg.offer, "hung_up" if event.reason == "completed" else "failed")
        refusal = OfferRefused(leg.offer, leg.agent, event.reason)
        calls.line(gone if leg.accepted else refusal, status_cause(call_of(hook.form), event))
    return NOTHING


def status_callback(calls: Conversations, hook: Hook) -> str:
    """The last word on a leg that we rang. Picked up, but never heard of by us: that is not reached either."""
    call, event = call_of(hook.form), inbound.over(hook.form)
    missed = inbound.not_reached(hook.path["attempt"], hook.form)
    if event is not None and missed is None and calls.handle(call, event, status_cause(call, event)).state is None:
        missed = inbound.not_reached(hook.path["attempt"], {"CallStatus": "failed"})
    if event is not None and missed is not None:
        calls.promise(hook.path["callback"], missed, status_cause(call, event))
    return NOTHING


def status_cause(call: str, event: CallEnded) -> str:
    return f"status:{call}:{event.reason}"


def noted(_: Conversations, __: Hook) -> str:
    """Told, and nothing follows: a recording is ready, words are half heard, a machine may have answered."""
    return NOTHING


# -- the table ---------------------------------------------------------------------------------------------------------


class Count(IntegerConvertor):
    """A turn, round, offer or attempt in a path: nine digits at most, so that no path makes Python count for long."""

    regex = "[0-9]{1,9}"


register_url_convertor("count", Count())

# Looked through from the top for every request: what is asked most stands first.
ROUTES: tuple[tuple[str, Handler, Rescuer], ...] = (
    ("/answer/{turn:count}", answer, to_caller),
    ("/voice", voice, to_caller),
    ("/resume", resume, to_caller),
    ("/callback/{callback}/{attempt:count}", callback, to_caller),
    ("/fetch/{turn:count}", fetch, to_caller),
    ("/recorded/{turn:count}", recorded, to_caller),
    ("/transferred/{turn:count}", transferred, to_caller),
    ("/person", person, to_caller),
    ("/back/{stream}", streamed, to_caller),
    ("/wait/{turn:count}/{round:count}", wait, to_waiting),
    ("/wait/{turn:count}/{round:count}/answer", wait_answer, to_waiting),
    ("/queued/{turn:count}", queued, to_caller),
    ("/talk/{offer:count}", talk, to_caller),
    ("/agent", agent, to_agent),
    ("/agent/{offer:count}", agent, to_agent),
    ("/agent/{offer:count}/accept", agent_accept, to_agent),
    ("/agent/{offer:count}/done", agent_done, to_agent),
    ("/conference/{offer:count}", conference, to_nobody),
    ("/status", status, to_nobody),
    ("/status/agent/{offer:count}", status_agent, to_nobody),
    ("/status/callback/{callback}/{attempt:count}", status_callback, to_nobody),
    ("/amd/{callback}/{attempt:count}", noted, to_nobody),
    ("/recording", noted, to_nobody),
    ("/partial", noted, to_nobody),
    ("/stream", noted, to_nobody),
    ("/transcription", noted, to_nobody),
    ("/message", noted, to_nobody),
)


def routes(calls: Conversations, edge: Edge) -> APIRouter:
    """Every route of the carrier. They are plain Starlette routes: the form is read once, after the signature."""
    router = APIRouter()
    for path, handler, rescuer in ROUTES:
        router.add_route(f"/twilio{path}", endpoint(calls, edge, handler, rescuer), methods=["POST"])
    return router


def endpoint(
    calls: Conversations, edge: Edge, handler: Handler, rescuer: Rescuer
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await edge.answer(request, calls, handler, rescuer)

    return answer
