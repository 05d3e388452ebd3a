"""The forms of roles; the rules themselves are the service's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from commons.i18n import lazy_gettext as _l
from commons.roster.models import SlotKind
from commons.roster.roles.view import Choice
from commons.roster.slots import Term
from commons.roster.words import SLOTS
from commons.sites.models import Site
from commons.web.forms import Form

CHOOSE = _l("Choose somebody.")
DAY = _l("Write a day like 2026-08-31.")


class Day(DateField):
    """A day that says in plain words how it is written."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; leave it empty where nothing was written."""
        if not any(valuelist):
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(DAY) from None


class FillForm(Form):
    """Who fills which role, and from when to when."""

    kind = SelectField(_l("Role"))
    person = SelectField(_l("Person"), [InputRequired(CHOOSE)])
    backup = BooleanField(_l("As a backup, called after the others"))
    since = Day(_l("First day"), [Optional()])
    until = Day(_l("Last day"), [Optional()])

    def offer(self, kinds: Sequence[SlotKind], people: Sequence[Choice]) -> FillForm:
        """Fill the lists with the roles and the people of the place."""
        self.kind.choices = [SelectChoice(kind.value, SLOTS[kind]) for kind in kinds]
        self.person.choices = [SelectChoice("", CHOOSE)]
        self.person.choices += [SelectChoice(one.public_id, one.words) for one in people]
        return self

    def term(self, timezone: str) -> Term:
        """Return the days as instants: from the first day's midnight to the last one's."""
        zone = ZoneInfo(timezone)
        after = self.until.data + dt.timedelta(days=1) if self.until.data else None
        return Term(
            bool(self.backup.data), _midnight(self.since.data, zone), _midnight(after, zone)
        )


class SiteForm(Form):
    """Of which site the people are shown."""

    site = SelectField(_l("People of"))

    class Meta:
        csrf = False  # it is sent by GET and changes nothing

    def offer(self, sites: Sequence[Site]) -> SiteForm:
        """Fill the list with the district's sites."""
        self.site.choices = [SelectChoice(site.public_id, site.name) for site in sites]
        return self


def _midnight(day: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    if day is None:
        return None
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(dt.UTC)
