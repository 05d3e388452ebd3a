"""The things the simulator remembers: phones, messages, groups and how they may fail."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

NAMESPACE = uuid.UUID("6f1c7e52-3b0a-4a54-9f6e-5a2f0b7d9c11")


class Failure(StrEnum):
    """How sending to one phone goes."""

    OK = "ok"
    UNREGISTERED = "unregistered"
    IDENTITY = "identity"
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_WITHOUT_DATA = "rate_limited_without_data"
    LIMITED_BUT_DELIVERED = "limited_but_delivered"
    NETWORK = "network"
    NO_PREKEYS = "no_prekeys"
    HANG = "hang"
    HANG_DELIVERED = "hang_delivered"
    RESET = "reset"
    RESET_DELIVERED = "reset_delivered"
    SLOW = "slow"
    SENT_BUT_NEVER_DELIVERED = "sent_but_never_delivered"
    ERROR = "error"


DELIVERED_ALL_THE_SAME = frozenset(
    {Failure.HANG_DELIVERED, Failure.RESET_DELIVERED, Failure.LIMITED_BUT_DELIVERED}
)


@dataclass(slots=True)
class Plan:
    """What the next sends to a phone meet: a failure, for how many sends, with which details.

    `times` counts down to nothing and then the phone is well again; None means for ever.
    `seconds` is the delay of SLOW; `text` is the error of ERROR.
    """

    mode: Failure = Failure.OK
    times: int | None = None
    token: str = ""
    seconds: float = 0.0
    text: str = "Failed to send message: Connection closed (IOException) (UnexpectedErrorException)"


@dataclass(slots=True)
class Phone:
    """One simulated phone with Signal on it."""

    uuid: str
    number: str | None = None
    username: str | None = None
    name: str = ""
    language: str = "en"
    site: str = ""
    hidden: bool = False
    devices: int = 1
    read_receipts: bool = True
    profile_shared: bool = True
    plan: Plan = field(default_factory=Plan)
    key: int = 1
    trusted_key: int = 1
    verified: bool = False
    met: bool = False
    contact_name: str = ""
    expires_in: int = 0
    held: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The number, or else the username, or else the uuid: what pages and tests call it by."""
        return self.number or self.username or self.uuid

    @property
    def shown_number(self) -> str | None:
        """The number as the account learns it: None when the owner hides it."""
        return None if self.hidden else self.number

    @property
    def trusted(self) -> bool:
        """Whether the account trusts the key this phone has now."""
        return self.key <= self.trusted_key

    def safety_number(self, key: int) -> str:
        """The sixty digits both sides would compare for one of this phone's keys."""
        digest = hashlib.sha512(f"{self.uuid}/{key}".encode()).hexdigest()
        return str(int(digest, 16))[:60]

    def as_dict(self) -> dict[str, Any]:
        """The phone as JSON can carry it."""
        return asdict(self)


@dataclass(slots=True)
class Message:
    """One text that went to a phone or came from one; `timestamp` is Signal's message id."""

    id: int
    phone: str
    account: str
    to_phone: bool
    timestamp: int
    text: str
    reference: str = ""
    styles: list[str] = field(default_factory=list)
    quote_timestamp: int | None = None
    edit_timestamp: int | None = None
    attachments: int = 0
    view_once: bool = False
    group: str = ""
    arrived: bool = True
    read: bool = False
    deleted: bool = False
    reaction: str = ""
    reaction_from_account: str = ""
    expires_in: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The message as JSON can carry it."""
        return asdict(self)


@dataclass(slots=True)
class Group:
    """One Signal group as the account sees it; members are phone uuids."""

    internal_id: str
    name: str = ""
    description: str = ""
    members: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    admins: list[str] = field(default_factory=list)
    account_member: bool = True
    account_admin: bool = True
    blocked: bool = False
    link: str = ""
    expires_in: int = 0
    add_members: str = "every-member"
    edit_group: str = "every-member"
    send_messages: str = "every-member"

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON can carry it."""
        return asdict(self)


def uuid_for(reference: str) -> str:
    """The stable uuid of a number or username."""
    return str(uuid.uuid5(NAMESPACE, reference))


def phone_from(values: dict[str, Any]) -> Phone:
    """A phone from its JSON form, as `Phone.as_dict` made it."""
    plan = values.get("plan") or {}
    known = {name: values[name] for name in Phone.__dataclass_fields__ if name in values}
    known["plan"] = Plan(**{**plan, "mode": Failure(plan.get("mode", "ok"))})
    return Phone(**known)
