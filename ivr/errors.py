"""Everything this product raises on purpose.

    HoldlessError
    ├── ConfigurationError  a site that cannot be read, a database that cannot be opened: said at start
    ├── FlowError       ours: a flow reached a place the checker should have refused
    ├── BadWebhook      theirs: signed, but without what a voice webhook must have
    ├── CarrierError    the carrier said no (`retry` tells the worker whether asking again can help)
    │   └── CallGone    the call is not in progress any more: the caller left
    └── CarrierUnsure   nobody knows whether the carrier did it

All else is a bug and propagates to one of the two places that catch everything: the worker loop and the webhook edge.
"""

NOT_PROCESSED = 429


class HoldlessError(Exception):
    """Anything this product raises on purpose."""


class ConfigurationError(HoldlessError):
    """What this process was told to work with cannot be used; the sentence names the place and the way out."""


class FlowError(HoldlessError):
    """A flow file let a call reach a place the checker should have refused. Always a bug or a stale file."""


class BadWebhook(HoldlessError):
    """The request was signed by the carrier, but lacks what it must have."""


class CarrierError(HoldlessError):
    """The carrier said no, with an HTTP status and, where it gave one, its own error code."""

    def __init__(self, what: str, *, status: int, code: int | None = None) -> None:
        super().__init__(f"{what}: the carrier answered {status}" + (f" (error {code})" if code else ""))
        self.status = status
        self.code = code
        self.retry = status in (408, NOT_PROCESSED) or status >= 500  # noqa: PLR2004 - HTTP's own numbers
        self.retry_create = status == NOT_PROCESSED


class CallGone(CarrierError):
    """404, or error 21220: the call is not in progress. The caller left; nobody has to be told by a 500."""


class CarrierUnsure(HoldlessError):
    """The request was sent and no answer came: it may have been performed."""
