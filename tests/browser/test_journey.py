"""The spine, walked as its people walk it: a lead, an administrator, and 300 phones."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Walk

pytestmark = pytest.mark.browser
Start = Callable[..., Walk]


def write_alert(walk: Walk, to: str, name: str) -> None:
    """Answer what, where and who; end on the page with the words. Each answer is one tap."""
    walk.tap("a[href*='/alerts/new']")
    walk.look(f"{name}-what")
    walk.tap("main a[href*='type=T1']")
    walk.look(f"{name}-where")
    walk.tap("main a[href*='place=main_entrance']")
    walk.look(f"{name}-who")
    walk.tap(f"main a[href*='{to}']")
    walk.look(f"{name}-words")


def send(walk: Walk) -> None:
    walk.tap("main form button[type=submit]:not([name])")


def until(page: Page, words: str) -> None:
    """Load the page again until it says so, as somebody without script does."""
    for _ in range(60):
        if words in page.inner_text("main"):
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(f"{words!r} never came: {page.inner_text('main')[:800]}")


def test_a_lead_reaches_300_people_in_five_taps_and_sees_them_answer(walk: Start) -> None:
    lead, phones = walk(), walk()
    lead.sign_in("lead")
    lead.look("home")
    write_alert(lead, "A1+A2+A9", "alert")
    assert "300 people will get it" in lead.page.inner_text("main")
    send(lead)
    lead.look("alert-sent")

    administrator = walk(language="es-MX")
    administrator.sign_in("administrator")
    administrator.look("home-administrator")
    administrator.tap("main li a")
    administrator.look("alert-asked")
    assert "Una segunda persona tiene que decir que sí" in administrator.page.inner_text("main")
    send(administrator)
    # Without a reload: the page of the lead keeps itself up to date.
    expect(lead.page.locator("main")).to_contain_text("300 of 300 have it", timeout=40_000)
    lead.look("alert-delivered")

    phones.page.goto(phones.demonstration.phones)
    phones.look("phones")
    phones.page.locator("input[name=count]").fill("40")
    phones.page.get_by_role("button", name="Let them reply 1").click()
    expect(lead.page.locator("main")).to_contain_text("40 people have answered", timeout=20_000)
    lead.look("alert-answered")
    a_family_reads_in_spanish_and_asks_for_help(walk(script=False, language="es-MX"))
    expect(lead.page.locator("main")).to_contain_text("1 person needs help", timeout=20_000)
    lead.look("alert-help")


def a_family_reads_in_spanish_and_asks_for_help(family: Walk) -> None:
    """Open the public page from a Spanish phone, without script, and answer 3 by Signal."""
    said = next(m for m in family.messages() if "/p/" in m["text"] and "Responda" in m["text"])
    link = re.search(r"http\S+/p/\S+", said["text"])
    assert link, said
    family.page.goto(link.group())
    assert family.page.locator("html").get_attribute("lang") == "es"
    assert "Responda 1 = recibido" in family.page.inner_text("main")
    assert family.page.context.cookies() == []
    family.look("es-public-page")
    family.say(said["number"], "3")


def test_all_clear_reaches_everybody_whom_the_alert_reached(walk: Start) -> None:
    lead = walk(dark=True)
    lead.sign_in("second-lead")
    lead.tap("a[href*='/alerts/new']")
    lead.tap("main a[href*='type=T3']")
    while lead.page.locator("main form button[type=submit]:not([name])").count() == 0:
        lead.tap("main .actions a")
    lead.look("dark-words")
    send(lead)
    until(lead.page, "3 of 3 have it")
    lead.look("dark-alert")
    lead.tap("main a[href*='follow-up/departed']")
    lead.look("dark-departed")
    finish(lead)
    until(lead.page, "3 of 3 have it")
    lead.tap("main a[href*='follow-up/all-clear']")
    finish(lead)
    until(lead.page, "3 of 3 have it")
    lead.look("dark-all-clear")


def finish(walk: Walk) -> None:
    """Answer what is still asked, tick what must be stated, and send."""
    page = walk.page
    while page.locator("main form button[type=submit]:not([name])").count() == 0:
        walk.tap("main .actions a")
    for box in page.locator("main form input[type=checkbox]").all():
        box.check()
    walk.look("ending-words")
    send(walk)


def test_everything_works_in_spanish_without_script(walk: Start) -> None:
    lead = walk(script=False, language="es-MX")
    lead.sign_in("second-lead")
    assert lead.page.locator("html").get_attribute("lang") == "es"
    lead.look("es-home")
    write_alert(lead, "to=A1", "es")
    assert "personas" in lead.page.inner_text("main")
    send(lead)
    until(lead.page, "3 de 3")
    lead.look("es-alert")


def test_everything_works_from_right_to_left_by_keyboard_alone(walk: Start) -> None:
    lead = walk(language="fa-IR")
    lead.page.goto(lead.demonstration.link("second-lead"))
    press_until(lead.page, "main button[type=submit]")
    assert lead.page.locator("html").get_attribute("dir") == "rtl"
    lead.look("fa-home")
    for target, name in (
        ("a[href*='/alerts/new']", "what"),
        ("main a[href*='type=T1']", "where"),
        ("main a[href*='place=main_entrance']", "who"),
        ("main a[href*='to=A1']", "words"),
    ):
        press_until(lead.page, target)
        lead.look(f"fa-{name}")
    press_until(lead.page, "main form button[type=submit]:not([name])")
    assert re.search(r"/alerts/\w{22}$", lead.page.url)
    lead.look("fa-alert")


def press_until(page: Page, target: str) -> None:
    """Press Tab until the first such thing has the focus and shows it, then Enter."""
    wanted = page.locator(target).first
    wanted.wait_for()
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            ring = wanted.evaluate(
                "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow"
            )
            assert ring != "nonenone", f"{target} does not show that it has the focus"
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never came to {target}")


PAGES = ("/", "/sign-in", "/privacy", "/home", "/account", "/sites", "/alerts/", "/relay")


@pytest.mark.parametrize("language", ["en-US", "es-MX", "fa-IR"])
def test_the_quiet_pages_are_good_in_every_direction(walk: Start, language: str) -> None:
    lead = walk(language=language)
    lead.sign_in("lead")
    links = [a.get_attribute("href") for a in lead.page.locator("main .actions a").all()]
    for path in [*PAGES, *(link for link in links if link)]:
        lead.page.goto(f"{lead.demonstration.url}{path}")
        name = re.sub(r"\W+", "-", re.sub(r"\w{22}", "x", path)).strip("-")
        lead.look(f"quiet-{language[:2]}-{name or 'first'}")
