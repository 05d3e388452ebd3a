"""Pages of roles: a site's, a district's, and the district's board of sites with gaps."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may, require
from commons.roster import gaps, slots
from commons.roster.models import Person, SlotKind
from commons.roster.reach import REASONS
from commons.roster.roles import view
from commons.roster.roles.forms import FillForm, SiteForm
from commons.roster.routes import load
from commons.roster.words import SLOTS
from commons.sites.models import District, Site
from commons.sites.scope import WholeDistrict
from commons.web.acting import current_actor
from commons.web.links import Link, offer

blueprint = Blueprint("roles", __name__)
SITE = "/sites/<string:public_id>/roster/roles"
DISTRICT = "/districts/<string:district_id>/roles"
DEFAULT_ZONE = "America/Los_Angeles"


def install(app: Flask) -> None:
    """Register the pages, and put links to them where people look for them."""
    app.register_blueprint(blueprint)
    offer(app, "roster", links)
    offer(app, "home", district_links)
    offer(app, "site", district_links)


def links(actor: Actor, site: Site) -> list[Link]:
    """Return the way to a site's roles from its roster, with how many have a gap."""
    if not may(actor, "roster.view", site):
        return []
    address = url_for("roles.show_roles", public_id=site.public_id)
    return [Link(_("Roles"), address, len(gaps.of_site(site)))]


def district_links(actor: Actor, site: Site) -> list[Link]:
    """Return the way to the district's roles and its board, for those who may."""
    if not may(actor, "roster.slots-district", site):
        return []
    key = site.district.public_id
    board = Link(_("Sites with gaps"), url_for("roles.show_board", district_id=key))
    return [
        Link(_("Roles of the district"), url_for("roles.show_district", district_id=key)),
        board,
    ]


@blueprint.get(SITE)
def show_roles(public_id: str) -> ResponseReturnValue:
    """Show every role of a site: its people in order, and the gaps."""
    site = load(public_id, "roster.view")
    return _site_page(site, _form(site, request.args.get("kind")))


@blueprint.post(SITE)
def fill_role(public_id: str) -> ResponseReturnValue:
    """Give somebody a role of the site."""
    site = load(public_id, "roster.edit")
    form = _form(site)
    if form.validate_on_submit() and _assigned(site, form, site.timezone):
        return redirect(url_for("roles.show_roles", public_id=site.public_id), 303)
    return _site_page(site, form), 422


@blueprint.post(f"{SITE}/<string:assignment_id>/end")
def end_role(public_id: str, assignment_id: str) -> ResponseReturnValue:
    """End somebody's time in a role of the site."""
    site = load(public_id, "roster.edit")
    slots.finish(current_actor(), site, slots.assignment_at(site, assignment_id))
    flash(_("They no longer fill the role."))
    return redirect(url_for("roles.show_roles", public_id=site.public_id), 303)


@blueprint.post(f"{SITE}/<string:assignment_id>/<any(up, down):way>")
def move_role(public_id: str, assignment_id: str, way: str) -> ResponseReturnValue:
    """Let somebody be called earlier or later."""
    site = load(public_id, "roster.edit")
    slots.move(current_actor(), site, slots.assignment_at(site, assignment_id), way == "up")
    return redirect(url_for("roles.show_roles", public_id=site.public_id), 303)


def _site_page(site: Site, form: FillForm) -> str:
    actor = current_actor()
    roles, address = view.site_roles(actor, site), {"public_id": site.public_id}
    return render_template(
        "roster/roles/site.html",
        site=site,
        **_values(roles, form, "role", address),
        may_edit=may(actor, "roster.edit", site),
    )


def _values(roles: list[view.Role], form: FillForm, noun: str, address: Any) -> dict[str, Any]:
    return {
        "filled": [role for role in roles if role.people or role.gap],
        "unfilled": [role for role in roles if not role.people and not role.gap],
        "gaps": [role.gap for role in roles if role.gap],
        "form": form,
        "address": address,
        "end": f"roles.end_{noun}",
        "move": f"roles.move_{noun}",
        "words": SLOTS,
        "reasons": REASONS,
    }


def _form(site: Site, kind: str | None = None) -> FillForm:
    chosen = kind if kind in set(SlotKind) else None
    return FillForm(**({"kind": chosen} if chosen else {})).offer(
        slots.kinds_for(site), view.choices(site)
    )


def _assigned(place: Site | District, form: FillForm, zone: str) -> bool:
    """Carry the form out; return whether it could be, with the sentence in the form if not."""
    person = Person.get_or_none(Person.public_id == form.person.data)
    if person is None or not slots.on_roster(place, person):
        raise NotFound(_l("This person is not on the roster of this site."))
    try:
        kind = SlotKind(form.kind.data)
        slots.assign(current_actor(), place, kind, person, form.term(zone))
    except Invalid as fault:
        form.refuse(fault.fields, fault.sentence)
    except Conflict as clash:
        form.refuse({"person": clash.sentence})
    else:
        flash(_("The role is filled."))
        return True
    return False


def _district(district_id: str) -> District:
    found: District | None = District.get_or_none(District.public_id == district_id)
    if found is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    require(current_actor(), "roster.slots-district", WholeDistrict(found.id))
    g.timezone = _zone(found)
    return found


def _zone(district: District) -> str:
    site = view.home_site(district)
    return site.timezone if site else DEFAULT_ZONE


@blueprint.get(DISTRICT)
def show_district(district_id: str) -> ResponseReturnValue:
    """Show the roles of a district itself, which hold at each of its sites."""
    return _district_page(_district(district_id))


@blueprint.post(DISTRICT)
def fill_district(district_id: str) -> ResponseReturnValue:
    """Give somebody of one of its sites a role of the district."""
    district = _district(district_id)
    form = _district_form(district)
    if form.validate_on_submit() and _assigned(district, form, _zone(district)):
        return redirect(url_for("roles.show_district", district_id=district.public_id), 303)
    return _district_page(district, form), 422


@blueprint.post(f"{DISTRICT}/<string:assignment_id>/end")
def end_district(district_id: str, assignment_id: str) -> ResponseReturnValue:
    """End somebody's time in a role of the district, at every site at once."""
    district = _district(district_id)
    slots.finish(current_actor(), district, slots.assignment_at(district, assignment_id))
    flash(_("They no longer fill the role."))
    return redirect(url_for("roles.show_district", district_id=district.public_id), 303)


@blueprint.post(f"{DISTRICT}/<string:assignment_id>/<any(up, down):way>")
def move_district(district_id: str, assignment_id: str, way: str) -> ResponseReturnValue:
    """Let somebody of the district be called earlier or later."""
    district = _district(district_id)
    given = slots.assignment_at(district, assignment_id)
    slots.move(current_actor(), district, given, way == "up")
    return redirect(url_for("roles.show_district", district_id=district.public_id), 303)


def _chosen_site(sites: list[Site]) -> Site | None:
    """Return the site whose people are offered: the one asked for, or the district's office."""
    wanted = request.args.get("site")
    first = next(iter(sites), None)
    return next((site for site in sites if site.public_id == wanted), first)


def _district_form(district: District) -> FillForm:
    site = _chosen_site(view.district_sites(district))
    return FillForm().offer(slots.kinds_for(district), view.choices(site))


def _district_page(district: District, form: FillForm | None = None) -> str:
    sites, actor = view.district_sites(district), current_actor()
    site, address = _chosen_site(sites), {"district_id": district.public_id}
    site_form = SiteForm(None, site=site.public_id if site else None).offer(sites)
    return render_template(
        "roster/roles/district.html",
        district=district,
        site=site,
        site_form=site_form,
        several=len(sites) > 1,
        **_values(
            view.district_roles(actor, district),
            form or _district_form(district),
            "district",
            address,
        ),
        may_edit=True,
    )


@blueprint.get("/districts/<string:district_id>/gaps")
def show_board(district_id: str) -> ResponseReturnValue:
    """Show which sites of a district have a role that nobody answers for."""
    district = _district(district_id)
    found = gaps.board(current_actor(), district)
    return render_template(
        "roster/roles/board.html",
        district=district,
        sites=found,
        own=gaps.of_district(district),
    )
