"""Districts, sites, their places, and the posture record."""

from __future__ import annotations

import enum

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CharField,
    Check,
    DateField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
)

from commons import fields
from commons.database import BaseModel


class DistrictKind(enum.StrEnum):
    """What sort of office stands above a site."""

    DISTRICT = "district"
    COUNTY_OFFICE = "county_office"
    CHARTER_NETWORK = "charter_network"


class SiteKind(enum.StrEnum):
    """What sort of school a site is."""

    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    MIDDLE = "middle"
    HIGH = "high"
    SPAN = "span"
    ADULT = "adult"
    ALTERNATIVE = "alternative"
    SPECIAL = "special"
    OFFICE = "office"
    OTHER = "other"


class SiteState(enum.StrEnum):
    """Whether a site is only known from a public list, or uses Farolito."""

    LISTED = "listed"  # from a public list; a neighbour that cannot alert
    OPEN = "open"  # has its people here and can alert
    CLOSED = "closed"  # no longer a school


class PostureValue(enum.StrEnum):
    """How a school is running; ordinary visitor and safety practice, decided by the school."""

    NORMAL = "normal"
    HOLD = "hold"
    SECURE = "secure"
    SHELTER = "shelter"
    CONTROLLED_RELEASE = "controlled_release"


class District(BaseModel):
    """A district, county office or charter network."""

    id = AutoField()
    public_id = fields.PublicIdField()
    kind = fields.ChoiceField(DistrictKind)
    name = CharField(max_length=200)
    code = CharField(max_length=32, unique=True)  # NCES district id, or the county's own
    county = CharField(max_length=80, default="")
    state = CharField(max_length=2, default="")


class Site(BaseModel):
    """One school site, as the public record has it."""

    id = AutoField()
    public_id = fields.PublicIdField()
    district = ForeignKeyField(District, backref="sites", on_delete="RESTRICT")
    district_id: int  # Peewee adds it; the type checker must know, for permissions.Scope
    state = fields.ChoiceField(SiteState, default=SiteState.LISTED)
    kind = fields.ChoiceField(SiteKind)
    name = CharField(max_length=200, index=True)  # the list of sites is read by name
    cds_code = CharField(max_length=14, null=True, unique=True)  # California's school code
    nces_code = CharField(max_length=12, null=True, unique=True)  # the nation's school code
    grades = CharField(max_length=40, default="")
    street = CharField(max_length=200, default="")  # the school's own, from the public record
    city = CharField(max_length=80, default="")
    zip_code = CharField(max_length=10, default="")
    region = CharField(max_length=2, default="")  # the state's two letters
    phone = CharField(max_length=40, default="")  # the school office's, from the public record
    website = CharField(max_length=300, default="")
    charter = BooleanField(default=False)
    latitude = DoubleField(null=True)
    longitude = DoubleField(null=True)
    timezone = CharField(max_length=40, default="America/Los_Angeles")
    # Languages that texts of this site are wanted in, separated by spaces.
    languages = CharField(max_length=80, default="en es")
    fingerprint = CharField(max_length=64, default="")  # of the imported row: tells what changed


class SitePlace(BaseModel):
    """A place on or beside a site that an alert may name; its words are in the alert pack."""

    id = AutoField()
    site = ForeignKeyField(Site, backref="places", on_delete="CASCADE", index=False)
    key = CharField(max_length=40)
    position = IntegerField(default=0)

    class Meta:
        indexes = ((("site", "key"), True),)


class Posture(BaseModel):
    """One decision about a site's posture; the newest counts, the older ones are its history."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="postures", on_delete="CASCADE")
    value = fields.ChoiceField(PostureValue)
    since = fields.UTCDateTimeField()
    set_by = CharField(max_length=60)
    review_at = fields.UTCDateTimeField(null=True)  # no end by time: somebody looks again


class Zone(BaseModel):
    """A coarse part of a site's surroundings, by the name that families use; never an address."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="zones", on_delete="CASCADE", index=False)
    name = CharField(max_length=60)
    position = IntegerField(default=0)
    retired_at = fields.UTCDateTimeField(null=True)


Zone.add_index(
    Zone.index(Zone.site, Zone.name, unique=True, name="zone_live", where=SQL("retired_at IS NULL"))
)


class PointKind(enum.StrEnum):
    """What sort of public place a meeting point is."""

    SCHOOL = "school"
    LIBRARY = "library"
    PARK = "park"
    COMMUNITY_CENTER = "community_center"
    WORSHIP = "worship"
    STORE = "store"
    BUS_STOP = "bus_stop"
    CORNER = "corner"
    OTHER = "other"


class MeetingPoint(BaseModel):
    """A public place where people of a site meet; people themselves have no coordinates."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="meeting_points", on_delete="CASCADE", index=False)
    zone = ForeignKeyField(Zone, null=True, backref="meeting_points", on_delete="SET NULL")
    kind = fields.ChoiceField(PointKind)
    name = CharField(max_length=100)
    latitude = DoubleField()
    longitude = DoubleField()
    source = CharField(max_length=120, default="")  # where a suggestion came from
    position = IntegerField(default=0)
    retired_at = fields.UTCDateTimeField(null=True)


MeetingPoint.add_index(
    MeetingPoint.index(
        MeetingPoint.site,
        MeetingPoint.name,
        unique=True,
        name="meeting_point_live",
        where=SQL("retired_at IS NULL"),
    )
)


class BellEvent(enum.StrEnum):
    """What a bell says."""

    DOORS = "doors"  # the gates open
    START = "start"
    DISMISSAL = "dismissal"
    AFTER_SCHOOL = "after_school"  # the after-school programme ends


class BellTime(BaseModel):
    """When a bell rings on one weekday, in the site's own zone."""

    id = AutoField()
    site = ForeignKeyField(Site, backref="bells", on_delete="CASCADE", index=False)
    weekday = IntegerField()  # 1 is Monday, 7 is Sunday (ISO 8601)
    event = fields.ChoiceField(BellEvent)
    at = CharField(max_length=5)  # 24 hours: 08:05

    class Meta:
        indexes = ((("site", "weekday", "event"), True),)


class Holiday(BaseModel):
    """Days without lessons, of one site or of a whole district."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, null=True, backref="holidays", on_delete="CASCADE")
    district = ForeignKeyField(District, null=True, backref="holidays", on_delete="CASCADE")
    name = CharField(max_length=80)
    first_day = DateField()
    last_day = DateField()

    class Meta:
        constraints = (Check("(site_id IS NULL) <> (district_id IS NULL)"),)
