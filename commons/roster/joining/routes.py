"""The lead's room for joining: who waits, the invites, and a poster of each."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from commons import clock, i18n
from commons.errors import Invalid, NotFound
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.i18n import ngettext
from commons.permissions import Actor, may, require
from commons.roster.joining import listing, service
from commons.roster.joining.forms import InviteForm
from commons.roster.joining.models import Invite
from commons.roster.numbers import spaced
from commons.roster.words import GROUPS
from commons.sites import service as sites
from commons.sites.models import Site
from commons.web import qr
from commons.web.acting import current_actor
from commons.web.links import Link, offer

blueprint = Blueprint("joining", __name__, url_prefix="/sites/<string:public_id>/joining")
SEND = _l("To get this school's alerts, send JOIN %(code)s in Signal to %(number)s.")
SEND_SOMEWHERE = _l("To get this school's alerts, send JOIN %(code)s to the relay in Signal.")


def install(app: Flask) -> None:
    """Register the pages, and put the way to them on the roster's page."""
    app.register_blueprint(blueprint)
    offer(app, "roster", links)


def links(actor: Actor, site: Site) -> Sequence[Link]:
    """Return the link to whoever waits to be admitted, for those who may admit."""
    if not may(actor, "roster.admit", site):
        return []
    url = url_for("joining.show_joining", public_id=site.public_id)
    return [Link(_("People who want to join"), url, len(listing.since_when(actor, site)))]


def load(public_id: str, permission: str) -> Site:
    """Return the site if the visitor holds the permission there; raise NotFound to strangers."""
    site = sites.find(public_id)
    require(current_actor(), permission, site)
    g.timezone = site.timezone
    return site


@blueprint.get("")
def show_joining(public_id: str) -> ResponseReturnValue:
    """Show who waits to be admitted, and by which invites people may ask."""
    return _page(load(public_id, "roster.admit"), InviteForm(None))


def _page(site: Site, form: InviteForm) -> str:
    actor = current_actor()
    return render_template(
        "joining/joining.html",
        site=site,
        form=form,
        people=listing.waiting(actor, site),
        invites=listing.invites(actor, site),
        groups=GROUPS,
        language=lambda code: i18n.language(code).name,
    )


@blueprint.post("/invites")
def make_invite(public_id: str) -> ResponseReturnValue:
    """Make an invite and show its poster."""
    site, form = load(public_id, "roster.invite"), InviteForm()
    if form.validate_on_submit():
        try:
            made = service.make_invite(current_actor(), site, form.chosen_group, **form.wanted)
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            address = {"public_id": site.public_id, "invite_id": made.public_id}
            return redirect(url_for("joining.show_poster", **address), 303)
    return _page(site, form), 422


@blueprint.get("/invites/<string:invite_id>")
def show_poster(public_id: str, invite_id: str) -> ResponseReturnValue:
    """Show one invite as a page to be printed or held up."""
    site = load(public_id, "roster.invite")
    invite = _live(listing.invite_at(site, invite_id))
    shown, settings = listing.shown(invite), current_app.extensions["settings"]
    address = f"{settings.public_url.rstrip('/')}/join/{shown.code}"
    return render_template(
        "joining/poster.html",
        site=site,
        invite=shown,
        address=address,
        drawing=qr.drawing(address),
        lines=_lines(site, shown.code, settings.gateway_account),
        printed_at=clock.now(),
    )


def _live(invite: Invite) -> Invite:
    if invite.revoked_at is not None or invite.expires_at <= clock.now():
        raise NotFound(_l("This invite has ended. Make a new one."))
    return invite


def _lines(site: Site, code: str, number: str) -> list[tuple[i18n.Language, str]]:
    """Return what to send and where, once in each language of the site that says it differently."""
    found: dict[str, i18n.Language] = {}
    for tag in [*site.languages.split(), i18n.DEFAULT]:
        with i18n.use(tag):
            # Isolated, so that digits keep their order in a sentence from right to left.
            to = f"\u2066{spaced(number)}\u2069" if number else ""
            words = SEND if to else SEND_SOMEWHERE
            found.setdefault(
                str(words) % {"code": f"\u2066{code}\u2069", "number": to}, i18n.language(tag)
            )
    return [(language, sentence) for sentence, language in found.items()]


@blueprint.post("/invites/<string:invite_id>/revoke")
def revoke_invite(public_id: str, invite_id: str) -> ResponseReturnValue:
    """Burn an invite and decline whoever waits through it."""
    site = load(public_id, "roster.invite")
    burnt = service.revoke_invite(current_actor(), site, listing.invite_at(site, invite_id))
    if burnt:
        words = ngettext(
            "The invite is revoked. One person who waited through it was declined.",
            "The invite is revoked. %(num)s people who waited through it were declined.",
            burnt,
        )
        flash(words)
    else:
        flash(_("The invite is revoked."))
    return _back(site)


@blueprint.post("/people/<string:request_id>/admit")
def admit(public_id: str, request_id: str) -> ResponseReturnValue:
    """Admit somebody whom the lead has seen."""
    site = load(public_id, "roster.admit")
    person = service.admit(current_actor(), site, listing.request_at(site, request_id))
    flash(_("%(name)s is on the roster.", name=person.reveal("name")))
    return _back(site)


@blueprint.post("/people/<string:request_id>/decline")
def decline(public_id: str, request_id: str) -> ResponseReturnValue:
    """Decline somebody whom the lead does not know."""
    site = load(public_id, "roster.admit")
    service.decline(current_actor(), site, listing.request_at(site, request_id))
    flash(_("They were declined. Nothing of this school reaches them."))
    return _back(site)


def _back(site: Site) -> ResponseReturnValue:
    return redirect(url_for("joining.show_joining", public_id=site.public_id), 303)
