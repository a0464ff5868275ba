"""Telephone numbers as the carrier takes them: E.164, a plus and the digits with the country first."""

import re

import phonenumbers

E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def no_number(written: str) -> str | None:
    """Why this is no number that can be rung, or None when it is. Numbers kept for fiction (+1 555 01xx) are."""
    if E164.fullmatch(written) is None:
        return f"'{written}' is no number in the international form, like +15550100100"
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(written))
    except phonenumbers.NumberParseException:
        possible = False
    return None if possible else f"'{written}' has too few or too many digits for its country"
