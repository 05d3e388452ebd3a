"""The forms of signing in and of one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from commons.accounts.service import LONGEST_NAME
from commons.i18n import lazy_gettext as _l

_CODE = _l("Code from your authenticator app")


class AccountForm(FlaskForm):
    """A form whose errors are plain text in the language in force."""

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check every field; the components show only errors that are text already."""
        fine = bool(super().validate(*args, **kwargs))
        for field in self:
            field.errors = [str(error) for error in field.errors]
        return fine

    def refuse(self, faults: Mapping[str, object]) -> None:
        """Show a service's sentences beside the fields they are about."""
        for name, sentence in faults.items():
            self[name].errors = [str(sentence)]


class SignInForm(AccountForm):
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


class ProveAgainForm(AccountForm):
    """Password and, where there is a second factor, a code."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    code = StringField(_CODE)
    next = HiddenField()


class LinkForm(AccountForm):
    """The button of a one-time link."""


class PreferencesForm(AccountForm):
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


class PasswordForm(AccountForm):
    """A new password, twice."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password."))])
    again = PasswordField(
        _l("The same password again"),
        [EqualTo("password", _l("The two passwords differ. Enter the same one twice."))],
    )


class SecondFactorForm(AccountForm):
    """The first code of a new secret, which waits sealed in the form."""

    pending = HiddenField()
    code = StringField(
        _CODE, [InputRequired(_l("Enter the six digits that your authenticator app shows."))]
    )
