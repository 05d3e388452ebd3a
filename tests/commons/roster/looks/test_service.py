"""Looking a number up tells one thing only, and looks at numbers are counted for the others."""

import pytest
import time_machine

from commons import clock
from commons.audit import AuditContent
from commons.database import database
from commons.errors import Forbidden, Invalid, NotFound, RateLimited
from commons.roster import service as roster
from commons.roster.looks import service
from commons.roster.models import Person
from tests.builders import Cast, a_person, actor

NUMBER = "+12135550142"


def test_a_number_on_the_roster_is_found_however_it_is_written(cast: Cast) -> None:
    person = a_person(cast.lincoln, number=NUMBER)
    assert service.look_up(actor(cast.rosa), cast.lincoln, "(213) 555-0142") == person


def test_a_number_of_another_school_is_as_one_that_nobody_has(cast: Cast) -> None:
    a_person(cast.other_school, number=NUMBER)
    assert service.look_up(actor(cast.rosa), cast.lincoln, NUMBER) is None


def test_whoever_left_the_roster_is_not_found(cast: Cast) -> None:
    person = a_person(cast.lincoln, number=NUMBER)
    roster.remove_person(actor(cast.rosa), cast.lincoln, person)
    assert service.look_up(actor(cast.rosa), cast.lincoln, NUMBER) is None


def test_the_eleventh_look_in_an_hour_is_refused(cast: Cast) -> None:
    rosa = actor(cast.rosa)
    for _ in range(10):
        service.look_up(rosa, cast.lincoln, NUMBER)
    with pytest.raises(RateLimited):
        service.look_up(rosa, cast.lincoln, NUMBER)
    assert service.look_up(actor(cast.mara), cast.lincoln, NUMBER) is None


def test_each_look_is_written_down_and_never_with_the_number(cast: Cast) -> None:
    service.look_up(actor(cast.rosa), cast.lincoln, NUMBER)
    [row] = AuditContent.select()
    assert row.actor == f"account:{cast.rosa.public_id}"
    assert "0142" not in row.reveal("content")


def test_the_same_is_asked_of_the_database_either_way(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person(cast.lincoln, number=NUMBER)
    asked: list[str] = []
    execute = type(database.obj).execute_sql

    def listen(self: object, sql: str, *args: object, **kwargs: object) -> object:
        asked.append(sql)
        return execute(self, sql, *args, **kwargs)

    monkeypatch.setattr(type(database.obj), "execute_sql", listen)
    rosa, found = actor(cast.rosa), []
    for number in ("+12135550111", NUMBER, "+12135550112"):
        asked.clear()
        service.look_up(rosa, cast.lincoln, number)
        found.append(list(asked))
    assert found[1] == found[2]
    assert len(found[0]) == len(found[1])


@pytest.mark.parametrize(
    ("who", "error"), [("carmen", Forbidden), ("ines", NotFound), ("dana", Forbidden)]
)
def test_only_the_lead_and_administrators_look_up(cast: Cast, who: str, error: type) -> None:
    with pytest.raises(error):
        service.look_up(actor(getattr(cast, who)), cast.lincoln, NUMBER)


def test_what_is_no_number_costs_no_try(cast: Cast) -> None:
    for _ in range(12):
        with pytest.raises(Invalid):
            service.look_up(actor(cast.rosa), cast.lincoln, "12")


def look(cast: Cast, person: Person, times: int) -> None:
    for _ in range(times):
        roster.reveal_number(actor(cast.rosa), cast.lincoln, person, "Their phone is off")


def test_thirty_looks_within_an_hour_are_many_and_the_next_is_refused(cast: Cast) -> None:
    person = a_person(cast.lincoln, number=NUMBER)
    look(cast, person, 29)
    assert service.many(cast.lincoln) == []
    look(cast, person, 1)
    assert [ref for ref, _ in service.many(cast.lincoln)] == [f"account:{cast.rosa.public_id}"]
    with pytest.raises(RateLimited):
        look(cast, person, 1)
    assert service.many(cast.other_school) == []


def test_thirty_looks_over_hours_are_not_many(cast: Cast) -> None:
    person = a_person(cast.lincoln, number=NUMBER)
    with time_machine.travel("2026-08-10T08:00:00+00:00", tick=False) as clocks:
        for _ in range(3):
            look(cast, person, 12)
            clocks.shift(7200)
        assert service.many(cast.lincoln) == []


def test_the_digest_says_who_looked_how_often_and_why_for_a_week(cast: Cast) -> None:
    person = a_person(cast.lincoln, number=NUMBER)
    with time_machine.travel("2026-08-10T08:00:00+00:00", tick=False) as clocks:
        look(cast, person, 2)
        [one] = service.digest(actor(cast.mara), cast.lincoln)
        assert (one.actor, one.count) == (f"account:{cast.rosa.public_id}", 2)
        assert one.reasons[0] == (clock.now(), "Their phone is off")
        clocks.shift(8 * 86400)
        assert service.digest(actor(cast.mara), cast.lincoln) == []


@pytest.mark.parametrize(("who", "error"), [("rosa", Forbidden), ("ines", NotFound)])
def test_the_digest_is_for_administrators(cast: Cast, who: str, error: type) -> None:
    with pytest.raises(error):
        service.digest(actor(getattr(cast, who)), cast.lincoln)
