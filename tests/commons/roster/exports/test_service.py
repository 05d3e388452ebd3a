"""A roster leaves as a file only when two people want it, and once (abuse case 50)."""

import datetime as dt

import pytest
import time_machine

from commons import clock
from commons.audit import AuditLink
from commons.errors import Conflict, Forbidden, NotFound, RateLimited
from commons.permissions import NotFresh
from commons.roster.exports import service
from commons.roster.exports.service import File
from commons.roster.models import ExportRequest
from tests.builders import Cast, a_person, actor


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the second that sealing takes; test_sealing and test_routes do it in earnest."""
    monkeypatch.setattr(service, "seal", lambda data, words: words.encode() + b"|" + data)


def allowed(cast: Cast) -> str:
    made = service.ask(actor(cast.rosa), cast.lincoln)
    service.allow(actor(cast.mara), cast.lincoln, made.public_id)
    return str(made.public_id)


def test_one_asks_another_allows_and_the_first_takes_it_once(cast: Cast) -> None:
    a_person(cast.lincoln, name="Ana Lee")
    rosa, key = actor(cast.rosa), allowed(cast)
    words = service.show_passphrase(rosa, cast.lincoln, key)
    file = service.take(rosa, cast.lincoln, key)
    assert isinstance(file, File)
    assert file.data.startswith(words.encode())
    assert b"Ana Lee" in file.data
    for again in (service.take, service.show_passphrase):
        with pytest.raises(Conflict):
            again(rosa, cast.lincoln, key)
    kinds = [link.kind for link in AuditLink.select().order_by(AuditLink.id)]
    assert kinds == ["export.asked", "export.allowed", "export.taken"]


def test_of_two_who_take_it_at_once_one_gets_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa, key = actor(cast.rosa), allowed(cast)
    calm = service.seal

    def meanwhile(data: bytes, words: str) -> bytes:
        monkeypatch.setattr(service, "seal", calm)
        service.take(rosa, cast.lincoln, key)
        return data

    monkeypatch.setattr(service, "seal", meanwhile)
    with pytest.raises(Conflict):
        service.take(rosa, cast.lincoln, key)
    assert AuditLink.select().where(AuditLink.kind == "export.taken").count() == 1


def test_what_fails_while_it_is_sealed_can_be_taken_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa, key = actor(cast.rosa), allowed(cast)
    with monkeypatch.context() as patch:
        patch.setattr(service, "seal", lambda data, words: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            service.take(rosa, cast.lincoln, key)
    assert service.take(rosa, cast.lincoln, key).name.endswith(".csv.age")


def test_nobody_allows_what_they_asked_for(cast: Cast) -> None:
    rosa = actor(cast.rosa)
    made = service.ask(rosa, cast.lincoln)
    with pytest.raises(Forbidden):
        service.allow(rosa, cast.lincoln, made.public_id)
    with pytest.raises(Conflict):
        service.take(rosa, cast.lincoln, made.public_id)


def test_nobody_takes_what_another_asked_for(cast: Cast) -> None:
    key = allowed(cast)
    for act in (service.take, service.show_passphrase):
        with pytest.raises(Forbidden):
            act(actor(cast.mara), cast.lincoln, key)
    assert ExportRequest.get().taken_at is None


def test_it_is_allowed_once(cast: Cast) -> None:
    key = allowed(cast)
    with pytest.raises(Conflict):
        service.allow(actor(cast.dana), cast.lincoln, key)


def test_it_must_be_allowed_within_a_day_and_taken_within_an_hour(cast: Cast) -> None:
    with time_machine.travel("2026-08-10T08:00:00+00:00", tick=False) as clocks:
        made = service.ask(actor(cast.rosa), cast.lincoln)
        clocks.shift(86400)
        with pytest.raises(Conflict):
            service.allow(actor(cast.mara), cast.lincoln, made.public_id)
        assert service.waiting(cast.lincoln) == []
        made = service.ask(actor(cast.rosa), cast.lincoln)
        service.allow(actor(cast.mara), cast.lincoln, made.public_id)
        clocks.shift(3600)
        with pytest.raises(Conflict):
            service.take(actor(cast.rosa), cast.lincoln, made.public_id)


def test_one_asks_once_a_day(cast: Cast) -> None:
    service.ask(actor(cast.rosa), cast.lincoln)
    with pytest.raises(RateLimited):
        service.ask(actor(cast.rosa), cast.lincoln)
    service.ask(actor(cast.mara), cast.lincoln)
    assert ExportRequest.select().count() == 2


def test_every_step_asks_again_who_it_is(cast: Cast) -> None:
    old = clock.now() - dt.timedelta(minutes=6)
    with pytest.raises(NotFresh):
        service.ask(actor(cast.rosa, old), cast.lincoln)
    made = service.ask(actor(cast.rosa), cast.lincoln)
    with pytest.raises(NotFresh):
        service.allow(actor(cast.mara, old), cast.lincoln, made.public_id)
    service.allow(actor(cast.mara), cast.lincoln, made.public_id)
    for act in (service.take, service.show_passphrase):
        with pytest.raises(NotFresh):
            act(actor(cast.rosa, old), cast.lincoln, made.public_id)


@pytest.mark.parametrize(
    ("who", "error"), [("carmen", Forbidden), ("dev", Forbidden), ("ines", NotFound)]
)
def test_others_neither_ask_nor_allow(cast: Cast, who: str, error: type) -> None:
    made, other = service.ask(actor(cast.rosa), cast.lincoln), actor(getattr(cast, who))
    with pytest.raises(error):
        service.ask(other, cast.lincoln)
    with pytest.raises(error):
        service.allow(other, cast.lincoln, made.public_id)


def test_what_was_asked_at_one_school_is_not_there_at_another(cast: Cast) -> None:
    made = service.ask(actor(cast.rosa), cast.lincoln)
    with pytest.raises(NotFound):
        service.allow(actor(cast.ines), cast.other_school, made.public_id)
