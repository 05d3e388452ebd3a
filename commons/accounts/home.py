"""The first page after signing in: the site's posture, what to do, what needs me now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from commons import i18n
from commons.accounts import sessions
from commons.accounts.guards import current_actor
from commons.accounts.roles import role_words
from commons.permissions import NOWHERE, Actor, Grant, may
from commons.sites import service as sites
from commons.sites.models import PostureValue, Site, SiteState
from commons.sites.words import POSTURES
from commons.web.links import offered

blueprint = Blueprint("home", __name__)
MOST_ROWS = 5


@dataclass(frozen=True)
class Row:
    """One thing that needs the visitor now, and where to do it."""

    words: str
    action: str
    url: str
    at: dt.datetime
    urgent: bool = False


Rows = Callable[[Actor, Site], Sequence[Row]]


def install(app: Flask, providers: Sequence[Rows]) -> None:
    """Register the page with the functions that know what needs somebody."""
    app.extensions["home_rows"] = tuple(providers)
    app.register_blueprint(blueprint)


@blueprint.get("/")
def index() -> str | Response:
    """Show what Farolito is to a stranger, and home to whoever is signed in."""
    actor = current_actor()
    if not actor.account_id:
        return render_template("home/welcome.html")
    return redirect(url_for("home.home"), 303)


@blueprint.get("/home")
def home() -> str:
    """Show one site at a time, the visitor's first unless they chose another."""
    actor = current_actor()
    places = own_sites(actor)
    chosen = request.args.get("site")
    site = next((s for s in places if s.public_id == chosen), places[0] if places else None)
    if site is None:
        waits = any(grant.site_id == NOWHERE for grant in actor.grants)
        roles = _roles(actor.grants)
        return render_template("home/no_site.html", roles=roles, waits=waits)
    rows = [row for provide in current_app.extensions["home_rows"] for row in provide(actor, site)]
    rows.sort(key=lambda row: (not row.urgent, row.at))
    return render_template(
        "home/home.html",
        site=site,
        sites=places,
        posture=sites.current_posture(site),
        postures=POSTURES,
        normal=PostureValue.NORMAL,
        rows=rows[:MOST_ROWS],
        more=max(0, len(rows) - MOST_ROWS),
        may_alert=site.state == SiteState.OPEN and may(actor, "alerts.send", site),
        may_see_roster=may(actor, "roster.view", site),
        may_see_alerts=may(actor, "alerts.view", site),
        may_see_relay=may(actor, "relay.view"),
        is_family=all(grant.role in sessions.BY_ROSTER.values() for grant in actor.grants),
        languages_of_site=_languages(site),
        links=offered("home", actor, site),
    )


def own_sites(actor: Actor) -> list[Site]:
    """Return the open sites that the actor's grants cover, by name; at most fifty."""
    open_sites = Site.select().where(Site.state == SiteState.OPEN).order_by(Site.name)
    return [site for site in open_sites if any(g.covers(site) for g in actor.grants)][:50]


def _languages(site: Site) -> str:
    picked = filter(None, (i18n.pick(word) for word in site.languages.split()))
    return ", ".join(i18n.language(code).name for code in picked)


def _roles(grants: frozenset[Grant]) -> list[str]:
    return sorted({str(role_words(grant.role)) for grant in grants})
