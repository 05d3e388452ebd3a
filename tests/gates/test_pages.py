"""Every page once in Chromium: full of hostile words, and once more with its scripts blocked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from jinja2 import Environment
from markupsafe import escape
from playwright.sync_api import Browser

from commons.accounts import passwords
from commons.database import connection
from commons.roster.models import Person
from commons.sites import directory
from rapidresponse.alerts.texts import service as texts
from tests import page
from tests.gates import hostile
from tests.gates.chromium import Visitor
from tests.gates.conftest import flawed, open_plain
from tests.gates.full_school import FullSchool
from tests.gates.pages import Map, marked
from tests.gates.usable import ACTS, UNUSABLE

pytestmark = pytest.mark.browser
COMPOSED = "/alerts/new?type=T1&place=main_entrance&to=A1+A3+A2&seen=yes"
# Acts that no page leads to, and why not.
NO_FORM = {
    "gateway.receive": "a machine calls it",
    "exports.take": "on the page that answers another act, looked at in tests/.../exports",
    "accounts.stay": "a comfort of script; without it one signs in again",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, _app: Any) -> Iterator[Map]:
    """Every page of a full school in which every typed word is hostile."""
    folder = tmp_path_factory.mktemp("pages")
    engine, before, hasher = open_plain(folder), directory._path, passwords._hasher
    directory._path = folder / directory.FILE
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with connection():
        school = FullSchool()
        hostile.plant()
        school.draw_again()
        yield Map(_app, school)
    directory._path = before
    passwords.use(hasher)
    engine.close_all()


@pytest.fixture(scope="module")
def visitor(chromium: Browser, site: Map) -> Iterator[Callable[..., Visitor]]:
    """Return a function that gives somebody a browser, with or without script."""
    opened: list[Visitor] = []

    def come(who: str = "mara", *, script: bool = True) -> Visitor:
        one = Visitor(chromium, site.app, script=script)
        site.sign_in(who, one.browser)
        opened.append(one)
        return one

    yield come
    for one in opened:
        one.close()


def walk(
    site: Map, visitor: Callable[..., Visitor], pages: Iterable[tuple[str, str]], **given: Any
) -> Iterator[tuple[Visitor, str]]:
    """Yield each of these pages with a visitor who may open it."""
    come: dict[str, Visitor] = {}
    before = {(extra.who, extra.path): extra for extra in site.more if extra.before}
    for path, who in sorted(set(pages), key=lambda each: each[::-1]):
        extra = before.get((who, path))
        if extra is not None and extra.before is not None:
            one = visitor(who, **given)
            extra.before(one.browser)
        else:
            one = come[who] = come.get(who) or visitor(who, **given)
        yield one, path


def test_every_route_has_a_page_that_somebody_opened(site: Map) -> None:
    # A route named here needs in tests/gates/full_school.py what its page shows, or an Extra.
    assert site.not_opened() == set()


def test_every_act_has_a_form_on_some_page(site: Map) -> None:
    # An act named here needs in tests/gates/full_school.py what makes its form appear.
    assert site.acts() - set(site.forms) - set(NO_FORM) == set()
    assert set(NO_FORM) <= site.acts()


def test_every_column_that_holds_words_is_planted_or_known_to_be_ours() -> None:
    # A column named here belongs into TYPED or OWN of tests/gates/hostile.py.
    assert hostile.undecided() == set()
    assert set(hostile.FORMED) | hostile.TYPED | hostile.OWN <= set(hostile.columns())
    assert len(hostile.PAYLOADS) >= 60


def test_hostile_words_stay_words_for_every_role(site: Map) -> None:
    assert site.faults == []
    assert len(site.pages) > 80


def test_nothing_runs_is_refused_or_leaves_the_house_on_any_page(
    site: Map, visitor: Callable[..., Visitor]
) -> None:
    faults = {
        path: found
        for one, path in walk(site, visitor, site.pages.values())
        if (found := one.visit(path))
    }
    assert faults == {}


def test_every_page_and_act_is_usable_without_script(
    site: Map, visitor: Callable[..., Visitor]
) -> None:
    faults: dict[str, list[str]] = {}
    acts: set[str] = set()
    for one, path in walk(site, visitor, site.one_of_each(), script=False):
        one.visit(path)
        if found := one.page.evaluate(UNUSABLE):
            faults[path] = found
        for method, action in (act.split(" ", 1) for act in one.page.evaluate(ACTS)):
            acts.add(site.endpoint(action, method))
    assert faults == {}
    assert site.acts() - acts - set(NO_FORM) == set()


IMAGE = f"<img {hostile.MARK} src=x onerror=alert(1)>"
FOREIGN = f"<img {hostile.MARK} src=https://evil.example/i.png>"
NAME = '<bdi>{{ person.reveal("name") }}</bdi>'
CARELESS = NAME.replace(") }}", ") | safe }}")


def trust_page(site: Map, name: str) -> str:
    """Call somebody something, and return the page that lists them."""
    held = site.school.held
    Person.update(**Person.sealed(held.public_id, name=name)).where(Person.id == held.id).execute()
    return f"/sites/{site.school.cast.lincoln.public_id}/trust"


@pytest.mark.parametrize(
    ("name", "policy", "said"),
    [
        (IMAGE, True, "refused: script-src-attr"),
        (IMAGE, False, "dialog: 1"),
        (FOREIGN, True, "refused: img-src https://evil.example"),
        (FOREIGN, False, "another host: https://evil.example/i.png"),
    ],
)
def test_a_page_that_forgets_to_escape_is_seen_in_both_ways(
    site: Map, visitor: Callable[..., Visitor], name: str, policy: bool, said: str
) -> None:
    path, one = trust_page(site, name), visitor()
    assert one.visit(path) == []
    assert marked(one.browser.get(path).text) == []
    if not policy:
        one.without = {"content-security-policy"}
    with flawed(site.app, "trust/index.html", NAME, CARELESS):
        assert any(fault.startswith(said) for fault in one.visit(path))
        # Parsed without the checks of every page, which would stop here already.
        text = one.browser.client.get(path, base_url=page.ADDRESS).get_data(as_text=True)
        assert any(hostile.MARK in fault or "onerror" in fault for fault in marked(text))


USELESS = (
    ('<button type="button">Do it</button>', "does nothing without script"),
    ('<form action="/x" method="post"><button type="button">Do</button></form>', "nothing"),
    ('<form action="/x" method="post"><input name="q"></form>', "cannot be sent"),
    ('<button type="submit">Send</button>', "belongs to no form"),
    ('<a href="#">More</a>', "leads nowhere"),
    ('<a href="#nowhere">More</a>', "leads to no place"),
    ("<a>More</a>", "leads nowhere"),
    ('<input name="q">', "belongs to no form"),
    ('<div tabindex="0">Open</div>', "waits for a script"),
    ('<form action="/x" method="post"><button disabled>Do</button></form>', "is disabled"),
)


def test_what_does_nothing_without_script_is_seen(
    site: Map, visitor: Callable[..., Visitor]
) -> None:
    one, start = visitor("", script=False), "{% block main %}"
    for flaw, said in USELESS:
        with flawed(site.app, "privacy/show.html", start, start + flaw):
            one.visit("/privacy")
        assert any(said in fault for fault in one.page.evaluate(UNUSABLE)), flaw


def test_a_page_or_an_act_that_nobody_reaches_is_seen(
    site: Map, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {key: seen for key, seen in site.pages.items() if key[0] != "privacy.show"}
    monkeypatch.setattr(site, "pages", without)
    assert site.not_opened() == {"privacy.show"}
    monkeypatch.delitem(site.forms, "roster.add_person")
    assert site.acts() - set(site.forms) - set(NO_FORM) == {"roster.add_person"}


def test_a_column_that_nobody_decided_about_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "TYPED", hostile.TYPED - {"zone.name"})
    assert hostile.undecided() == {"zone.name"}


def test_most_of_the_hostile_words_would_be_seen_on_a_page_that_escapes_nothing() -> None:
    seen = 0
    for payload in hostile.PAYLOADS:
        assert marked(f'<p title="{escape(payload)}">{escape(payload)}</p>') == []
        careless = f'<p title="{payload}">{payload}</p><p title=\'{payload}\'><a href="{payload}">'
        counted = Environment().from_string(payload).render() if "1337" in payload else ""
        seen += bool(marked(careless) or marked(counted))
    # The rest is for other parsers than that of HTML: of styles, of scripts, of filters.
    assert seen >= 60


def test_words_that_are_shown_before_they_are_used_stay_words(site: Map) -> None:
    rosa, here = site.come("rosa"), f"/sites/{site.school.cast.lincoln.public_id}/alert-texts"
    own = rosa.get(f"{here}/es/T1.alert.A9/own").form("own")
    note = rosa.get(COMPOSED).form("/alerts/new")
    library = texts.library_text("es", "T1.alert.A9").template
    # The check of messages refuses the others, and `echoes` types those.
    for text in (text for text in hostile.PAYLOADS if text[0] in "\"'" and "<" not in text):
        for form, field, words in ((own, "body", f"{library}\n{text}"), (note, "note", text)):
            values = {**form.values, field: words}
            answer = rosa.client.post(form.action, data=values, base_url=page.ADDRESS)
            shown = answer.get_data(as_text=True)
            assert (answer.status_code, marked(shown)) == (200, []), (field, text)
            assert shown.count(str(escape(text))) > 1
            answer.close()


def test_what_is_typed_into_a_form_or_an_address_comes_back_as_words(site: Map) -> None:
    # The last, since it sends every form that one can type into.
    assert site.echoes() == []


def test_a_form_that_gives_back_what_was_typed_as_it_is_would_be_seen(site: Map) -> None:
    careful = "value=\"{{ form.next.data or '' }}\""
    careless = careful.replace("form.next.data or ''", "(form.next.data or '') | safe")
    with flawed(site.app, "accounts/sign_in.html", careful, careless):
        assert any("/sign-in" in fault for fault in site.echoes("/sign-in"))
