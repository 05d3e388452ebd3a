"""The form of a new invite; the rules themselves are the service's."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from commons.i18n import lazy_gettext as _l
from commons.roster.joining.service import GROUPS, MOST_HOURS, MOST_USES
from commons.roster.models import Group
from commons.roster.words import GROUPS as GROUP_WORDS
from commons.web.forms import Form

HOURS = {24: _l("One day"), 48: _l("Two days"), MOST_HOURS: _l("Three days")}
USES = (1, 5, 10, MOST_USES)


class InviteForm(Form):
    """For whom an invite is, how long it lives and how many may use it."""

    group = RadioField(
        _l("Who is it for?"),
        [InputRequired(_l("Choose families or volunteers."))],
        choices=[SelectChoice(group.value, GROUP_WORDS[group]) for group in GROUPS],
    )
    hours = SelectField(
        _l("How long can it be used?"),
        choices=[SelectChoice(str(hours), words) for hours, words in HOURS.items()],
        default=str(MOST_HOURS),
    )
    most_uses = SelectField(
        _l("For how many people?"),
        choices=[SelectChoice(str(uses), str(uses)) for uses in USES],
        default=str(MOST_USES),
    )

    @property
    def wanted(self) -> dict[str, int]:
        """Return the hours and uses that were chosen."""
        return {"hours": int(self.hours.data), "most_uses": int(self.most_uses.data)}

    @property
    def chosen_group(self) -> Group:
        """Return the group that was chosen."""
        return Group(self.group.data)
