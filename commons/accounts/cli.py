"""`accounts` on the command line: make, grant, revoke, suspend, hand out sign-in links."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from commons.accounts import (
    freezing,
    invitations,
    memberships,
    proposals,
    service,
    sessions,
)
from commons.accounts.models import Proposal
from commons.accounts.staff import listing
from commons.database import connection
from commons.errors import NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import CONSOLE, Role
from commons.settings import Settings
from commons.sites import service as sites
from commons.sites.models import District

commands = AppGroup("accounts", help="Accounts: make one, give it a role, let it sign in.")
session_commands = AppGroup("sessions", help="Sessions of an account.")
commands.add_command(session_commands)

PEOPLE = [role.value for role in Role if role not in (Role.CONSOLE, Role.RELAY)]


@commands.command("create")
@click.argument("sign_in_name")
@click.option("--name", required=True, help="The name that others see.")
@click.option("--language", help="The language of their pages, such as en or es.")
def create(sign_in_name: str, name: str, language: str | None) -> None:
    """Make an account; it signs in with a link until it has a password."""
    service.create_account(CONSOLE, sign_in_name=sign_in_name, name=name, language=language)
    click.echo(f"The account is made. Next: accounts grant {sign_in_name} ROLE")


@commands.command("grant")
@click.argument("sign_in_name")
@click.argument("role", type=click.Choice(PEOPLE))
@click.option("--site", help="A site's state code, national code or id.")
@click.option("--district", help="A district's code.")
def grant(sign_in_name: str, role: str, site: str | None, district: str | None) -> None:
    """Give a role at one site, in one district, or (with neither) everywhere.

    Most roles take two: with fewer than three district administrators this command is one of
    them, and another administrator confirms.
    """
    with connection():
        place = sites.by_code(site) if site else None
        account = service.find_account(sign_in_name)
        waits = invitations.grant(
            CONSOLE, account, Role(role), site=place, district=_district(district)
        )
        click.echo("The role is granted." if waits is None else _who_confirms(waits))


@commands.command("proposals")
def list_proposals() -> None:
    """List what waits for a second person."""
    with connection():
        for proposal in proposals.open_proposals():
            by = listing.by_words(proposal.proposed_by)
            words = listing.proposal_words(proposal)
            click.echo(f"{proposal.public_id}  {words} Proposed by {by}.")


@commands.command("confirm")
@click.argument("proposal_id")
def confirm(proposal_id: str) -> None:
    """Be the second person of a proposal, while there are fewer than three administrators."""
    with connection():
        outcome = proposals.confirm(CONSOLE, proposal_id)
    click.echo("It is confirmed, and holds from now on.")
    _print_link(outcome.token)


@commands.command("recover")
@click.argument("sign_in_name")
def recover(sign_in_name: str) -> None:
    """Propose that somebody who lost their phone or password sets up their account anew."""
    with connection():
        outcome = proposals.propose_recovery(CONSOLE, service.find_account(sign_in_name))
        click.echo("It is done." if outcome.done else _who_confirms(outcome.proposal))
    _print_link(outcome.token)


@commands.command("unfreeze")
@click.argument("sign_in_name")
def unfreeze(sign_in_name: str) -> None:
    """Let an account that was frozen by its second word sign in again."""
    freezing.unfreeze(CONSOLE, service.find_account(sign_in_name))
    click.echo("The account may sign in again.")


def _who_confirms(proposal: Proposal) -> str:
    names = [account.reveal("name") for account in proposals.confirmers(proposal)]
    if not names:
        return "Proposed. Nobody can confirm it yet: name a district administrator first."
    return f"Proposed. One of these confirms it on their home page: {', '.join(sorted(names))}."


def _print_link(token: str | None) -> None:
    if token:
        settings: Settings = current_app.extensions["settings"]
        click.echo(f"Hand over this link: {settings.public_url}/sign-in/{token}")


@commands.command("revoke")
@click.argument("sign_in_name")
@click.argument("role", type=click.Choice(PEOPLE))
@click.option("--site", help="A site's state code, national code or id.")
@click.option("--district", help="A district's code.")
def revoke(sign_in_name: str, role: str, site: str | None, district: str | None) -> None:
    """Take a role away where it was given."""
    with connection():
        place = sites.by_code(site) if site else None
        memberships.revoke(
            CONSOLE,
            service.find_account(sign_in_name),
            Role(role),
            site=place,
            district=_district(district),
        )
    click.echo("The role is revoked.")


@commands.command("suspend")
@click.argument("sign_in_name")
def suspend(sign_in_name: str) -> None:
    """Stop an account from signing in and end its sessions."""
    service.suspend(CONSOLE, service.find_account(sign_in_name))
    click.echo("The account is suspended and its sessions have ended.")


@commands.command("restore")
@click.argument("sign_in_name")
def restore(sign_in_name: str) -> None:
    """Let a suspended account sign in again."""
    service.restore(CONSOLE, service.find_account(sign_in_name))
    click.echo("The account may sign in again.")


@commands.command("link")
@click.argument("sign_in_name")
@click.option("--minutes", default=15, show_default=True, help="How long the link works.")
def link(sign_in_name: str, minutes: int) -> None:
    """Print a link that signs in once."""
    settings: Settings = current_app.extensions["settings"]
    account = service.find_account(sign_in_name)
    token = service.make_sign_in_link(CONSOLE, account, minutes=minutes)
    click.echo(f"{settings.public_url}/sign-in/{token}")


@session_commands.command("end")
@click.argument("sign_in_name")
def end_sessions(sign_in_name: str) -> None:
    """End every session of an account."""
    count = sessions.end_all(service.find_account(sign_in_name))
    click.echo(f"{count} sessions ended.")


def _district(code: str | None) -> District | None:
    if code is None:
        return None
    district = District.get_or_none(District.code == code)
    if district is None:
        raise NotFound(_l("There is no district with this code."))
    return district
