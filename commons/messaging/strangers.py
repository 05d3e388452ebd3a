"""Somebody whom nobody knows writes: only who begins a conversation becomes a person to us."""

from __future__ import annotations

import re
from collections.abc import Callable

from commons import limits
from commons.errors import RateLimited
from commons.messaging.conversations.flows import Started
from commons.messaging.envelopes import Heard, Words
from commons.roster import guests
from commons.roster.models import ContactMethod

# Returns how a stranger's words begin a conversation, or None where they do not.
Doorkeeper = Callable[[str], Started | None]
DEFAULT = "en"
# Nobody else is sent to: what reaches the gateway must be one of these (gateway/CONTRACT.md).
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_ACI = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def nobody(_text: str) -> Started | None:
    """Let no stranger in, whatever they say."""
    return None


def welcome(heard: Heard, may_begin: Doorkeeper) -> ContactMethod | None:
    """Make a guest of a stranger who begins a conversation; None leaves them without an answer.

    At most so many an hour in the whole installation: a flood of strangers is not answered.
    """
    if not isinstance(heard.content, Words):
        return None
    number = heard.number if heard.number and _NUMBER.fullmatch(heard.number) else None
    aci = heard.aci if heard.aci and _ACI.fullmatch(heard.aci) else None
    started = may_begin(heard.content.text) if number or aci else None
    if started is None:
        return None
    try:
        limits.hit("guest")
    except RateLimited:
        return None
    return guests.make(number, aci, started.language or DEFAULT)
