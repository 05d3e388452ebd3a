"""What the roles are called on screens."""

from __future__ import annotations

from commons.i18n import lazy_gettext as _l
from commons.permissions import Role

WORDS = {
    Role.PARENT: _l("parent"),
    Role.VOLUNTEER: _l("volunteer"),
    Role.OBSERVER: _l("observer"),
    Role.FRONT_DESK: _l("front desk"),
    Role.SITE_LEAD: _l("site lead"),
    Role.COUNSELOR: _l("counselor"),
    Role.ADMINISTRATOR: _l("administrator"),
    Role.DISPATCHER: _l("dispatcher"),
    Role.DISTRICT_ADMINISTRATOR: _l("district administrator"),
    Role.COUNSEL: _l("counsel"),
    Role.OPERATOR: _l("operator"),
}


def role_words(role: Role) -> str:
    """Return what a role is called, in the language in force."""
    return str(WORDS.get(role, role.value))
