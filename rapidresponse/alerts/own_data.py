"""What alerts hold about a person: what they answered, and where they could not be told."""

from __future__ import annotations

from typing import Any

from commons.accounts.own_data.gathering import Row, Section, of_person
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.roster.models import Person
from commons.sites.models import Site
from rapidresponse.alerts.audience import WHY_LEFT_OUT
from rapidresponse.alerts.models import (
    AckKind,
    Acknowledgement,
    Alert,
    AlertVersion,
    LeftOut,
    RoleWatch,
)

WHAT = {
    AckKind.RECEIVED: _l("Received"),
    AckKind.SAFE: _l("I am safe"),
    AckKind.NEED_HELP: _l("I need help"),
}
HOW = {
    "reply": _l("By an answer"),
    "quote": _l("By an answer"),
    "reaction": _l("By a reaction"),
    "link": _l("By a link"),
    "call": _l("By telephone"),
}


@of_person("acknowledgement")
def answers(person: Person) -> Section:
    """Read which alerts they answered."""
    found: Any = Acknowledgement.select(Acknowledgement, Alert, Site).join(Alert).join(Site)
    rows: list[Row] = [
        {
            _("School"): row.alert.site.name,
            _("Alert"): row.alert.code,
            _("Answered"): row.at,
            _("Answer"): str(WHAT[row.kind]),
            _("How"): str(HOW.get(row.via, row.via)),
        }
        for row in found.where(Acknowledgement.person == person).order_by(Acknowledgement.id)
    ]
    return Section("answers", _("Alerts that you answered"), rows)


@of_person("left_out")
def left_out(person: Person) -> Section:
    """Read which alerts could not be sent to them."""
    found: Any = LeftOut.select(LeftOut, AlertVersion, Alert, Site)
    found = found.join(AlertVersion).join(Alert).join(Site)
    rows: list[Row] = [
        {
            _("School"): row.version.alert.site.name,
            _("Alert"): row.version.alert.code,
            _("When"): row.version.sent_at,
            _("Reason"): str(WHY_LEFT_OUT.get(row.reason, row.reason)),
        }
        for row in found.where(LeftOut.person == person).order_by(LeftOut.id)
    ]
    return Section("left_out", _("Alerts that could not be sent to you"), rows)


@of_person("role_watch")
def asked(person: Person) -> Section:
    """Read for which alerts they were asked to answer in a role."""
    found: Any = RoleWatch.select(RoleWatch, Alert, Site).join(Alert).join(Site)
    rows: list[Row] = [
        {
            _("School"): row.alert.site.name,
            _("Alert"): row.alert.code,
            _("When"): row.asked_at,
        }
        for row in found.where(RoleWatch.person == person).order_by(RoleWatch.id)
    ]
    return Section("asked", _("Alerts that you were asked to answer in a role"), rows)


SOURCES = (answers, left_out, asked)
