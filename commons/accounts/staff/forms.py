"""The forms of inviting staff and of what is done with their accounts."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from commons import i18n
from commons.accounts.invitations import roles_for
from commons.accounts.roles import WORDS
from commons.i18n import lazy_gettext as _l
from commons.permissions import Role
from commons.sites.models import District, Site
from commons.web.forms import Form


class InviteForm(Form):
    """Whom to invite, and to which role."""

    sign_in_name = StringField(
        _l("Work e-mail"), [InputRequired(_l("Enter the work e-mail that they sign in with."))]
    )
    name = StringField(_l("Name"), [InputRequired(_l("Enter the name that others see."))])
    role = RadioField(_l("Role"), [InputRequired(_l("Choose a role."))])
    language = SelectField(
        _l("Language of their pages"),
        choices=[SelectChoice(code, i18n.language(code).name) for code in i18n.TAGS],
    )
    person = HiddenField()

    def offer(self, site: Site | None, districts: list[District]) -> InviteForm:
        """Offer the roles of a site, or of the districts, and return the form."""
        self.role.choices = [
            SelectChoice(_value(role, district), _words(role, district))
            for role in roles_for(site)
            for district in ([None] if site is not None else districts)
        ]
        return self

    @property
    def chosen_role(self) -> Role:
        """Return the role that was chosen."""
        return Role((self.role.data or "").partition(":")[0])

    @property
    def chosen_district(self) -> str:
        """Return the public id of the district that was chosen with the role, or nothing."""
        return (self.role.data or "").partition(":")[2]


def _value(role: Role, district: District | None) -> str:
    return f"{role.value}:{district.public_id}" if district else role.value


def _words(role: Role, district: District | None) -> str:
    return f"{WORDS[role]}, {district.name}" if district else str(WORDS[role])


class ActForm(Form):
    """A button, and where to go back to; a role's place where a role ends."""

    back = HiddenField()
    role = HiddenField(validators=[Optional()])
    site = HiddenField(validators=[Optional()])
    district = HiddenField(validators=[Optional()])
