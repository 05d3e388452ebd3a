"""The order in which a site's zones and meeting points are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites.models import MeetingPoint, Site, Zone

Kind = type[Zone] | type[MeetingPoint]
MOVED = _l("Somebody changed the list a moment ago. Look at it, then try again.")


def live(kind: Kind, site: Site) -> list[Any]:
    """Return the site's zones or meeting points that are in use, in their order."""
    rows = kind.select().where(kind.site == site, kind.retired_at.is_null())
    return list(rows.order_by(kind.position, kind.id))


def last(kind: Kind, site: Site) -> int:
    """Return the position after the last one in use."""
    return max((row.position for row in live(kind, site)), default=-1) + 1


def reorder(actor: Actor, site: Site, kind: Kind, wanted: Sequence[str]) -> None:
    """Show them in the order of these public ids.

    Raises Conflict where the ids are not exactly those that are in use.
    """
    require(actor, "sites.describe", site)
    name = kind._meta.table_name
    with transaction():
        # The audit comes first: it locks the site's chain, so that two orders never mix.
        record(actor, f"{name}.reordered", f"site:{site.public_id}", site=site.id)
        if sorted(row.public_id for row in live(kind, site)) != sorted(wanted):
            raise Conflict(MOVED)
        for position, public_id in enumerate(wanted):
            mine = (kind.site == site) & (kind.public_id == public_id)
            kind.update(position=position).where(mine, kind.retired_at.is_null()).execute()


def shift(actor: Actor, site: Site, kind: Kind, public_id: str, step: int) -> None:
    """Move one of them so many places later, or earlier where the step is negative."""
    require(actor, "sites.describe", site)
    ids = [row.public_id for row in live(kind, site)]
    if public_id not in ids:
        raise Conflict(MOVED)
    place = ids.index(public_id)
    ids.insert(max(0, place + step), ids.pop(place))
    reorder(actor, site, kind, ids)
