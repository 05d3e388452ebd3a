"""The pages on which somebody leaves a site, and the proof that is kept."""

from __future__ import annotations

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.accounts.guards import current_actor
from commons.accounts.off_boarding import service
from commons.accounts.staff.forms import ActForm
from commons.accounts.staff.listing import by_words
from commons.i18n import gettext as _
from commons.permissions import Actor, may, require
from commons.roster import service as roster
from commons.roster.models import Person
from commons.sites import service as sites
from commons.sites.models import Site
from commons.web.links import Link, offer

blueprint = Blueprint("off_boarding", __name__, url_prefix="/sites/<string:public_id>")


def install(app: Flask) -> None:
    """Register the pages, and put links to them on a person's page and the roster."""
    app.register_blueprint(blueprint)
    offer(app, "person", _person_links)
    offer(app, "roster", _roster_links)


def _person_links(actor: Actor, site: Site, person: Person) -> list[Link]:
    if not may(actor, "accounts.off-board", site):
        return []
    address = f"/sites/{site.public_id}/roster/people/{person.public_id}/off-boarding"
    return [Link(_("They leave: end everything at once"), address)]


def _roster_links(actor: Actor, site: Site) -> list[Link]:
    if not may(actor, "accounts.off-board", site):
        return []
    return [Link(_("Proofs that somebody left"), f"/sites/{site.public_id}/off-boardings")]


def _site(public_id: str) -> Site:
    site = sites.find(public_id)
    require(current_actor(), "accounts.off-board", site)
    g.timezone = site.timezone
    return site


@blueprint.route("/roster/people/<string:person_id>/off-boarding", methods=["GET", "POST"])
def begin(public_id: str, person_id: str) -> ResponseReturnValue:
    """Say what ends, and end it."""
    site = _site(public_id)
    person = roster.person_at(site, person_id)
    form = ActForm(back=request.path)
    if form.validate_on_submit():
        proof = service.off_board(current_actor(), site, person)
        return redirect(
            url_for("off_boarding.proofs", public_id=public_id, receipt=proof.receipt), 303
        )
    return render_template(
        "off_boarding/begin.html", site=site, person=person, name=person.reveal("name"), form=form
    )


@blueprint.get("/off-boardings")
def proofs(public_id: str) -> ResponseReturnValue:
    """Show the proofs of a site, or the one with the number that is asked for, for printing."""
    site, actor, receipt = _site(public_id), current_actor(), request.args.get("receipt")
    if not receipt:
        return render_template(
            "off_boarding/proofs.html", site=site, proofs=service.proofs(actor, site)
        )
    proof = service.proof(actor, site, receipt)
    return render_template(
        "off_boarding/proof.html",
        site=site,
        proof=proof,
        name=_name(proof.subject),
        by=by_words(proof.by),
        counted=[(words, proof.counts.get(key, 0)) for key, words in service.COUNTED.items()],
        reference=proof.receipt,
        printed_at=proof.at,
    )


def _name(subject: str) -> str:
    person = Person.get_or_none(Person.public_id == subject.removeprefix("person:"))
    return person.reveal("name") if person else _("somebody who was erased")
