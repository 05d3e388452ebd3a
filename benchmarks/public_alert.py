"""An alert whose families have been told, and the address of its public page."""

from __future__ import annotations

from commons import clock, crypto
from commons.permissions import Actor, Grant, Role
from commons.sites.models import Site
from rapidresponse.alerts import approvals, service
from rapidresponse.alerts.composer import Intent
from rapidresponse.alerts.models import Alert
from rapidresponse.alerts.public_page.service import PATH, token_of

AUDIENCES = ("A1", "A2", "A9")


def tell_families(site: Site, people: int) -> Alert:
    """Send an alert of a site to everybody, so many people, with a second person's yes."""
    now = clock.now()
    lead = Actor("account:bench-lead", frozenset({Grant(Role.SITE_LEAD, site.id, None)}), 1, now)
    second = Actor("account:bench-second", frozenset({Grant(Role.DISPATCHER, None, None)}), 2, now)
    alert = service.send(
        lead,
        site,
        Intent("T1", words={"place": "main_entrance"}, audiences=AUDIENCES, seen=True),
        key=crypto.public_id(),
        at=now,
        demonstration=True,
        count=people,
    )
    approval = approvals.waiting(alert)
    assert approval is not None
    approvals.approve(second, alert, shown=approval.body_hash)
    return alert


def page_of(alert: Alert) -> str:
    """Return the path of an alert's public page."""
    return f"{PATH}{token_of(alert.idempotency_key)}"
