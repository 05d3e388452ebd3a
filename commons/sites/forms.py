"""The forms of sites: search, and a decision about the posture."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SearchField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from commons.i18n import lazy_gettext as _l
from commons.sites.models import PostureValue
from commons.sites.words import POSTURES
from commons.web.forms import Form

REVIEWS = (
    SelectChoice("15", _l("in 15 minutes")),
    SelectChoice("30", _l("in 30 minutes")),
    SelectChoice("60", _l("in an hour")),
    SelectChoice("120", _l("in two hours")),
)


class SearchForm(Form):
    """What to look for among the sites."""

    q = SearchField(_l("Name, city or ZIP code"))

    class Meta:
        csrf = False  # it is sent by GET and changes nothing


class PostureForm(Form):
    """A decision about how the school runs."""

    value = RadioField(
        _l("How does the school run from now on?"),
        [InputRequired(_l("Choose how the school runs from now on."))],
        choices=[SelectChoice(value.value, words) for value, words in POSTURES.items()],
    )
    review = SelectField(_l("When do you look at it again?"), choices=REVIEWS, default="30")
    seen = HiddenField()

    @property
    def decided(self) -> PostureValue:
        """Return the posture that was chosen."""
        return PostureValue(self.value.data)
