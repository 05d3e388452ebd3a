"""Pages about trust: a person's level, the words of members, reviews, and changed Signal keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.errors import Conflict, Invalid
from commons.i18n import gettext as _
from commons.permissions import Actor, may, require
from commons.roster import holds
from commons.roster import service as roster
from commons.roster.models import Person
from commons.roster.trust import service
from commons.roster.trust.forms import VerifyForm, VouchForm
from commons.roster.trust.words import KINDS, RUNGS, next_step
from commons.sites import service as sites
from commons.sites.models import Site
from commons.web.acting import current_actor
from commons.web.links import Link, offer

blueprint = Blueprint("trust", __name__, url_prefix="/sites/<string:public_id>/trust")


def install(app: Flask) -> None:
    """Register the pages, and put links to them on the roster's."""
    app.register_blueprint(blueprint)
    offer(app, "roster", _on_roster)
    offer(app, "person", _on_person)


def _on_roster(actor: Actor, site: Site) -> Sequence[Link]:
    if not may(actor, "trust.view", site):
        return ()
    waiting = len(holds.held_people(actor, site)) + len(service.under_review(actor, site))
    return (Link(_("Changed phones and reviews"), _address(site), waiting),)


def _on_person(actor: Actor, site: Site, person: Person) -> Sequence[Link]:
    if not may(actor, "trust.view", site):
        return ()
    return (Link(_("How far they are trusted"), _address(site, person)),)


def _address(site: Site, person: Person | None = None, endpoint: str = "show_person") -> str:
    if person is None:
        return url_for("trust.index", public_id=site.public_id)
    where = {"public_id": site.public_id, "person_id": person.public_id}
    return url_for(f"trust.{endpoint}", **where)


def load(public_id: str, permission: str, person_id: str) -> tuple[Site, Person]:
    """Return the site and a person on its roster; raise NotFound to strangers."""
    site = _site(public_id, permission)
    return site, roster.person_at(site, person_id)


def _site(public_id: str, permission: str) -> Site:
    site = sites.find(public_id)
    require(current_actor(), permission, site)
    g.timezone = site.timezone
    return site


def _done(site: Site, person: Person, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(_address(site, person), 303)


@blueprint.get("")
def index(public_id: str) -> ResponseReturnValue:
    """Show whose phone changed, and who waits for a review."""
    site, actor = _site(public_id, "trust.view"), current_actor()
    return render_template(
        "trust/index.html",
        site=site,
        held=holds.held_people(actor, site),
        review=service.under_review(actor, site),
    )


@blueprint.get("/people/<string:person_id>")
def show_person(public_id: str, person_id: str) -> ResponseReturnValue:
    """Show a person's level, what is missing for the next, and what was written down."""
    return _person_page(*load(public_id, "trust.view", person_id), VerifyForm(None))


def _person_page(site: Site, person: Person, form: VerifyForm) -> str:
    actor = current_actor()
    missing = service.missing(actor, site, person)
    return render_template(
        "trust/person.html",
        site=site,
        person=person,
        name=person.reveal("name"),
        form=form,
        missing=missing,
        next_step=next_step(missing),
        rungs=RUNGS,
        kinds=KINDS,
        records=service.records_of(actor, site, person),
        probation=service.in_probation(site, person),
        may_record=may(actor, "trust.record", site),
        may_verify=may(actor, "trust.verify", site),
    )


@blueprint.post("/people/<string:person_id>/seen")
def record_seen(public_id: str, person_id: str) -> ResponseReturnValue:
    """Write down that the lead has seen them."""
    site, person = load(public_id, "trust.record", person_id)
    service.record_seen(current_actor(), site, person)
    return _done(site, person, _("It is written down that they were seen."))


@blueprint.post("/people/<string:person_id>/confirm")
def confirm(public_id: str, person_id: str) -> ResponseReturnValue:
    """Say yes to the words that members gave."""
    site, person = load(public_id, "trust.record", person_id)
    service.confirm(current_actor(), site, person)
    return _done(site, person, _("They are at level 2 now."))


@blueprint.post("/people/<string:person_id>/verify")
def verify(public_id: str, person_id: str) -> ResponseReturnValue:
    """Write down a check or a training."""
    site, person = load(public_id, "trust.verify", person_id)
    form = VerifyForm()
    if form.validate_on_submit() and form.until.data is not None:
        # Through the whole of that day, by the school's own clock.
        day = form.until.data + dt.timedelta(days=1)
        until = dt.datetime.combine(day, dt.time(), ZoneInfo(site.timezone))
        try:
            service.verify(current_actor(), site, person, until)
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return _done(site, person, _("They are at level 3 now."))
    return _person_page(site, person, form), 422


@blueprint.post("/people/<string:person_id>/end-verification")
def end_verified(public_id: str, person_id: str) -> ResponseReturnValue:
    """Take a verification back."""
    site, person = load(public_id, "trust.verify", person_id)
    service.end_verified(current_actor(), site, person)
    return _done(site, person, _("They are not verified any more."))


@blueprint.route("/people/<string:person_id>/freeze", methods=["GET", "POST"])
def freeze(public_id: str, person_id: str) -> ResponseReturnValue:
    """Say what a review would mean, and begin it when that was read."""
    site, person = load(public_id, "trust.record", person_id)
    if request.method == "POST":
        service.freeze(current_actor(), site, person)
        return _done(site, person, _("They wait for a review now."))
    return render_template(
        "trust/freeze.html",
        site=site,
        person=person,
        name=person.reveal("name"),
        others=service.would_freeze(current_actor(), site, person),
    )


@blueprint.post("/people/<string:person_id>/unfreeze")
def unfreeze(public_id: str, person_id: str) -> ResponseReturnValue:
    """End the review of one person."""
    site, person = load(public_id, "trust.record", person_id)
    service.unfreeze(current_actor(), site, person)
    return _done(site, person, _("Their review has ended."))


@blueprint.route("/people/<string:person_id>/vouch", methods=["GET", "POST"])
def vouch(public_id: str, person_id: str) -> ResponseReturnValue:
    """Write down that a member gives their word; what follows from it is read first."""
    site, person = load(public_id, "trust.record", person_id)
    form, people = VouchForm(), service.may_give(site)
    form.offer(one for one in people if one.id != person.id)
    chosen = None
    if form.validate_on_submit():
        chosen = next(one for one in people if one.public_id == form.voucher.data)
        if form.sure.data:
            try:
                return _record_word(site, chosen, person, form.act.data)
            except Conflict as clash:
                form.refuse({"voucher": clash.sentence})
                form.sure.data, chosen = "", None
    page = render_template(
        "trust/vouch.html",
        site=site,
        person=person,
        name=person.reveal("name"),
        form=form,
        chosen=chosen and chosen.reveal("name"),
    )
    return page, 422 if form.errors else 200


def _record_word(site: Site, voucher: Person, person: Person, act: str) -> ResponseReturnValue:
    if act == "give":
        service.vouch(current_actor(), site, voucher, person)
        return _done(site, person, _("The member's word is written down."))
    service.withdraw_vouch(current_actor(), site, voucher, person)
    return _done(site, person, _("The member's word is taken back."))


@blueprint.get("/people/<string:person_id>/phone")
def changed_phone(public_id: str, person_id: str) -> ResponseReturnValue:
    """Ask whether a person whose Signal changed is still who they were."""
    site, person = load(public_id, "roster.release", person_id)
    values: dict[str, Any] = {"name": person.reveal("name"), "held": holds.is_held(person)}
    return render_template("trust/phone.html", site=site, person=person, **values)


@blueprint.post("/people/<string:person_id>/phone/release")
def release(public_id: str, person_id: str) -> ResponseReturnValue:
    """Write down that it is them."""
    site, person = load(public_id, "roster.release", person_id)
    holds.release(current_actor(), site, person)
    return _done(site, person, _("They get messages again in a moment."))


@blueprint.post("/people/<string:person_id>/phone/not-them")
def not_them(public_id: str, person_id: str) -> ResponseReturnValue:
    """Take a number away that somebody else has now."""
    site, person = load(public_id, "roster.release", person_id)
    holds.not_them(current_actor(), site, person)
    return _done(site, person, _("The number is taken away from them."))
