"""Pages of a site's roster: the list, a person, adding one, and what is done with them."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import gettext as _
from commons.permissions import may, require
from commons.roster import gaps, listing, service
from commons.roster.forms import (
    ConsentForm,
    ImportForm,
    PersonForm,
    RevealForm,
    SlotForm,
)
from commons.roster.importer import import_roster
from commons.roster.listing import Listed
from commons.roster.models import ConsentState, Group, Person, SlotKind
from commons.roster.reach import REASONS, reach
from commons.roster.words import CONSENTS, GROUPS, SLOTS
from commons.sites import service as sites
from commons.sites.models import Site
from commons.sites.paging import Page
from commons.sites.sheet import MOST_BYTES, Report
from commons.web.acting import current_actor
from commons.web.links import offered

blueprint = Blueprint("roster", __name__, url_prefix="/sites/<string:public_id>/roster")
WORDS = {"groups": GROUPS, "slots": SLOTS, "consents": CONSENTS, "reasons": REASONS}
MOST_REFUSALS = 100  # shown on the page; the command line shows all


def load(public_id: str, permission: str) -> Site:
    """Return the site if the visitor holds the permission there; raise NotFound to strangers."""
    site = sites.find(public_id)
    require(current_actor(), permission, site)
    g.timezone = site.timezone
    return site


@blueprint.get("")
def show_roster(public_id: str) -> ResponseReturnValue:
    """Show who is on the roster, group by group, and which roles nobody fills."""
    site, actor = load(public_id, "roster.view"), current_actor()
    group = next((group for group in Group if group.value == request.args.get("group")), None)
    after, before = request.args.get("after"), request.args.get("before")
    found = listing.roster_page(actor, site, group, after=after, before=before)
    people = reach(site, groups=list(Group))
    return render_template(
        "roster/list.html",
        site=site,
        group=group,
        people=found.rows,
        counts=service.counts(site),
        reachable=len(people.reachable),
        total=len(people.reachable) + len(people.left_out),
        gaps=[gap.words for gap in gaps.of_site(site)],
        may_edit=may(actor, "roster.edit", site),
        links=offered("roster", actor, site),
        **_edges(site, group, found),
        **WORDS,
    )


def _edges(site: Site, group: Group | None, found: Page[Listed]) -> dict[str, str | None]:
    """Return the addresses of the pages before and after this one."""
    values: dict[str, Any] = {"public_id": site.public_id, "group": group and group.value}
    address = functools.partial(url_for, "roster.show_roster", **values)
    rows = found.rows
    return {
        "previous_url": address(before=rows[0].public_id) if rows and found.has_previous else None,
        "next_url": address(after=rows[-1].public_id) if rows and found.has_next else None,
    }


@blueprint.route("/new-person", methods=["GET", "POST"])
def add_person(public_id: str) -> ResponseReturnValue:
    """Add one person."""
    site, form = load(public_id, "roster.edit"), PersonForm()
    if form.validate_on_submit():
        try:
            person = _add(site, form)
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        except Conflict as clash:
            form.refuse({"number": clash.sentence})
        else:
            flash(_("%(name)s is on the roster.", name=person.reveal("name")))
            return _to_person(site, person)
    page = render_template("roster/new_person.html", site=site, form=form)
    return page, 422 if form.errors else 200


def _add(site: Site, form: PersonForm) -> Person:
    agreed = bool(form.agreed.data)
    return service.add_person(
        current_actor(),
        site,
        name=form.name.data or "",
        number=form.number.data or "",
        language=form.language.data or "",
        group=form.chosen_group,
        consent=ConsentState.GIVEN if agreed else ConsentState.INVITED,
        source=(form.source.data or "") if agreed else "added by the site",
    )


@blueprint.get("/people/<string:person_id>")
def show_person(public_id: str, person_id: str) -> ResponseReturnValue:
    """Show one person; the number has to be asked for."""
    site = load(public_id, "roster.view")
    return _person_page(site, service.person_at(site, person_id))


def _person_page(site: Site, person: Person, **given: Any) -> str:
    actor = current_actor()
    forms = {"reveal_form": RevealForm(None), "consent_form": ConsentForm(None)}
    return render_template(
        "roster/person.html",
        site=site,
        person=listing.details(actor, site, person),
        **{**forms, "slot_form": SlotForm(None), **given},
        links=offered("person", actor, site, person),
        may_edit=may(actor, "roster.edit", site),
        may_reveal=may(actor, "roster.reveal", site),
        **WORDS,
    )


def _to_person(site: Site, person: Person) -> ResponseReturnValue:
    address = url_for("roster.show_person", public_id=site.public_id, person_id=person.public_id)
    return redirect(address, 303)


@blueprint.post("/people/<string:person_id>/number")
def reveal_number(public_id: str, person_id: str) -> ResponseReturnValue:
    """Show the number once, after it was written down who looked and why."""
    site, form = load(public_id, "roster.reveal"), RevealForm()
    person = service.person_at(site, person_id)
    if form.validate_on_submit():
        try:
            number = service.reveal_number(current_actor(), site, person, form.reason.data or "")
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return _person_page(site, person, number=number)
    return _person_page(site, person, reveal_form=form, form=form), 422


@blueprint.post("/people/<string:person_id>/consent")
def give_consent(public_id: str, person_id: str) -> ResponseReturnValue:
    """Write down that somebody agreed."""
    site, form = load(public_id, "roster.consent"), ConsentForm()
    person = service.person_at(site, person_id)
    if form.validate_on_submit():
        try:
            service.give_consent(current_actor(), person, site, form.source.data or "")
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            flash(_("Their agreement is written down."))
            return _to_person(site, person)
    return _person_page(site, person, consent_form=form, form=form), 422


@blueprint.post("/people/<string:person_id>/stop")
def withdraw_consent(public_id: str, person_id: str) -> ResponseReturnValue:
    """Write down that somebody wants no alerts any more."""
    site = load(public_id, "roster.consent")
    person = service.person_at(site, person_id)
    service.withdraw(current_actor(), person, site)
    flash(_("They will get no more alerts from this school."))
    return _to_person(site, person)


@blueprint.post("/people/<string:person_id>/roles")
def fill_slot(public_id: str, person_id: str) -> ResponseReturnValue:
    """Let somebody fill a role."""
    site, form = load(public_id, "roster.edit"), SlotForm()
    person = service.person_at(site, person_id)
    if not form.validate_on_submit():
        return _person_page(site, person, slot_form=form, form=form), 422
    service.assign(current_actor(), site, SlotKind(form.kind.data), person)
    flash(_("They fill the role from now on."))
    return _to_person(site, person)


@blueprint.post("/people/<string:person_id>/roles/<string:kind>/end")
def empty_slot(public_id: str, person_id: str, kind: str) -> ResponseReturnValue:
    """End somebody's time in a role."""
    site = load(public_id, "roster.edit")
    person = service.person_at(site, person_id)
    known = next((slot for slot in SlotKind if slot.value == kind), None)
    if known is None:
        raise NotFound(_("There is no such role."))
    service.unassign(current_actor(), site, known, person)
    flash(_("They no longer fill the role."))
    return _to_person(site, person)


@blueprint.post("/people/<string:person_id>/remove")
def remove_person(public_id: str, person_id: str) -> ResponseReturnValue:
    """Take somebody off the roster."""
    site = load(public_id, "roster.edit")
    service.remove_person(current_actor(), site, service.person_at(site, person_id))
    flash(_("The person is no longer on the roster."))
    return _to_roster(site)


@blueprint.post("/people/<string:person_id>/forget")
def forget_person(public_id: str, person_id: str) -> ResponseReturnValue:
    """Erase somebody for good."""
    site = load(public_id, "roster.erase")
    service.forget_person(current_actor(), service.person_at(site, person_id))
    flash(_("The person and everything that named them are erased."))
    return _to_roster(site)


@blueprint.route("/import", methods=["GET", "POST"])
def import_people(public_id: str) -> ResponseReturnValue:
    """Preview what a file would change, and import it when it comes a second time.

    Between the two nothing is kept, neither in the page nor on the disk: a fingerprint tells
    whether it is the same file.
    """
    site, form = load(public_id, "roster.import"), ImportForm()
    if not form.validate_on_submit():
        return _import_page(site, form), 422 if form.errors else 200
    data = form.file.data.stream.read(MOST_BYTES + 1)
    fingerprint, before = hashlib.sha256(data).hexdigest(), form.seen.data
    try:
        report = import_roster(current_actor(), site, data, dry_run=before != fingerprint)
    except Invalid as fault:
        form.refuse({"file": fault.sentence})
        return _import_page(site, form), 422
    if before != fingerprint:
        form.seen.data = fingerprint
        return _import_page(site, form, report, other=bool(before))
    words = _("The roster is imported: %(new)s new, %(changed)s changed.")
    flash(words % {"new": report.new, "changed": report.changed})
    return _to_roster(site)


def _import_page(
    site: Site, form: ImportForm, report: Report | None = None, *, other: bool = False
) -> str:
    shown = report or Report()
    notes = Counter(str(note.sentence) for note in shown.notes)
    return render_template(
        "roster/import.html",
        site=site,
        form=form,
        report=report,
        refused=shown.refused[:MOST_REFUSALS],
        more=max(0, len(shown.refused) - MOST_REFUSALS),
        notes=notes.items(),
        other=other,
    )


def _to_roster(site: Site) -> ResponseReturnValue:
    return redirect(url_for("roster.show_roster", public_id=site.public_id), 303)
