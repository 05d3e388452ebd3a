"""What a person reads for the words of the roster: groups, slots, consent, reasons."""

from __future__ import annotations

from commons.i18n import lazy_gettext as _l
from commons.roster.models import ConsentState, Group, SlotKind

GROUPS = {
    Group.STAFF: _l("Staff"),
    Group.FAMILY: _l("Families"),
    Group.VOLUNTEER: _l("Volunteers"),
    Group.OBSERVER: _l("Observers"),
    Group.PARTNER: _l("Partners"),
}

SLOTS = {
    SlotKind.SITE_LEAD: _l("Site lead"),
    SlotKind.BACKUP_LEAD: _l("Backup lead"),
    SlotKind.SCHOOL_ADMINISTRATOR: _l("School administrator"),
    SlotKind.SECONDARY_RESPONDER: _l("Secondary responder"),
    SlotKind.CHECK_IN_EMPLOYEE: _l("Check-in employee"),
    SlotKind.COUNSELOR: _l("Counselor"),
    SlotKind.RESOURCE_ADVOCATE: _l("Resource advocate"),
    SlotKind.WELLNESS_LEAD: _l("Wellness lead"),
    SlotKind.COMMUNICATIONS_LEAD: _l("Communications lead"),
    SlotKind.CUSTODIAN_OF_RECORDS: _l("Custodian of records"),
    SlotKind.NETWORK_LIAISON: _l("Network liaison"),
    SlotKind.INTERPRETER: _l("Interpreter"),
}

CONSENTS = {
    ConsentState.INVITED: _l("Has not agreed yet"),
    ConsentState.GIVEN: _l("Agreed"),
    ConsentState.WITHDRAWN: _l("Said stop"),
}
