"""Whom a site can reach now, by which contact method, and why it cannot reach the others."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import BaseModelSelect

from commons.database import database
from commons.i18n import lazy_gettext as _l
from commons.roster.holders import in_slots, lent_consents
from commons.roster.models import ConsentState, Group, MethodState, RosterEntry, SlotKind
from commons.sites.models import Site

__all__ = ("REASONS", "Reach", "Reachable", "Reason", "Unreachable", "among", "in_slots", "reach")


class Reason(enum.StrEnum):
    """Why somebody cannot be reached; the first that holds is given."""

    SAID_STOP = "said_stop"
    NOT_AGREED = "not_agreed"
    NO_CONTACT_METHOD = "no_contact_method"
    METHOD_REFUSED = "method_refused"
    KEY_CHANGED = "key_changed"


CHUNK = 20_000
_REACH = """
SELECT p.id, p.language, c.state, m.id, m.state, m.held_at IS NOT NULL
FROM person p
LEFT JOIN consent c ON c.person_id = p.id AND c.site_id = {mark}
LEFT JOIN contact_method m ON m.person_id = p.id AND m.kind = 'signal'
WHERE p.id IN ({keys})
ORDER BY p.id, m.position, m.id
"""

REASONS = {
    Reason.SAID_STOP: _l("They said STOP."),
    Reason.NOT_AGREED: _l("They have not agreed to alerts yet."),
    Reason.NO_CONTACT_METHOD: _l("They have no Signal number here."),
    Reason.METHOD_REFUSED: _l("Signal does not know their number."),
    Reason.KEY_CHANGED: _l("Their Signal changed. Make sure that it is them."),
}


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody who can be written to, and by which contact method."""

    person_id: int
    method_id: int
    language: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody who cannot be written to, and why."""

    person_id: int
    reason: Reason
    language: str


@dataclass
class Reach:
    """Everybody who was asked about, in one list or the other."""

    reachable: list[Reachable] = field(default_factory=list)
    left_out: list[Unreachable] = field(default_factory=list)


def reach(
    site: Site, *, groups: Iterable[Group] = (), slots: Iterable[SlotKind] | None = None
) -> Reach:
    """Return whom of the site's groups and slots it can reach; each person comes once.

    `slots` holds the kinds of slots whose people count as well; none unless given.
    """
    wanted: Any = RosterEntry.select(RosterEntry.person).where(
        RosterEntry.site == site,
        RosterEntry.group.in_(list(groups)),
        RosterEntry.until.is_null(),
    )
    if slots is not None:
        wanted = wanted.union(in_slots(site, slots))
    return among(site, wanted)


def among(site: Site, persons: Any) -> Reach:
    """Return whom of these persons the site can reach; `persons` holds keys, or is a query of them.

    Plain SQL, since an alert asks for thousands inside the sender's own transaction: Peewee's
    builder would take longer over ten thousand keys than the database.

    Somebody whom nobody asked here, and who fills a role of the site's district or county office,
    counts with what they agreed to there.
    """
    if isinstance(persons, BaseModelSelect):
        persons = (key for (key,) in persons.tuples())
    keys = [str(int(key)) for key in persons]
    found, lent = Reach(), lent_consents(site)
    for first in range(0, len(keys), CHUNK):
        some = ", ".join(keys[first : first + CHUNK])
        sql = _REACH.format(mark=database.param, keys=some)
        rows = database.execute_sql(sql, (site.id,)).fetchall()
        for person_id, group in itertools.groupby(rows, key=lambda row: row[0]):
            _sort(found, person_id, list(group), lent)
    return found


def _sort(
    found: Reach, person_id: int, rows: Sequence[Any], lent: Mapping[int, ConsentState]
) -> None:
    """Put a person with the reachable or with the others; one row for each contact method."""
    language, consent = rows[0][1], rows[0][2] or lent.get(person_id)
    methods = [row[3:] for row in rows if row[3] is not None]
    known = [(method, held) for method, state, held in methods if state != MethodState.REFUSED]
    usable = [method for method, held in known if not held]
    if consent == ConsentState.GIVEN and usable:
        found.reachable.append(Reachable(person_id, usable[0], language))
        return
    if consent == ConsentState.WITHDRAWN:
        reason = Reason.SAID_STOP
    elif consent != ConsentState.GIVEN:
        reason = Reason.NOT_AGREED
    elif known:
        reason = Reason.KEY_CHANGED
    else:
        reason = Reason.METHOD_REFUSED if methods else Reason.NO_CONTACT_METHOD
    found.left_out.append(Unreachable(person_id, reason, language))
