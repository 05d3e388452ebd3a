"""The forms of trust; the rules themselves are the service's."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import DateField, HiddenField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from commons.i18n import lazy_gettext as _l
from commons.roster.models import Person
from commons.web.forms import Form

CHOOSE_DAY = _l("Enter the day until which it holds.")


class VerifyForm(Form):
    """Until when a check or a training holds."""

    until = DateField(_l("It holds until"), [InputRequired(CHOOSE_DAY)])


class VouchForm(Form):
    """Who gives or takes back their word, and whether the consequences were read."""

    voucher = SelectField(_l("Which member said so to you?"), choices=[])
    act = RadioField(
        _l("What did they say?"),
        [InputRequired(_l("Choose what they said."))],
        choices=[
            SelectChoice("give", _l("They give their word for this person")),
            SelectChoice("take-back", _l("They take their word back")),
        ],
        default="give",
    )
    sure = HiddenField()

    def offer(self, people: Iterable[Person]) -> None:
        """Put in whom one may choose from."""
        self.voucher.choices = [
            SelectChoice(person.public_id, person.reveal("name")) for person in people
        ]
