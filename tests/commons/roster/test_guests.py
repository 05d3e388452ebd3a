"""Guests: a person without a name, reached by a number or by an account id."""

from __future__ import annotations

import pytest
from peewee import IntegrityError

from commons.roster import guests
from commons.roster.models import ContactMethod, MethodState
from tests import builders

ACI = "99999999-9999-4999-8999-999999999999"


def test_a_guest_with_a_number_keeps_both(db: str) -> None:
    method = guests.make("+12135550142", ACI, "es")
    found = ContactMethod.get_by_id(method.id)
    assert (found.reveal("value"), found.reveal("recipient")) == ("+12135550142", ACI)
    assert found.state is MethodState.WORKING
    assert found.checked_at is not None
    assert (found.person.reveal("name"), found.person.language) == ("", "es")


def test_an_account_id_stands_for_a_hidden_number(db: str) -> None:
    assert guests.make(None, ACI, "en").reveal("value") == ACI


def test_a_number_alone_is_sent_to_as_a_number(db: str) -> None:
    method = guests.make("+12135550142", None, "en")
    assert (method.recipient, method.checked_at) == (None, None)


def test_an_address_belongs_to_one_person(db: str) -> None:
    guests.make(None, ACI, "en")
    with pytest.raises(IntegrityError):
        guests.make(None, ACI, "en")


def test_nobody_is_made_of_nothing(db: str) -> None:
    with pytest.raises(ValueError, match="a number or an account id"):
        guests.make(None, None, "en")


def test_who_is_on_a_roster_is_no_guest(db: str) -> None:
    assert guests.is_guest(guests.make(None, ACI, "en").person)
    assert not guests.is_guest(builders.a_person(builders.a_site()))
