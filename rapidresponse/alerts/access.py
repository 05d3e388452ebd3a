"""Which sites and alerts somebody may see or act on; strangers learn nothing of the rest."""

from __future__ import annotations

from typing import Any

from commons.errors import Forbidden, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require, table
from commons.sites.models import Site, SiteState
from rapidresponse.alerts.models import Alert, AlertState, Certainty, Verification

VIEW, SEND, APPROVE, APPROVE_WIDE, VERIFY, REVIEW = (
    "alerts.view",
    "alerts.send",
    "alerts.approve",
    "alerts.approve-wide",
    "alerts.verify",
    "alerts.review",
)
RECALL, EXPORT = "alerts.recall", "alerts.export"


def reaches(actor: Actor, permission: str) -> Any:
    """Return the condition on Site that holds where the actor has the permission."""
    roles = table().roles[permission]
    grants = [grant for grant in actor.grants if grant.role in roles]
    if any(grant.site_id is None and grant.district_id is None for grant in grants):
        return Site.id.is_null(False)
    sites = [grant.site_id for grant in grants if grant.site_id is not None]
    districts = [g.district_id for g in grants if g.site_id is None and g.district_id is not None]
    return Site.id.in_(sites) | Site.district.in_(districts)


def sites_to_alert(actor: Actor) -> list[Site]:
    """Return the open sites for which the actor may send, by name, at most fifty."""
    found = Site.select().where(Site.state == SiteState.OPEN, reaches(actor, SEND))
    return list(found.order_by(Site.name, Site.id).limit(50))


def site(actor: Actor, public_id: str, permission: str) -> Site:
    """Return the site; raise NotFound to strangers, Forbidden to those who lack the permission."""
    found = Site.get_or_none(Site.public_id == public_id)
    if found is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    require(actor, permission, found)
    return found


def alert(actor: Actor, public_id: str, permission: str = VIEW) -> Alert:
    """Return the alert with its site; raise NotFound to strangers."""
    found: Alert | None = (
        Alert.select(Alert, Site).join(Site).where(Alert.public_id == public_id).first()
    )
    if found is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    require(actor, permission, found.site)
    return found


def may_alert(site: Site) -> None:
    """Raise Forbidden for a site that is only known from a public list, or is closed."""
    if site.state is not SiteState.OPEN:
        raise Forbidden(_l("This school does not use Farolito, so no alert can be sent for it."))


def alerts_page(actor: Actor, before: str | None, size: int) -> list[Alert]:
    """Return the alerts the actor may see, newest first, one more than a page has.

    `before` is the public id of the last alert on the page before.
    """
    query = Alert.select(Alert, Site).join(Site).where(reaches(actor, VIEW))
    edge = Alert.get_or_none(Alert.public_id == before) if before else None
    if edge is not None:
        query = query.where(Alert.id < edge.id)
    return list(query.order_by(Alert.id.desc()).limit(size + 1))


def live_alerts(actor: Actor, site: Site | None = None) -> list[Alert]:
    """Return the alerts that are not over and that the actor may see, newest first."""
    query = (
        Alert.select(Alert, Site)
        .join(Site)
        .where(Alert.state != AlertState.CLOSED, reaches(actor, VIEW))
    )
    if site is not None:
        query = query.where(Alert.site == site)
    return list(query.order_by(Alert.id.desc()).limit(50))


def unverified_alerts(actor: Actor, site: Site) -> list[Alert]:
    """Return what is going on there that nobody has looked at, for those who may look."""
    looked = Verification.select(Verification.alert)
    found = (
        Alert.select(Alert, Site)
        .join(Site)
        .where(
            Alert.site == site,
            Alert.state == AlertState.LIVE,
            Alert.certainty == Certainty.UNVERIFIED,
            Alert.id.not_in(looked),
            reaches(actor, VERIFY),
        )
    )
    return list(found.order_by(Alert.id.desc()).limit(5))
