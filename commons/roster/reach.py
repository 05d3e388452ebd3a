"""Whom a site can reach now, by which contact method, and why it cannot reach the others."""

from __future__ import annotations

import enum
import itertools
import json
import operator
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from peewee import BaseModelSelect

from commons.database import database, is_sqlite
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


# Plain SQL, since an alert asks for thousands inside the sender's own transaction: one row for
# each way that can be used, and a second look only at those who cannot be written to.
_REACH = """
SELECT p.id, p.language, c.state, m.position, m.id
FROM {keys} JOIN person p ON p.id = k.value
LEFT JOIN consent c ON c.person_id = p.id AND c.site_id = {mark}
LEFT JOIN contact_method m ON m.person_id = p.id AND m.kind = 'signal'
     AND m.state <> 'refused' AND m.held_at IS NULL
"""
_METHODS = """
SELECT m.person_id, m.state FROM {keys} JOIN contact_method m ON m.person_id = k.value
WHERE m.kind = 'signal'
"""
# One value however many keys there are: a list of ten thousand takes as long to parse as to read.
_KEYS = {True: "json_each({mark}) AS k", False: "unnest({mark}::int[]) AS k(value)"}

REASONS = {
    Reason.SAID_STOP: _l("They said STOP."),
    Reason.NOT_AGREED: _l("They have not agreed to alerts yet."),
    Reason.NO_CONTACT_METHOD: _l("They have no Signal number here."),
    Reason.METHOD_REFUSED: _l("Signal does not know their number."),
    Reason.KEY_CHANGED: _l("Their Signal changed. Make sure that it is them."),
}


class Reachable(NamedTuple):
    """Somebody who can be written to, and by which contact method."""

    person_id: int
    method_id: int
    language: str


class Unreachable(NamedTuple):
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


def among(site: Site, persons: Any, elsewhere: Mapping[int, ConsentState] | None = None) -> Reach:
    """Return whom of these persons the site can reach; `persons` holds keys, or is a query of them.

    Somebody whom nobody asked here, and who fills a role of the site's district or county office,
    counts with what they agreed to there; `elsewhere` says the same of others not asked here.
    """
    if isinstance(persons, BaseModelSelect):
        persons = (key for (key,) in database.execute(persons).fetchall())
    lent, given = {**(elsewhere or {}), **lent_consents(site)}, ConsentState.GIVEN.value
    rows = _first_ways(list(dict.fromkeys(persons)), site)
    if lent:
        rows = [(*row[:2], row[2] or lent.get(row[0]), *row[3:]) for row in rows]
    return Reach(
        [Reachable(key, way, lang) for key, lang, said, _, way in rows if said == given and way],
        _left_out([(k, said, lang) for k, lang, said, _, way in rows if said != given or not way]),
    )


def _first_ways(keys: list[int], site: Site) -> list[Any]:
    """Return a row for each person, with the first of their methods that can be used, if any."""
    rows = _asked(_REACH, keys, site.id)
    # By person, then by the place of the method and its key: the order of the columns.
    rows.sort()
    if len(rows) > len(keys):
        rows = [next(same) for _, same in itertools.groupby(rows, key=operator.itemgetter(0))]
    return rows


def _left_out(silent: list[tuple[int, str | None, str]]) -> list[Unreachable]:
    states: dict[int, list[str]] = {}
    if silent:
        for person_id, state in _asked(_METHODS, [one[0] for one in silent]):
            states.setdefault(person_id, []).append(state)
    return [
        Unreachable(person_id, _why_not(consent, states.get(person_id, ())), language)
        for person_id, consent, language in silent
    ]


def _asked(sql: str, keys: list[int], *values: int) -> list[Any]:
    """Return the rows of a statement that asks about persons with these keys."""
    mark, sqlite = database.param, is_sqlite()
    sql = sql.format(mark=mark, keys=_KEYS[sqlite].format(mark=mark))
    listed = json.dumps(keys) if sqlite else keys
    rows: list[Any] = database.execute_sql(sql, (listed, *values)).fetchall()
    return rows


def _why_not(consent: str | None, states: Collection[str]) -> Reason:
    """Return why somebody without consent, or without a method that can be used, is left out."""
    if consent == ConsentState.WITHDRAWN:
        return Reason.SAID_STOP
    if consent != ConsentState.GIVEN:
        return Reason.NOT_AGREED
    if any(state != MethodState.REFUSED for state in states):
        return Reason.KEY_CHANGED
    return Reason.METHOD_REFUSED if states else Reason.NO_CONTACT_METHOD
