"""Whoever asks to be erased is gone: at once, or as soon as the last word has reached them."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from commons import clock, database
from commons.accounts.models import Account, AccountState, Membership
from commons.accounts.own_data import erasing
from commons.accounts.own_data.erasing import Held, LastLead, erase, erase_own, erased, finish
from commons.audit import AuditContent, chains, faults
from commons.database import all_models, connection, transaction
from commons.errors import Conflict, Forbidden
from commons.messaging.models import Message, MessageState, MessageText, Topic
from commons.permissions import CONSOLE, RELAY, NotFresh, Role
from commons.retention import lift_hold, place_hold
from commons.roster import service as roster
from commons.roster.models import ContactMethod, Erasure, Person
from commons.sites.models import Site, SiteState
from tests import builders
from tests.builders import Cast, actor
from tests.commons.accounts.own_data.life import Life
from tests.conftest import settings_for

SOON, LATE = dt.timedelta(seconds=10), dt.timedelta(minutes=5)


def rows_about(life: Life) -> dict[str, int]:
    """How many rows of each table refer to a person or their account."""
    found = {}
    for model in all_models():
        for field in model._meta.refs:
            owner = {Person: life.person, Account: life.account}.get(field.rel_model)
            number = model.select().where(field == owner).count() if owner else 0
            if number:
                found[model._meta.table_name] = number
    return found


def last_word(life: Life) -> Message:
    return Message.get(Message.person == life.person, Message.state == MessageState.QUEUED)


def deliver(life: Life) -> None:
    Message.update(state=MessageState.SENT).where(Message.id == last_word(life).id).execute()


def test_at_once_only_the_way_to_tell_them_is_left(zenobia: Life) -> None:
    assert len(rows_about(zenobia)) > 14
    receipt = erase(RELAY, zenobia.person)
    assert rows_about(zenobia) == {"contact_method": 1, "message": 2}
    person = Person.get_by_id(zenobia.person.id)
    assert (person.reveal("name"), person.leaving_at is not None) == ("", True)
    message = last_word(zenobia)
    assert message.topic.site is None
    assert receipt in message.text.reveal("body")
    assert Account.get_or_none(Account.id == zenobia.account.id) is None


def test_the_last_word_carries_no_name_and_no_number(zenobia: Life) -> None:
    erase(RELAY, zenobia.person)
    said = last_word(zenobia).text.reveal("body")
    assert [canary for canary in zenobia.canaries if canary in said] == []


def test_what_waited_to_be_sent_is_taken_back_and_forgotten(zenobia: Life) -> None:
    before = Message.get(Message.person == zenobia.person)
    erase(RELAY, zenobia.person)
    after = Message.get_by_id(before.id)
    assert (after.state, after.reason) == (MessageState.CANCELLED, "erased")
    assert after.text.body is None


def test_the_person_goes_once_the_last_word_has_been_handed_over(zenobia: Life) -> None:
    erase(RELAY, zenobia.person)
    assert finish(clock.now() + SOON) == 0
    deliver(zenobia)
    assert finish(clock.now() + SOON) == 1
    assert rows_about(zenobia) == {}
    assert Person.get_or_none(Person.id == zenobia.person.id) is None
    assert {text.body for text in MessageText.select().join(Topic).where(Topic.site.is_null())} == {
        None
    }


def test_a_last_word_that_cannot_go_keeps_nobody_longer_than_five_minutes(zenobia: Life) -> None:
    erase(RELAY, zenobia.person)
    assert finish(clock.now() + LATE - dt.timedelta(seconds=5)) == 0
    assert finish(clock.now() + LATE) == 1
    assert ContactMethod.select().where(ContactMethod.person == zenobia.person).count() == 0


def test_a_message_in_the_hands_of_the_relay_can_still_be_written_back(zenobia: Life) -> None:
    erase(RELAY, zenobia.person)
    message = last_word(zenobia)
    Message.update(state=MessageState.SENDING).where(Message.id == message.id).execute()
    finish(clock.now() + LATE)
    row = Message.get_by_id(message.id)
    assert (row.person_id, row.method_id, row.timestamp) == (None, None, None)


def test_whoever_has_no_signal_is_gone_at_once(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln, number=None)
    erase(RELAY, person)
    assert Person.get_or_none(Person.id == person.id) is None


def test_nobody_else_is_touched(zenobia: Life, olga: Life) -> None:
    before = rows_about(olga)
    erase(RELAY, zenobia.person)
    deliver(zenobia)
    finish(clock.now())
    assert rows_about(olga) == before
    assert Person.get_by_id(olga.person.id).reveal("name") == "Olga Otherwise"


def test_what_stays_names_nobody(zenobia: Life) -> None:
    receipt = erase(RELAY, zenobia.person)
    row = Erasure.get()
    assert row.receipt == receipt
    assert len(receipt) == 9
    subjects = [content.subject for content in AuditContent.select()]
    assert f"person:{zenobia.person.public_id}" not in subjects
    assert f"erasure:{receipt}" in subjects
    assert [fault for chain in chains() for fault in faults(chain)] == []


def test_asking_twice_erases_once(zenobia: Life) -> None:
    erase(RELAY, zenobia.person)
    with pytest.raises(Conflict):
        erase(RELAY, zenobia.person)
    assert Erasure.select().count() == 1


def test_an_account_without_a_person_is_erased_once(cast: Cast) -> None:
    amina = actor(cast.amina)
    erase_own(amina, cast.amina)
    assert Account.get_or_none(Account.id == cast.amina.id) is None
    with pytest.raises(Conflict):
        erase_own(amina, cast.amina)


def test_erasing_oneself_needs_a_fresh_proof_and_ones_own_account(cast: Cast) -> None:
    stale = actor(cast.amina, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(NotFresh):
        erase_own(stale, cast.amina)
    with pytest.raises(Forbidden):
        erase_own(actor(cast.amina), cast.luis)
    assert Account.select().count() == 10


def test_whoever_has_no_role_any_more_may_still_erase_themselves(cast: Cast) -> None:
    erase_own(actor(cast.stranger), cast.stranger)
    assert Account.select().count() == 9


@pytest.mark.parametrize("subject", ["everything", "site", "person", "account"])
def test_a_legal_hold_refuses_and_changes_nothing(cast: Cast, zenobia: Life, subject: str) -> None:
    ids = {
        "site": cast.lincoln.public_id,
        "person": zenobia.person.public_id,
        "account": zenobia.account.public_id,
    }
    hold = place_hold(CONSOLE, f"{subject}:{ids[subject]}" if subject in ids else subject, "court")
    before = rows_about(zenobia)
    with pytest.raises(Held, match="legal hold"):
        erase(RELAY, zenobia.person)
    assert rows_about(zenobia) == before
    lift_hold(CONSOLE, hold)
    assert erase(RELAY, zenobia.person)


def test_a_hold_of_another_school_keeps_nobody(cast: Cast, zenobia: Life) -> None:
    place_hold(CONSOLE, f"site:{cast.other_school.public_id}", "court")
    assert erase(RELAY, zenobia.person)


def test_the_only_lead_of_an_open_school_is_told_what_to_do_first(cast: Cast) -> None:
    with pytest.raises(LastLead, match="Ask the district"):
        erase_own(actor(cast.ines), cast.ines)
    builders.an_account(Role.ADMINISTRATOR, cast.other_school)
    assert erase_own(actor(cast.ines), cast.ines)


def test_a_suspended_lead_or_one_who_left_is_no_other_lead(cast: Cast) -> None:
    Account.update(state=AccountState.SUSPENDED).where(Account.id == cast.mara.id).execute()
    with pytest.raises(LastLead):
        erase_own(actor(cast.rosa), cast.rosa)
    Account.update(state=AccountState.ACTIVE).execute()
    Membership.update(until=clock.now()).where(Membership.account == cast.mara).execute()
    with pytest.raises(LastLead):
        erase_own(actor(cast.rosa), cast.rosa)


def test_a_school_that_is_not_open_keeps_nobody(cast: Cast) -> None:
    Site.update(state=SiteState.LISTED).where(Site.id == cast.other_school.id).execute()
    assert erase_own(actor(cast.ines), cast.ines)


def test_whoever_a_lead_forgets_loses_the_account_too(cast: Cast, zenobia: Life) -> None:
    roster.forget_person(actor(cast.rosa), zenobia.person)
    assert rows_about(zenobia) == {}
    assert Person.get_or_none(Person.id == zenobia.person.id) is None
    assert Account.get_or_none(Account.id == zenobia.account.id) is None
    assert Erasure.select().count() == 1


def test_a_restored_database_erases_them_again(zenobia: Life, olga: Life) -> None:
    listed = [Erasure.subject_index.of(zenobia.person.public_id).data.hex()]
    assert erasing.replay(listed) == 1
    assert rows_about(zenobia) == {}
    assert rows_about(olga)
    assert erased() == listed
    assert erasing.replay(listed) == 0


def test_a_copy_from_before_is_cleared_by_the_list(tmp_path: Path) -> None:
    url = f"sqlcipher:///{tmp_path / 'live.db'}"
    database.open_database(settings_for(tmp_path, url))
    from commons import migration

    migration.migrate(tmp_path)
    with connection(), transaction():
        cast = Cast.make()
        person = builders.a_person(cast.lincoln)
        Account.update(person=person).where(Account.id == cast.amina.id).execute()
    with connection():
        database.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(tmp_path / "live.db", tmp_path / "restored.db")
    with connection():
        erase(RELAY, person)
        erase_own(actor(cast.luis), cast.luis)
        listed = erased()
    database.database.obj.close_all()
    database.open_database(settings_for(tmp_path, f"sqlcipher:///{tmp_path / 'restored.db'}"))
    with connection():
        assert Person.select().count() == 1
        assert erasing.replay(listed) == 2
        assert Person.select().count() == 0
        left = {account.id for account in Account.select()}
    assert {cast.amina.id, cast.luis.id}.isdisjoint(left)
    assert len(left) == 8
    database.database.obj.close_all()


def test_the_console_writes_the_list_and_reads_it(app: object, zenobia: Life, olga: Life) -> None:
    erase(RELAY, zenobia.person)
    runner = app.test_cli_runner()  # type: ignore[attr-defined]
    listed = runner.invoke(args=["retention", "erasures"]).output
    assert listed.split() == erased()
    answer = runner.invoke(args=["retention", "replay-erasures", "-"], input=listed)
    assert "1 erased again." in answer.output
    assert Person.get_or_none(Person.id == zenobia.person.id) is None
    assert Person.get_or_none(Person.id == olga.person.id) is not None
