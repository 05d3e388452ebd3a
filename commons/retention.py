"""How long things live: the inventory of every column, the purge it drives, and legal holds.

`data_inventory.toml` says for each table how many days its rows live and from which moment;
the purge does no more than carry that out. A hold stops it for what it covers (I13, I17).
"""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import AutoField, CharField

from commons import clock, crypto, fields
from commons.audit import Acting, record
from commons.database import (
    BaseModel,
    connection,
    database,
    is_sqlite,
    transaction,
)
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l

INVENTORY = Path(__file__).with_name("data_inventory.toml")


class Hold(BaseModel):
    """A legal hold: nothing it covers is purged, burned or timed out until it is lifted."""

    id = AutoField()
    public_id = fields.PublicIdField()
    # `everything`, `site:<public id>`, or `<table>:<public id>`.
    subject = CharField(max_length=80, index=True)
    reason = fields.SealedField()
    placed_by = CharField(max_length=60)
    placed_at = fields.UTCDateTimeField()
    lifted_by = CharField(max_length=60, null=True)
    lifted_at = fields.UTCDateTimeField(null=True)


@dataclass(frozen=True)
class Rule:
    """How long the rows of one table live."""

    table: str
    days: float
    since: str  # the column, or a subquery in brackets, that the days are counted from
    seconds: bool  # whether that column counts seconds since the epoch
    where: str  # a further condition in SQL, or the empty string
    empties: tuple[str, ...]  # columns to empty; without any, the row is deleted
    holds: str  # SQL that yields the subjects by which a hold covers a row, or empty


@functools.cache
def inventory(path: Path = INVENTORY) -> dict[str, Any]:
    """Return the inventory: every table, its columns with their class, readers and days."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def rules() -> list[Rule]:
    """Return every purge rule of the inventory."""
    return [
        Rule(
            table=name,
            days=float(purge["days"]),
            since=purge["since"],
            seconds=bool(purge.get("seconds")),
            where=purge.get("where", ""),
            empties=tuple(purge.get("empties", ())),
            holds=purge.get("holds", ""),
        )
        for name, table in inventory()["tables"].items()
        for purge in table.get("purge", [])
    ]


def place_hold(actor: Acting, subject: str, reason: str) -> Hold:
    """Stop every purge of the subject until the hold is lifted."""
    public_id = crypto.public_id()
    with transaction():
        hold = Hold.create(
            public_id=public_id,
            subject=subject,
            placed_by=actor.ref,
            placed_at=clock.now(),
            **Hold.sealed(public_id, reason=reason),
        )
        record(actor, "hold.placed", f"hold:{public_id}", details={"subject": subject})
    return hold


def lift_hold(actor: Acting, hold: Hold) -> None:
    """Lift a hold once; raise Conflict if it was lifted before."""
    with transaction():
        lifted = (
            Hold.update(lifted_by=actor.ref, lifted_at=clock.now())
            .where(Hold.id == hold.id, Hold.lifted_at.is_null())
            .execute()
        )
        if not lifted:
            raise Conflict(_l("This hold has already been lifted."))
        record(actor, "hold.lifted", f"hold:{hold.public_id}")


def held_subjects() -> list[str]:
    """Return everything that a live hold covers."""
    rows = Hold.select(Hold.subject).where(Hold.lifted_at.is_null()).distinct()
    return [row.subject for row in rows]


def purge(now: dt.datetime | None = None) -> dict[str, int]:
    """Carry out every rule once; return how many rows each table lost or emptied."""
    moment = now or clock.now()
    done: dict[str, int] = {}
    with connection():
        if "everything" in held_subjects():
            return done
        for rule in rules():
            with transaction():
                done[rule.table] = done.get(rule.table, 0) + _carry_out(rule, moment)
        forget_pages()
    return done


def _carry_out(rule: Rule, now: dt.datetime) -> int:
    mark = database.param
    since, limit = _limit(rule, now - dt.timedelta(days=rule.days))
    conditions, values = [f"{since} < {mark}"], [limit]
    if rule.where:
        conditions.append(f"({rule.where})")
    held = held_subjects()
    if held and rule.holds:
        conditions.append(f"NOT EXISTS ({rule.holds} IN ({', '.join([mark] * len(held))}))")
        values += held
    # PostgreSQL's driver takes a lone % for a placeholder.
    where = " AND ".join(conditions) if is_sqlite() else _escape(" AND ".join(conditions))
    if rule.empties:
        changes = ", ".join(f"{column} = NULL" for column in rule.empties)
        where += f" AND ({' OR '.join(f'{column} IS NOT NULL' for column in rule.empties)})"
        statement = f"UPDATE {rule.table} SET {changes} WHERE {where}"  # noqa: S608
    else:
        statement = f"DELETE FROM {rule.table} WHERE {where}"  # noqa: S608
    return int(database.execute_sql(statement, values).rowcount)


def _limit(rule: Rule, moment: dt.datetime) -> tuple[str, Any]:
    """Return the SQL that the rule counts from, and the moment as that column stores it."""
    since = rule.since if rule.since.startswith("(") else f"{rule.table}.{rule.since}"
    if rule.seconds:
        return since, moment.timestamp()
    return since, moment.isoformat(sep=" ", timespec="microseconds")


def _escape(condition: str) -> str:
    return condition.replace("%", "%%").replace("%%s", "%s")


def forget_pages() -> None:
    """Make sure that what was deleted is in no file of the database; never in a transaction."""
    # A deleted row lives on in the write-ahead log (SQLite) or the old tuple (PostgreSQL).
    if is_sqlite():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        database.execute_sql("VACUUM")
