"""The forms of the roster; the rules themselves are the service's."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
)
from wtforms.validators import InputRequired, Optional

from commons import i18n
from commons.i18n import lazy_gettext as _l
from commons.roster.models import Group
from commons.roster.words import GROUPS, SLOTS
from commons.web.forms import Form

GROUP_CHOICES = [SelectChoice(group.value, words) for group, words in GROUPS.items()]
NEEDS_FILE = _l("Choose the file with the roster.")


class PersonForm(Form):
    """Somebody who joins a site's roster."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter the name that they want."))])
    number = TelField(
        _l("Phone number in Signal"), [InputRequired(_l("Enter a number with its area code."))]
    )
    language = SelectField(
        _l("Language of their messages"),
        choices=[SelectChoice(code, i18n.language(code).name) for code in i18n.TAGS],
    )
    group = RadioField(
        _l("As whom do they belong to the school?"),
        [InputRequired(_l("Choose as whom they belong to the school."))],
        choices=GROUP_CHOICES,
    )
    agreed = BooleanField(_l("They have agreed to get this school's alerts"))
    source = StringField(_l("How do we know that they agreed?"), [Optional()])

    @property
    def chosen_group(self) -> Group:
        """Return the group that was chosen."""
        return Group(self.group.data)


class ConsentForm(Form):
    """A yes, and how we know of it."""

    source = StringField(
        _l("How do we know that they agreed?"),
        [InputRequired(_l("Say how we know that they agreed, like “paper form”."))],
    )


class RevealForm(Form):
    """Why a number is needed."""

    reason = StringField(
        _l("Why do you need the number?"),
        [InputRequired(_l("Say in a few words why you need the number."))],
    )


class SlotForm(Form):
    """A role at the site."""

    kind = SelectField(
        _l("Role at the site"),
        choices=[SelectChoice(kind.value, words) for kind, words in SLOTS.items()],
    )


class ImportForm(Form):
    """A file, and what was seen of it before."""

    file = FileField(_l("File with the roster (CSV)"), [FileRequired(NEEDS_FILE)])
    seen = HiddenField()  # the fingerprint of the file that the preview was about
