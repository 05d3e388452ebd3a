"""Compares a roster's rows with what is stored, and plans what must be written.

It reads before the transaction begins, so that the database is held only for the writing; the
unique indexes tell when something changed in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import chunked, fn

from commons import clock, crypto
from commons.database import database
from commons.fields import Blind
from commons.i18n import lazy_gettext as _l
from commons.roster import slots
from commons.roster.columns import Row
from commons.roster.holders import unended
from commons.roster.kinds import KINDS
from commons.roster.models import (
    Assignment,
    Consent,
    ConsentState,
    ContactMethod,
    Group,
    MethodKind,
    Person,
    RosterEntry,
    SlotKind,
)
from commons.roster.service import OTHER_NAME, same_name
from commons.roster.words import SLOTS
from commons.sites.models import Site
from commons.sites.sheet import Report, plain

STOP_STANDS = _l("They said STOP. That stands, whatever the file says.")
ONE_MESSAGE = _l("They get one message that asks whether they want alerts.")
# SQLite takes at most 32,766 values in one statement.
CHUNK = 5_000
_OWNERS = """
SELECT m.value_index, p.id, p.public_id, p.name, p.language
FROM contact_method m JOIN person p ON p.id = m.person_id
WHERE m.kind = 'signal' AND m.value_index IN ({})
"""


@dataclass
class Plan:
    """The rows to insert, by table, and the changes; persons are named by their public id."""

    ids: dict[str, int] = field(default_factory=dict)  # of the persons who are stored already
    persons: list[dict[str, Any]] = field(default_factory=list)
    methods: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    assignments: list[tuple[str, SlotKind]] = field(default_factory=list)
    renamed: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    returned: list[tuple[str, Group]] = field(default_factory=list)
    decided: list[tuple[str, ConsentState, dict[str, Any]]] = field(default_factory=list)


@dataclass
class _Known:
    """What is stored, or planned, of one person at the site."""

    key: str
    name: str
    language: str
    groups: dict[Group, bool] = field(default_factory=dict)  # whether they are in it now
    slots: set[SlotKind] = field(default_factory=set)
    consent: ConsentState | None = None
    consent_id: str = ""


class Comparison:
    """One import's rows against one site's roster."""

    def __init__(self, rows: Sequence[Row], report: Report, *, by: str, language: str) -> None:
        """Keep the rows; `language` is for new people of whom the file says none."""
        self.rows, self.report, self.by, self.language = rows, report, by, language
        self.now, self.made = clock.now(), Plan()
        self.blinds = {
            row.number: ContactMethod.value_index.of(row.number) for row in rows if row.number
        }
        self.known: dict[str, _Known] = {}
        self.filled: Counter[SlotKind] = Counter()

    def plan(self, site: Site) -> Plan:
        """Sort every row into new, changed, unchanged or refused; return what is to be written."""
        self._load_persons()
        if any(not row.number for row in self.rows):
            self._load_without_number(site)
        self._load_site(site)
        for row in self.rows:
            known = self.known.get(row.key)
            if known is not None and not same_name(known.name, row.name):
                self.report.refuse(row.line, OTHER_NAME)
                continue
            self._count(row, known or self._create(row))
        return self.made

    def _count(self, row: Row, known: _Known) -> None:
        new = self._enter(row, known)
        changed = [self._rename(row, known), self._fill(row, known), self._decide(row, known)]
        if new:
            self.report.new += 1
        elif any(changed):
            self.report.changed += 1
        else:
            self.report.unchanged += 1

    def _load_persons(self) -> None:
        numbers = {blind.data: number for number, blind in self.blinds.items()}
        for some in chunked(self.blinds.values(), CHUNK):
            for value_index, person in _owners(some):
                self.made.ids[person.public_id] = person.id
                self.known[numbers[value_index]] = _Known(
                    person.public_id, person.reveal("name"), person.language
                )

    def _load_without_number(self, site: Site) -> None:
        """Know those of the site who have no number by their names; they are few."""
        nobody = ContactMethod.select().where(ContactMethod.person == Person.id)
        rows = Person.select(Person).join(RosterEntry).where(RosterEntry.site == site)
        for person in rows.where(~fn.EXISTS(nobody)).distinct():
            name = person.reveal("name")
            self.made.ids[person.public_id] = person.id
            self.known[f"name {plain(name)}"] = _Known(person.public_id, name, person.language)

    def _load_site(self, site: Site) -> None:
        by_id = {self.made.ids[known.key]: known for known in self.known.values()}
        for person_id, group, until in _at(site, RosterEntry.group, RosterEntry.until):
            if person_id in by_id:
                by_id[person_id].groups[group] = until is None
        for person_id, state, public_id in _at(site, Consent.state, Consent.public_id):
            if person_id in by_id:
                by_id[person_id].consent, by_id[person_id].consent_id = state, public_id
        self.filled.update(kind for _, kind in slots.live(site, unended() & ~Assignment.backup))
        # Whoever will fill a role is not given it a second time.
        for person_id, kind in slots.live(site, unended()):
            if person_id in by_id:
                by_id[person_id].slots.add(kind)

    def _create(self, row: Row) -> _Known:
        key = crypto.public_id()
        language = row.language or self.language
        self.made.persons.append(
            {
                "public_id": key,
                "language": language,
                "created_at": self.now,
                **Person.sealed(key, name=row.name),
            }
        )
        if row.number:
            self.made.methods.append(self._method(key, row.number))
        self.known[row.key] = _Known(key, row.name, language)
        return self.known[row.key]

    def _method(self, person: str, number: str) -> dict[str, Any]:
        public_id = crypto.public_id()
        return {
            "public_id": public_id,
            "person": person,
            "kind": MethodKind.SIGNAL,
            "state": ContactMethod.state.default,
            "position": 0,
            "value_index": self.blinds[number],
            **ContactMethod.sealed(public_id, value=number),
        }

    def _enter(self, row: Row, known: _Known) -> bool:
        """Plan the entry in the group; return whether they were not in it."""
        there = known.groups.get(row.group)
        if there is None:
            self.made.entries.append({"person": known.key, "group": row.group, "since": self.now})
        elif not there:
            self.made.returned.append((known.key, row.group))
        known.groups[row.group] = True
        return not there

    def _rename(self, row: Row, known: _Known) -> bool:
        changes: dict[str, Any] = {}
        if row.name != known.name:
            changes |= Person.sealed(known.key, name=row.name)
        if row.language and row.language != known.language:
            changes["language"] = row.language
        if changes:
            self.made.renamed.append((known.key, changes))
            known.name, known.language = row.name, row.language or known.language
        return bool(changes)

    def _fill(self, row: Row, known: _Known) -> bool:
        missing = []
        for kind in row.slots:
            if kind in known.slots:
                continue
            if self.filled[kind] >= KINDS[kind].most:
                self.report.note(row.line, _l("“%(role)s” is full already.", role=SLOTS[kind]))
                continue
            self.filled[kind] += 1
            missing.append(kind)
        self.made.assignments += [(known.key, kind) for kind in missing]
        known.slots.update(missing)
        return bool(missing)

    def _decide(self, row: Row, known: _Known) -> bool:
        """Plan what the row says of consent; a yes never undoes a STOP."""
        before, after = known.consent, row.consent
        if before == ConsentState.WITHDRAWN and after == ConsentState.GIVEN:
            self.report.note(row.line, STOP_STANDS)
        if before == after or before == ConsentState.WITHDRAWN:
            return False
        if before is not None and after == ConsentState.INVITED:
            return False
        gone = after == ConsentState.WITHDRAWN
        values = {
            "state": after,
            "recorded_by": self.by,
            "since": self.now,
            "withdrawn_at": self.now if gone else None,
            "withdrawn_by": self.by if gone else None,
        }
        known.consent_id = known.consent_id or crypto.public_id()
        values |= Consent.sealed(known.consent_id, source=row.source)
        if before is None:
            if after == ConsentState.INVITED and row.number:
                self.report.note(row.line, ONE_MESSAGE)
            values |= {"public_id": known.consent_id, "person": known.key}
            self.made.consents.append(values)
        else:
            self.made.decided.append((known.key, before, values))
        known.consent = after
        return True


def _owners(blinds: Sequence[Blind]) -> Iterator[tuple[bytes, Person]]:
    """Return whose the numbers are, by blind index; plain SQL, as for all that comes in thousands.

    Peewee would make an object of each value that is looked for, and few are found.
    """
    sql = _OWNERS.format(", ".join([database.param] * len(blinds)))
    values = [ContactMethod.value_index.db_value(blind) for blind in blinds]
    for value_index, key, public_id, name, language in database.execute_sql(sql, values).fetchall():
        sealed = Person.name.python_value(name)
        person = Person(id=key, public_id=public_id, name=sealed, language=language)
        yield bytes(value_index), person


def _at(site: Site, *fields: Any) -> Iterator[tuple[Any, ...]]:
    """Return a table's rows for a site: the person's key, then the fields."""
    model = fields[0].model
    rows: Iterator[tuple[Any, ...]] = (
        model.select(model.person, *fields).where(model.site == site).tuples().iterator()
    )
    return rows
