"""What is done with sites: find, open, close, measure between them, and set their posture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from peewee import fn

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites import distance, paging
from commons.sites.models import District, Posture, PostureValue, Site, SitePlace, SiteState

# Where an alert of a new site may say that something is; the words are in the alert pack.
DEFAULT_PLACES = (
    "main_entrance",
    "front_office",
    "side_gate",
    "back_gate",
    "parking_lot",
    "drop_off_area",
    "bus_stop",
    "sidewalk_outside",
    "street_outside",
)
REVIEW_MINUTES = (5, 24 * 60)
PAGE = 50

# What the features above add to a site; sites know nothing of them (imports go down).
when_opened: list[Callable[[Site], None]] = []
open_roles: list[Callable[[Site], Sequence[object]]] = []  # the words of roles nobody fills


@dataclass(frozen=True)
class Neighbour:
    """A site and how far away it is."""

    site: Site
    miles: float


def find(public_id: str) -> Site:
    """Return the site with this id, its district with it; raise NotFound if there is none."""
    site = (
        Site.select(Site, District).join(District).where(Site.public_id == public_id).get_or_none()
    )
    if site is None:
        raise NotFound(_l("There is no site at this address."))
    return site


def by_code(code: str) -> Site:
    """Return the site with this state code, national code or public id; raise NotFound."""
    found = Site.get_or_none(
        (Site.cds_code == code) | (Site.nces_code == code) | (Site.public_id == code)
    )
    if found is None:
        raise NotFound(_l("No site has the code %(code)s.", code=code))
    return found


def open_site(actor: Actor, site: Site) -> Site:
    """Let a listed site use Farolito, with its usual places; raise Conflict if it is not listed."""
    require(actor, "sites.open", site)
    with transaction():
        _move(site, SiteState.LISTED, SiteState.OPEN)
        for position, key in enumerate(DEFAULT_PLACES):
            SitePlace.insert(site=site, key=key, position=position).on_conflict_ignore().execute()
        for prepare in when_opened:
            prepare(site)
        record(actor, "site.opened", f"site:{site.public_id}", site=site.id)
    return Site.get_by_id(site.id)


def close_site(actor: Actor, site: Site) -> Site:
    """Make an open site a listed neighbour again; raise Conflict if it is not open."""
    require(actor, "sites.open", site)
    with transaction():
        _move(site, SiteState.OPEN, SiteState.LISTED)
        record(actor, "site.closed", f"site:{site.public_id}", site=site.id)
    return Site.get_by_id(site.id)


def _move(site: Site, before: SiteState, after: SiteState) -> None:
    moved = Site.update(state=after).where(Site.id == site.id, Site.state == before).execute()
    if not moved and after == SiteState.OPEN:
        raise Conflict(_l("This site is already open, or it is no longer a school."))
    if not moved:
        raise Conflict(_l("This site is not open."))


def sites_page(
    actor: Actor,
    words: str = "",
    *,
    state: SiteState | None = None,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE,
) -> paging.Page[Site]:
    """Return one page of the sites whose name, city or ZIP code holds the words, by name.

    `after` and `before` are the public id of the site at the page's edge.
    """
    require(actor, "sites.list")
    query = Site.select(Site, District).join(District)
    for word in words.split()[:6]:
        query = query.where(
            Site.name.contains(word) | Site.city.contains(word) | Site.zip_code.startswith(word)
        )
    if state is not None:
        query = query.where(Site.state == state)
    edges = {"after": _edge(after), "before": _edge(before)}
    return paging.page(query, (Site.name, Site.id), size, **edges)


def _edge(public_id: str | None) -> Site | None:
    return Site.get_or_none(Site.public_id == public_id) if public_id else None


def open_sites() -> list[Site]:
    """Return every site that uses Farolito, by name."""
    return list(Site.select().where(Site.state == SiteState.OPEN).order_by(Site.name, Site.id))


def neighbours(site: Site, within_miles: float = 2.0, limit: int | None = 12) -> list[Neighbour]:
    """Return the sites within so many miles, nearest first; none where the place is unknown."""
    if site.latitude is None or site.longitude is None:
        return []
    south, north, west, east = distance.box(site, within_miles)
    around = Site.select(Site, District).join(District)
    around = around.where(
        Site.id != site.id,
        Site.state != SiteState.CLOSED,
        Site.latitude.between(south, north),
        Site.longitude.between(west, east),
    )
    found = distance.nearest(site, around, within=within_miles, limit=limit)
    return [Neighbour(there, far) for far, there in found]


def current_posture(site: Site) -> Posture | None:
    """Return the decision that is in force; None where none was ever taken, which is normal."""
    return (
        Posture.select().where(Posture.site == site).order_by(Posture.id.desc()).limit(1)
    ).get_or_none()


def current_postures(site_ids: Iterable[int]) -> dict[int, PostureValue]:
    """Return the posture of each of the sites, normal where nothing was decided."""
    wanted = list(site_ids)
    newest = (
        Posture.select(fn.MAX(Posture.id)).where(Posture.site.in_(wanted)).group_by(Posture.site)
    )
    found = {row.site_id: row.value for row in Posture.select().where(Posture.id.in_(newest))}
    return {site_id: found.get(site_id, PostureValue.NORMAL) for site_id in wanted}


def set_posture(
    actor: Actor,
    site: Site,
    value: PostureValue,
    review_in_minutes: int | None = None,
    *,
    seen: str | None = None,
) -> Posture:
    """Write down a decision about the site's posture, to be looked at again in so many minutes.

    `seen` is the public id of the decision that the actor had before their eyes (the empty
    string for none): raise Conflict when somebody has decided since. Nothing ends by time.
    """
    require(actor, "posture.set", site)
    now, review_at = clock.now(), None
    if value != PostureValue.NORMAL:
        review_at = now + dt.timedelta(minutes=_checked(review_in_minutes))
    with transaction():
        # The audit comes first: it locks the site's chain, so that two decisions never cross.
        record(actor, "posture.set", f"site:{site.public_id}", site=site.id, details={"to": value})
        current = current_posture(site)
        if seen is not None and seen != (current.public_id if current else ""):
            raise Conflict(
                _l("Somebody changed the posture a moment ago. Look at it, then decide again.")
            )
        return Posture.create(
            site=site, value=value, since=now, set_by=actor.ref, review_at=review_at
        )


def _checked(minutes: int | None) -> int:
    low, high = REVIEW_MINUTES
    if minutes is None or not low <= minutes <= high:
        sentence = _l("Say in how many minutes to look again: from 5 minutes to a day.")
        raise Invalid(sentence, {"review_in_minutes": sentence})
    return minutes
