"""The forms of signing in and of one's own account."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from commons.accounts.service import LONGEST_NAME
from commons.i18n import lazy_gettext as _l
from commons.web.forms import Form

_CODE = _l("Code from your authenticator app")


class SignInForm(Form):
    """What one signs in with."""

    sign_in_name = StringField(
        _l("Sign-in name"),
        [InputRequired(_l("Enter your sign-in name, as a rule your work e-mail."))],
    )
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    code = StringField(
        _CODE, [InputRequired(_l("Enter the six digits that your authenticator app shows."))]
    )
    next = HiddenField()


class ProveAgainForm(Form):
    """Password and, where there is a second factor, a code."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    code = StringField(_CODE)
    next = HiddenField()


class LinkForm(Form):
    """The button of a one-time link."""


class PreferencesForm(Form):
    """How one is called, and how pages look."""

    name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Enter the name that others see.")),
            Length(
                max=LONGEST_NAME,
                message=_l("Enter a name of up to %(most)s letters.", most=LONGEST_NAME),
            ),
        ],
    )
    language = SelectField(_l("Language of your pages"))
    theme = RadioField(
        _l("Colors"),
        choices=[
            SelectChoice("", _l("As on this device")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )


class PasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password."))])
    again = PasswordField(
        _l("The same password again"),
        [EqualTo("password", _l("The two passwords differ. Enter the same one twice."))],
    )


class SecondFactorForm(Form):
    """The first code of a new secret, which waits sealed in the form."""

    pending = HiddenField()
    code = StringField(
        _CODE, [InputRequired(_l("Enter the six digits that your authenticator app shows."))]
    )


class SecondWordForm(Form):
    """The word that freezes the account."""

    word = PasswordField(_l("Second word"), [InputRequired(_l("Enter a second word."))])
    again = PasswordField(
        _l("The same word again"),
        [EqualTo("word", _l("The two words differ. Enter the same one twice."))],
    )
