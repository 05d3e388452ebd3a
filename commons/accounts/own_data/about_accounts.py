"""What is held about an account: how it signs in, where, what it may do, what it asked for."""

from __future__ import annotations

from typing import Any

from commons import i18n
from commons.accounts.by_signal.models import ReturnCode
from commons.accounts.models import (
    Account,
    KnownDevice,
    Membership,
    Proposal,
    SignInLink,
    SignInSession,
)
from commons.accounts.own_data.gathering import Row, Section, of_account
from commons.accounts.own_data.words import ACCOUNTS, PROPOSAL_STATES, PROPOSALS
from commons.accounts.roles import role_words
from commons.i18n import gettext as _
from commons.roster.models import ExportRequest
from commons.sites.models import District, Site


@of_account("account")
def itself(account: Account) -> Section:
    """Read the account without its secrets: those prove who they are, and say nothing."""
    row: Row = {
        _("Name"): account.reveal("name"),
        _("Sign-in name"): account.reveal("sign_in_name"),
        _("State"): str(ACCOUNTS[account.state]),
        _("Language of pages"): i18n.NAMES.get(account.language or "", ""),
        _("Colors"): account.theme,
        _("Password"): _("Set") if account.password_hash else _("Not set"),
        _("Authenticator app"): _("Connected") if account.totp_secret else _("Not connected"),
        _("Word that freezes the account"): _("Set") if account.freeze_hash else _("Not set"),
        _("Frozen until"): account.frozen_until,
        _("Made"): account.created_at,
    }
    return Section("account", _("Your account"), [row])


@of_account("membership")
def memberships(account: Account) -> Section:
    """Read which roles they hold or held, and where."""
    found: Any = Membership.select(Membership, Site, District).left_outer_join(Site)
    found = found.switch(Membership).left_outer_join(District)
    rows: list[Row] = [
        {
            _("Role"): role_words(row.role),
            _("Where"): _place(row),
            _("Since"): row.since,
            _("Until"): row.until,
        }
        for row in found.where(Membership.account == account).order_by(Membership.id)
    ]
    return Section("memberships", _("What you may do"), rows)


@of_account("sign_in_session")
def sessions(account: Account) -> Section:
    """Read where they are or were signed in."""
    rows: list[Row] = [
        {
            _("Device"): _("A phone") if row.device == "phone" else _("A computer"),
            _("Signed in"): row.made_at,
            _("Last used"): row.seen_at,
            _("Ended"): row.ended_at,
        }
        for row in _its(SignInSession, account)
    ]
    return Section("sessions", _("Where you signed in"), rows)


@of_account("known_device")
def devices(account: Account) -> Section:
    """Read which browsers are known."""
    rows: list[Row] = [
        {_("First seen"): row.made_at, _("Last used"): row.seen_at}
        for row in _its(KnownDevice, account)
    ]
    return Section("devices", _("Browsers that are known"), rows)


@of_account("sign_in_link")
def links(account: Account) -> Section:
    """Read which links were made for them."""
    rows: list[Row] = [
        {_("Works until"): row.expires_at, _("Used"): row.used_at}
        for row in _its(SignInLink, account)
    ]
    return Section("links", _("Links that sign you in"), rows)


@of_account("return_code")
def return_codes(account: Account) -> Section:
    """Read which codes on paper were made for them."""
    rows: list[Row] = [
        {
            _("Made"): row.made_at,
            _("Works until"): row.expires_at,
            _("Used"): row.used_at,
            _("Taken back"): row.revoked_at,
        }
        for row in _its(ReturnCode, account)
    ]
    return Section("return_codes", _("Codes on paper"), rows)


@of_account("proposal")
def proposals(account: Account) -> Section:
    """Read what was proposed about their account; not by whom."""
    rows: list[Row] = [
        {
            _("What"): str(PROPOSALS[row.kind]),
            _("Role"): role_words(row.role) if row.role else "",
            _("Answer"): str(PROPOSAL_STATES[row.state]),
            _("Proposed"): row.proposed_at,
            _("Answered"): row.decided_at,
        }
        for row in _its(Proposal, account)
    ]
    return Section("proposals", _("What was proposed about your account"), rows)


@of_account("export_request")
def exports(account: Account) -> Section:
    """Read which rosters they asked for as a file."""
    found: Any = ExportRequest.select(ExportRequest, Site).join(Site)
    found = found.where(ExportRequest.asked_by == f"account:{account.public_id}")
    rows: list[Row] = [
        {
            _("School"): row.site.name,
            _("Asked"): row.asked_at,
            _("Allowed"): row.allowed_at,
            _("Taken"): row.taken_at,
        }
        for row in found.order_by(ExportRequest.id)
    ]
    return Section("exports", _("Rosters that you asked for as a file"), rows)


def _its(model: Any, account: Account) -> Any:
    return model.select().where(model.account == account).order_by(model.id)


def _place(row: Membership) -> str:
    place = row.site or row.district
    return place.name if place else _("Everywhere")


SOURCES = (itself, memberships, sessions, devices, links, return_codes, proposals, exports)
