"""What people are told about the relay, and the door for the gateway's webhook."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import time_machine

from commons import clock, i18n
from commons.messaging import command
from commons.messaging.models import AccountState, Envelope, RelayAccount
from commons.messaging.status import lines, sentence, status
from tests.commons.messaging.conftest import Post

ZONE = "America/Los_Angeles"


def test_before_the_first_start_messages_wait(db: str) -> None:
    assert "not been started" in sentence(status(), ZONE)


def test_a_relay_that_works_says_so(post: Post) -> None:
    post.tell(post.people(1), held=True)
    post.deliver()
    found = status()
    assert found.working
    assert sentence(found, ZONE) == "Signal is working. Messages go at once."
    assert "held: 1" in lines(found)


def test_a_silent_relay_is_noticed(post: Post) -> None:
    post.deliver()
    with time_machine.travel(clock.now() + dt.timedelta(minutes=1)):
        assert not status().working
        assert "silent since" in sentence(status(), ZONE)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AccountState.UNREACHABLE, "has not answered since"),
        (AccountState.GONE, "has not known our account"),
        (AccountState.LIMITED, "limits our account until"),
    ],
)
def test_each_trouble_has_its_sentence(post: Post, state: AccountState, words: str) -> None:
    post.deliver()
    RelayAccount.update(state=state, limited_until=clock.now()).execute()
    with i18n.use("en"):
        assert words in sentence(status(), ZONE)


def test_what_waits_has_an_age(post: Post) -> None:
    post.simulator.refuse()
    post.tell(post.people(1))
    with time_machine.travel(clock.now() + dt.timedelta(seconds=90)):
        age = status().oldest_age
    assert age is not None
    assert 85 < age < 95


def test_the_command_line_knows_three_verbs(post: Post, capsys: pytest.CaptureFixture) -> None:
    assert command.main(post.settings, (), (), ["dance"]) == 2
    assert command.main(post.settings, (), (), ["once"]) == 0
    assert command.main(post.settings, (), (), ["status"]) == 0
    assert "Messages wait" in capsys.readouterr().out


def test_the_webhook_keeps_what_it_is_given_and_says_nothing(app, settings) -> None:
    secret = "correct-horse-battery-staple"
    kept = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(kept, webhook_secret=secret)
    try:
        http = app.test_client()
        body = {"params": {"envelope": {"timestamp": 1, "typingMessage": {}}}}
        answer = http.post(f"/gateway/{secret}", json=body)
        assert (answer.status_code, answer.data) == (200, b"")
        assert Envelope.select().count() == 1
        assert http.post("/gateway/wrong", json=body).status_code == 404
        big = http.post(f"/gateway/{secret}", data=b"x" * (256 * 1024 + 1))
        assert big.status_code == 413
        assert Envelope.select().count() == 1
    finally:
        app.extensions["settings"] = kept


def test_without_a_secret_there_is_no_door(app) -> None:
    assert app.test_client().post("/gateway/x", json={}).status_code == 404


def test_staff_see_how_the_relay_is(browser, cast) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get("/relay")
    assert "not been started" in page.words
