"""Persons, how they can be reached, what they agreed to, and the slots they fill.

A reference has `index=False` where an index of several columns begins with it: an import and an
alert write thousands of rows, and each index is paid for in every one.
"""

from __future__ import annotations

import enum

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CharField,
    Check,
    ForeignKeyField,
    IntegerField,
)

from commons import fields
from commons.database import BaseModel
from commons.sites.models import District, Site


class Group(enum.StrEnum):
    """As whom somebody is on a site's roster."""

    STAFF = "staff"
    FAMILY = "family"
    VOLUNTEER = "volunteer"
    OBSERVER = "observer"
    PARTNER = "partner"


class MethodKind(enum.StrEnum):
    """By which way a person can be reached."""

    SIGNAL = "signal"
    PHONE = "phone"
    EMAIL = "email"


class MethodState(enum.StrEnum):
    """Whether a contact method works, as far as we know."""

    UNVERIFIED = "unverified"
    WORKING = "working"  # something was delivered, or they wrote to us
    FAILING = "failing"  # the last tries did not arrive
    REFUSED = "refused"  # the gateway says there is nobody there


class ConsentState(enum.StrEnum):
    """Whether somebody agreed to a site's alerts."""

    INVITED = "invited"  # added by somebody else; unreachable until they say yes
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Person(BaseModel):
    """Somebody a school can reach; the name is what they chose to be called."""

    id = AutoField()
    public_id = fields.PublicIdField()
    name = fields.SealedField()
    language = CharField(max_length=12, default="en")  # the language of their messages
    created_at = fields.UTCDateTimeField()
    # Set when everything else of theirs is erased and only the last word has yet to reach them.
    leaving_at = fields.UTCDateTimeField(null=True)


class ContactMethod(BaseModel):
    """One way to reach a person; for Signal the number, and the account id once it is known."""

    id = AutoField()
    public_id = fields.PublicIdField()
    person = ForeignKeyField(Person, backref="methods", on_delete="CASCADE")
    kind = fields.ChoiceField(MethodKind)
    state = fields.ChoiceField(MethodState, default=MethodState.UNVERIFIED)
    position = IntegerField(default=0)  # which way to try first
    # E.164, or an e-mail address; a Signal account id where somebody keeps their number hidden.
    value = fields.SealedField()
    value_index = fields.BlindIndexField()
    recipient = fields.SealedField(null=True)  # Signal's account id (ACI), a UUID
    recipient_index = fields.BlindIndexField(null=True, unique=True)
    # When the gateway itself last said which account id belongs to the number: an id that only
    # a receipt suggests may belong to somebody who guessed a timestamp.
    checked_at = fields.UTCDateTimeField(null=True)
    # Since when nothing is sent there, because their Signal key changed and nobody has made sure
    # that it is still them; and when somebody did, until the gateway has been told.
    held_at = fields.UTCDateTimeField(null=True)
    trust_at = fields.UTCDateTimeField(null=True)

    class Meta:
        # One number, one person: a reply from it must have one meaning.
        indexes = ((("kind", "value_index"), True),)


class RosterEntry(BaseModel):
    """A person on a site's roster, as staff, family or otherwise."""

    id = AutoField()
    site = ForeignKeyField(Site, backref="entries", on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, backref="entries", on_delete="CASCADE")
    group = fields.ChoiceField(Group, column_name="group_word")  # GROUP is a word of SQL
    since = fields.UTCDateTimeField()
    until = fields.UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("site", "person", "group"), True), (("site", "group"), False))


class Consent(BaseModel):
    """What a person agreed to at a site, from where we know it, and when they took it back."""

    id = AutoField()
    public_id = fields.PublicIdField()
    person = ForeignKeyField(Person, backref="consents", on_delete="CASCADE", index=False)
    site = ForeignKeyField(Site, backref="consents", on_delete="CASCADE")
    state = fields.ChoiceField(ConsentState)
    # `staff duty`, `paper form`, `joined by Signal`, `import`: how we know. Somebody types it,
    # and may type a name.
    source = fields.SealedField()
    recorded_by = CharField(max_length=60)
    since = fields.UTCDateTimeField()
    withdrawn_at = fields.UTCDateTimeField(null=True)
    withdrawn_by = CharField(max_length=60, null=True)  # `signal`, `account:…`
    # When the one message was queued that tells them who added them and how to say no.
    told_at = fields.UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("person", "site"), True),)


class SlotKind(enum.StrEnum):
    """A role to be filled (research/alert-relay §6.1 RO2); slots.toml says for whom and how."""

    SITE_LEAD = "site_lead"
    BACKUP_LEAD = "backup_lead"
    SCHOOL_ADMINISTRATOR = "school_administrator"
    SECONDARY_RESPONDER = "secondary_responder"
    CHECK_IN_EMPLOYEE = "check_in_employee"
    COUNSELOR = "counselor"
    RESOURCE_ADVOCATE = "resource_advocate"
    WELLNESS_LEAD = "wellness_lead"
    COMMUNICATIONS_LEAD = "communications_lead"
    CUSTODIAN_OF_RECORDS = "custodian_of_records"
    NETWORK_LIAISON = "network_liaison"
    INTERPRETER = "interpreter"
    CHAPTER_CHAIR = "chapter_chair"
    SITE_COUNCIL_CHAIR = "site_council_chair"
    AFTER_SCHOOL_LEAD = "after_school_lead"
    BUS_LEAD = "bus_lead"
    DISTRICT_ADMINISTRATOR = "district_administrator"
    LEGAL_COUNSEL = "legal_counsel"
    LEGAL_COUNSEL_AFTER_HOURS = "legal_counsel_after_hours"
    SECURITY = "security"
    SECURITY_AFTER_HOURS = "security_after_hours"
    COMMUNICATIONS_BACKUP = "communications_backup"
    DISTRICT_WELLNESS_LEAD = "district_wellness_lead"
    UNION_AREA_LEAD = "union_area_lead"
    TRANSPORTATION_DISPATCHER = "transportation_dispatcher"
    LEGAL_AID_PARTNER = "legal_aid_partner"
    COMMUNITY_PARTNER = "community_partner"
    ELECTED_OFFICIAL = "elected_official"
    MEDIA_CONTACT = "media_contact"
    COUNTY_COUNSEL = "county_counsel"
    COUNTY_IMMIGRATION_COORDINATOR = "county_immigration_coordinator"


class Slot(BaseModel):
    """A role that somebody should fill, at a site or for a whole district or county office.

    A required one that is empty is a gap. What belongs to a district holds at each of its sites.
    """

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, null=True, backref="slots", on_delete="CASCADE", index=False)
    district = ForeignKeyField(
        District, null=True, backref="slots", on_delete="CASCADE", index=False
    )
    kind = fields.ChoiceField(SlotKind, checked=False, max_length=40)
    required = BooleanField(default=False)
    position = IntegerField(default=0)

    class Meta:
        indexes = ((("site", "kind"), True), (("district", "kind"), True))
        constraints = (Check("(site_id IS NULL) <> (district_id IS NULL)"),)


class Assignment(BaseModel):
    """A person in a slot, from one day to another; backups come after those called first."""

    id = AutoField()
    public_id = fields.PublicIdField()
    slot = ForeignKeyField(Slot, backref="assignments", on_delete="CASCADE")
    person = ForeignKeyField(Person, backref="assignments", on_delete="CASCADE")
    position = IntegerField(default=0)  # who is called first
    backup = BooleanField(default=False)
    since = fields.UTCDateTimeField()  # may lie ahead: summer cover is planned in spring
    until = fields.UTCDateTimeField(null=True)


# A person fills a slot once at a time; somebody who left may come back.
Assignment.add_index(
    Assignment.index(
        Assignment.slot,
        Assignment.person,
        unique=True,
        name="assignment_live",
        where=SQL("until IS NULL"),
    )
)


class ExportRequest(BaseModel):
    """A site's roster as a file: asked for by one, allowed by another, taken once."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="exports", on_delete="CASCADE")
    asked_by = CharField(max_length=60)
    asked_at = fields.UTCDateTimeField()
    expires_at = fields.UTCDateTimeField()
    allowed_by = CharField(max_length=60, null=True)
    allowed_at = fields.UTCDateTimeField(null=True)
    taken_at = fields.UTCDateTimeField(null=True)


class Erasure(BaseModel):
    """That somebody was erased, without saying who: a restored backup erases them again."""

    id = AutoField()
    receipt = CharField(max_length=20, unique=True)
    subject_index = fields.BlindIndexField(unique=True)  # of the person's public id
    erased_at = fields.UTCDateTimeField()
