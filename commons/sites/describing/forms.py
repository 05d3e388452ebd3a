"""The forms in which a site says something of itself; the rules are the services'."""

from __future__ import annotations

import re

from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, Optional

from commons import i18n
from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.sites import naming, points
from commons.sites.models import MeetingPoint, PointKind, Zone
from commons.sites.points import NO_PLACE, Wanted
from commons.sites.words import POINT_KINDS
from commons.web.forms import Form

NUMBER = r"[-+−]?\d{1,3}(?:\.\d{1,12})?"
PLACE = re.compile(rf"\s*\(?\s*({NUMBER})°?\s*[,;\s]\s*({NUMBER})°?\s*\)?\s*")


class CheckboxesField(SelectMultipleField):
    """Several choices, each with its box."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class PointForm(Form):
    """A meeting point, in the order in which one is asked for it."""

    name = StringField(_l("What do families call this place?"), [InputRequired(naming.NEEDS_NAME)])
    kind = RadioField(
        _l("What kind of place is it?"),
        [InputRequired(_l("Choose what kind of place it is."))],
        choices=[SelectChoice(kind.value, words) for kind, words in POINT_KINDS.items()],
    )
    place = StringField(_l("Where is it on the map?"), [InputRequired(NO_PLACE)])
    zone = RadioField(_l("In which zone is it?"), [Optional()])
    step = HiddenField()
    STEPS = ("name", "kind", "place", "zone")

    def offer(self, zones: list[Zone]) -> None:
        """Let one of these zones be chosen, or none."""
        choices = [SelectChoice(zone.public_id, zone.name) for zone in zones]
        self.zone.choices = [*choices, SelectChoice("", _l("In no zone"))]
        self.zone.data = self.zone.data or ""

    def validate_name(self, field: StringField) -> None:
        """Refuse a home or a person at once, before the next question."""
        try:
            naming.checked(field.data or "", points.LONGEST)
        except Invalid as refusal:
            raise ValidationError(str(refusal.sentence)) from None

    def validate_place(self, field: StringField) -> None:
        """Refuse what is no pair of numbers."""
        if not PLACE.fullmatch(field.data or ""):
            raise ValidationError(str(NO_PLACE))

    def fill(self, point: MeetingPoint) -> None:
        """Show a meeting point as it is."""
        self.name.data, self.kind.data = point.name, point.kind.value
        self.place.data = f"{point.latitude}, {point.longitude}"
        self.zone.data = point.zone.public_id if point.zone else ""

    def wanted(self, zones: list[Zone], source: str = "") -> Wanted:
        """Return what was answered."""
        found = PLACE.fullmatch(self.place.data or "")
        assert found is not None
        latitude, longitude = (float(part.replace("−", "-")) for part in found.groups())
        zone = next((zone for zone in zones if zone.public_id == self.zone.data), None)
        kind = PointKind(self.kind.data)
        return Wanted(self.name.data or "", kind, latitude, longitude, zone, source)


class SuggestionsForm(Form):
    """Which of the suggested places become meeting points."""

    # A place may be known though it is not suggested any more: the service decides.
    keys = CheckboxesField(_l("Which of these do you want?"), validate_choice=False)


class ZoneForm(Form):
    """The name of a zone."""

    name = StringField(
        _l("What do families call this part of the surroundings?"),
        [InputRequired(naming.NEEDS_NAME)],
    )


class LanguagesForm(Form):
    """Languages of a site, each by its own name."""

    languages = CheckboxesField(
        _l("In which languages are texts of this school wanted?"),
        choices=[
            SelectChoice(code, i18n.language(code).name)
            for code in i18n.TAGS
            if code != i18n.DEFAULT
        ],
    )


def point_form(zones: list[Zone], point: MeetingPoint | None = None) -> PointForm:
    """Return the form of a point, with the site's zones to choose from."""
    form = PointForm()
    if point is not None and not form.is_submitted():
        form.fill(point)
    form.offer(zones)
    return form
