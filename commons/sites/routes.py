"""Pages of sites: the list, one site with what is known of it, and its posture."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.errors import Invalid
from commons.i18n import gettext as _
from commons.permissions import may, require
from commons.sites import service
from commons.sites.describing.facts import facts
from commons.sites.forms import PostureForm, SearchForm
from commons.sites.models import PostureValue, Site, SiteState
from commons.sites.words import DISTRICT_KINDS, POSTURE_MEANINGS, POSTURES, SITE_KINDS, SITE_STATES
from commons.web.acting import current_actor
from commons.web.links import offered

blueprint = Blueprint("sites", __name__, url_prefix="/sites")


@blueprint.get("")
def list_sites() -> ResponseReturnValue:
    """Show the sites by name, or those that were looked for."""
    form = SearchForm(request.args)
    words = form.q.data or ""
    found = service.sites_page(
        current_actor(),
        words,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    rows = found.rows
    return render_template(
        "sites/list.html",
        form=form,
        words=words,
        sites=rows,
        kinds=SITE_KINDS,
        states=SITE_STATES,
        previous_url=_page_url(words, before=rows[0]) if rows and found.has_previous else None,
        next_url=_page_url(words, after=rows[-1]) if rows and found.has_next else None,
    )


def _page_url(words: str, **edge: Site) -> str:
    edges = {name: site.public_id for name, site in edge.items()}
    return url_for("sites.list_sites", q=words or None, **edges)


@blueprint.get("/<string:public_id>")
def show_site(public_id: str) -> ResponseReturnValue:
    """Show a site's public facts and neighbours, and to its own people its posture and gaps."""
    site = service.find(public_id)
    current = service.current_posture(site)
    form = PostureForm(
        value=current.value.value if current else PostureValue.NORMAL.value,
        seen=current.public_id if current else "",
    )
    return _site_page(site, form)


@blueprint.post("/<string:public_id>/posture")
def set_posture(public_id: str) -> ResponseReturnValue:
    """Write down a decision about the posture."""
    site, form, actor = service.find(public_id), PostureForm(), current_actor()
    require(actor, "posture.set", site)
    if form.validate_on_submit():
        minutes, seen = int(form.review.data), form.seen.data or ""
        try:
            made = service.set_posture(actor, site, form.decided, minutes, seen=seen)
        except Invalid as fault:
            form.refuse({"review": fault.sentence})
        else:
            words = str(POSTURES[made.value])
            flash(_("The posture is now: %(posture)s.", posture=words))
            return redirect(url_for("sites.show_site", public_id=site.public_id), 303)
    return _site_page(site, form), 422


def _site_page(site: Site, form: PostureForm) -> str:
    actor, g.timezone = current_actor(), site.timezone
    mine = site.state == SiteState.OPEN and may(actor, "sites.view", site)
    return render_template(
        "sites/site.html",
        form=form,
        site=site,
        kind=SITE_KINDS[site.kind],
        state=SITE_STATES[site.state],
        district_kind=DISTRICT_KINDS[site.district.kind],
        neighbours=service.neighbours(site),
        mine=mine,
        posture=service.current_posture(site) if mine else None,
        postures=POSTURES,
        meanings=POSTURE_MEANINGS,
        gaps=[words for find in service.open_roles for words in find(site)] if mine else [],
        links=offered("site", actor, site),
        facts=facts(site),
        may_set=mine and may(actor, "posture.set", site),
        may_see_roster=mine and may(actor, "roster.view", site),
    )
