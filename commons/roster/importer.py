"""Imports a site's roster from a table: all usable rows at once, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from peewee import IntegrityError

from commons import i18n
from commons.audit import record
from commons.collector import uncollected
from commons.database import connection, transaction
from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.roster import columns, writing
from commons.roster.columns import Row
from commons.roster.comparison import Comparison
from commons.sites import sheet
from commons.sites.models import Site
from commons.sites.sheet import Report


def import_roster(
    actor: Actor, site: Site, source: Path | bytes, *, dry_run: bool = False
) -> Report:
    """Bring a site's roster to what the table says, and report each refused row by its line.

    Nobody is taken off, a STOP stands, and an agreement is never invented. `source` is a file
    or its bytes; with `dry_run` nothing is written. Raises Invalid when the table has a column
    that must never be there or lacks one that it needs, Conflict when the roster changed while
    it was read.
    """
    require(actor, "roster.import", site)
    report = Report()
    with connection(), uncollected():
        rows = list(_rows(source, report))
        plan = Comparison(rows, report, by=actor.ref, language=_usual(site)).plan(site)
        if not dry_run:
            try:
                with transaction():
                    writing.write(site, plan)
                    counts = {"new": report.new, "changed": report.changed}
                    record(
                        actor,
                        "roster.imported",
                        f"site:{site.public_id}",
                        site=site.id,
                        details=counts,
                    )
            except IntegrityError:
                raise Conflict(writing.CHANGED_MEANWHILE) from None
    report.refused.sort(key=lambda remark: remark.line)
    return report


def _usual(site: Site) -> str:
    """Return the language of new people of whom the table says none."""
    return next(iter(site.languages.split()), i18n.DEFAULT)


def _rows(source: Path | bytes, report: Report) -> Iterator[Row]:
    table = sheet.read(source)
    found = columns.columns(table.headings)
    for heading in found.unread:
        report.note(0, _l("The column “%(heading)s” was not read.", heading=heading))
    seen: dict[tuple[str, str], int] = {}
    for line in table.lines:
        try:
            row = columns.row(line, found.where)
        except Invalid as refusal:
            report.refuse(line.number, refusal.sentence)
            continue
        first = seen.setdefault((row.key, row.group), row.line)
        if first != row.line:
            report.refuse(row.line, _twice(row, first))
            continue
        yield row


def _twice(row: Row, first: int) -> object:
    if row.number:
        return _l("This number is on line %(line)s already.", line=first)
    return _l("This name without a number is on line %(line)s already.", line=first)
