"""What has lived its days is gone, unless a hold covers it."""

import datetime as dt

import pytest

from commons import clock, retention
from commons.database import all_models, database, transaction
from commons.errors import Conflict
from commons.permissions import CONSOLE
from commons.retention import inventory
from commons.roster.models import Consent, ConsentState, Person
from commons.sites.models import Site
from tests import builders

LATER = dt.timedelta(days=181)


def a_person_who_left(site: Site) -> Person:
    person = builders.a_person(site, consent=ConsentState.WITHDRAWN)
    with transaction():
        Consent.update(withdrawn_at=clock.now()).execute()
    return person


def test_a_person_who_said_stop_everywhere_is_gone_after_180_days(db: str) -> None:
    a_person_who_left(builders.a_site())
    assert retention.purge(clock.now() + dt.timedelta(days=179))["person"] == 0
    assert retention.purge(clock.now() + LATER)["person"] == 1
    assert Person.select().count() == 0


def test_a_person_who_still_agrees_somewhere_stays(db: str) -> None:
    person = a_person_who_left(builders.a_site())
    builders.a_consent(person, builders.a_site("Other"))
    assert retention.purge(clock.now() + LATER)["person"] == 0


@pytest.mark.parametrize("subject", ["site", "everything"])
def test_a_legal_hold_stops_every_purge_of_what_it_covers(db: str, subject: str) -> None:
    site = builders.a_site()
    a_person_who_left(site)
    covered = f"site:{site.public_id}" if subject == "site" else subject
    hold = retention.place_hold(CONSOLE, covered, "counsel asked")
    retention.purge(clock.now() + LATER)
    assert Person.select().count() == 1
    retention.lift_hold(CONSOLE, hold)
    retention.purge(clock.now() + LATER)
    assert Person.select().count() == 0


def test_a_hold_of_one_site_covers_no_other(db: str) -> None:
    a_person_who_left(builders.a_site())
    other = builders.a_site("Other")
    retention.place_hold(CONSOLE, f"site:{other.public_id}", "counsel asked")
    assert retention.purge(clock.now() + LATER)["person"] == 1


def test_a_hold_is_lifted_once(db: str) -> None:
    hold = retention.place_hold(CONSOLE, "everything", "counsel asked")
    retention.lift_hold(CONSOLE, hold)
    with pytest.raises(Conflict):
        retention.lift_hold(CONSOLE, hold)


def test_every_column_of_every_model_is_in_the_inventory() -> None:
    listed = {name: set(table["columns"]) for name, table in inventory()["tables"].items()}
    existing = {m._meta.table_name: set(m._meta.columns) for m in all_models()}
    assert listed == existing


def test_every_rule_names_columns_that_exist() -> None:
    columns = {m._meta.table_name: m._meta.columns for m in all_models()}
    for rule in retention.rules():
        assert rule.since in columns[rule.table] or rule.since.startswith("(")
        assert all(name in columns[rule.table] for name in rule.empties)


def test_words_about_people_are_sealed_or_keyed_or_a_reference() -> None:
    from peewee import ForeignKeyField

    from commons.fields import BlindIndexField, SealedField

    fit = (SealedField, BlindIndexField, ForeignKeyField)
    for model in all_models():
        for name, kind in inventory()["tables"][model._meta.table_name]["columns"].items():
            if kind >= 2:
                assert isinstance(model._meta.columns[name], fit), f"{model.__name__}.{name}"


FORBIDDEN_WORDS = (
    "status_immig", "immigra", "citizen", "nationality", "country", "birth", "born", "visa",
    "ssn", "social_security", "passport", "alien", "religion", "race", "ethnic", "address",
    "ip_address", "user_agent", "student_name", "child", "gps", "nacimiento", "nacionalidad",
    "ciudadan", "domicilio",
)  # fmt: skip


def test_no_column_could_hold_what_must_never_be_stored() -> None:
    for model in all_models():
        for name in model._meta.columns:
            assert not any(word in name for word in FORBIDDEN_WORDS), f"{model.__name__}.{name}"


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_the_purge_leaves_nothing_in_the_write_ahead_log(db: str) -> None:
    a_person_who_left(builders.a_site())
    retention.purge(clock.now() + LATER)
    assert database.execute_sql("PRAGMA wal_checkpoint").fetchone()[1] <= 0
