"""The roles that had to answer an alert, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from commons.i18n import gettext as _
from commons.i18n import time_words
from commons.roster import words as roster_words
from commons.roster.models import SlotKind
from commons.sites.models import Site
from rapidresponse.alerts import watches
from rapidresponse.alerts.models import Alert, RoleWatch, WatchState

_TAGS = {
    WatchState.WAITING: "waiting",
    WatchState.ANSWERED: "acknowledged",
    WatchState.NOBODY_LEFT: "call",
    WatchState.ENDED: "closed",
}


@dataclass(frozen=True)
class Role:
    """A role with how it stands in words, and whether everybody in it can be asked now."""

    public_id: str
    name: str
    tag: str
    state: str
    then: str
    can_ask: bool


def roles(alert: Alert) -> list[Role]:
    """Return the roles that had to answer, in the order in which they were asked."""
    return [_role(watch, alert.site) for watch in watches.watched(alert)]


def _role(watch: RoleWatch, site: Site) -> Role:
    state, then = _words(watch, site)
    return Role(
        watch.public_id,
        str(roster_words.SLOTS[SlotKind(watch.role)]),
        _TAGS[watch.state],
        state,
        then,
        can_ask=watch.state in (WatchState.WAITING, WatchState.NOBODY_LEFT),
    )


def _words(watch: RoleWatch, site: Site) -> tuple[str, str]:
    if watch.state is WatchState.ANSWERED and watch.answered_at is not None:
        when = time_words(watch.answered_at, site.timezone)
        return _("Answered"), _("At %(time)s.", time=when)
    if watch.state is WatchState.NOBODY_LEFT:
        return _("Nobody has answered"), _("Everybody in this role was asked. Call them.")
    if watch.state is WatchState.ENDED:
        return _("Not answered"), _("The alert ended first.")
    when = time_words(watch.due_at, site.timezone)
    return _("Waiting"), _("At %(time)s the next in this role is asked.", time=when)
