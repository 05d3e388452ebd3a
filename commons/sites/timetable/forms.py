"""The forms of bell times and holidays; the rules are the services'."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wtforms import BooleanField, DateField, StringField, TimeField
from wtforms.validators import InputRequired, Optional

from commons.i18n import lazy_gettext as _l
from commons.sites import bells, naming
from commons.sites.models import BellEvent
from commons.sites.words import BELL_EVENTS
from commons.web.forms import Form

WEEKDAYS = range(1, 8)
LIKE_MONDAY = range(2, 6)


class MayBeEmpty(Optional):
    """Lets a field be empty where its page says so once, not beside each label."""

    def __init__(self) -> None:
        """Leave out the flag that puts “optional” beside the label."""
        super().__init__()
        self.field_flags = {}


class HolidayForm(Form):
    """Days without lessons."""

    name = StringField(_l("What is the holiday called?"), [InputRequired(naming.NEEDS_NAME)])
    first_day = DateField(_l("First day"), [InputRequired(_l("Enter the first day."))])
    last_day = DateField(_l("Last day"), [MayBeEmpty()])

    def wanted(self) -> dict[str, Any]:
        """Return what was answered; without a last day it is one day long."""
        first, last = self.first_day.data, self.last_day.data
        return {"name": self.name.data or "", "first_day": first, "last_day": last or first}


class BellsForm(Form):
    """When the bells ring on each day of the week."""

    like_monday = BooleanField(_l("Tuesday to Friday are like Monday"))

    def day(self, weekday: int) -> list[Any]:
        """Return the four fields of a day."""
        return [self[bells.field(weekday, event)] for event in bells.ORDER]

    def fill(self, week: bells.Week) -> None:
        """Show the bell times as they are."""
        for weekday, day in week.items():
            for event, at in day.items():
                self[bells.field(weekday, event)].data = at
        self.like_monday.data = all(week.get(day) == week.get(1) for day in LIKE_MONDAY)

    def wanted(self) -> dict[int, dict[BellEvent, dt.time]]:
        """Return the bells of every day, Monday's for the days that are like it."""
        typed = {day: self._typed(day) for day in WEEKDAYS}
        if self.like_monday.data:
            typed.update(dict.fromkeys(LIKE_MONDAY, typed[1]))
        return typed

    def _typed(self, weekday: int) -> dict[BellEvent, dt.time]:
        found = {event: self[bells.field(weekday, event)].data for event in bells.ORDER}
        return {event: at for event, at in found.items() if at is not None}

    def show_faults(self, faults: dict[str, object]) -> None:
        """Show each sentence beside its field; of days that are like Monday, beside Monday's."""
        if self.like_monday.data:
            hidden = {bells.field(day, event) for day in LIKE_MONDAY for event in bells.ORDER}
            faults = {name: sentence for name, sentence in faults.items() if name not in hidden}
        self.refuse(faults)


for _day in WEEKDAYS:
    for _event in bells.ORDER:
        _field = TimeField(BELL_EVENTS[_event], [MayBeEmpty()], format=["%H:%M", "%H:%M:%S"])
        setattr(BellsForm, bells.field(_day, _event), _field)
