"""The forms of signing in by Signal or paper, and of asking to join."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from commons import i18n
from commons.i18n import lazy_gettext as _l
from commons.roster.joining.service import LONGEST_NAME, TOO_LONG_A_NAME
from commons.web.forms import Form

SHARED = _l("Other people use this device too")


class StartForm(Form):
    """Whether the device is one's own."""

    shared = BooleanField(SHARED)


class JoinForm(Form):
    """What somebody who joins wants to be called, and their language."""

    name = StringField(
        _l("What should we call you?"),
        [
            InputRequired(_l("Enter a short name, like a first name.")),
            Length(max=LONGEST_NAME, message=TOO_LONG_A_NAME),
        ],
    )
    language = SelectField(
        _l("Language of your messages"),
        choices=[SelectChoice(code, i18n.language(code).name) for code in i18n.TAGS],
    )
    shared = BooleanField(SHARED)


class ReturnForm(Form):
    """The code on a sheet of paper."""

    code = StringField(
        _l("Code on your sheet"), [InputRequired(_l("Enter the code that is on your sheet."))]
    )
    shared = BooleanField(SHARED)


class ButtonForm(Form):
    """A button and nothing else."""
