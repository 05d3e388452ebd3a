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
    SlotKind.CHAPTER_CHAIR: _l("Union chapter chair"),
    SlotKind.SITE_COUNCIL_CHAIR: _l("School council chair"),
    SlotKind.AFTER_SCHOOL_LEAD: _l("After-school lead"),
    SlotKind.BUS_LEAD: _l("Bus and route lead"),
    SlotKind.DISTRICT_ADMINISTRATOR: _l("District administrator"),
    SlotKind.LEGAL_COUNSEL: _l("Legal counsel"),
    SlotKind.LEGAL_COUNSEL_AFTER_HOURS: _l("Legal counsel after hours"),
    SlotKind.SECURITY: _l("Security"),
    SlotKind.SECURITY_AFTER_HOURS: _l("Security after hours"),
    SlotKind.COMMUNICATIONS_BACKUP: _l("Backup for communications"),
    SlotKind.DISTRICT_WELLNESS_LEAD: _l("District wellness lead"),
    SlotKind.UNION_AREA_LEAD: _l("Union immigration area lead"),
    SlotKind.TRANSPORTATION_DISPATCHER: _l("Transportation dispatcher"),
    SlotKind.LEGAL_AID_PARTNER: _l("Legal-aid partner"),
    SlotKind.COMMUNITY_PARTNER: _l("Community partner"),
    SlotKind.ELECTED_OFFICIAL: _l("Contact of an elected official"),
    SlotKind.MEDIA_CONTACT: _l("Media contact"),
    SlotKind.COUNTY_COUNSEL: _l("General counsel of the county office"),
    SlotKind.COUNTY_IMMIGRATION_COORDINATOR: _l(
        "Immigration-relations coordinator of the county office"
    ),
}

CONSENTS = {
    ConsentState.INVITED: _l("Has not agreed yet"),
    ConsentState.GIVEN: _l("Agreed"),
    ConsentState.WITHDRAWN: _l("Said stop"),
}
