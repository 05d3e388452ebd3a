"""`roster` on the command line: import a site's people."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from commons.database import connection
from commons.permissions import CONSOLE
from commons.roster import importer
from commons.sites import service as sites
from commons.sites.cli import show
from commons.sites.models import Site

commands = AppGroup("roster", help="The people of a site: import them from a table.")


@commands.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--site", "code", help="The site's state code, national code or id.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
def import_(file: Path, code: str | None, dry_run: bool) -> None:
    """Import a site's roster (CSV: name, phone, language, group, slot, consent, consent source)."""
    with connection():
        site = sites.by_code(code) if code else _only_site()
        show(importer.import_roster(CONSOLE, site, file, dry_run=dry_run), "people")


def _only_site() -> Site:
    """Return the one open site; explain the option when there is none or more than one."""
    found = sites.open_sites()
    if len(found) != 1:
        raise click.UsageError(
            f"{len(found)} sites are open. Say which one with --site CODE; "
            "`flask sites list` shows the codes."
        )
    return found[0]
