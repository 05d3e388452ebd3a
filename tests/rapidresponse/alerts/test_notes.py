"""A sender may add a few words of their own; nothing harmful, and never to families."""

from __future__ import annotations

import dataclasses

import pytest

from commons.errors import Invalid
from rapidresponse.alerts import notes
from rapidresponse.alerts.models import Alert, AlertVersion, Certainty
from tests import builders
from tests.page import Browser, Page
from tests.rapidresponse.alerts.school import School, first, intent, send, texts

GOOD = "Bring the radios to the front office, please."
BAD = "Ask Maria Lopez at 213-555-0142 what she saw."


def test_staff_get_the_note_in_the_senders_words_and_families_do_not(school: School) -> None:
    builders.a_person(school.site, language="ko")
    alert = send(school.site, school.cast.rosa, dataclasses.replace(intent(), note=GOOD))
    found = texts(first(alert))
    assert found["A1", "en"].endswith(f"Note from the sender: {GOOD}")
    assert found["A2", "ko"].endswith(f"보낸 사람의 메모: {GOOD}")
    assert not any(GOOD in text for (audience, _), text in found.items() if audience == "A9")
    assert first(alert).reveal("note") == GOOD
    assert first(alert).note_language == "en"


def test_a_note_that_could_do_harm_is_refused_with_each_reason_and_nothing_goes(
    school: School,
) -> None:
    chosen = dataclasses.replace(intent(), note=BAD)
    with pytest.raises(Invalid) as refusal:
        send(school.site, school.cast.rosa, chosen)
    assert "telephone number" in str(refusal.value.fields["note"])
    assert not Alert.select().exists()


def test_an_agency_is_named_only_when_it_is_confirmed() -> None:
    said = "ICE agents are speaking with the principal."
    with pytest.raises(Invalid):
        notes.settled(said, Certainty.CONFIRMED, {"agency": "not_confirmed"})
    kept = notes.settled(said, Certainty.CONFIRMED, {"agency": "federal_immigration"})
    assert kept == said


def compose(browser: Browser, school: School) -> Page:
    browser.sign_in(school.cast.rosa)
    page = browser.get("/alerts/new").follow("Agents at the entrance")
    return page.follow("Main entrance").follow("core, staff and families")


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_the_sender_reads_the_words_with_the_note_before_they_go(
    school: School, browser: Browser
) -> None:
    page = compose(browser, school).form("/alerts/new").submit(note=GOOD)
    assert not Alert.select().exists()
    assert f"Note from the sender: {GOOD}" in page.words
    page = page.form("/alerts/new").submit(look="yes")
    assert not Alert.select().exists(), "Looking again sends nothing."
    page.form("/alerts/new").submit()
    assert AlertVersion.get().reveal("note") == GOOD


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_a_refused_note_stays_in_its_field_with_the_reason_beside_it(
    school: School, browser: Browser
) -> None:
    page = compose(browser, school).form("/alerts/new").submit(note=BAD)
    assert page.status == 422
    assert BAD in page.text
    assert "telephone number" in page.words
    assert not Alert.select().exists()
