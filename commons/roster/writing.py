"""Writes a planned import: thousands of rows by plain SQL, ten times as fast as row objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from peewee import __exception_wrapper__, chunked

from commons import clock
from commons.database import BaseModel, database
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.roster import slots
from commons.roster.comparison import CHUNK, Plan
from commons.roster.models import (
    Assignment,
    Consent,
    ContactMethod,
    Person,
    RosterEntry,
)
from commons.sites.models import Site

CHANGED_MEANWHILE = _l("Somebody changed the roster meanwhile. Import the file again.")


def write(site: Site, plan: Plan) -> None:
    """Carry a plan out inside the caller's transaction; raise Conflict where it no longer fits."""
    insert(Person, plan.persons)
    ids = {**plan.ids, **_ids([person["public_id"] for person in plan.persons])}
    tables = ((ContactMethod, plan.methods), (RosterEntry, plan.entries), (Consent, plan.consents))
    for model, rows in tables:
        for row in rows:
            row["person"] = ids[row["person"]]
            if model is not ContactMethod:
                row["site"] = site.id
        insert(model, rows)
    for key, kind in plan.assignments:
        Assignment.create(slot=slots.make(site, kind), person=ids[key], since=clock.now())
    _change(site, plan, ids)


def _change(site: Site, plan: Plan, ids: dict[str, int]) -> None:
    for key, values in plan.renamed:
        _must(Person.update(**values).where(Person.id == ids[key]))
    for key, group in plan.returned:
        _must(
            RosterEntry.update(until=None, since=clock.now()).where(
                RosterEntry.site == site,
                RosterEntry.person == ids[key],
                RosterEntry.group == group,
                RosterEntry.until.is_null(False),
            )
        )
    for key, before, values in plan.decided:
        _must(
            Consent.update(**values).where(
                Consent.site == site, Consent.person == ids[key], Consent.state == before
            )
        )


def _must(update: Any) -> None:
    if not update.execute():
        raise Conflict(CHANGED_MEANWHILE)


def _ids(keys: Sequence[str]) -> dict[str, int]:
    """Return the key of each person by public id."""
    found: dict[str, int] = {}
    for some in chunked(keys, CHUNK):
        marks = ", ".join([database.param] * len(some))
        sql = f"SELECT public_id, id FROM person WHERE public_id IN ({marks})"  # noqa: S608
        found.update(database.execute_sql(sql, some).fetchall())
    return found


def insert(model: type[BaseModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same fields, in one statement that is carried out for each."""
    if not rows:
        return
    fields = [model._meta.fields[name] for name in rows[0]]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join([database.param] * len(fields))
    statement = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks})'  # noqa: S608
    values = zip(
        *(_column(field, [row[field.name] for row in rows]) for field in fields), strict=True
    )
    # Peewee's own errors, whichever driver raises them.
    with __exception_wrapper__:
        database.cursor().executemany(statement, values)


def _column(field: Any, given: list[Any]) -> Iterable[Any]:
    """Return what the database stores; what is the same in every row is worked out once."""
    first = given[0]
    if type(first) in (str, int):
        return given
    if all(value is first for value in given):
        return repeat(field.db_value(first), len(given))
    return map(field.db_value, given)
