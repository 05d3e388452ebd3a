"""The pages on which words are reviewed and written, as people without script use them."""

from __future__ import annotations

import pytest

from rapidresponse.alerts import settings
from rapidresponse.alerts.models import Alert, SiteText, TextReview
from rapidresponse.alerts.texts.service import library_text
from rapidresponse.alerts.texts.standing import every_text
from tests import builders
from tests.page import Browser, Page
from tests.rapidresponse.alerts.school import School, first, heard
from tests.rapidresponse.alerts.test_routes import compose

pytestmark = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
KEY = "T1.alert.A9"
FAMILIES = sum(text.audience == "A9" for text in every_text("en"))


@pytest.fixture
def school(cast: builders.Cast) -> School:
    """Lincoln with a lead, a teacher, and two families: one Spanish, one Korean."""
    return School.make(cast)


@pytest.fixture
def lead(school: School, browser: Browser) -> Browser:
    """Rosa's browser, where families get only words that somebody has reviewed."""
    settings.use(demonstration=False)
    browser.sign_in(school.cast.rosa)
    return browser


def address(school: School, *rest: str) -> str:
    return "/".join([f"/sites/{school.site.public_id}/alert-texts", *rest])


def test_from_home_to_all_of_a_language_reviewed(school: School, lead: Browser) -> None:
    page = lead.get("/home")
    assert "2 languages of your families have words that nobody has reviewed." in page.words
    page = page.follow("Review them")
    assert f"0 of {FAMILIES} texts to families reviewed" in page.words
    page = page.follow("한국어").follow("Review all of them")
    assert f"{FAMILIES} texts" in page.words
    failed = page.form("review-families").submit()
    assert failed.status == 422
    assert "Tick the box" in failed.words
    page = failed.form("review-families").submit(reads="y")
    assert page.heading == "Words of alerts: 한국어"
    assert "Every text to families is reviewed." in page.words
    assert "By: site lead" in page.words
    assert "1 language of your families" in lead.get("/home").words


def test_the_composer_says_who_is_missing_and_leads_there_and_back(
    school: School, lead: Browser
) -> None:
    page = compose(lead)
    assert "1 person reads \u2068한국어\u2069 and nobody has reviewed its words" in page.words
    assert "2 people are left out" in page.words
    review = page.follow("Review them now (about ")
    assert review.heading.startswith("Review the words to families: ")
    page = review.form("review-families").submit(reads="y")
    assert page.heading == "Alert: check the words"
    assert "1 person is left out" in page.words
    page.form("/alerts/new").submit()
    assert len(heard(first(Alert.get()))) == 3


def test_the_page_of_people_says_it_as_well(school: School, lead: Browser) -> None:
    page = lead.get("/alerts/new").follow("Agents at the entrance").follow("Main entrance")
    assert "nobody has reviewed its words: they are left out." in page.words


def test_a_language_without_words_is_named_with_its_people(
    school: School, browser: Browser
) -> None:
    builders.a_person(school.site, builders.Group.FAMILY, language="vi")
    browser.sign_in(school.cast.rosa)
    page = compose(browser)
    assert "1 person reads \u2068Tiếng Việt\u2069, which has no words yet" in page.words
    assert "Only a demonstration sends them." in page.words
    settings.use(demonstration=False)
    page = compose(browser)
    assert "nobody has reviewed the English and Spanish ones: they are left out." in page.words
    assert "Review the words to families: " in page.follow("Review them now").heading


def test_one_text_after_another(school: School, lead: Browser) -> None:
    page = lead.get(address(school, "fa", KEY))
    quotes = [(quote.get("lang"), quote.get("dir")) for quote in page.root.iter("blockquote")]
    assert quotes == [("fa", "rtl"), ("en", "ltr")]
    assert "Not reviewed" in page.words
    following = page.form("review").submit(reads="y")
    assert "These words are reviewed." in following.words
    assert following.path == address(school, "fa", "T1.update.A9")
    assert TextReview.get().key == KEY


def test_words_of_ones_own_are_seen_before_they_are_used(school: School, lead: Browser) -> None:
    library = library_text("es", KEY).template
    page = lead.get(address(school, "es", KEY)).follow("Change these words")
    failed = page.form("own").submit(body=library.replace("{code}", ""))
    assert failed.status == 422
    assert failed.words.count("{code} must stay in these words. Put it back.") == 2
    shown = failed.form("own").submit(body=library.replace("la escuela", "nuestra escuela"))
    assert "As it would arrive" in shown.words
    assert not SiteText.select().exists()
    used = shown.form("own").submit()
    assert "These are the school's own words now." in used.words
    assert "Version 1, by: site lead" in used.words
    assert "Families get these words once somebody has reviewed them." in used.words
    back = used.form("library").submit()
    assert "The library's words count again." in back.words
    assert SiteText.select().count() == 2


def test_words_changed_after_they_were_shown_are_shown_again(school: School, lead: Browser) -> None:
    library = library_text("es", KEY).template
    page = lead.get(address(school, "es", KEY, "own"))
    shown = page.form("own").submit(body=library.replace("la escuela", "nuestra escuela"))
    again = shown.form("own").submit(body=library.replace("la escuela", "esta escuela"))
    assert "As it would arrive" in again.words
    assert not SiteText.select().exists()


def test_strangers_find_nothing_and_parents_may_not(school: School, browser: Browser) -> None:
    for who, status in (("ines", 404), ("amina", 403), ("carmen", 200)):
        browser.sign_in(getattr(school.cast, who))
        assert browser.get(address(school, "es", KEY)).status == status
    assert browser.get(address(school, "es", KEY, "own")).status == 403
    assert browser.get("/alert-texts/es").status == 403
    assert browser.get(address(school, "vi")).status == 404
    assert browser.get(address(school, "es", "T1.alert")).status == 404


def test_a_district_administrator_reviews_for_every_school(
    school: School, browser: Browser
) -> None:
    browser.sign_in(school.cast.dana)
    page: Page = browser.get("/alert-texts").follow("한국어")
    assert "Change these words" not in page.words
    page = page.follow("What the relay answers by itself").form("review").submit(reads="y")
    assert page.path == f"/alert-texts/ko/{KEY}"
    review = TextReview.get()
    assert (review.site_id, review.key, review.language) == (None, "relay", "ko")
