"""The command line: `flask <group> <verb>`, or `farolito <group> <verb>` from any folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, FlaskGroup, with_appcontext

from commons import audit, crypto, database, installation, migration, retention
from commons.accounts.cli import commands as accounts
from commons.accounts.own_data import erasing
from commons.messaging.cli import commands as relay
from commons.roster.cli import commands as roster
from commons.settings import Settings
from commons.sites.cli import commands as sites

migrate = AppGroup("migrate", help="Bring the database to the state this version needs.")
keep = AppGroup("retention", help="Carry out what the data inventory says about lifetimes.")
keys = click.Group("keys", help="Make the key file, or add a new key to it.")
translations = click.Group("translations", help="Gather, check and compile the sentences.")


def register(group: Any) -> None:
    """Add every command that needs the application."""
    for found in (migrate, keep, accounts, sites, roster, relay, doctor):
        group.add_command(found)


def main(create_app: Callable[[], Flask], arguments: list[str]) -> None:
    """Run a command; those that need no database are found without starting the application."""
    group = FlaskGroup(name="farolito", create_app=create_app, add_default_commands=False)
    for found in (keys, translations, serve):
        group.add_command(found)
    group.main(args=arguments, prog_name="farolito")


@migrate.command("up")
def migrate_up() -> None:
    """Apply the migrations that are pending."""
    settings: Settings = current_app.extensions["settings"]
    names = migration.migrate(settings.data)
    installation.check_key(settings)
    for name in names:
        click.echo(name)
    click.echo(f"{len(names)} applied.")


@migrate.command("status")
def migrate_status() -> None:
    """List what is pending; exit with 1 while anything is."""
    pending = migration.pending()
    for name in pending:
        click.echo(name)
    click.echo(f"{len(pending)} pending.")
    sys.exit(1 if pending else 0)


@keep.command("purge")
def retention_purge() -> None:
    """Delete what has lived its days, as the data inventory says."""
    for table, count in sorted(retention.purge().items()):
        if count:
            click.echo(f"{table}: {count}")
    click.echo("Done.")


@keep.command("erasures")
def retention_erasures() -> None:
    """List whom a restored backup must forget again, as fingerprints that name nobody."""
    for fingerprint in erasing.erased():
        click.echo(fingerprint)


@keep.command("replay-erasures")
@click.argument("file", type=click.File())
def retention_replay_erasures(file: IO[str]) -> None:
    """Erase again whoever of the list is in the database; before it serves."""
    click.echo(f"{erasing.replay(file.read().split())} erased again.")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say whether the database, the chains and the tables are as they should be."""
    database.assert_fit()
    faults = [f"pending migration: {name}" for name in migration.pending()]
    with database.connection():
        for chain in audit.chains():
            faults += audit.faults(chain)
    for fault in faults:
        click.echo(fault)
    click.echo("Everything is in order." if not faults else f"{len(faults)} faults.")
    sys.exit(1 if faults else 0)


@keys.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def keys_new(file: Path) -> None:
    """Make a key file that only its owner can read."""
    try:
        crypto.make_key_file(file)
    except FileExistsError:
        sys.exit(f"{file} is there already. A new key would not open what the old one sealed.")
    click.echo(f"{file} is made. Keep a copy apart from the backups: without it nobody can read.")


@click.command("serve")
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8000, help="The port to listen on.")
@click.option("--data", default="var", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--demonstration", is_flag=True, help="Load an invented school and its phones.")
def serve(host: str, port: int, data: Path, demonstration: bool) -> None:
    """Start the web and the relay, and the simulator in a demonstration."""
    from commons import supervisor
    from commons.demonstration import prepare

    options = supervisor.ServeOptions(data, host, port, demonstration)
    sys.exit(supervisor.serve(options, prepare.prepare))


@translations.command("update")
def translations_update() -> None:
    """Gather the marked sentences into every language's catalogue."""
    from commons import catalogs

    catalogs.update()


@translations.command("check")
def translations_check() -> None:
    """Exit with 1 when a complete language lacks a sentence or breaks a placeholder."""
    from commons import catalogs

    faults = catalogs.faults()
    for fault in faults:
        click.echo(fault)
    sys.exit(1 if faults else 0)
