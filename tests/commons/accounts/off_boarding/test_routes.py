"""The pages on which somebody leaves, and the proof on paper."""

from __future__ import annotations

from typing import Any

import pytest

from commons.roster.models import Person
from tests import builders


@pytest.fixture
def person(cast: Any) -> Person:
    return builders.a_person(cast.lincoln, name="Carmen Example")


def address(cast: Any, person: Person) -> str:
    site = cast.lincoln.public_id
    return f"/sites/{site}/roster/people/{person.public_id}"


def test_from_a_persons_page_to_the_proof_and_back_to_it(
    browser: Any, cast: Any, person: Person
) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get(address(cast, person)).follow("They leave")
    assert page.heading == "Carmen Example leaves"
    proof = page.form("off-boarding").submit()
    assert proof.heading == "Proof that Carmen Example left"
    assert "Places on the roster that ended1" in proof.words.replace(" 1", "1")
    assert "Date and signature" in proof.words
    assert "Done byRosa Example" in proof.words.replace("by Rosa", "byRosa")
    again = browser.get(f"/sites/{cast.lincoln.public_id}/off-boardings")
    number = next(e for e in again.root.iter("bdi") if e.get("class") == "reference").text
    assert again.follow(number).heading == proof.heading


def test_looking_ends_nothing(browser: Any, cast: Any, person: Person) -> None:
    browser.sign_in(cast.rosa)
    browser.get(address(cast, person) + "/off-boarding")
    assert browser.get(address(cast, person)).status == 200


def test_whoever_has_left_has_no_such_page_any_more(
    browser: Any, cast: Any, person: Person
) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get(address(cast, person) + "/off-boarding")
    page.form("off-boarding").submit()
    assert page.form("off-boarding").submit().status == 404


@pytest.mark.parametrize(("who", "status"), [("carmen", 403), ("dev", 403), ("ines", 404)])
def test_others_find_nothing_or_are_refused(
    browser: Any, cast: Any, person: Person, who: str, status: int
) -> None:
    browser.sign_in(getattr(cast, who))
    assert browser.get(address(cast, person) + "/off-boarding").status == status
    assert browser.get(f"/sites/{cast.lincoln.public_id}/off-boardings").status == status


def test_the_proof_of_another_site_is_not_there(browser: Any, cast: Any, person: Person) -> None:
    browser.sign_in(cast.rosa)
    page = browser.get(address(cast, person) + "/off-boarding").form("off-boarding").submit()
    receipt = page.response.request.args["receipt"]
    browser.sign_in(cast.ines)
    other = f"/sites/{cast.other_school.public_id}/off-boardings?receipt={receipt}"
    assert browser.get(other).status == 404
