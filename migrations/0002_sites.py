"""Districts, sites, their places and postures."""

from typing import Any

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    Check,
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
    'CREATE UNIQUE INDEX "district_public_id" ON "district" ("public_id")',
    'CREATE UNIQUE INDEX "district_code" ON "district" ("code")',
    'CREATE UNIQUE INDEX "site_public_id" ON "site" ("public_id")',
    'CREATE INDEX "site_district_id" ON "site" ("district_id")',
    'CREATE INDEX "site_name" ON "site" ("name")',
    'CREATE UNIQUE INDEX "site_cds_code" ON "site" ("cds_code")',
    'CREATE UNIQUE INDEX "site_nces_code" ON "site" ("nces_code")',
    'CREATE UNIQUE INDEX "site_place_site_id_key" ON "site_place" ("site_id", "key")',
    'CREATE UNIQUE INDEX "posture_public_id" ON "posture" ("public_id")',
    'CREATE INDEX "posture_site_id" ON "posture" ("site_id")',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

    class District(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        kind = CharField(
            max_length=32,
            constraints=[Check("kind IN ('district', 'county_office', 'charter_network')")],
        )
        name = CharField(max_length=200)
        code = CharField(max_length=32)
        county = CharField(max_length=80)
        state = CharField(max_length=2)

        class Meta:
            database = db
            table_name = "district"

    class Site(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        district = ForeignKeyField(District, on_delete="RESTRICT")
        state = CharField(
            max_length=32, constraints=[Check("state IN ('listed', 'open', 'closed')")]
        )
        kind = CharField(
            max_length=32,
            constraints=[
                Check(
                    "kind IN ('preschool', 'elementary', 'middle', 'high', 'span', 'adult', 'alternative', 'special', 'office', 'other')"
                )
            ],
        )
        name = CharField(max_length=200)
        cds_code = CharField(max_length=14, null=True)
        nces_code = CharField(max_length=12, null=True)
        grades = CharField(max_length=40)
        street = CharField(max_length=200)
        city = CharField(max_length=80)
        zip_code = CharField(max_length=10)
        region = CharField(max_length=2)
        phone = CharField(max_length=40)
        website = CharField(max_length=300)
        charter = BooleanField()
        latitude = DoubleField(null=True)
        longitude = DoubleField(null=True)
        timezone = CharField(max_length=40)
        languages = CharField(max_length=80)
        fingerprint = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "site"

    class SitePlace(Model):
        id = AutoField()
        site = ForeignKeyField(Site, on_delete="CASCADE")
        key = CharField(max_length=40)
        position = IntegerField()

        class Meta:
            database = db
            table_name = "site_place"

    class Posture(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        value = CharField(
            max_length=32,
            constraints=[
                Check("value IN ('normal', 'hold', 'secure', 'shelter', 'controlled_release')")
            ],
        )
        since = Instant()
        set_by = CharField(max_length=60)
        review_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "posture"

    for table in (District, Site, SitePlace, Posture):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in ("posture", "site_place", "site", "district"):
        db.execute_sql(f'DROP TABLE "{table}"')
