"""A site's invites, and the people who asked to join by them."""

from __future__ import annotations

import enum

from peewee import SQL, AutoField, CharField, ForeignKeyField, IntegerField

from commons import fields
from commons.database import BaseModel
from commons.roster.models import Group, Person
from commons.sites.models import Site


class Invite(BaseModel):
    """A site's link, QR and code by which families or volunteers ask to join."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="invites", on_delete="CASCADE")
    group = fields.ChoiceField(Group, column_name="group_word")
    code = fields.SealedField()  # to be printed again
    code_index = fields.BlindIndexField(unique=True)
    most_uses = IntegerField()
    uses = IntegerField(default=0)
    made_by = CharField(max_length=60)
    made_at = fields.UTCDateTimeField()
    expires_at = fields.UTCDateTimeField(index=True)
    revoked_at = fields.UTCDateTimeField(null=True)


class JoinState(enum.StrEnum):
    """Whether somebody who asked to join was admitted."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    DECLINED = "declined"


class JoinRequest(BaseModel):
    """Somebody who asked to join a site and waits until its lead has seen them."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="join_requests", on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, backref="join_requests", on_delete="CASCADE")
    invite = ForeignKeyField(Invite, null=True, backref="requests", on_delete="SET NULL")
    group = fields.ChoiceField(Group, column_name="group_word")
    state = fields.ChoiceField(JoinState, default=JoinState.WAITING)
    asked_at = fields.UTCDateTimeField()
    decided_at = fields.UTCDateTimeField(null=True)
    decided_by = CharField(max_length=60, null=True)

    class Meta:
        indexes = ((("site", "state"), False),)


# One request waits at a time; a double tap makes no second one.
JoinRequest.add_index(
    JoinRequest.index(
        JoinRequest.site,
        JoinRequest.person,
        unique=True,
        name="join_request_waiting",
        where=SQL("state = 'waiting'"),
    )
)
