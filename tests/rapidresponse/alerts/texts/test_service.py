"""Reading words and writing one's own: what counts, for whom, and who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from commons import clock, crypto
from commons.audit import AuditLink
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.messaging import words as relay_words
from rapidresponse.alerts.codes import free_key
from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.models import AlertVersion, LeftOut, SiteText, TextReview
from rapidresponse.alerts.texts import relay_phrases, service
from rapidresponse.alerts.texts.current import words_hash
from rapidresponse.alerts.texts.standing import Standing, standing, standings, tongues
from tests import builders
from tests.rapidresponse.alerts import school as alerts
from tests.rapidresponse.alerts.school import School, heard, texts

KEY, CORE_KEY = "T1.alert.A9", "T1.alert.A1"


@pytest.fixture
def school(cast: builders.Cast) -> School:
    """Lincoln with a lead, a teacher, and two families: one Spanish, one Korean."""
    return School.make(cast)


def sent(school: School, *, demonstration: bool = True) -> AlertVersion:
    """Send an alert with a code that no other has, and return its version."""
    key = free_key(school.site, crypto.public_id, clock.now())
    site, rosa = school.site, school.cast.rosa
    return alerts.first(alerts.send(site, rosa, key=key, demonstration=demonstration))


def read(school: School, language: str, *keys: str, by: str = "rosa") -> int:
    """Say that these words are right, as the page shows them now."""
    found = {one.key: one.digest for one in standings(school.site, language)}
    actor = builders.actor(getattr(school.cast, by))
    shown = {key: found[key] for key in keys}
    return service.review(actor, school.site, language, shown, reads=True)


def now(school: School, language: str = "es", key: str = KEY) -> Standing:
    """Return how a text stands at the school."""
    found = standing(school.site, language, key)
    assert found is not None
    return found


def write(school: School, body: str, key: str = KEY, language: str = "es", **given: Any) -> str:
    """Keep words of the school's own, written on the newest."""
    values: dict[str, Any] = {"after": now(school, language, key).number, **given}
    actor = builders.actor(school.cast.rosa)
    return service.write(actor, school.site, language, key, body, **values).public_id


def changed(before: str = "la escuela", after: str = "nuestra escuela", key: str = KEY) -> str:
    """Return the library's Spanish words with one of them changed."""
    library = service.library_text("es", key).template
    assert before in library
    return library.replace(before, after, 1)


def test_families_wait_for_a_review_outside_the_demonstration_and_hear_after_it(
    school: School,
) -> None:
    version = sent(school, demonstration=False)
    assert school.garcia.id not in heard(version)
    assert read(school, "es", KEY) == 1
    version = sent(school, demonstration=False)
    assert heard(version)[school.garcia.id] == "A9"
    assert school.kim.id not in heard(version)
    assert LeftOut.get(version=version).person_id == school.kim.id


def test_a_language_without_words_waits_for_both_that_stand_in_for_it(school: School) -> None:
    nguyen = builders.a_person(school.site, builders.Group.FAMILY, language="vi")
    read(school, "en", KEY)
    assert nguyen.id not in heard(sent(school, demonstration=False))
    read(school, "es", KEY)
    version = sent(school, demonstration=False)
    assert heard(version)[nguyen.id] == "A9"
    both = (service.library_text(one, KEY).template.splitlines()[-2] for one in ("en", "es"))
    assert all(line in texts(version)["A9", "vi"] for line in both)


def test_a_review_holds_for_exactly_these_words(school: School) -> None:
    read(school, "es", KEY)
    assert now(school).reading is not None
    write(school, changed())
    assert now(school).reading is None
    assert now(school).changed


def test_a_changed_phrase_needs_another_review() -> None:
    template, spanish = service.library_text("es", KEY).template, pack().words["es"]
    phrases = {**spanish.phrases, "status": {**spanish.phrases["status"], "confirmed": "Seguro"}}
    words = {**pack().words, "es": replace(spanish, phrases=phrases)}
    other = replace(pack(), words=words)
    assert words_hash(other, "es", template) != words_hash(pack(), "es", template)
    assert words_hash(other, "es", "{code}") == words_hash(pack(), "es", "{code}")


def test_reading_the_same_words_twice_counts_once(school: School) -> None:
    assert [read(school, "es", KEY), read(school, "es", KEY, by="mara")] == [1, 0]
    spanish = next(one for one in tongues(school.site) if one.code == "es")
    assert (spanish.people, spanish.read, TextReview.select().count()) == (1, 1, 1)


def test_words_that_changed_meanwhile_are_not_reviewed(school: School) -> None:
    before = now(school)
    write(school, changed())
    actor = builders.actor(school.cast.mara)
    with pytest.raises(Conflict):
        service.review(actor, school.site, "es", {KEY: before.digest}, reads=True)
    with pytest.raises(Invalid):
        service.review(actor, school.site, "es", {KEY: before.digest}, reads=False)
    assert not TextReview.select().exists()


def test_who_may_review_and_write(school: School) -> None:
    one = now(school)
    for who, refusal in (("ines", NotFound), ("stranger", NotFound), ("amina", Forbidden)):
        actor = builders.actor(getattr(school.cast, who))
        with pytest.raises(refusal):
            service.review(actor, school.site, "es", {KEY: one.digest}, reads=True)
        with pytest.raises(refusal):
            service.write(actor, school.site, "es", KEY, changed(), after=0)
    with pytest.raises(Forbidden):
        service.write(builders.actor(school.cast.dana), school.site, "es", KEY, "x", after=0)
    with pytest.raises(Forbidden):
        service.review(builders.actor(school.cast.rosa), None, "es", {KEY: "x"}, reads=True)


def test_a_review_for_every_school_holds_at_each(school: School) -> None:
    one = standing(None, "ko", KEY)
    assert one is not None
    dana = builders.actor(school.cast.dana)
    assert service.review(dana, None, "ko", {KEY: one.digest}, reads=True) == 1
    version = sent(school, demonstration=False)
    assert heard(version)[school.kim.id] == "A9"
    there = standing(school.cast.other_school, "ko", KEY)
    assert there is not None
    assert there.reading is not None
    assert there.reading.everywhere


def test_own_words_reach_the_core_at_once_and_families_after_a_review(school: School) -> None:
    english = service.library_text("en", CORE_KEY).template.replace("Do: call", "Do: please call")
    write(school, english, CORE_KEY, "en")
    write(school, changed())
    said = texts(sent(school))
    assert "Do: please call" in said["A1", "en"]
    assert "nuestra escuela" not in said["A9", "es"]
    read(school, "es", KEY)
    said = texts(sent(school))
    assert "nuestra escuela" in said["A9", "es"]


def test_a_writer_who_reads_the_language_reviews_by_saying_so(school: School) -> None:
    write(school, changed(), reads=True)
    said = texts(sent(school, demonstration=False))
    assert "nuestra escuela" in said["A9", "es"]


def test_reviewed_words_count_until_newer_ones_are_reviewed(school: School) -> None:
    write(school, changed(), reads=True)
    write(school, changed(after="esta escuela"))
    said = texts(sent(school, demonstration=False))
    assert "nuestra escuela" in said["A9", "es"]


def test_the_librarys_words_come_back_as_a_version_of_their_own(school: School) -> None:
    write(school, changed(), reads=True)
    rosa = builders.actor(school.cast.rosa)
    service.back_to_library(rosa, school.site, "es", KEY, after=1)
    said = texts(sent(school))
    assert "nuestra escuela" not in said["A9", "es"]
    assert [row.body is None for row in SiteText.select().order_by(SiteText.number)] == [
        False,
        True,
    ]
    kinds = {link.kind for link in AuditLink.select()}
    assert {"text.written", "texts.reviewed", "text.given-up"} <= kinds


def test_of_two_who_write_at_once_the_second_is_told(school: School) -> None:
    write(school, changed(), after=0)
    with pytest.raises(Conflict):
        write(school, changed(after="esta escuela"), after=0)
    assert SiteText.select().count() == 1


def test_own_words_of_an_older_edition_are_set_aside(school: School) -> None:
    write(school, changed(), reads=True)
    SiteText.update(body="{code} {weather}").execute()
    said = texts(sent(school))
    assert "nuestra escuela" not in said["A9", "es"]
    assert now(school).own is None


def test_the_relay_speaks_a_language_once_somebody_has_read_it(school: School) -> None:
    relay_words.use(relay_phrases.reviewed)
    assert relay_words.words("es").locale == "en"
    assert relay_words.read_reply("ALTO") == "stop"
    read(school, "es", "relay")
    assert relay_words.words("es").locale == "es"
    # A language that somebody has read is better than none that anybody has.
    assert relay_words.words("ko").locale == "es"
    assert relay_words.words("en").locale == "en"
