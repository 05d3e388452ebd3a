"""The fields make misuse impossible."""

import datetime as dt

import pytest
from peewee import IntegrityError

from commons import clock, crypto
from commons.fields import Sealed
from commons.roster.models import ContactMethod, Person
from commons.sites.models import Posture
from tests import builders


def test_a_sealed_field_refuses_plain_text(db: str) -> None:
    with pytest.raises(TypeError, match="takes only text sealed for it"):
        Person.create(name="Ana", created_at=clock.now())


def test_a_sealed_field_refuses_text_sealed_for_another_column(db: str) -> None:
    public_id = crypto.public_id()
    other = ContactMethod.value.seal(public_id, "Ana")
    with pytest.raises(TypeError, match="takes only text sealed for it"):
        Person.create(public_id=public_id, name=other, created_at=clock.now())


@pytest.mark.parametrize("compare", ["__eq__", "__lt__", "contains", "startswith", "in_"])
def test_a_sealed_field_refuses_to_be_compared(compare: str) -> None:
    with pytest.raises(TypeError, match="compare its blind index"):
        getattr(Person.name, compare)("Ana")


def test_a_blind_index_refuses_plain_text(db: str) -> None:
    with pytest.raises(TypeError, match="takes only a blind index"):
        ContactMethod.get_or_none(ContactMethod.value_index == "+12135550100")


def test_a_person_is_found_by_their_number_and_read_by_asking(db: str) -> None:
    person = builders.a_person(builders.a_site(), name="Ana", number="+12135550142")
    index = ContactMethod.value_index.of("+12135550142")
    found = ContactMethod.get(ContactMethod.value_index == index)
    assert found.person == person
    assert found.person.reveal("name") == "Ana"
    assert str(found.person.name) == "[sealed]"


def test_a_sealed_value_shows_nothing_when_printed() -> None:
    sealed = Person.name.seal("x", "Ana")
    assert isinstance(sealed, Sealed)
    assert "Ana" not in f"{sealed} {sealed!r}"


def test_times_keep_their_instant_and_refuse_to_have_no_zone(db: str) -> None:
    moment = dt.datetime(2026, 11, 24, 14, 42, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=-8)))
    site = builders.a_site()
    made = Posture.create(site=site, value="hold", since=moment, set_by="test")
    assert Posture.get_by_id(made.id).since == moment
    with pytest.raises(TypeError, match="with its zone"):
        Posture.create(site=site, value="hold", since=dt.datetime(2026, 1, 1), set_by="x")  # noqa: DTZ001


def test_the_database_itself_refuses_a_word_that_is_not_a_choice(db: str) -> None:
    from commons.database import database, transaction

    site = builders.a_site()
    with pytest.raises(IntegrityError), transaction():
        database.execute_sql(f"UPDATE site SET state = 'haunted' WHERE id = {site.id}")
