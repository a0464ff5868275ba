"""What an agent hears on the telephone: who is calling and "press 1", the talk, or that it is too late. Pure.

Law: picking up is not accepting. Only the key (or the accept in the desk) lets a leg into the conference: voicemail, a
pocket and a child never press it.
"""

from dataclasses import dataclass

from .markup import document, element, hang_up, say
from .twiml import conference

ACCEPT_KEY = "1"
PATIENCE = 5
"""Seconds to wait for the key before the offer is told again; the offer's own timer ends it."""


@dataclass(frozen=True, slots=True)
class AgentLeg:
    """An open offer as its agent's telephone meets it. `brief` is one sentence about the caller; `accepted` once this
    agent took the offer, by key or in the desk."""

    offer: int
    agent: str
    language: str
    brief: str
    accepted: bool


def offered(leg: AgentLeg, base: str, prompt: str) -> str:
    """The brief and the question, until the key comes or the offer is over."""
    action = f"{base}/twilio/agent/{leg.offer}/accept"
    attributes: dict[str, str | int | bool | None] = {
        "input": "dtmf",
        "action": action,
        "actionOnEmptyResult": True,
        "timeout": PATIENCE,
        "numDigits": 1,
        "finishOnKey": "",
    }
    return document([element("Gather", attributes, say(leg.brief, leg.language) + say(prompt, leg.language))])


def admitted(leg: AgentLeg, base: str, notice: str) -> str:
    """Into the conference of the offer; `notice` bridges the seconds until the caller is there."""
    inside = conference(base, leg.offer, "agent", action=f"{base}/twilio/agent/{leg.offer}/done")
    return document([say(notice, leg.language), inside])


def dismissed(notice: str, language: str) -> str:
    return document([say(notice, language), hang_up()])
