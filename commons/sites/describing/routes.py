"""Pages where a site's people say what it is like: meeting points, zones and languages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from commons import i18n
from commons.errors import Invalid
from commons.i18n import gettext as _
from commons.permissions import Actor, may, require
from commons.sites import languages, order, points, service, suggestions, zones
from commons.sites.describing import facts
from commons.sites.describing.forms import (
    LanguagesForm,
    PointForm,
    SuggestionsForm,
    ZoneForm,
    point_form,
)
from commons.sites.models import MeetingPoint, Site, SiteState, Zone
from commons.sites.words import POINT_KINDS, far_words
from commons.web import links
from commons.web.acting import current_actor
from commons.web.links import Link

blueprint = Blueprint("describing", __name__, url_prefix="/sites/<string:public_id>")
STEPS = {"earlier": -1, "later": 1}


def install(app: Flask) -> None:
    """Put these pages into the application, and links to them on the page of a site."""
    app.register_blueprint(blueprint)
    links.offer(app, "site", _links)


def _links(actor: Actor, site: Site) -> list[Link]:
    if site.state != SiteState.OPEN or not may(actor, "sites.describe", site):
        return []
    pages = {
        "show_points": _("Meeting points"),
        "show_zones": _("Zones"),
        "choose_languages": _("Languages"),
    }
    return [Link(words, _address(site, page)) for page, words in pages.items()]


def _address(site: Site, page: str) -> str:
    return url_for(f"describing.{page}", public_id=site.public_id)


def load(public_id: str) -> Site:
    """Return the site if the visitor may describe it; raise NotFound to strangers."""
    site = service.find(public_id)
    require(current_actor(), "sites.describe", site)
    g.timezone = site.timezone
    return site


def _to(site: Site, page: str, words: str = "") -> ResponseReturnValue:
    if words:
        flash(words)
    return redirect(_address(site, page), 303)


def _page(name: str, form: Any = None, **values: Any) -> ResponseReturnValue:
    page = render_template(f"sites/describing/{name}.html", form=form, **values)
    return page, 422 if form is not None and form.errors else 200


@blueprint.get("/meeting-points")
def show_points(public_id: str) -> ResponseReturnValue:
    """Show the meeting points in their order, and where they lie."""
    site = load(public_id)
    return _page(
        "points",
        site=site,
        zone_names={zone.id: zone.name for zone in zones.live(site)},
        **facts.meeting_points(site),
    )


@blueprint.route("/meeting-points/new", methods=["GET", "POST"])
def add_point(public_id: str) -> ResponseReturnValue:
    """Ask for a meeting point, one question after another; nothing is kept before the last."""
    site = load(public_id)
    known = zones.live(site)
    form, step = point_form(known), PointForm.STEPS[0]
    if form.is_submitted():
        step = _next_step(form, known)
        if not step:
            try:
                points.add(current_actor(), site, form.wanted(known))
            except Invalid as fault:
                step = next(iter(fault.fields), "name")
                form.refuse(fault.fields, fault.sentence)
            else:
                return _to(site, "show_points", _("The meeting point is on the list."))
    return _page("new_point", form, site=site, step=step)


def _next_step(form: PointForm, known: list[Zone]) -> str:
    """Return the question to ask next, with its error if it was answered wrong; empty: none."""
    form.validate()
    if "csrf_token" in form.errors:
        return form.STEPS[0]
    steps = form.STEPS if known else form.STEPS[:-1]
    answered = steps.index(form.step.data) + 1 if form.step.data in steps else 0
    wrong = next((name for name in steps[:answered] if form[name].errors), None)
    for name in steps:
        if name != wrong:
            form[name].errors = []
    return wrong or next(iter(steps[answered:]), "")


@blueprint.route("/meeting-points/suggestions", methods=["GET", "POST"])
def suggest_points(public_id: str) -> ResponseReturnValue:
    """Suggest public places around the school, and take several of them at once."""
    site, form = load(public_id), SuggestionsForm()
    found = suggestions.suggestions(site)
    form.keys.choices = [SelectChoice(one.place.key, one.place.name) for one in found]
    if form.validate_on_submit():
        try:
            made = suggestions.take(current_actor(), site, form.keys.data or [])
        except Invalid as fault:
            form.refuse({"keys": fault.sentence})
        else:
            words = i18n.ngettext(
                "%(num)s meeting point is on the list.",
                "%(num)s meeting points are on the list.",
                len(made),
            )
            return _to(site, "show_points", words)
    why = {one.place.key: _why(one) for one in found}
    return _page("suggestions", form, site=site, why=why)


def _why(one: suggestions.Suggestion) -> str:
    kind, far = POINT_KINDS[one.place.kind], far_words(one.miles, one.direction)
    source = _source(one.place.source)
    return _("%(kind)s, %(far)s. From: %(source)s", kind=kind, far=far, source=source)


def _source(source: str) -> str:
    return _("public list of schools") if source == points.PUBLIC_LIST else source


@blueprint.route("/meeting-points/<string:point_id>", methods=["GET", "POST"])
def change_point(public_id: str, point_id: str) -> ResponseReturnValue:
    """Change a meeting point, or show what else can be done with it."""
    site = load(public_id)
    point, known = points.find(site, point_id), zones.live(site)
    form = point_form(known, point)
    if form.validate_on_submit():
        wanted = form.wanted(known, point.source)
        try:
            points.change(current_actor(), site, point, wanted)
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            return _to(site, "show_points", _("The meeting point was changed."))
    source = _source(point.source)
    return _page("point", form, site=site, point=point, zones=known, source=source)


@blueprint.post("/meeting-points/<string:point_id>/<any(earlier,later):step>")
def move_point(public_id: str, point_id: str, step: str) -> ResponseReturnValue:
    """Show a meeting point one place earlier or later in the list."""
    site = load(public_id)
    order.shift(current_actor(), site, MeetingPoint, point_id, STEPS[step])
    return _to(site, "show_points", _("The order was changed."))


@blueprint.post("/meeting-points/<string:point_id>/retire")
def retire_point(public_id: str, point_id: str) -> ResponseReturnValue:
    """Use a meeting point no more."""
    site = load(public_id)
    points.retire(current_actor(), site, points.find(site, point_id))
    return _to(site, "show_points", _("The meeting point is no longer used."))


@blueprint.post("/meeting-points/nearest-first")
def sort_points(public_id: str) -> ResponseReturnValue:
    """Show the meeting points nearest first."""
    site = load(public_id)
    points.nearest_first(current_actor(), site)
    return _to(site, "show_points", _("The order was changed."))


@blueprint.route("/zones", methods=["GET", "POST"])
def show_zones(public_id: str) -> ResponseReturnValue:
    """Show the zones in their order, and add one."""
    site, form = load(public_id), ZoneForm()
    if form.validate_on_submit():
        try:
            zones.add(current_actor(), site, form.name.data or "")
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            return _to(site, "show_zones", _("The zone is on the list."))
    return _page("zones", form, site=site, zones=zones.live(site), most=zones.MOST)


@blueprint.route("/zones/<string:zone_id>", methods=["GET", "POST"])
def change_zone(public_id: str, zone_id: str) -> ResponseReturnValue:
    """Rename a zone, or show what else can be done with it."""
    site = load(public_id)
    zone = zones.find(site, zone_id)
    form = ZoneForm(obj=zone)
    if form.validate_on_submit():
        try:
            zones.rename(current_actor(), site, zone, form.name.data or "")
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            return _to(site, "show_zones", _("The zone was changed."))
    return _page("zone", form, site=site, zone=zone)


@blueprint.post("/zones/<string:zone_id>/<any(earlier,later):step>")
def move_zone(public_id: str, zone_id: str, step: str) -> ResponseReturnValue:
    """Show a zone one place earlier or later in the list."""
    site = load(public_id)
    order.shift(current_actor(), site, Zone, zone_id, STEPS[step])
    return _to(site, "show_zones", _("The order was changed."))


@blueprint.post("/zones/<string:zone_id>/retire")
def retire_zone(public_id: str, zone_id: str) -> ResponseReturnValue:
    """Use a zone no more."""
    site = load(public_id)
    zones.retire(current_actor(), site, zones.find(site, zone_id))
    return _to(site, "show_zones", _("The zone is no longer used."))


@blueprint.route("/languages", methods=["GET", "POST"])
def choose_languages(public_id: str) -> ResponseReturnValue:
    """Choose the languages in which the texts of the school are wanted."""
    site, form = load(public_id), LanguagesForm()
    if form.validate_on_submit():
        languages.choose(current_actor(), site, form.languages.data or [])
        return _to(site, "choose_languages", _("The languages are saved."))
    if not form.is_submitted():
        form.languages.data = languages.of(site)
    return _page("languages", form, site=site)
