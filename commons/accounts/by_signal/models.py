"""Pages that wait for their code from Signal, and codes on paper."""

from __future__ import annotations

import enum

from peewee import AutoField, CharField, ForeignKeyField

from commons import fields
from commons.accounts.models import Account
from commons.database import BaseModel
from commons.roster.joining.models import Invite
from commons.roster.models import Person


class RequestState(enum.StrEnum):
    """How far signing in by Signal has come."""

    OPEN = "open"  # the page shows the code
    ASKED = "asked"  # the code came from Signal; the relay asked for the number on the page
    APPROVED = "approved"  # the right number was picked; the page may go on
    USED = "used"
    REFUSED = "refused"  # the wrong number was picked, or *not me*


class SignInRequest(BaseModel):
    """One page that waits for its code to come from Signal, bound to the browser that asked."""

    id = AutoField()
    public_id = fields.PublicIdField()
    state = fields.ChoiceField(RequestState, default=RequestState.OPEN)
    token_hash = CharField(max_length=64, unique=True)  # of the browser's own token
    code = fields.SealedField()
    code_index = fields.BlindIndexField(unique=True)
    number = fields.SealedField()  # the two digits that the page shows
    device = CharField(max_length=40, default="")
    person = ForeignKeyField(Person, null=True, on_delete="CASCADE")
    # Where somebody joins: by which invite, and what they want to be called.
    invite = ForeignKeyField(Invite, null=True, on_delete="CASCADE")
    name = fields.SealedField(null=True)
    language = CharField(max_length=12, default="")
    made_at = fields.UTCDateTimeField()
    asked_at = fields.UTCDateTimeField(null=True)
    expires_at = fields.UTCDateTimeField(index=True)


class ReturnCode(BaseModel):
    """The code on a sheet of paper, for somebody without Signal; only its hash is stored."""

    id = AutoField()
    public_id = fields.PublicIdField()
    account = ForeignKeyField(Account, backref="return_codes", on_delete="CASCADE")
    code_hash = CharField(max_length=64, unique=True)
    made_by = CharField(max_length=60)
    made_at = fields.UTCDateTimeField()
    expires_at = fields.UTCDateTimeField(index=True)
    used_at = fields.UTCDateTimeField(null=True)
    revoked_at = fields.UTCDateTimeField(null=True)
