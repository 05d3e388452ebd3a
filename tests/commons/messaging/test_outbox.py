"""Queueing, taking back and counting."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

import pytest
from peewee import IntegrityError

from commons import clock
from commons.database import transaction
from commons.messaging import doorbell, outbox
from commons.messaging.models import Message, MessageState, MessageText
from commons.messaging.outbox import Recipient
from commons.roster.models import ContactMethod, MethodState
from tests import builders
from tests.commons.messaging.conftest import method


def recipient(person, **given) -> Recipient:
    values = {"audience": "staff", "language": person.language, "priority": 10, **given}
    return Recipient(person.id, method(person).id, **values)


def test_a_text_is_kept_once_for_all_its_recipients(db: str) -> None:
    site = builders.a_site()
    people = [builders.a_person(site, language=code) for code in ("en", "en", "es")]
    texts = {("staff", "en"): "Closed.", ("staff", "es"): "Cerrado."}
    topic = outbox.enqueue("a:1", site.id, texts, [recipient(p) for p in people])
    assert MessageText.select().count() == 2
    told = {row.person_id: row.text.reveal("body") for row in topic.messages}
    assert [told[p.id] for p in people] == ["Closed.", "Closed.", "Cerrado."]


def test_somebody_who_is_listed_twice_gets_one_message(db: str) -> None:
    site = builders.a_site()
    person = builders.a_person(site)
    topic = outbox.enqueue("a:1", site.id, {("staff", "en"): "x"}, [recipient(person)] * 2)
    assert outbox.tally([topic.id])[MessageState.QUEUED] == 1


def test_equally_urgent_messages_wait_in_the_order_given_whatever_their_language(db: str) -> None:
    site = builders.a_site()
    people = [builders.a_person(site, language=code) for code in ("es", "en", "es", "en")]
    texts = {("staff", "en"): "Closed.", ("staff", "es"): "Cerrado."}
    given = [recipient(person, held=n == 1) for n, person in enumerate(people)]
    topic = outbox.enqueue("a:1", site.id, texts, given)
    queued = topic.messages.where(Message.state == MessageState.QUEUED).order_by(Message.id)
    assert [row.person_id for row in queued] == [people[n].id for n in (0, 2, 3)]


def test_a_subject_is_queued_once(db: str) -> None:
    outbox.enqueue("a:1", None, {}, [])
    with pytest.raises(IntegrityError):
        outbox.enqueue("a:1", None, {}, [])


def test_a_recipient_without_a_text_is_an_error_and_nothing_is_queued(db: str) -> None:
    person = builders.a_person(builders.a_site())
    with pytest.raises(KeyError):
        outbox.enqueue("a:1", None, {("staff", "es"): "x"}, [recipient(person)])
    assert Message.select().count() == 0


def test_the_tally_names_every_state(db: str) -> None:
    site = builders.a_site()
    people = [builders.a_person(site) for _ in range(3)]
    recipients = [recipient(p, held=number == 0) for number, p in enumerate(people)]
    topic = outbox.enqueue("a:1", site.id, {("staff", "en"): "x"}, recipients)
    found = outbox.tally([topic.id])
    assert (found[MessageState.HELD], found[MessageState.QUEUED]) == (1, 2)
    assert set(found) == set(MessageState)
    assert not any(outbox.tally([]).values())


def test_taking_back_touches_only_the_states_asked_for(db: str) -> None:
    site = builders.a_site()
    people = [builders.a_person(site) for _ in range(2)]
    recipients = [recipient(p, held=number == 0) for number, p in enumerate(people)]
    topic = outbox.enqueue("a:1", site.id, {("staff", "en"): "x"}, recipients)
    assert outbox.cancel(topic.id, "declined", (MessageState.HELD,)) == 1
    assert outbox.tally([topic.id])[MessageState.QUEUED] == 1


def test_an_answer_goes_ahead_of_everything(db: str) -> None:
    person = builders.a_person(builders.a_site())
    outbox.say(person, "Thank you.", "answer")
    row = Message.get()
    assert (row.priority, row.topic.site_id) == (outbox.ANSWER_PRIORITY, None)
    assert row.not_after - clock.now() > dt.timedelta(hours=11)


def test_nobody_is_answered_where_signal_knows_nobody(db: str) -> None:
    person = builders.a_person(builders.a_site())
    ContactMethod.update(state=MethodState.REFUSED).execute()
    outbox.say(person, "Thank you.", "answer")
    assert Message.select().count() == 0


def test_erased_texts_leave_the_rows(db: str) -> None:
    person = builders.a_person(builders.a_site())
    topic = outbox.enqueue("a:1", None, {("staff", "en"): "x"}, [recipient(person)])
    assert outbox.erase_texts(topic.id) == 1
    assert outbox.erase_texts(topic.id) == 0
    assert MessageText.get().body is None


@pytest.fixture
def bell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doorbell, "_address", None)
    path = tmp_path / ("long" * 40) / "relay.sock"
    path.parent.mkdir()
    found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    doorbell.use(path)
    with found:
        found.bind(doorbell.address(path))
        found.setblocking(False)
        yield found
    Path(doorbell.address(path)).unlink()


def test_the_relay_is_woken_after_the_commit_and_not_before(db: str, bell) -> None:
    with transaction():
        outbox.enqueue("a:1", None, {}, [])
        with pytest.raises(BlockingIOError):
            bell.recv(1)
    assert bell.recv(1) == b"!"


def test_ringing_where_nobody_listens_is_no_error(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(doorbell, "_address", None)
    doorbell.ring()
    doorbell.use(tmp_path / "nobody.sock")
    doorbell.ring()


def test_a_listener_hears_the_bell_and_takes_over_from_a_dead_one(
    db: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(doorbell, "_address", None)
    doorbell.use(tmp_path / "bell")
    (tmp_path / "bell").touch()
    listener = doorbell.Listener(tmp_path / "bell")
    assert not listener.wait(0)
    doorbell.ring()
    assert listener.wait(1)
    assert not listener.wait(0)
    listener.close()


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)
def test_on_postgresql_the_bell_is_heard_from_another_machine(
    db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "_address", None)
    listener = doorbell.Listener(tmp_path / "bell")
    try:
        rang = False
        for _ in range(20):
            with transaction():
                doorbell.ring_at_commit()
            rang = rang or listener.wait(0.2)
        assert rang
    finally:
        listener.close()
