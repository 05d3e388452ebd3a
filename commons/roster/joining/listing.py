"""What a site's lead sees of its invites and of those who wait, numbers masked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from commons import clock
from commons.errors import NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may, require
from commons.roster.joining import codes
from commons.roster.joining.models import Invite, JoinRequest, JoinState
from commons.roster.models import ContactMethod, Group, MethodKind, Person
from commons.roster.numbers import ending
from commons.sites.models import Site

MOST_WAITING = 100  # shown at once; the oldest first


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits to be admitted; `ending` is empty where Signal hides their number."""

    public_id: str
    name: str
    language: str
    group: Group
    since: dt.datetime
    ending: str


@dataclass(frozen=True)
class Shown:
    """An invite as its site's lead sees it; `waiting` is how many wait through it."""

    public_id: str
    code: str
    group: Group
    uses: int
    most_uses: int
    expires_at: dt.datetime
    waiting: int

    @property
    def used_up(self) -> bool:
        """Return whether nobody more can ask by it."""
        return self.uses >= self.most_uses


def waiting(actor: Actor, site: Site) -> list[Waiting]:
    """Return who waits to be admitted to the site, the longest first."""
    require(actor, "roster.admit", site)
    requests = JoinRequest.select(JoinRequest, Person).join(Person).where(*_waits(site))
    found = list(requests.order_by(JoinRequest.asked_at, JoinRequest.id).limit(MOST_WAITING))
    digits = _endings([request.person_id for request in found])
    return [
        Waiting(
            public_id=request.public_id,
            name=request.person.reveal("name"),
            language=request.person.language,
            group=request.group,
            since=request.asked_at,
            ending=digits.get(request.person_id, ""),
        )
        for request in found
    ]


def _waits(site: Site) -> tuple[object, ...]:
    return JoinRequest.site == site, JoinRequest.state == JoinState.WAITING


def _endings(person_ids: Sequence[int]) -> dict[int, str]:
    methods = ContactMethod.select().where(
        ContactMethod.person.in_(person_ids), ContactMethod.kind == MethodKind.SIGNAL
    )
    found: dict[int, str] = {}
    for method in methods.order_by(ContactMethod.position, ContactMethod.id):
        found.setdefault(method.person_id, ending(method.reveal("value")))
    return found


def since_when(actor: Actor, site: Site) -> list[dt.datetime]:
    """Return since when each waits, the longest first; nothing for whoever may not admit."""
    if not may(actor, "roster.admit", site):
        return []
    rows = JoinRequest.select(JoinRequest.asked_at).where(*_waits(site))
    return [row.asked_at for row in rows.order_by(JoinRequest.asked_at)]


def request_at(site: Site, public_id: str) -> JoinRequest:
    """Return a request to join this site; raise NotFound for another site's."""
    requests = JoinRequest.select(JoinRequest, Person).join(Person)
    found: JoinRequest | None = requests.where(
        JoinRequest.site == site, JoinRequest.public_id == public_id
    ).first()
    if found is None:
        raise NotFound(_l("Nobody at this site asked this. It may have been too long ago."))
    return found


def invite_at(site: Site, public_id: str) -> Invite:
    """Return an invite of this site; raise NotFound for another site's, or one that is gone."""
    found: Invite | None = Invite.get_or_none(Invite.site == site, Invite.public_id == public_id)
    if found is None:
        raise NotFound(_l("This site has no such invite."))
    return found


def invites(actor: Actor, site: Site) -> list[Shown]:
    """Return the site's invites that have neither expired nor been revoked, the newest first."""
    require(actor, "roster.invite", site)
    rows = Invite.select().where(
        Invite.site == site, Invite.revoked_at.is_null(), Invite.expires_at > clock.now()
    )
    return [shown(invite) for invite in rows.order_by(Invite.id.desc())]


def shown(invite: Invite) -> Shown:
    """Return an invite as its lead and its poster show it."""
    through = JoinRequest.select().where(
        JoinRequest.invite == invite, JoinRequest.state == JoinState.WAITING
    )
    return Shown(
        public_id=invite.public_id,
        code=codes.shown(invite.reveal("code")),
        group=invite.group,
        uses=invite.uses,
        most_uses=invite.most_uses,
        expires_at=invite.expires_at,
        waiting=through.count(),
    )
