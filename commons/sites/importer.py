"""Imports sites from a public list: only what changed is written, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peewee import chunked

from commons import crypto
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites import sheet
from commons.sites.models import District, Site, SiteState
from commons.sites.public_record import (
    DAMAGED,
    NAMES_PEOPLE,
    UNTOLD,
    Office,
    School,
    columns,
    naming_people,
    school,
)
from commons.sites.sheet import Report

KEPT = _l("It differs from a list that no spreadsheet has damaged. What that list says was kept.")
STAYS_OPEN = _l("The list says that it is closed, but it uses Farolito. It stays open.")


@dataclass
class _Plan:
    """What an import will write, and what it will say."""

    report: Report = field(default_factory=Report)
    offices: dict[str, Office] = field(default_factory=dict)
    new: list[School] = field(default_factory=list)
    changed: list[tuple[Site, dict[str, Any]]] = field(default_factory=list)


def import_sites(actor: Actor, path: Path, *, dry_run: bool = False) -> Report:
    """Store every usable row in one transaction and report each refused one by its line.

    A site that has vanished from the list is left alone, and an open site stays open. Where two
    lists disagree about a site, the order of import decides nothing: a row whose state code a
    spreadsheet has damaged loses to any other, and only fills in what is empty. Between equals
    the later row wins, as the newer edition. What a row leaves empty takes nothing away. A
    district stays as it was first stored. With `dry_run` nothing is written. Raises Invalid
    when the file is no list of schools.
    """
    require(actor, "sites.import")
    with connection():
        plan = _plan(path)
        if not dry_run:
            with transaction():
                _write(actor, plan)
    return plan.report


def _plan(path: Path) -> _Plan:
    plan, known = _Plan(), _Known()
    for row in _rows(path, plan.report):
        try:
            site = known.match(row)
        except Invalid as refusal:
            plan.report.refuse(row.line, refusal.sentence)
            continue
        plan.offices.setdefault(row.office.code, row.office)
        for sentence in row.notes:
            plan.report.note(row.line, sentence)
        _sort(plan, known, row, site)
    return plan


def _rows(path: Path, report: Report) -> Iterable[School]:
    table = sheet.read(path)
    where = columns(table.headings)
    for _column in range(naming_people(table.headings)):
        report.note(0, NAMES_PEOPLE)
    for line in table.lines:
        try:
            yield school(line, where)
        except Invalid as refusal:
            report.refuse(line.number, refusal.sentence)


def _sort(plan: _Plan, known: _Known, row: School, site: Site | None) -> None:
    """Put a row with the new, the changed or the unchanged."""
    if site is None:
        plan.new.append(row)
        plan.report.new += 1
        return
    changes = _changes(plan.report, row, site, known.office_of(site))
    if site.fingerprint == row.fingerprint or not changes:
        plan.report.unchanged += 1
        return
    plan.changed.append((site, changes))
    plan.report.changed += 1


def _changes(report: Report, row: School, site: Site, office: str) -> dict[str, Any]:
    """Return the columns in which the row changes the stored site."""
    told = {**row.values, "district": row.office.code}
    # A list without a code, or with a damaged one, takes no code away.
    told.update({n: code for n in ("cds_code", "nces_code") if (code := getattr(row, n))})
    if site.state != SiteState.OPEN:
        told["state"] = row.state
    elif row.state == SiteState.CLOSED:
        report.note(row.line, STAYS_OPEN)
    stored = {n: office if n == "district" else getattr(site, n) for n in told}
    differing = {n: value for n, value in told.items() if value != stored[n]}
    damaged = site.fingerprint.startswith(DAMAGED)
    if row.damaged and not damaged:
        empty = {n: v for n, v in differing.items() if n in UNTOLD and stored[n] == UNTOLD[n]}
        if empty != differing:
            report.note(row.line, KEPT)
        return empty
    if differing or row.damaged != damaged:
        differing["fingerprint"] = row.fingerprint
    return differing


class _Known:
    """The sites that are stored, and the rows of this file, by their codes."""

    def __init__(self) -> None:
        sites = list(Site.select())
        self.districts = {row.id: row.code for row in District.select()}
        self.by_nces = {site.nces_code: site for site in sites if site.nces_code}
        self.by_cds = {site.cds_code: site for site in sites if site.cds_code}
        self.lines: dict[str, int] = {}

    def office_of(self, site: Site) -> str:
        """Return the code of a stored site's district."""
        return self.districts[site.district_id]

    def match(self, row: School) -> Site | None:
        """Return the stored site that a row is about; raise Invalid when it cannot be told."""
        codes = [code for code in (row.nces_code, row.cds_code) if code]
        for code in codes:
            if code in self.lines:
                first = self.lines[code]
                raise Invalid(_l("It is the same school as on line %(line)s.", line=first))
        found = self.by_nces.get(row.nces_code or "")
        by_state = self.by_cds.get(row.cds_code or "")
        if found is not None and by_state is not None and found.id != by_state.id:
            raise Invalid(_l("Its state code belongs to another site."))
        if found is None and by_state is not None and row.nces_code and by_state.nces_code:
            raise Invalid(_l("Its state code belongs to another site."))
        self.lines.update(dict.fromkeys(codes, row.line))
        return found or by_state


def _write(actor: Actor, plan: _Plan) -> None:
    districts = _districts(plan.offices)
    rows = [
        {
            "public_id": crypto.public_id(),
            "district": districts[row.office.code],
            "state": row.state,
            "nces_code": row.nces_code,
            "cds_code": row.cds_code,
            "fingerprint": row.fingerprint,
            **UNTOLD,
            **row.values,
        }
        for row in plan.new
    ]
    for some in chunked(rows, 200):
        Site.insert_many(some).execute()
    for site, changes in plan.changed:
        if "district" in changes:
            changes["district"] = districts[changes["district"]]
        same = (Site.id == site.id) & (Site.fingerprint == site.fingerprint)
        if not Site.update(**changes).where(same, Site.state == site.state).execute():
            raise Conflict(_l("Somebody changed a site meanwhile. Import the file again."))
    counts = {"new": len(plan.new), "changed": len(plan.changed)}
    record(actor, "sites.imported", "site:list", details=counts)


def _districts(offices: dict[str, Office]) -> dict[str, int]:
    """Return the key of each district by its code, making those that are missing."""
    stored = {row.code: row.id for row in District.select(District.id, District.code)}
    for code, office in offices.items():
        if code not in stored:
            made = District.create(
                code=code,
                name=office.name,
                kind=office.kind,
                county=office.county,
                state=office.region,
            )
            stored[code] = made.id
    return stored
