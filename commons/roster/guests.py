"""Guests: strangers who began a conversation by themselves, and are on no site's roster."""

from __future__ import annotations

from commons import clock, crypto
from commons.database import transaction
from commons.roster.models import ContactMethod, MethodKind, MethodState, Person, RosterEntry


def make(number: str | None, aci: str | None, language: str) -> ContactMethod:
    """Make a person without a name from a number in E.164 or a Signal account id, or both.

    Without a number the account id stands for it. Raises ValueError without either, and
    IntegrityError for an address that somebody has.
    """
    value = number or aci
    if value is None:
        raise ValueError("A guest has a number or an account id.")
    person_id, method_id, now = crypto.public_id(), crypto.public_id(), clock.now()
    with transaction():
        person = Person.create(
            public_id=person_id,
            language=language,
            created_at=now,
            **Person.sealed(person_id, name=""),
        )
        return ContactMethod.create(
            public_id=method_id,
            person=person,
            kind=MethodKind.SIGNAL,
            state=MethodState.WORKING,
            value_index=ContactMethod.value_index.of(value),
            recipient_index=ContactMethod.recipient_index.of(aci) if aci else None,
            checked_at=now if aci else None,
            **ContactMethod.sealed(method_id, value=value, recipient=aci),
        )


def is_guest(person: Person) -> bool:
    """Return whether a person is on no roster, and never was."""
    return not RosterEntry.select().where(RosterEntry.person == person).exists()
