"""Pages where a site or a district says when there is school: bell times and holidays."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from commons import clock, i18n
from commons.errors import Invalid
from commons.i18n import gettext as _
from commons.permissions import Actor, may, require
from commons.sites import bells, school_days, service
from commons.sites.describing import facts
from commons.sites.models import District, Site, SiteState
from commons.sites.school_days import WholeDistrict
from commons.sites.timetable.forms import WEEKDAYS, BellsForm, HolidayForm
from commons.web import links
from commons.web.acting import current_actor
from commons.web.links import Link

blueprint = Blueprint("timetable", __name__, url_prefix="/sites/<string:public_id>")
districts = Blueprint("districts", __name__, url_prefix="/districts/<string:district_id>")


def install(app: Flask) -> None:
    """Put these pages into the application, and links to them on the page of a site."""
    app.register_blueprint(blueprint)
    app.register_blueprint(districts)
    links.offer(app, "site", _links)


def _links(actor: Actor, site: Site) -> list[Link]:
    found = []
    if site.state == SiteState.OPEN and may(actor, "sites.describe", site):
        bell_times = url_for("timetable.set_bell_times", public_id=site.public_id)
        found = [Link(_("Bell times"), bell_times), Link(_("Holidays"), _list_of(site))]
    if may(actor, "sites.describe-district", WholeDistrict(site.district_id)):
        found.append(Link(_("Holidays of the district"), _list_of(site.district)))
    return found


def _list_of(owner: Site | District) -> str:
    """Return where the holidays of a site or district are."""
    if isinstance(owner, District):
        return url_for("districts.show_holidays", district_id=owner.public_id)
    return url_for("timetable.show_holidays", public_id=owner.public_id)


def _load(public_id: str) -> Site:
    site = service.find(public_id)
    require(current_actor(), "sites.describe", site)
    g.timezone = site.timezone
    return site


@blueprint.route("/bell-times", methods=["GET", "POST"])
def set_bell_times(public_id: str) -> ResponseReturnValue:
    """Set when the bells ring on each day of the week."""
    site, form = _load(public_id), BellsForm()
    if form.validate_on_submit():
        try:
            bells.save(current_actor(), site, form.wanted())
        except Invalid as fault:
            form.show_faults(fault.fields)
        else:
            flash(_("The bell times are saved."))
            return redirect(url_for("timetable.set_bell_times", public_id=site.public_id), 303)
    if not form.is_submitted():
        form.fill(bells.week(site))
    names = {day: i18n.weekday_words(day) for day in WEEKDAYS}
    page = render_template("sites/timetable/bells.html", form=form, site=site, names=names)
    return page, 422 if form.errors else 200


@blueprint.route("/holidays", methods=["GET", "POST"])
def show_holidays(public_id: str) -> ResponseReturnValue:
    """Show the holidays of a site and its district's, and add one of the site's own."""
    return _holidays(_load(public_id))


@blueprint.post("/holidays/<string:holiday_id>/remove")
def remove_holiday(public_id: str, holiday_id: str) -> ResponseReturnValue:
    """Take one of the site's own holidays off the list."""
    return _without(_load(public_id), holiday_id)


def _district(district_id: str) -> District:
    district = school_days.district(district_id)
    school_days.require_for(current_actor(), district)
    return district


@districts.route("/holidays", methods=["GET", "POST"], endpoint="show_holidays")
def show_district_holidays(district_id: str) -> ResponseReturnValue:
    """Show the holidays of all schools of a district, and add one."""
    return _holidays(_district(district_id))


@districts.post("/holidays/<string:holiday_id>/remove", endpoint="remove_holiday")
def remove_district_holiday(district_id: str, holiday_id: str) -> ResponseReturnValue:
    """Take a district's holiday off the list."""
    return _without(_district(district_id), holiday_id)


def _holidays(owner: Site | District) -> ResponseReturnValue:
    form = HolidayForm()
    if form.validate_on_submit():
        try:
            school_days.add_holiday(current_actor(), owner, **form.wanted())
        except Invalid as fault:
            form.refuse(fault.fields, fault.sentence)
        else:
            flash(_("The holiday is on the list."))
            return redirect(_list_of(owner), 303)
    page = render_template(
        "sites/timetable/holidays.html",
        form=form,
        owner=owner,
        site=owner if isinstance(owner, Site) else None,
        address=_list_of(owner),
        holidays=facts.holidays(owner, clock.now().date()),
    )
    return page, 422 if form.errors else 200


def _without(owner: Site | District, holiday_id: str) -> ResponseReturnValue:
    school_days.remove_holiday(current_actor(), owner, holiday_id)
    flash(_("The holiday is no longer on the list."))
    return redirect(_list_of(owner), 303)
