"""Signal envelopes as signal-cli writes them (the gateway's contract, section 3.4)."""

from __future__ import annotations

from typing import Any

from .phones import Phone

Notification = dict[str, Any]


def envelope(phone: Phone, account: str, at: int, device: int = 1, **inner: Any) -> Notification:
    """One received thing from a phone: `{"envelope": …, "account": …}`; `at` in milliseconds."""
    number = phone.shown_number
    return {
        "envelope": {
            "source": number or phone.uuid,
            "sourceNumber": number,
            "sourceUuid": phone.uuid,
            "sourceName": phone.name,
            "sourceDevice": device,
            "timestamp": at,
            "serverReceivedTimestamp": at + 40,
            "serverDeliveredTimestamp": at + 90,
            **inner,
        },
        "account": account,
    }


def text(phone: Phone, account: str, at: int, message: str | None, **extra: Any) -> Notification:
    """A data message; `extra` holds `quote`, `reaction`, `groupInfo` and the like."""
    data = {
        "timestamp": at,
        "message": message,
        "expiresInSeconds": phone.expires_in,
        "isExpirationUpdate": False,
        "viewOnce": False,
        **extra,
    }
    return envelope(phone, account, at, dataMessage=data)


def quote(timestamp: int, account: str, account_uuid: str, quoted: str) -> dict[str, Any]:
    """The quote part of a reply to a message of the account."""
    return {
        "id": timestamp,
        "author": account,
        "authorNumber": account,
        "authorUuid": account_uuid,
        "text": quoted,
        "attachments": [],
    }


def reaction(
    timestamp: int, account: str, account_uuid: str, emoji: str, *, remove: bool = False
) -> dict[str, Any]:
    """The reaction part of a data message."""
    return {
        "emoji": emoji,
        "targetAuthor": account,
        "targetAuthorNumber": account,
        "targetAuthorUuid": account_uuid,
        "targetSentTimestamp": timestamp,
        "isRemove": remove,
    }


def receipt(
    phone: Phone, account: str, at: int, kind: str, timestamps: list[int], device: int = 1
) -> Notification:
    """A receipt; `kind` is delivery, read or viewed."""
    body = {
        "when": at,
        "isDelivery": kind == "delivery",
        "isRead": kind == "read",
        "isViewed": kind == "viewed",
        "timestamps": timestamps,
    }
    return envelope(phone, account, at, device, receiptMessage=body)


def typing(phone: Phone, account: str, at: int, action: str) -> Notification:
    """A typing notice; `action` is STARTED or STOPPED."""
    return envelope(phone, account, at, typingMessage={"action": action, "timestamp": at})


def untrusted(phone: Phone, account: str, at: int) -> Notification:
    """What arrives in place of a message whose sender's safety number changed."""
    return {
        **envelope(phone, account, at),
        "exception": {
            "message": f"Untrusted identity: {phone.uuid}",
            "type": "UntrustedIdentityException",
        },
    }
