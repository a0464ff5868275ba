"""A conversation by stream, as a document: connect the call's sound to a socket of ours. Pure.

Law: whatever becomes of the socket, the carrier comes back. The action is asked when we close; the Redirect behind it
is the same way again, for a carrier that goes on with the next verb (what follows a dropped socket is not documented).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from .markup import document, element, escape, redirect

SOCKET = "/twilio/media"
SCHEMES = {"https": "wss", "http": "ws"}


@dataclass(frozen=True, slots=True)
class Invitation:
    """What opens one stream, once. A Stream's URL may hold no query, so the token travels as a Parameter.

    `after` is the cause of an event that the caller has yet to hear of, "" for none.
    """

    stream: str
    token: str
    after: str = ""


def connect(invitation: Invitation, base: str) -> str:
    """The whole document. `base` is our public URL."""
    back = f"{base}/twilio/back/{invitation.stream}"
    given = {"token": invitation.token, "after": invitation.after}
    parameters = [element("Parameter", {"name": name, "value": value}) for name, value in given.items() if value]
    stream = element(
        "Stream", {"url": socket_url(base), "statusCallback": f"{base}/twilio/stream"}, "".join(parameters)
    )
    return document([element("Connect", {"action": back}, stream), redirect(back)])


def socket_url(base: str) -> str:
    """Where the socket is: the public URL with the scheme of sockets."""
    parts = urlsplit(base)
    return escape(parts._replace(scheme=SCHEMES[parts.scheme], path=f"{parts.path}{SOCKET}").geturl())
