"""Which numbers we promise to ring, and on whose clock they live.

Law: a number that could cost money or reach nobody is refused before anything is promised. The test is whether a number
is *possible* in its country (length and shape), not whether it is assigned: reserved fictional numbers (+1 555) are
possible, and numbering plans change more often than libraries do.
"""

from zoneinfo import ZoneInfo

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    number_type,
    parse,
    region_code_for_country_code,
    region_code_for_number,
)
from phonenumbers.timezone import time_zones_for_number

from config.promises import CallbackRules

COSTLY = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN, PhoneNumberType.PAGER)


def refusal(number: str, rules: CallbackRules) -> str | None:
    """Why we do not ring `number`, as a sentence; None when we may. `number` must be E.164: "+" and digits."""
    phone = read(number)
    if phone is None:
        return "It is not a telephone number in international form."
    if is_possible_number_with_reason(phone) != ValidationResult.IS_POSSIBLE:
        return "It is too short or too long for a telephone number of its country."
    if country(phone) not in rules.countries:
        return "Its country is not among those that we call."
    if number_type(phone) in COSTLY:
        return "Calling it costs extra."
    return None


def zone_of(number: str, home: ZoneInfo) -> ZoneInfo:
    """The clock of the person behind `number`. Where a number says nothing of its place, or could be in many zones
    among them `home` (a toll-free number, a reserved one), the site's own clock."""
    phone = read(number)
    zones = time_zones_for_number(phone) if phone else ()
    if not zones or home.key in zones or zones[0] == "Etc/Unknown":
        return home
    return ZoneInfo(zones[0])


def read(number: str) -> PhoneNumber | None:
    """The parsed number; None unless `number` is exactly how E.164 writes it."""
    try:
        phone = parse(number)
    except NumberParseException:
        return None
    return phone if format_number(phone, PhoneNumberFormat.E164) == number else None


def country(phone: PhoneNumber) -> str:
    """The number's country; for a range that is not assigned, the main country of its country code (+1: US)."""
    return region_code_for_number(phone) or region_code_for_country_code(phone.country_code or 0)
