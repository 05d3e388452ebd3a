"""The form that looks for a number."""

from __future__ import annotations

from wtforms import TelField
from wtforms.validators import InputRequired

from commons.i18n import lazy_gettext as _l
from commons.web.forms import Form


class LookUpForm(Form):
    """Exactly one number."""

    number = TelField(_l("Phone number"), [InputRequired(_l("Enter a number with its area code."))])
