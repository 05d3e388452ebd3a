"""Who hears a version: one message a person, as the audience that is told most.

The audience is read once, inside the transaction that sends, and frozen as message rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from commons.database import database
from commons.i18n import lazy_gettext as _l
from commons.messaging.models import Message, MessageState, MessageText
from commons.roster.models import Group, RosterEntry, SlotKind
from commons.roster.reach import REASONS, among, in_slots
from commons.sites.models import Site
from rapidresponse.alerts.models import Alert, AlertVersion

CORE, STAFF, FAMILIES = "A1", "A2", "A9"
# Who is told most comes first.
ORDER = (CORE, STAFF, FAMILIES)
CORE_SLOTS = (SlotKind.SITE_LEAD, SlotKind.BACKUP_LEAD, SlotKind.SCHOOL_ADMINISTRATOR)
# Not in force, or taken back: these never reached anybody.
UNREACHED = (MessageState.HELD, MessageState.CANCELLED)
NOT_REVIEWED = "not_reviewed"

WHY_LEFT_OUT = {
    **{reason.value: sentence for reason, sentence in REASONS.items()},
    NOT_REVIEWED: _l("Nobody has reviewed the words in their language."),
}
_GROUPS = {STAFF: Group.STAFF, FAMILIES: Group.FAMILY}


class Member(NamedTuple):
    """Somebody who will hear, as whom, in which language, and by which way."""

    person_id: int
    method_id: int
    audience: str
    language: str


class Missing(NamedTuple):
    """Somebody who is in the audience and cannot be written to, and why."""

    person_id: int
    audience: str
    language: str
    reason: str


@dataclass(frozen=True)
class Gathering:
    """An audience as it is now; `reached` are those whom the chain has written to before."""

    members: tuple[Member, ...]
    missing: tuple[Missing, ...]
    reached: Mapping[int, str]


def gather(
    site: Site, audiences: Sequence[str], reached: Mapping[int, str] | None = None
) -> Gathering:
    """Return who is in these audiences now, and everybody reached before (I6).

    Somebody in several is counted once, in the one that is told most.
    """
    reached = reached or {}
    roles: dict[int, str] = {}
    # Whoever is told more comes later, and takes the place of what stood there.
    for audience in sorted(audiences, key=ORDER.index, reverse=True):
        roles.update(dict.fromkeys(_in_audience(site, audience), audience))
    for person_id, audience in reached.items():
        now = roles.get(person_id, audience)
        roles[person_id] = min(now, audience, key=ORDER.index)
    found = among(site, sorted(roles))
    return Gathering(
        tuple([Member(key, way, roles[key], language) for key, way, language in found.reachable]),
        tuple(
            Missing(key, roles[key], language, why.value) for key, why, language in found.left_out
        ),
        reached,
    )


def _in_audience(site: Site, audience: str) -> Iterator[int]:
    rows: Any
    if audience == CORE:
        rows = in_slots(site, CORE_SLOTS)
    else:
        rows = RosterEntry.select(RosterEntry.person).where(
            RosterEntry.site == site,
            RosterEntry.group == _GROUPS[audience],
            RosterEntry.until.is_null(),
        )
    return (key for (key,) in database.execute(rows).fetchall())


def reached_by(alert: Alert) -> dict[int, str]:
    """Return everybody whom a version of the chain was queued or sent to, and as whom."""
    rows: Any = (
        Message.select(Message.person, MessageText.audience)
        .join(AlertVersion, on=(AlertVersion.topic == Message.topic))
        .switch(Message)
        .join(MessageText, on=(MessageText.id == Message.text))
        .where(
            AlertVersion.alert == alert,
            Message.state.not_in(UNREACHED),
            Message.person.is_null(False),
        )
        .distinct()
        .tuples()
    )
    found: dict[int, str] = {}
    for person_id, audience in rows:
        found[person_id] = min(found.get(person_id, audience), audience, key=ORDER.index)
    return found
