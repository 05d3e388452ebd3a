"""Accounts, their memberships, sign-in sessions and one-time links."""

from __future__ import annotations

import enum

from peewee import SQL, AutoField, BigIntegerField, CharField, ForeignKeyField, fn

from commons import fields
from commons.database import BaseModel
from commons.permissions import Role
from commons.roster.models import Person
from commons.sites.models import District, Site


class AccountState(enum.StrEnum):
    """Whether an account may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class Account(BaseModel):
    """Somebody who signs in; what they sign in with is sealed or hashed."""

    id = AutoField()
    public_id = fields.PublicIdField()
    person = ForeignKeyField(Person, null=True, on_delete="SET NULL")
    state = fields.ChoiceField(AccountState, default=AccountState.ACTIVE)
    name = fields.SealedField()
    # A work e-mail address, as a rule. Whoever signs in by Signal has none: it is empty, and the
    # index is that of the account's own public id, which nobody can type.
    sign_in_name = fields.SealedField()
    sign_in_index = fields.BlindIndexField(unique=True)
    password_hash = CharField(max_length=200, null=True)  # argon2id
    totp_secret = fields.SealedField(null=True)
    totp_step = BigIntegerField(default=0)  # the last step used: a code works once
    language = CharField(max_length=12, null=True)
    theme = CharField(max_length=8, default="")
    created_at = fields.UTCDateTimeField()
    # Since when an invited or recovered account has to set itself up; until it has a password and
    # a second factor nothing else opens to it.
    set_up_since = fields.UTCDateTimeField(null=True)
    freeze_hash = CharField(max_length=200, null=True)  # argon2id of the word said under duress
    frozen_until = fields.UTCDateTimeField(null=True)


class Membership(BaseModel):
    """An account's role at a site, in a district, or (with neither) everywhere."""

    id = AutoField()
    account = ForeignKeyField(Account, backref="memberships", on_delete="CASCADE")
    role = fields.ChoiceField(Role)
    site = ForeignKeyField(Site, null=True, backref="memberships", on_delete="CASCADE")
    district = ForeignKeyField(District, null=True, on_delete="CASCADE")
    since = fields.UTCDateTimeField()
    until = fields.UTCDateTimeField(null=True)
    granted_by = CharField(max_length=60)


# A role is held once at a time in one place; NULL does not equal NULL, hence the zeros.
Membership.add_index(
    Membership.index(
        Membership.account,
        Membership.role,
        fn.COALESCE(Membership.site, SQL("0")),
        fn.COALESCE(Membership.district, SQL("0")),
        unique=True,
        name="membership_live",
        where=SQL("until IS NULL"),
    )
)


class SignInSession(BaseModel):
    """One signed-in browser; only the hash of its token is stored."""

    id = AutoField()
    public_id = fields.PublicIdField()
    account = ForeignKeyField(Account, backref="sessions", on_delete="CASCADE")
    token_hash = CharField(max_length=64, unique=True)
    device = CharField(max_length=40, default="")  # `phone` or `computer`: enough to tell apart
    made_at = fields.UTCDateTimeField()
    seen_at = fields.UTCDateTimeField()
    fresh_at = fields.UTCDateTimeField()  # when they last proved who they are
    ends_at = fields.UTCDateTimeField(index=True)
    ended_at = fields.UTCDateTimeField(null=True)


class SignInLink(BaseModel):
    """A link that signs in once; only the hash of its token is stored."""

    id = AutoField()
    account = ForeignKeyField(Account, on_delete="CASCADE")
    token_hash = CharField(max_length=64, unique=True)
    expires_at = fields.UTCDateTimeField(index=True)
    used_at = fields.UTCDateTimeField(null=True)


class KnownDevice(BaseModel):
    """A browser that signed in before, so that a guesser elsewhere cannot lock its owner out."""

    id = AutoField()
    account = ForeignKeyField(Account, backref="devices", on_delete="CASCADE")
    token_hash = CharField(max_length=64, unique=True)
    made_at = fields.UTCDateTimeField()
    seen_at = fields.UTCDateTimeField(index=True)


class ProposalKind(enum.StrEnum):
    """What needs two persons."""

    GRANT = "grant"
    RECOVERY = "recovery"


class ProposalState(enum.StrEnum):
    """Whether the second person has answered."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Proposal(BaseModel):
    """An act on an account that one administrator proposes and another confirms."""

    id = AutoField()
    public_id = fields.PublicIdField()
    kind = fields.ChoiceField(ProposalKind)
    state = fields.ChoiceField(ProposalState, default=ProposalState.OPEN)
    account = ForeignKeyField(Account, backref="proposals", on_delete="CASCADE")
    role = fields.ChoiceField(Role, null=True)
    site = ForeignKeyField(Site, null=True, on_delete="CASCADE")
    district = ForeignKeyField(District, null=True, on_delete="CASCADE")
    proposed_by = CharField(max_length=60)
    proposed_at = fields.UTCDateTimeField()
    expires_at = fields.UTCDateTimeField(index=True)
    decided_by = CharField(max_length=60, null=True)
    decided_at = fields.UTCDateTimeField(null=True)
