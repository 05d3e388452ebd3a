"""Staff come in by invitation: an account, a role, and a link handed over by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.accounts import links, memberships, proposals, service
from commons.accounts.memberships import ALONE, DISTRICT_ROLES, SITE_ROLES, place
from commons.accounts.models import Account, Proposal
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, Role, require, require_fresh
from commons.roster.models import Person
from commons.sites.models import District, Site


@dataclass(frozen=True)
class Invited:
    """Who was invited; the token of their link, unless they had an account; what still waits."""

    account: Account
    token: str | None
    proposal: Proposal | None


def roles_for(site: Site | None) -> Sequence[Role]:
    """Return the roles that somebody can be invited to at a site, or in a district."""
    return SITE_ROLES if site is not None else DISTRICT_ROLES


def invite(
    actor: Actor,
    *,
    sign_in_name: str,
    name: str,
    role: Role,
    site: Site | None = None,
    district: District | None = None,
    language: str | None = None,
    person: Person | None = None,
) -> Invited:
    """Invite somebody by their work e-mail; a role that takes two persons is proposed.

    Whoever has an account keeps it and needs no link. Raises Invalid for a name or role that
    cannot be used, Conflict when the role is held or proposed, NotFresh.
    """
    require(actor, "accounts.invite", place(site, district))
    require_fresh(actor)
    if role not in roles_for(site):
        memberships.refuse("role", _l("Choose a role that staff have, at one site or district."))
    with transaction():
        account, token = service.account_named(sign_in_name), None
        if account is None:
            account = service.write_account(
                actor, sign_in_name, name, language, person=person, invited=True
            )
            token = links.replace(account)
        elif person is not None:
            Account.update(person=person).where(
                Account.id == account.id, Account.person.is_null()
            ).execute()
        if role in ALONE:
            memberships.give_role(actor, account, role, site=site)
            return Invited(account, token, None)
        outcome = proposals.open_role(actor, account, role, site, district)
    return Invited(account, token, None if outcome.done else outcome.proposal)


def grant(
    actor: Actor,
    account: Account,
    role: Role,
    *,
    site: Site | None = None,
    district: District | None = None,
) -> Proposal | None:
    """Give an account a role where one person is enough, else propose it.

    Returns the proposal that waits for a second person, None when the role holds. Raises as
    `invite` does.
    """
    if role in memberships.BY_TWO:
        outcome = proposals.propose_role(actor, account, role, site=site, district=district)
        return None if outcome.done else outcome.proposal
    require(actor, "accounts.invite", place(site, district))
    require_fresh(actor)
    memberships.give_role(actor, account, role, site=site, district=district)
    return None


def new_link(actor: Actor, account: Account) -> str:
    """Return the token of a new link for an invited person who lost theirs.

    Raises Conflict once they have set themselves up, and after a recovery, whose link takes two.
    """
    for where in memberships.every_place_of(account):
        require(actor, "accounts.invite", where)
    require_fresh(actor)
    if account.set_up_since is None or account.set_up_since != account.created_at:
        raise Conflict(_l("They have set up their account. If they lost their phone, recover it."))
    with transaction():
        token = links.replace(account)
        record(actor, "account.link_made", memberships.subject(account))
    return token
