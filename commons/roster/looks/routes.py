"""Pages that look for a number, and that show who looked at numbers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template, url_for
from flask.typing import ResponseReturnValue

from commons.errors import Invalid
from commons.i18n import gettext as _
from commons.permissions import Actor, may
from commons.roster.looks import service
from commons.roster.looks.forms import LookUpForm
from commons.roster.naming import name_of
from commons.roster.routes import load
from commons.sites.models import Site
from commons.web.acting import current_actor
from commons.web.links import Link, offer

blueprint = Blueprint("looks", __name__, url_prefix="/sites/<string:public_id>/roster")


def install(app: Flask) -> None:
    """Register the pages, and put links to them where people look for them."""
    app.register_blueprint(blueprint)
    offer(app, "roster", links)
    offer(app, "site", watch_links)


def links(actor: Actor, site: Site) -> list[Link]:
    """Return the ways here from the roster and from the site's page."""
    found = []
    if may(actor, "roster.look-up", site):
        address = url_for("looks.show_look_up", public_id=site.public_id)
        found.append(Link(_("Is a number on the roster?"), address))
    return found + watch_links(actor, site)


def watch_links(actor: Actor, site: Site) -> list[Link]:
    """Return the way to who looked at numbers, for administrators."""
    if not may(actor, "roster.looks", site):
        return []
    return [Link(_("Who looked at numbers"), url_for("looks.digest", public_id=site.public_id))]


@blueprint.get("/look-up")
def show_look_up(public_id: str) -> ResponseReturnValue:
    """Ask for one number."""
    return _look_up_page(load(public_id, "roster.look-up"), LookUpForm())


@blueprint.post("/look-up")
def look_up(public_id: str) -> ResponseReturnValue:
    """Say whether the number is on the roster: one line, and nothing else, tells the two apart."""
    site, form = load(public_id, "roster.look-up"), LookUpForm()
    if form.validate_on_submit():
        try:
            person = service.look_up(current_actor(), site, form.number.data or "")
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            return _look_up_page(site, form, person=person, looked=True)
    return _look_up_page(site, form), 422


def _look_up_page(site: Site, form: LookUpForm, **found: Any) -> str:
    return render_template("roster/looks/look_up.html", site=site, form=form, **found)


@blueprint.get("/looks")
def digest(public_id: str) -> ResponseReturnValue:
    """Show who looked at how many numbers in the last seven days, and why."""
    site = load(public_id, "roster.looks")
    found = service.digest(current_actor(), site)
    return render_template("roster/looks/digest.html", site=site, found=found, name_of=name_of)
