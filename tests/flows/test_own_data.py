"""A family leaves with only a telephone, and a second family cannot see that it existed."""

from __future__ import annotations

import json

import app
from commons import clock
from commons.accounts.own_data import erasing, gathering
from commons.accounts.own_data.gathering import document, gather
from commons.messaging.models import Message, Reply
from commons.roster.models import Erasure, Person
from tests import builders
from tests.commons.messaging.conftest import Post
from tests.page import Browser
from tests.rapidresponse.alerts.school import School, send

HANDLERS = app.REPLY_HANDLERS


def say(post: Post, person: Person, *texts: str) -> str:
    """Say these things from the person's phone; return the last thing that it was told."""
    for text in texts:
        post.say(person, text)
        post.deliver(handlers=HANDLERS)
        post.wait_for_receipts(handlers=HANDLERS)
    return post.texts(person)[-1]


def test_a_family_erases_itself_by_signal_and_has_a_receipt(school: School, post: Post) -> None:
    send(school.site, school.cast.rosa)
    number, key = builders.number_of(school.garcia), school.garcia.id
    assert "No se puede deshacer." in say(post, school.garcia, "MIS DATOS", "3")
    said = say(post, school.garcia, "1")
    assert Erasure.get().receipt in said
    erasing.finish(clock.now())
    assert Person.get_or_none(Person.id == key) is None
    assert Message.select().where(Message.person == key).count() == 0
    post.simulator.people.say(number, "hola")
    assert post.simulator.drain()
    post.deliver(handlers=HANDLERS)
    assert Reply.select().count() == 0


def test_a_second_family_cannot_see_that_it_existed(
    school: School, browser: Browser, post: Post
) -> None:
    canaries = [
        builders.number_of(school.garcia)[-7:],
        school.garcia.public_id,
        school.garcia.reveal("name"),
    ]
    builders.Person.update(**Person.sealed(school.kim.public_id, name="Kim Example")).where(
        Person.id == school.kim.id
    ).execute()
    before = json.dumps(document(gather(Person.get_by_id(school.kim.id), None)))
    say(post, school.garcia, "salir", "1")
    erasing.finish(clock.now())
    said = say(post, school.kim, "내 정보", "2")
    link = said.split("https://farolito.test", 1)[1].split()[0]
    page = browser.get(link).form("/sign-in").submit()
    assert page.path == "/own-data"
    whole = "".join(
        [before, page.text, browser.get("/own-data/file").text, *post.texts(school.kim)]
    )
    digits = "".join(filter(str.isdigit, whole))
    assert [one for one in canaries if one in whole or one in digits] == []
    assert "Kim Example" in whole


def test_the_relay_finishes_what_was_begun_within_seconds() -> None:
    [job] = [job for job in app.JOBS if job.run == erasing.finish]
    assert job.every_seconds <= 10


def test_what_alerts_hold_is_among_what_is_shown(school: School, browser: Browser) -> None:
    tables = {table for source in gathering.sources() for table in source.tables}
    assert {"acknowledgement", "left_out"} <= tables
