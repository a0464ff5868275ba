"""Names for everything the exchange makes: deterministic, so that a run can be repeated and compared.

A sid is a two-letter prefix and 32 hexadecimal digits, as the carrier writes it; here the digits count up.
"""

from collections import Counter
from uuid import UUID


class Sids:
    """Counts up, one series for each prefix."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def sid(self, prefix: str) -> str:
        """The next sid of this kind, such as CA...01 for the first call."""
        self._given[prefix] += 1
        return f"{prefix}{self._given[prefix]:032x}"

    def idempotency_token(self) -> str:
        """A version 4 shaped UUID for the header I-Twilio-Idempotency-Token: one for a webhook and all its retries."""
        self._given["token"] += 1
        return str(UUID(int=self._given["token"], version=4))
