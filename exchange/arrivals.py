"""Who calls in, and on what: somebody at a number of the account, or a browser phone at an application."""

from collections.abc import Mapping
from dataclasses import replace

from exchange.call import Handlers
from exchange.legs import address
from exchange.life import Visit
from exchange.stage import Source
from exchange.world import World


class NoSuchNumber(Exception):
    """The account has no such number, or nothing is to be asked when it rings."""


def to_number(world: World, caller: str, to: str) -> Visit:
    """A call from `caller` to a number of the account; raises NoSuchNumber."""
    number = world.numbers.get(address(to))
    if number is None or not number.voice_url:
        raise NoSuchNumber(f"no number {to} with a voice_url; PUT /exchange/numbers/{to} first")
    source = Source(number.voice_url, number.voice_method)
    return Visit(caller, number.number, source, number.handlers(), phone_sid=number.sid)


def to_application(world: World, who: str, app_url: str, params: Mapping[str, str]) -> Visit:
    """A browser phone connects to an application of the account, as the Voice SDK's `device.connect` does: `params`
    are form fields, and To is what `params` say."""
    application = world.applications.setdefault(app_url, "") or world.sids.sid("AP")
    world.applications[app_url] = application
    visit = Visit(address(who), params.get("To", ""), Source(app_url), Handlers())
    return replace(visit, fields=(("ApplicationSid", application), *params.items()))
