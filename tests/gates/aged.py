"""A school of which every rule of the purge finds something, and what each rule takes.

A rule that is new to `data_inventory.toml` needs a row here that it takes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from commons import clock, crypto, limits, retention
from commons.accounts.models import Membership
from commons.database import all_models, database, transaction
from commons.messaging import receiver
from commons.messaging.models import Attempt, Message, Timer
from commons.permissions import CONSOLE
from commons.retention import Rule, rules
from commons.roster.models import Assignment, Consent, ConsentState, Erasure, RosterEntry
from commons.roster.trust.models import TrustRecord
from commons.sites.models import Holiday, Posture, PostureValue
from rapidresponse.alerts.models import (
    AckKind,
    Acknowledgement,
    AfterReview,
    Alert,
    AlertState,
    LeftOut,
    RoleWatch,
)
from rapidresponse.alerts.public_page import service as public_page
from tests import builders
from tests.commons.accounts.own_data.life import live
from tests.rapidresponse.alerts.public_page.test_public_page import approve
from tests.rapidresponse.alerts.school import School, first, intent, send

NAME, NUMBER, WORDS = "Zenobia Quetzalcoatl", "+18055550177", "the heron flies at nine"
# Past the longest life in the inventory, three years for a hold that was lifted.
LATE = dt.timedelta(days=1200)
Snapshot = dict[str, dict[Any, dict[str, Any]]]


def make() -> None:
    """Put a row that every rule will take into the database that is open."""
    cast = builders.Cast.make()
    school = School.make(cast)
    live(cast, NAME, NUMBER, WORDS)
    now = clock.now()
    _people_who_go(cast)
    _an_alert_that_ended(school, now)
    for value in (PostureValue.SECURE, PostureValue.NORMAL):
        Posture.create(site=cast.lincoln, value=value, since=now, set_by="test")
    Holiday.create(site=cast.lincoln, name=WORDS, first_day=now.date(), last_day=now.date())
    for model, column in ((Membership, "until"), (Assignment, "until"), (TrustRecord, "ended_at")):
        newest = model.select().order_by(model.id.desc()).first()
        model.update({column: now}).where(model.id == newest.id).execute()
    hold = retention.place_hold(CONSOLE, "site:another", WORDS)
    retention.lift_hold(CONSOLE, hold)
    builders.an_invite(cast.lincoln)
    receiver.store({"envelope": {"sourceNumber": NUMBER, "sourceName": NAME}})
    limits.RateBucket.create(key=crypto.public_id(), tries=1, ends_at=now.timestamp())
    erased = Erasure.subject_index.of(crypto.public_id())
    Erasure.create(receipt="AAAA-BBBB", subject_index=erased, erased_at=now)


def _people_who_go(cast: builders.Cast) -> None:
    """Make one person who said stop, one who left, and one whom nobody admitted."""
    stopped = builders.a_person(cast.lincoln, name="Stopped Example")
    Consent.update(state=ConsentState.WITHDRAWN, withdrawn_at=clock.now()).where(
        Consent.person == stopped
    ).execute()
    gone = builders.a_person(cast.other_school, name="Gone Example", consent=None)
    RosterEntry.update(until=clock.now()).where(RosterEntry.person == gone).execute()
    builders.a_guest()


def _an_alert_that_ended(school: School, now: dt.datetime) -> None:
    alert = send(school.site, school.cast.rosa, dataclasses.replace(intent(), note=WORDS))
    version = first(alert)
    approve(alert, school)
    message = Message.get(Message.topic == version.topic_id)
    Attempt.create(message=message, number=1, began_at=now, ended_at=now, outcome="sent")
    LeftOut.create(version=version, person=school.kim, reason="no_number")
    for kind in AckKind:
        Acknowledgement.create(
            alert=alert, version=version, person=school.teacher, kind=kind, via="reply", at=now
        )
    review = AfterReview.sealed(public_id := crypto.public_id(), words=WORDS)
    AfterReview.create(public_id=public_id, version=version, asked_at=now, decided_at=now, **review)
    RoleWatch.update(person=school.lead).execute()
    Timer.update(done_at=now).execute()
    Alert.update(state=AlertState.CLOSED, ended_at=now).where(Alert.id == alert.id).execute()
    with transaction():
        assert public_page.draw(alert.id)


def snapshot() -> Snapshot:
    """Return every row of every table by its key."""
    found = {}
    for model in all_models():
        table = model._meta.table_name
        cursor = database.execute_sql(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        found[table] = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    return found


def long_enough(value: Any) -> bytes | None:
    """Return a value as it lies in a file, where it is long enough to be told from chance."""
    if isinstance(value, str) and len(value) >= 16 and not _is_time(value):
        return value.encode()
    return bytes(value) if isinstance(value, bytes | memoryview) and len(value) >= 12 else None


def _is_time(value: str) -> bool:
    return value[:2] == "20" and value[4:5] == "-"


def taken(before: Snapshot, after: Snapshot) -> tuple[dict[str, int], set[bytes]]:
    """Return how many rows of each table lost something, and what of it must be nowhere."""
    rows: dict[str, int] = {}
    lost: set[bytes] = set()
    for table, old in before.items():
        for key, row in old.items():
            now = after[table].get(key, {})
            gone = {name: v for name, v in row.items() if v is not None and now.get(name) is None}
            rows[table] = rows.get(table, 0) + bool(gone)
            lost |= {one for one in map(long_enough, gone.values()) if one}
    # An id may stay in another row as well, as who did something: `account:<id>`.
    values = (v for table in after.values() for row in table.values() for v in row.values())
    kept = b"\0".join(one for one in map(long_enough, values) if one)
    return {t: n for t, n in rows.items() if n}, {one for one in lost if one not in kept}


def name_of(rule: Rule) -> str:
    """Return what to call a rule: its table and the days, and the columns that it empties."""
    return "-".join((rule.table, f"{rule.days:g}", *rule.empties))


def carry_out(rule: Rule) -> None:
    """Do what the purge does for one rule, at the end of time."""
    with transaction():
        retention._carry_out(rule, clock.now() + LATE)


RULES = {name_of(rule): rule for rule in rules()}
assert len(RULES) == len(rules())
