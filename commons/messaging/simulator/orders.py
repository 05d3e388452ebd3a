"""Reading the body of `POST /v2/send` as the gateway does, with its refusals word for word."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from .styled import parse

TOGETHER = (
    "Signal Messenger {} cannot be specified together in one request!"
    " Please split them up into multiple REST API calls."
)
FIELDS: dict[str, type | tuple[type, type]] = {
    "number": str,
    "recipients": (list, str),
    "recipient": str,
    "message": str,
    "base64_attachments": (list, str),
    "text_mode": str,
    "mentions": (list, dict),
    "quote_timestamp": int,
    "quote_author": str,
    "quote_message": str,
    "quote_mentions": (list, dict),
    "edit_timestamp": int,
    "notify_self": bool,
    "view_once": bool,
    "sticker": str,
    "link_preview": dict,
}


class BadOrderError(Exception):
    """Raised for what the gateway refuses; `binding` when the body could not be read at all."""

    def __init__(self, text: str, *, binding: bool = False) -> None:
        """Keep the gateway's text."""
        super().__init__(text)
        self.text = text
        self.binding = binding


@dataclass(slots=True)
class SendOrder:
    """A send request that passed the gateway and goes to signal-cli."""

    number: str
    recipients: list[str] = field(default_factory=list)
    group: str = ""
    message: str = ""
    styles: list[str] = field(default_factory=list)
    attachments: int = 0
    sticker: str = ""
    quote_timestamp: int | None = None
    quote_author: str = ""
    edit_timestamp: int | None = None
    view_once: bool = False
    notify_self: bool = True


def bind(body: bytes, shape: dict[str, type | tuple[type, type]]) -> dict[str, Any]:
    """The named members of a JSON object, keys in any case, unknown keys ignored, nulls left out.

    Raises BadOrderError when the body is no JSON object or a member has another type.
    """
    refusal = BadOrderError("Couldn't process request - invalid request", binding=True)
    try:
        # The gateway's decoder reads the first value and does not mind what follows.
        raw, _ = json.JSONDecoder().raw_decode(body.decode("utf-8").lstrip())
    except ValueError as error:
        raise refusal from error
    if not isinstance(raw, dict):
        raise refusal
    found: dict[str, Any] = {}
    for key, value in raw.items():
        kind = shape.get(key.lower())
        if kind is None or value is None:
            continue
        if not _has_type(value, kind):
            raise refusal
        found[key.lower()] = value
    return found


def read_order(body: bytes) -> SendOrder:
    """The order in a request body.

    Raises BadOrderError with the gateway's own text for whatever it refuses before signal-cli.
    """
    values = bind(body, FIELDS)
    recipients = [*values.get("recipients", [])]
    if values.get("recipient"):
        recipients.append(values["recipient"])
    prefix = "Couldn't process request - "
    if not recipients:
        raise BadOrderError(prefix + "please provide at least one recipient")
    if not values.get("number"):
        raise BadOrderError(prefix + "please provide a valid number")
    sticker = values.get("sticker", "")
    if sticker and ":" not in sticker:
        raise BadOrderError(prefix + "please provide valid sticker delimiter")
    attachments = values.get("base64_attachments", [])
    if values.get("view_once") and not attachments:
        raise BadOrderError("'view_once' can only be set for image attachments!")
    group = _addressed(recipients)
    for attachment in attachments:
        _check_attachment(attachment)
    message = values.get("message", "")
    styles: list[str] = []
    if values.get("text_mode") == "styled":
        message, styles = parse(message)
    _check_preview(values.get("link_preview"), message)
    return SendOrder(
        number=values["number"],
        recipients=[] if group else recipients,
        group=group,
        message=message,
        styles=styles,
        attachments=len(attachments),
        sticker=sticker,
        quote_timestamp=values.get("quote_timestamp"),
        quote_author=values.get("quote_author", ""),
        edit_timestamp=values.get("edit_timestamp"),
        view_once=values.get("view_once", False),
        notify_self=values.get("notify_self", True),
    )


def kind_of(recipient: str) -> str:
    """What the gateway takes a recipient for: group, number or username.

    Raises BadOrderError for a group id that is none.
    """
    if recipient.startswith("group."):
        return "group" if internal_id(recipient) else "username"
    if recipient == "" or re.fullmatch(r"\+[0-9 ]*", recipient):
        return "number"
    try:
        uuid.UUID(recipient)
    except ValueError:
        return "username"
    return "number"


def internal_id(group: str) -> str:
    """The internal id of `group.…`; empty when the gateway would take it for a username.

    Raises BadOrderError for an id that is not base64 twice, or not of 32 bytes.
    """
    encoded = group.removeprefix("group.")
    try:
        inner = base64.b64decode(encoded, validate=True).decode("ascii")
        size = len(base64.b64decode(inner, validate=True))
    except ValueError as error:
        # Their rule: short things that are no base64 are usernames.
        if not _is_base64(encoded) and len(encoded) <= 10:
            return ""
        raise BadOrderError(f"Invalid identifier {group}") from error
    if size != 32:
        raise BadOrderError(f"Invalid Signal group size ({size}")
    return inner


def external_id(internal: str) -> str:
    """The `group.…` form of an internal group id."""
    return "group." + base64.b64encode(internal.encode()).decode()


def _addressed(recipients: list[str]) -> str:
    kinds = {kind_of(recipient) for recipient in recipients}
    for first, second, words in (
        ("group", "number", "Groups and phone numbers"),
        ("group", "username", "Groups and usernames"),
        ("number", "username", "phone numbers and usernames"),
    ):
        if {first, second} <= kinds:
            raise BadOrderError(TOGETHER.format(words))
    if kinds != {"group"}:
        return ""
    if len(recipients) > 1:
        raise BadOrderError(
            "A signal message cannot be sent to more than one group at once!"
            " Please use multiple REST API calls for that."
        )
    return internal_id(recipients[0])


def _check_attachment(attachment: str) -> None:
    data = attachment.rpartition("base64,")[2] if attachment.startswith("data:") else attachment
    if not data:
        raise BadOrderError("The base64 data does not exist.")
    if not _is_base64(data):
        wrong = re.search(r"[^A-Za-z0-9+/]", data)
        raise BadOrderError(
            f"illegal base64 data at input byte {wrong.start() if wrong else len(data)}"
        )


def _check_preview(preview: dict[str, Any] | None, message: str) -> None:
    if preview is None:
        return
    url = str(preview.get("url") or "")
    if not url.startswith("https"):
        raise BadOrderError("Link Preview URL must start with https://..")
    if not preview.get("title"):
        raise BadOrderError("Please provide a valid Link Preview Title")
    if url not in message:
        raise BadOrderError("Link Preview URL is missing in the message!")


def _is_base64(data: str) -> bool:
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _has_type(value: object, kind: type | tuple[type, type]) -> bool:
    if isinstance(kind, tuple):
        return isinstance(value, list) and all(_has_type(item, kind[1]) for item in value)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
