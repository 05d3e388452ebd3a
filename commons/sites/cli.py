"""`sites` on the command line: import a public list, open a site, list the open ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from flask.cli import AppGroup

from commons.database import connection
from commons.permissions import CONSOLE
from commons.sites import directory, importer, service
from commons.sites.sheet import Report

commands = AppGroup("sites", help="Sites: import a public list, open one, list them.")


@commands.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
def import_(file: Path, dry_run: bool) -> None:
    """Import sites from a state's public school directory (CSV)."""
    show(importer.import_sites(CONSOLE, file, dry_run=dry_run), "sites")


@commands.command("import-places")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--source", default="", help="Where the list comes from, for rows that do not say.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
def import_places(file: Path, source: str, dry_run: bool) -> None:
    """Import public places to suggest as meeting points (CSV, or HSDS as CSV or JSON)."""
    show(directory.import_places(CONSOLE, file, source, dry_run=dry_run), "places")


def show(report: Report, noun: str) -> None:
    """Print a report: each refused row, the count, and each kind of note once."""
    for remark in report.refused:
        click.echo(str(remark), err=True)
    click.echo(report.summary(noun))
    for sentence, times in Counter(str(note.sentence) for note in report.notes).items():
        click.echo(f"{times} times: {sentence}" if times > 1 else sentence, err=True)


@commands.command("open")
@click.argument("code")
def open_(code: str) -> None:
    """Let a site use Farolito; CODE is its state code, national code or id."""
    with connection():
        site = service.open_site(CONSOLE, service.by_code(code))
    click.echo(f"{site.name} is open. Its address is /sites/{site.public_id}")


@commands.command("list")
def list_() -> None:
    """List the sites that use Farolito."""
    with connection():
        for site in service.open_sites():
            click.echo(f"{site.public_id}  {site.cds_code or site.nces_code or '-'}  {site.name}")
