"""Zones and meeting points of sites, their bell times and holidays."""

from typing import Any

from peewee import (
    AutoField,
    CharField,
    Check,
    DateField,
    DoubleField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
)


class Instant(Field):
    """An instant with its zone, as it was when this was written."""

    field_type = "TIMESTAMPTZ"


INDEXES = (
    'CREATE UNIQUE INDEX "zone_public_id" ON "zone" ("public_id")',
    'CREATE UNIQUE INDEX "zone_live" ON "zone" ("site_id", "name") WHERE retired_at IS NULL',
    'CREATE UNIQUE INDEX "meeting_point_public_id" ON "meeting_point" ("public_id")',
    'CREATE INDEX "meeting_point_zone_id" ON "meeting_point" ("zone_id")',
    'CREATE UNIQUE INDEX "meeting_point_live" ON "meeting_point" ("site_id", "name") WHERE retired_at IS NULL',
    'CREATE UNIQUE INDEX "bell_time_site_id_weekday_event" ON "bell_time" ("site_id", "weekday", "event")',
    'CREATE UNIQUE INDEX "holiday_public_id" ON "holiday" ("public_id")',
    'CREATE INDEX "holiday_site_id" ON "holiday" ("site_id")',
    'CREATE INDEX "holiday_district_id" ON "holiday" ("district_id")',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

    class District(Model):
        class Meta:
            database = db
            table_name = "district"

    class Site(Model):
        class Meta:
            database = db
            table_name = "site"

    class Zone(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        name = CharField(max_length=60)
        position = IntegerField()
        retired_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "zone"

    class MeetingPoint(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        zone = ForeignKeyField(Zone, on_delete="SET NULL", null=True)
        kind = CharField(
            max_length=32,
            constraints=[
                Check(
                    "kind IN ('school', 'library', 'park', 'community_center', 'worship', 'store', 'bus_stop', 'corner', 'other')"
                )
            ],
        )
        name = CharField(max_length=100)
        latitude = DoubleField()
        longitude = DoubleField()
        source = CharField(max_length=120)
        position = IntegerField()
        retired_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "meeting_point"

    class BellTime(Model):
        id = AutoField()
        site = ForeignKeyField(Site, on_delete="CASCADE")
        weekday = IntegerField()
        event = CharField(
            max_length=32,
            constraints=[Check("event IN ('doors', 'start', 'dismissal', 'after_school')")],
        )
        at = CharField(max_length=5)

        class Meta:
            database = db
            table_name = "bell_time"

    class Holiday(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE", null=True)
        district = ForeignKeyField(District, on_delete="CASCADE", null=True)
        name = CharField(max_length=80)
        first_day = DateField()
        last_day = DateField()

        class Meta:
            database = db
            table_name = "holiday"
            constraints = (Check("(site_id IS NULL) <> (district_id IS NULL)"),)

    for table in (Zone, MeetingPoint, BellTime, Holiday):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in ("holiday", "bell_time", "meeting_point", "zone"):
        db.execute_sql(f'DROP TABLE "{table}"')
