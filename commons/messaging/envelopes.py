"""Reading what the gateway hands in (its contract, section 3.4); pure, and wary of every field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from commons import clock


@dataclass(frozen=True)
class Receipt:
    """A phone tells that messages arrived, or were read; `timestamps` name them."""

    read: bool
    when: dt.datetime
    timestamps: tuple[int, ...]


@dataclass(frozen=True)
class Words:
    """Somebody wrote; `quoted` is the timestamp of our message that they answer."""

    text: str
    quoted: int | None = None


@dataclass(frozen=True)
class Reaction:
    """Somebody reacted to our message with this timestamp."""

    emoji: str
    target: int


@dataclass(frozen=True)
class Deletion:
    """Somebody took back a message of theirs with this timestamp."""

    target: int


@dataclass(frozen=True)
class KeyChange:
    """Somebody set up Signal anew; what they wrote waits until their key is trusted."""


@dataclass(frozen=True)
class Nothing:
    """Typing, calls, our own other devices, groups: of no use here."""


Content = Receipt | Words | Reaction | Deletion | KeyChange | Nothing


@dataclass(frozen=True)
class Heard:
    """One inbound thing: from whom, as far as the gateway says, when they sent it, and what."""

    number: str | None
    aci: str | None
    at: dt.datetime
    content: Content


def unwrapped(document: Any) -> dict[str, Any]:
    """Return `{"envelope": …}`, out of the JSON-RPC notification that a webhook posts.

    Raises ValueError for anything else.
    """
    if isinstance(document, dict) and isinstance(document.get("params"), dict):
        document = document["params"]
    if not isinstance(document, dict) or not isinstance(document.get("envelope"), dict):
        raise ValueError("There is no envelope in it.")
    return document


def identity(document: dict[str, Any]) -> tuple[object, ...]:
    """Return what tells one inbound thing from another, however often it is handed in."""
    envelope = document["envelope"]
    data = _part(envelope, "dataMessage") or _part(envelope, "editMessage")
    receipt = _part(envelope, "receiptMessage")
    kinds = sorted(name for name, value in envelope.items() if isinstance(value, dict))
    return (
        document.get("account"),
        envelope.get("sourceUuid") or envelope.get("source"),
        envelope.get("timestamp"),
        kinds,
        # One phone may tell of several devices, and of delivery and reading, in one instant.
        [receipt.get(name) for name in ("isDelivery", "isRead", "isViewed", "timestamps")],
        data.get("timestamp"),
        bool(document.get("exception")),
    )


def read(document: dict[str, Any]) -> Heard:
    """Return what an envelope says; raise ValueError, TypeError or KeyError if it is malformed."""
    envelope = document["envelope"]
    number, aci = envelope.get("sourceNumber"), envelope.get("sourceUuid")
    return Heard(
        number=str(number) if number else None,
        aci=str(aci).lower() if aci else None,
        at=clock.from_milliseconds(_stamp(envelope["timestamp"])),
        content=_content(document, envelope),
    )


def _content(document: dict[str, Any], envelope: dict[str, Any]) -> Content:
    exception = _part(document, "exception")
    if exception:
        changed = "UntrustedIdentity" in str(exception.get("type"))
        return KeyChange() if changed else Nothing()
    if receipt := _part(envelope, "receiptMessage"):
        return _receipt(receipt)
    data = _part(envelope, "dataMessage") or _part(_part(envelope, "editMessage"), "dataMessage")
    if not data or data.get("groupInfo") or data.get("isExpirationUpdate"):
        return Nothing()
    return _message(data)


def _receipt(receipt: dict[str, Any]) -> Receipt:
    stamps = receipt["timestamps"]
    if not isinstance(stamps, list):
        raise TypeError("timestamps")
    return Receipt(
        # Viewed implies read, and read implies delivered.
        read=bool(receipt.get("isRead") or receipt.get("isViewed")),
        when=clock.from_milliseconds(_stamp(receipt["when"])),
        timestamps=tuple(_stamp(one) for one in stamps),
    )


def _message(data: dict[str, Any]) -> Content:
    if removed := _part(data, "remoteDelete"):
        return Deletion(_stamp(removed["timestamp"]))
    if reaction := _part(data, "reaction"):
        if reaction.get("isRemove"):
            return Nothing()
        return Reaction(str(reaction["emoji"]), _stamp(reaction["targetSentTimestamp"]))
    quote = _part(data, "quote")
    text = str(data.get("message") or "").strip()
    if not text and (data.get("attachments") or data.get("sticker")):
        text = "📎"
    if not text:
        return Nothing()
    return Words(text, _stamp(quote["id"]) if quote else None)


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _stamp(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**14:
        raise ValueError("This is not a timestamp in milliseconds.")
    return value
