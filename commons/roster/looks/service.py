"""Whether a number is on the roster, told without telling more; and who looked at numbers."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from commons import clock, limits
from commons.audit import AuditContent, AuditLink, record
from commons.database import transaction
from commons.permissions import Actor, require
from commons.roster.models import ContactMethod, MethodKind, Person, RosterEntry
from commons.roster.numbers import e164
from commons.sites.models import Site

REVEALED = "number.revealed"
# The most that the limit "reveal" allows in an hour: whoever reaches it is shown to the others.
MANY, WITHIN, SHOWN_FOR = 30, dt.timedelta(hours=1), dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


def look_up(actor: Actor, site: Site, number: str) -> Person | None:
    """Return who has exactly this number on the site's roster; None where nobody does.

    Ten an hour for each actor, each written down, and the same work either way (abuse case 48).
    Raises Invalid for what is no number, RateLimited.
    """
    require(actor, "roster.look-up", site)
    index = ContactMethod.value_index.of(e164(number))
    limits.hit("look-up", actor.ref)
    found: Person | None = (
        Person.select()
        .join(ContactMethod)
        .switch(Person)
        .join(RosterEntry)
        .where(
            ContactMethod.kind.in_([MethodKind.SIGNAL, MethodKind.PHONE]),
            ContactMethod.value_index == index,
            RosterEntry.site == site,
            RosterEntry.until.is_null(),
        )
        .first()
    )
    with transaction():
        details = {"found": int(found is not None)}
        record(actor, "number.looked-up", f"site:{site.public_id}", site=site.id, details=details)
    return found


@dataclass
class Looks:
    """How many numbers one actor looked at, and the reasons they gave, newest first."""

    actor: str
    reasons: list[tuple[dt.datetime, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many numbers it was."""
        return len(self.reasons)


def digest(actor: Actor, site: Site) -> list[Looks]:
    """Return who looked at how many numbers of the site in seven days, most first."""
    require(actor, "roster.looks", site)
    found: dict[str, Looks] = {}
    for row in _revealed(site, clock.now() - WEEK):
        reason = str(json.loads(row.reveal("content"))["details"].get("reason", ""))
        found.setdefault(row.actor, Looks(row.actor)).reasons.append((row.at, reason))
    return sorted(found.values(), key=lambda one: (-one.count, one.actor))


def many(site: Site) -> list[tuple[str, dt.datetime]]:
    """Return who looked at 30 numbers within one hour of the last day, and when the last was."""
    times: dict[str, list[dt.datetime]] = defaultdict(list)
    for row in _revealed(site, clock.now() - SHOWN_FOR):
        times[row.actor].append(row.at)
    found = []
    for ref, looks in times.items():
        # Newest first: the thirtieth before each must not lie an hour back.
        for last, first in zip(looks, looks[MANY - 1 :], strict=False):
            if last - first <= WITHIN:
                found.append((ref, last))
                break
    return found


def _revealed(site: Site, since: dt.datetime) -> Any:
    rows = AuditContent.select().join(AuditLink)
    rows = rows.where(
        AuditContent.at >= since, AuditLink.kind == REVEALED, AuditLink.chain == f"site:{site.id}"
    )
    return rows.order_by(AuditContent.id.desc())
