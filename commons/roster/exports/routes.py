"""The page of the roster's file: ask, allow, see the passphrase, take."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from commons.i18n import gettext as _
from commons.permissions import Actor, may
from commons.roster.exports import service
from commons.roster.naming import name_of
from commons.roster.routes import load
from commons.sites.models import Site
from commons.web.acting import current_actor
from commons.web.links import Link, offer

blueprint = Blueprint("exports", __name__, url_prefix="/sites/<string:public_id>/roster/exports")


def install(app: Flask) -> None:
    """Register the pages, and put links to them where people look for them."""
    app.register_blueprint(blueprint)
    offer(app, "roster", links)
    offer(app, "site", links)


def links(actor: Actor, site: Site) -> list[Link]:
    """Return the way here, with how many requests wait for the visitor's yes."""
    if not may(actor, "roster.export", site):
        return []
    others = [asked for asked in service.waiting(site) if asked.asked_by != actor.ref]
    address = url_for("exports.show_exports", public_id=site.public_id)
    return [Link(_("Roster as a file"), address, len(others))]


@blueprint.get("")
def show_exports(public_id: str) -> ResponseReturnValue:
    """Show what waits for a second person, and what can be taken."""
    return _page(load(public_id, "roster.export"))


def _page(site: Site, **given: Any) -> str:
    actor = current_actor()
    waiting = service.waiting(site)
    return render_template(
        "roster/exports/show.html",
        site=site,
        own=[asked for asked in waiting if asked.asked_by == actor.ref],
        others=[asked for asked in waiting if asked.asked_by != actor.ref],
        allowed=service.allowed(actor, site),
        name_of=name_of,
        **given,
    )


def _back(site: Site) -> ResponseReturnValue:
    return redirect(url_for("exports.show_exports", public_id=site.public_id), 303)


@blueprint.post("")
def ask(public_id: str) -> ResponseReturnValue:
    """Ask for the file."""
    site = load(public_id, "roster.export")
    service.ask(current_actor(), site)
    flash(_("You have asked. Somebody else has a day to allow it."))
    return _back(site)


@blueprint.post("/<string:export_id>/allow")
def allow(public_id: str, export_id: str) -> ResponseReturnValue:
    """Allow what somebody else asked for."""
    site = load(public_id, "roster.export")
    service.allow(current_actor(), site, export_id)
    flash(_("You have allowed it. They have an hour to take the file."))
    return _back(site)


@blueprint.post("/<string:export_id>/passphrase")
def show_passphrase(public_id: str, export_id: str) -> ResponseReturnValue:
    """Show the passphrase before the file is taken; afterwards nobody can."""
    site = load(public_id, "roster.export")
    words = service.show_passphrase(current_actor(), site, export_id)
    response = make_response(_page(site, passphrase=words, passphrase_of=export_id))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<string:export_id>/take")
def take(public_id: str, export_id: str) -> ResponseReturnValue:
    """Hand out the sealed file, once."""
    site = load(public_id, "roster.export")
    file = service.take(current_actor(), site, export_id)
    response = make_response(file.data)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
