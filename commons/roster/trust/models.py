"""Dated records of trust, and vouches."""

from __future__ import annotations

import enum

from peewee import SQL, AutoField, CharField, ForeignKeyField

from commons import fields
from commons.database import BaseModel
from commons.roster.models import Person
from commons.sites.models import Site


class Vouch(BaseModel):
    """One member's word for another at a site (SECURITY.md: depth 2, five live, three a month)."""

    id = AutoField()
    site = ForeignKeyField(Site, backref="vouches", on_delete="CASCADE")
    voucher = ForeignKeyField(Person, backref="vouches_given", on_delete="CASCADE")
    person = ForeignKeyField(Person, backref="vouches", on_delete="CASCADE", index=False)
    made_at = fields.UTCDateTimeField()
    ended_at = fields.UTCDateTimeField(null=True)


Vouch.add_index(
    Vouch.index(
        Vouch.person,
        Vouch.voucher,
        Vouch.site,
        unique=True,
        name="vouch_live",
        where=SQL("ended_at IS NULL"),
    )
)


class TrustKind(enum.StrEnum):
    """What a dated record says about how far somebody can be trusted at a site."""

    SEEN = "seen"  # the lead has seen them: level 1
    VOUCHED = "vouched"  # two vouches from different roots, and the lead's yes: level 2
    VERIFIED = "verified"  # the district's own check, or a finished training: level 3
    FROZEN = "frozen"  # waits for a review; level 0 meanwhile


class TrustRecord(BaseModel):
    """One dated record; the level 0 to 3 is counted from those that hold today."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="trust_records", on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, backref="trust_records", on_delete="CASCADE")
    kind = fields.ChoiceField(TrustKind)
    since = fields.UTCDateTimeField()
    until = fields.UTCDateTimeField(null=True)  # when it lapses by itself
    recorded_by = CharField(max_length=60)
    ended_at = fields.UTCDateTimeField(null=True)
    ended_by = CharField(max_length=60, null=True)


TrustRecord.add_index(
    TrustRecord.index(
        TrustRecord.site,
        TrustRecord.person,
        TrustRecord.kind,
        unique=True,
        name="trust_record_live",
        where=SQL("ended_at IS NULL"),
    )
)
