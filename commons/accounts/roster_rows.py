"""What of the roster belongs on somebody's home page, and the names behind its references."""

from __future__ import annotations

from collections.abc import Sequence

from commons import clock
from commons.accounts.home import Row
from commons.accounts.models import Account
from commons.i18n import gettext as _
from commons.permissions import Actor, may
from commons.roster import gaps, naming
from commons.roster.exports import service as exports
from commons.roster.looks import service as looks
from commons.roster.reach import Reason
from commons.roster.words import SLOTS
from commons.sites.models import Site

PREFIX = "account:"
MONDAY = 0


def account_name(ref: str) -> str | None:
    """Return the name of an account by its reference; None for anybody else."""
    if not ref.startswith(PREFIX):
        return None
    account = Account.get_or_none(Account.public_id == ref.removeprefix(PREFIX))
    return str(account.reveal("name")) if account else None


naming.names.append(account_name)


def needing_me(actor: Actor, site: Site) -> Sequence[Row]:
    """Return rows for gaps that a STOP opened, files that wait for a yes, and looks at numbers."""
    return [
        *_stopped(actor, site),
        *_exports(actor, site),
        *_many_looks(actor, site),
        *_digest(actor, site),
    ]


def _stopped(actor: Actor, site: Site) -> list[Row]:
    if not may(actor, "roster.edit", site):
        return []
    url, now = f"/sites/{site.public_id}/roster/roles", clock.now()
    return [
        Row(
            _("A role has a gap. %(role)s: whoever filled it said STOP.", role=SLOTS[gap.kind]),
            _("Fill the role"),
            url,
            now,
            urgent=True,
        )
        for gap in gaps.of_site(site)
        if gap.reason == Reason.SAID_STOP
    ]


def _exports(actor: Actor, site: Site) -> list[Row]:
    if not may(actor, "roster.export", site):
        return []
    return [
        Row(
            _("%(name)s asks for the roster as a file.", name=naming.name_of(asked.asked_by)),
            _("Look at it"),
            f"/sites/{site.public_id}/roster/exports",
            asked.asked_at,
            urgent=True,
        )
        for asked in exports.waiting(site)
        if asked.asked_by != actor.ref
    ]


def _many_looks(actor: Actor, site: Site) -> list[Row]:
    if not may(actor, "roster.looks", site):
        return []
    return [
        Row(
            _(
                "%(name)s looked at %(count)s numbers within an hour.",
                name=naming.name_of(ref),
                count=looks.MANY,
            ),
            _("See the reasons"),
            f"/sites/{site.public_id}/roster/looks",
            at,
            urgent=True,
        )
        for ref, at in looks.many(site)
        if ref != actor.ref
    ]


def _digest(actor: Actor, site: Site) -> list[Row]:
    """Return the week's count on Mondays, where somebody else looked at a number."""
    now = clock.now()
    if clock.local(now, site.timezone).weekday() != MONDAY or not may(actor, "roster.looks", site):
        return []
    others = [one for one in looks.digest(actor, site) if one.actor != actor.ref]
    if not others:
        return []
    words = _("Numbers that others looked at in seven days: %(count)s.")
    return [
        Row(
            words % {"count": sum(one.count for one in others)},
            _("See who and why"),
            f"/sites/{site.public_id}/roster/looks",
            now,
        )
    ]
