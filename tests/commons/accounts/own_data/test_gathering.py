"""Everything that is held about a person is shown to them, and nothing of anybody else."""

from __future__ import annotations

import json

import pytest

from commons import clock
from commons.accounts.models import Account
from commons.accounts.own_data import gathering
from commons.accounts.own_data.gathering import LEFT_ASIDE, document, gather, sources
from commons.database import all_models
from commons.permissions import Role
from commons.retention import inventory
from commons.roster.models import Person
from rapidresponse.alerts.models import AckKind, Acknowledgement, LeftOut
from tests import builders
from tests.builders import Cast
from tests.commons.accounts.own_data.life import Life
from tests.rapidresponse.alerts.school import first, send


def file_of(life: Life) -> str:
    return json.dumps(document(gather(life.person, life.account)), ensure_ascii=False)


def personal_tables() -> set[str]:
    """Every table that refers to a person or account, or holds personal columns."""
    found = {m._meta.table_name for m in (*_referring(Person), *_referring(Account))}
    for name, table in inventory()["tables"].items():
        if any(kind >= 2 for kind in table["columns"].values()):
            found.add(name)
    return found


def _referring(target: type) -> list[type]:
    return [m for m in all_models() for f in m._meta.refs if f.rel_model is target]


def test_every_table_about_people_is_shown_or_has_a_reason_not_to_be() -> None:
    covered = {table for source in sources() for table in source.tables}
    assert personal_tables() - covered == set(LEFT_ASIDE)
    assert not covered & set(LEFT_ASIDE)


def test_a_table_that_nobody_thought_of_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_from_above", ())
    covered = {table for source in sources() for table in source.tables}
    assert personal_tables() - covered - set(LEFT_ASIDE) == {
        "acknowledgement",
        "left_out",
        "role_watch",
    }


def test_whatever_a_table_holds_comes_to_its_owner(cast: Cast, zenobia: Life) -> None:
    alert = send(cast.lincoln, cast.rosa)
    version = first(alert)
    Acknowledgement.create(
        alert=alert, version=version, person=zenobia.person, kind=AckKind.RECEIVED,
        via="reply", at=clock.now(),
    )  # fmt: skip
    LeftOut.delete().execute()
    LeftOut.create(version=version, person=zenobia.person, reason="no_method")
    found = {section.key for section in gather(zenobia.person, zenobia.account)}
    assert found == {
        "person", "methods", "roster", "consents", "roles", "joining", "trust", "vouches",
        "looks", "messages", "replies", "conversation", "sign_in_requests", "account",
        "memberships", "sessions", "devices", "links", "return_codes", "proposals", "exports",
        "answers", "left_out",
    }  # fmt: skip


def test_ones_own_number_and_words_are_shown_in_full(zenobia: Life) -> None:
    whole = file_of(zenobia)
    for canary in ("Zenobia Quetzal", "+1 818-555-0177", "the heron flies at nine"):
        assert canary in whole


def test_the_file_of_one_family_holds_nothing_of_another(zenobia: Life, olga: Life) -> None:
    for mine, other in ((zenobia, olga), (olga, zenobia)):
        whole = file_of(mine)
        assert [canary for canary in other.canaries if canary in whole] == []


def test_who_looked_at_a_number_is_said_by_role_with_the_reason(zenobia: Life) -> None:
    sections = gather(zenobia.person, zenobia.account)
    looks = next(section for section in sections if section.key == "looks")
    assert looks.rows[0]["Who"] == "site lead, Lincoln Elementary"
    assert looks.rows[0]["Reason"] == zenobia.words
    assert "Rosa Example" not in file_of(zenobia)


def test_who_vouched_is_counted_and_never_named(zenobia: Life) -> None:
    sections = gather(zenobia.person, zenobia.account)
    vouches = next(section for section in sections if section.key == "vouches")
    assert vouches.rows == [{"Members who vouched for you": 1, "Members you vouched for": 1}]
    assert "Vera Voucher" not in file_of(zenobia)


def test_no_secret_that_signs_in_is_in_the_file(zenobia: Life) -> None:
    Account.update(password_hash="$argon2id$planted").execute()
    account = Account.get_by_id(zenobia.account.id)
    assert "planted" not in json.dumps(document(gather(zenobia.person, account)))


def test_a_second_account_of_the_same_person_is_shown_as_well(cast: Cast, zenobia: Life) -> None:
    work = builders.an_account(Role.COUNSELOR, cast.lincoln, name="Z. Quetzal")
    Account.update(person=zenobia.person).where(Account.id == work.id).execute()
    sections = {s.key: s for s in gather(zenobia.person, zenobia.account)}
    assert [row["Name"] for row in sections["account"].rows] == ["Zenobia Quetzal", "Z. Quetzal"]
    assert len(sections["person"].rows) == 1


def test_somebody_without_an_account_and_an_account_without_a_person(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    assert {section.key for section in gather(person, None)} == {
        "person", "methods", "roster", "consents",
    }  # fmt: skip
    assert {section.key for section in gather(None, cast.stranger)} == {"account"}
