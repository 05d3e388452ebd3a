"""What somebody finds who follows every link: no sequential id and no exact second."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commons.roster.models import Group, Person
from tests import builders, page
from tests.rapidresponse.alerts.school import School, send

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
ROOT = Path(__file__).resolve().parent.parent
# No page may make the crawl endless.
MOST_PAGES = 200


def crawl(
    browser: page.Browser, start: str = "/home", kind: Callable[[str], str] = str
) -> Iterator[page.Page]:
    """Yield every page that can be reached by links, one of each kind; all differ by default."""
    waiting, seen = [start], {kind(start)}
    while waiting and len(seen) < MOST_PAGES:
        found = browser.get(waiting.pop())
        yield found
        if found.response.mimetype != "text/html":
            continue
        for link in found.links():
            target = link.split("#")[0]
            new = target.startswith("/") and kind(target) not in seen
            if new and "language=" not in target:
                seen.add(kind(target))
                waiting.append(target)


def people_of_lincoln(cast: builders.Cast) -> None:
    for n, group in enumerate(Group):
        builders.a_person(cast.lincoln, group, name=f"Canary{n} Hidden{n}")


@only_sqlcipher
@pytest.mark.parametrize("who", ["rosa", "mara", "dana", "amina"])
def test_no_address_counts_and_no_time_tells_the_second(
    browser: page.Browser, cast: builders.Cast, who: str
) -> None:
    people_of_lincoln(cast)
    send(School.make(cast).site, cast.rosa)
    browser.sign_in(getattr(cast, who))
    for found in crawl(browser):
        if found.response.mimetype != "text/html":
            continue
        for address in [*found.links(), *actions(found)]:
            assert not re.search(r"/\d+(/|$)", address), (found.path, address)
        for moment in re.findall(r'datetime="([^"]+)"', found.text):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d\+00:00)?", moment), found.path


def actions(found: page.Page) -> list[Any]:
    return [form.get("action") or "" for form in found.root.iter("form")]


def test_no_form_hands_its_fields_on_by_the_names_that_were_sent() -> None:
    """Mass assignment: what a browser sends must never choose which column is written."""
    for package in ("commons", "rapidresponse"):
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute):
                    assert node.attr != "populate_obj", path
                if isinstance(node, ast.keyword) and node.arg is None:
                    assert not re.search(
                        r"(request\.(form|args|values|json)|form\.data)\b", ast.unparse(node.value)
                    ), path


@only_sqlcipher
def test_fields_that_a_form_does_not_have_change_nothing(
    browser: page.Browser, cast: builders.Cast
) -> None:
    browser.sign_in(cast.rosa)
    form = browser.get(f"/sites/{cast.lincoln.public_id}/roster/new-person").form("new-person")
    extra = {"site": str(cast.other_school.id), "site_id": str(cast.other_school.id)}
    extra |= {"consent": "given", "state": "working", "role": "administrator", "level": "3"}
    given = {"name": "Nadia Example", "number": "213 555 0142", "language": "en", "group": "staff"}
    browser.post(form.action, {**form.values, **given, **extra})
    person = Person.select().order_by(Person.id.desc()).first()
    assert person.reveal("name") == "Nadia Example"
    assert [entry.site_id for entry in person.entries] == [cast.lincoln.id]
    assert [consent.state.value for consent in person.consents] == ["invited"]
    assert [method.state.value for method in person.methods] == ["unverified"]
