"""Pages of who may sign in: invite, confirm, revoke, suspend, recover."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.accounts import invitations, memberships, proposals, service, sessions
from commons.accounts.guards import current_actor
from commons.accounts.staff import listing
from commons.accounts.staff.forms import ActForm, InviteForm
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, Role, may, require, require_fresh
from commons.roster import service as roster
from commons.roster.models import Person
from commons.sites import service as sites
from commons.sites.models import District, Site
from commons.web import qr
from commons.web.links import Link, offer
from commons.web.security import safe_next

blueprint = Blueprint("staff", __name__)
BOTH = ["GET", "POST"]
NOWHERE = _l("There is nothing at this address, or it is not yours to see.")


def install(app: Flask) -> None:
    """Register the pages, and put links to them where people look for them."""
    app.register_blueprint(blueprint)
    offer(app, "site", _site_links)
    offer(app, "home", _home_links)
    offer(app, "person", _person_links)


def _site_links(actor: Actor, site: Site) -> list[Link]:
    if not may(actor, "accounts.list", site):
        return []
    waits = sum(each.may_confirm for each in listing.waiting(actor, site))
    return [Link(_("Who may sign in"), f"/sites/{site.public_id}/accounts", waits)]


def _home_links(actor: Actor, site: Site) -> list[Link]:
    own = [Link(_("All accounts"), "/accounts")] if may(actor, "accounts.list") else []
    return [*_site_links(actor, site), *own]


def _person_links(actor: Actor, site: Site, person: Person) -> list[Link]:
    if not may(actor, "accounts.invite", site):
        return []
    address = f"/sites/{site.public_id}/accounts/invite?person={person.public_id}"
    return [Link(_("Let them sign in as staff"), address)]


@blueprint.get("/sites/<string:public_id>/accounts")
def at_site(public_id: str) -> ResponseReturnValue:
    """Show who may sign in at a site, and what waits for a second person."""
    site = sites.find(public_id)
    return _list(site, url_for("staff.invite", public_id=public_id))


@blueprint.get("/accounts")
def everywhere() -> ResponseReturnValue:
    """Show every account in the places that the visitor sees to."""
    districts = _districts(current_actor())
    return _list(None, url_for("staff.invite_to_district") if districts else None)


def _list(site: Site | None, invite_url: str | None) -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "staff/list.html",
        site=site,
        seats=listing.seats(actor, site),
        waiting=listing.waiting(actor, site),
        invite_url=invite_url,
        may_suspend=may(actor, "accounts.suspend", site),
        may_recover=may(actor, "accounts.recover", site),
        act=ActForm(back=request.path, formdata=None),
    )


@blueprint.route("/sites/<string:public_id>/accounts/invite", methods=BOTH)
def invite(public_id: str) -> ResponseReturnValue:
    """Invite somebody to a role at a site."""
    site = sites.find(public_id)
    require(current_actor(), "accounts.invite", site)
    return _invite(site, [], url_for("staff.at_site", public_id=public_id))


@blueprint.route("/accounts/invite", methods=BOTH)
def invite_to_district() -> ResponseReturnValue:
    """Invite somebody to a role in a district."""
    return _invite(None, _districts(current_actor()), url_for("staff.everywhere"))


def _districts(actor: Actor) -> list[District]:
    """Return the districts in which the actor may invite; fifty at most."""
    open_ones = {site.district_id for site in sites.open_sites()}
    rows = District.select().where(District.id.in_(open_ones)).order_by(District.name)
    return [row for row in rows if may(actor, "accounts.invite", memberships.place(None, row))][:50]


def _invite(site: Site | None, districts: list[District], back: str) -> ResponseReturnValue:
    require_fresh(current_actor())
    person = _person(site)
    form = InviteForm(person=request.args.get("person", "")).offer(site, districts)
    if request.method == "GET" and person is not None:
        form.name.data, form.language.data = person.reveal("name"), person.language
    if form.validate_on_submit():
        try:
            return _invited(form, site, districts, person, back)
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        except Conflict as clash:
            form.refuse({"sign_in_name": clash.sentence})
    page = render_template("staff/invite.html", form=form, site=site, back=back)
    return page, 422 if form.errors else 200


def _person(site: Site | None) -> Person | None:
    wanted = request.values.get("person", "")
    return roster.person_at(site, wanted) if site is not None and wanted else None


def _invited(
    form: InviteForm, site: Site | None, districts: list[District], person: Person | None, back: str
) -> ResponseReturnValue:
    chosen = next((row for row in districts if row.public_id == form.chosen_district), None)
    done = invitations.invite(
        current_actor(),
        sign_in_name=form.sign_in_name.data or "",
        name=form.name.data or "",
        role=form.chosen_role,
        site=site,
        district=chosen,
        language=form.language.data,
        person=person,
    )
    return _hand_over(done.account.reveal("name"), done.token, back, waits=bool(done.proposal))


def _hand_over(name: str, token: str | None, back: str, waits: bool = False) -> ResponseReturnValue:
    """Show a link once, to be handed over; it is stored nowhere."""
    root = current_app.extensions["settings"].public_url
    address = f"{root}/sign-in/{token}" if token else None
    drawing = qr.drawing(address) if address else None
    return render_template(
        "staff/hand_over.html",
        name=name,
        address=address,
        drawing=drawing,
        waits=waits,
        back=back,
    )


@blueprint.post("/accounts/<string:account_id>/new-link")
def new_link(account_id: str) -> ResponseReturnValue:
    """Show a new link for somebody who lost theirs."""
    account = listing.account(account_id)
    token = invitations.new_link(current_actor(), account)
    return _hand_over(account.reveal("name"), token, _back_url())


@blueprint.post("/accounts/<string:account_id>/revoke")
def revoke(account_id: str) -> ResponseReturnValue:
    """Take one role away."""
    form = ActForm()
    role = next((role for role in Role if role.value == form.role.data), None)
    if role is None:
        raise NotFound(NOWHERE)
    site = sites.find(form.site.data) if form.site.data else None
    wanted = form.district.data
    district = District.get_or_none(District.public_id == wanted) if wanted else None
    if wanted and district is None:
        raise NotFound(NOWHERE)
    account = listing.account(account_id)
    memberships.revoke(current_actor(), account, role, site=site, district=district)
    return _back(_("The role has ended."))


@blueprint.post("/accounts/<string:account_id>/end-sessions")
def end_sessions(account_id: str) -> ResponseReturnValue:
    """Sign an account out everywhere."""
    sessions.end_for(current_actor(), listing.account(account_id))
    return _back(_("They are signed out everywhere."))


@blueprint.post("/accounts/<string:account_id>/suspend")
def suspend(account_id: str) -> ResponseReturnValue:
    """Stop an account from signing in."""
    service.suspend(current_actor(), listing.account(account_id))
    return _back(_("They can no longer sign in."))


@blueprint.post("/accounts/<string:account_id>/restore")
def restore(account_id: str) -> ResponseReturnValue:
    """Let a suspended account sign in again."""
    service.restore(current_actor(), listing.account(account_id))
    return _back(_("They can sign in again."))


@blueprint.post("/accounts/<string:account_id>/recover")
def recover(account_id: str) -> ResponseReturnValue:
    """Propose that somebody who lost their phone or password sets up their account anew."""
    proposals.propose_recovery(current_actor(), listing.account(account_id))
    return _back(_("Somebody else must confirm this. They get the link to hand over."))


@blueprint.post("/accounts/proposals/<string:proposal_id>/confirm")
def confirm(proposal_id: str) -> ResponseReturnValue:
    """Be the second person."""
    outcome = proposals.confirm(current_actor(), proposal_id)
    if outcome.token:
        return _hand_over(outcome.proposal.account.reveal("name"), outcome.token, _back_url())
    return _back(_("It is confirmed, and holds from now on."))


@blueprint.post("/accounts/proposals/<string:proposal_id>/decline")
def decline(proposal_id: str) -> ResponseReturnValue:
    """Say no, or take back one's own proposal."""
    proposals.decline(current_actor(), proposal_id)
    return _back(_("The proposal is declined."))


def _back_url() -> str:
    return safe_next(request.form.get("back"), url_for("staff.everywhere"))


def _back(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(_back_url(), 303)
