"""The link below a message by which its own recipient answers, without any session.

The link names the message, and only we can make it. Whoever holds it answers for that person,
so that it stands below their copy alone, is never logged, and dies a day after its alert.
"""

from __future__ import annotations

from commons import crypto

# What `MessageText.below` says where each recipient gets a link of their own.
ANSWER = "answer"
PATH = "/a/"
_PURPOSE = "message.answer"

_public_url = ""


def use(public_url: str) -> None:
    """Say at which address people reach us; without one no links are written."""
    global _public_url
    _public_url = public_url


def public_url() -> str:
    """Return the address at which people reach us, without a slash at its end."""
    return _public_url


def address(message_id: int) -> str:
    """Return the link of one message; the empty string where nobody could follow it."""
    return f"{_public_url}{PATH}{token(message_id)}" if _public_url else ""


def token(message_id: int) -> str:
    """Return what stands in the link of a message."""
    return crypto.ring().ticket(message_id, _PURPOSE)


def message_of(given: str) -> int | None:
    """Return the id of the message that a link belongs to; None for one that we did not make."""
    return crypto.ring().ticket_number(given, _PURPOSE)
