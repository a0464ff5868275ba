"""Documents for the time when our process is gone, hosted outside it by any web host. Pure.

Law: they are static, so they cannot count. The carrier fetches the fallback URL afresh after every redirect that
fails, and nothing in a static document tells the second round from the first; `docs/carrier.md` names the ways that
were weighed. What bounds the wait instead is the caller: every round offers a person by one key, and a second static
document rings the site's emergency number without us.
"""

from collections.abc import Mapping

from config.site import SiteFacts

from .markup import dial_number, document, pause, redirect
from .rescue import Rescue, Sentences, press_for_person

FALLBACK, PERSON = "fallback.xml", "person.xml"
APART = 4
"""Seconds between the offer of a person and the next try to reach us: with the offer itself a round takes about 15."""


def documents(
    facts: SiteFacts, public_url: str, static_url: str = "", prompts: Sentences | None = None
) -> Mapping[str, str]:
    """File name -> document. `static_url` is the folder in which they are published (https://static.example.com/ivr);
    without it they find each other by relative addresses, which the carrier resolves against their own."""
    rescue = Rescue.of(facts, public_url.rstrip("/"), prompts)
    folder = f"{static_url.rstrip('/')}/" if static_url else ""
    # A static host answers GET alone, while the carrier asks by POST unless told otherwise.
    choice = press_for_person(folder + PERSON, rescue.says("outage") + rescue.says("press_for_person"), method="GET")
    back = f'<Redirect method="GET">{folder}{FALLBACK}</Redirect>'
    return {
        FALLBACK: document([choice, pause(APART), redirect(f"{rescue.base}/twilio/resume")]),
        PERSON: document([rescue.says("outage_over"), dial_number(rescue.number), back]),
    }
