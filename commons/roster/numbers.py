"""Phone numbers: from what people type to E.164, and what may be shown of one."""

from __future__ import annotations

import re

from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l

REGION = "US"
# Checked by shape and not by the library's list of area codes, which lags behind new ones.
_NORTH_AMERICAN = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
# How nearly all of them are written; the library takes twenty times as long to say the same.
_USUAL = re.compile(
    r"(?:\+?1[ .-]?)?(?:\(([2-9]\d{2})\) ?|([2-9]\d{2})[ .-]?)([2-9]\d{2})[ .-]?(\d{4})", re.ASCII
)
ENTER_A_NUMBER = _l("Enter a phone number with its area code, like 213 555 0142.")
HIDDEN = _l("They keep their number hidden. Signal reaches them all the same.")
NO_EXTENSIONS = _l("Enter a direct number. Signal cannot reach an extension.")


def e164(text: str) -> str:
    """Return the number as +12135550142; raise Invalid with a sentence when it is none."""
    usual = _USUAL.fullmatch(text)
    if usual:
        return "+1" + "".join(filter(None, usual.groups()))
    return _as_the_library_reads_it(text)


def _as_the_library_reads_it(text: str) -> str:
    # Here: its lists are 70 ms of every start, and most numbers never come to it.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        raise Invalid(ENTER_A_NUMBER, {"number": ENTER_A_NUMBER}) from None
    if number.extension:
        raise Invalid(NO_EXTENSIONS, {"number": NO_EXTENSIONS})
    plain = f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    if number.country_code == 1:
        good = _NORTH_AMERICAN.fullmatch(plain) is not None
    else:
        good = phonenumbers.is_valid_number(number)
    if not good:
        raise Invalid(ENTER_A_NUMBER, {"number": ENTER_A_NUMBER})
    return plain


def is_account_id(value: str) -> bool:
    """Return whether a contact's value is a Signal account id, for want of a number."""
    return not value.startswith("+")


def ending(number: str) -> str:
    """Return the last two digits, all that a list shows of a number; empty for a hidden one."""
    return "" if is_account_id(number) else number[-2:]


def spaced(number: str) -> str:
    """Return the number as people read it aloud, +1 213-555-0142, or that they keep it hidden."""
    if is_account_id(number):
        return str(HIDDEN)
    import phonenumbers

    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
