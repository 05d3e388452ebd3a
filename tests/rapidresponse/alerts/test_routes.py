"""The pages of alerts, as people without script use them."""

from __future__ import annotations

import pytest

from commons import i18n
from commons.messaging.models import Message, MessageState
from commons.messaging.replies import hear
from commons.permissions import Role
from rapidresponse.alerts.models import Alert, AlertVersion, VersionKind
from rapidresponse.alerts.replies import acknowledge
from tests import builders
from tests.page import Browser, Page
from tests.rapidresponse.alerts.school import School, first, follow, heard, intent, put, send


def compose(browser: Browser, who: str = "core, staff and families") -> Page:
    """Walk to the page of words; every step is a link."""
    page = browser.get("/alerts/new").follow("Agents at the entrance")
    return page.follow("Main entrance").follow(who)


def test_five_taps_send_an_alert(school: School, browser: Browser) -> None:
    browser.sign_in(school.cast.rosa)
    page = compose(browser).form("/alerts/new").submit()
    assert page.status == 200
    assert page.path == f"/alerts/{Alert.get().public_id}"
    assert "0 of 4 have it. 2 are on their way. 2 wait for a second person." in page.words


def test_nothing_is_stored_before_it_is_sent(school: School, browser: Browser) -> None:
    browser.sign_in(school.cast.rosa)
    compose(browser)
    assert not Alert.select().exists()


def test_the_words_shown_are_the_words_sent(school: School, browser: Browser) -> None:
    browser.sign_in(school.cast.rosa)
    page = compose(browser)
    page.form("/alerts/new").submit()
    from tests.rapidresponse.alerts.school import texts

    for text in texts(first(Alert.get())).values():
        assert " ".join(text.split()) in page.words


def test_the_page_of_words_says_who_is_left_out_and_why(school: School, browser: Browser) -> None:
    builders.a_person(school.site, builders.Group.FAMILY, number=None)
    browser.sign_in(school.cast.rosa)
    page = compose(browser)
    assert "1 person is left out" in page.words
    assert "Families, 1: They have no Signal number here." in page.words
    assert "4 people will get it. 2 of them wait until a second person says yes." in page.words
    assert "The relay has not been started yet." in page.words


def test_each_text_says_its_language_and_direction(school: School, browser: Browser) -> None:
    builders.a_person(school.site, builders.Group.FAMILY, language="fa")
    browser.sign_in(school.cast.rosa)
    quotes = {q.get("lang"): q.get("dir") for q in compose(browser).root.iter("blockquote")}
    assert quotes == {"en": "ltr", "es": "ltr", "ko": "ltr", "fa": "rtl"}


def test_a_change_of_posture_asks_which(school: School, browser: Browser) -> None:
    browser.sign_in(school.cast.rosa)
    page = browser.get("/alerts/new").follow("Change of posture").follow("Secure")
    page = page.follow("Core, staff and families").form("/alerts/new").submit()
    assert heard(first(Alert.get()))
    assert Alert.get().type == "T15"


def test_a_school_with_one_place_is_not_asked_where(school: School, browser: Browser) -> None:
    builders.SitePlace.delete().where(builders.SitePlace.key != "side_gate").execute()
    browser.sign_in(school.cast.rosa)
    page = browser.get("/alerts/new").follow("Agents at the entrance")
    assert page.heading.endswith("Who will hear?")


def test_who_leads_two_schools_is_asked_which(school: School, browser: Browser) -> None:
    builders.Membership.create(
        account=school.cast.rosa,
        role=Role.SITE_LEAD,
        site=school.cast.other_school,
        since=school.cast.rosa.created_at,
        granted_by="test",
    )
    browser.sign_in(school.cast.rosa)
    page = browser.get("/alerts/new")
    assert page.heading == "At which school?"
    assert page.follow("Lincoln").heading.endswith("What is happening?")


def test_posting_twice_makes_one_alert(school: School, browser: Browser) -> None:
    browser.sign_in(school.cast.rosa)
    form = compose(browser).form("/alerts/new")
    assert form.submit().path == form.submit().path
    assert Alert.select().count() == 1


def test_above_three_hundred_a_wrong_count_is_explained(
    school: School, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapidresponse.alerts.composer.MANY", 3)
    browser.sign_in(school.cast.rosa)
    page = compose(browser).form("/alerts/new").submit(count="5")
    assert page.status == 422
    assert "Type how many people will get it: 4" in page.words
    assert page.form("/alerts/new").submit(count=" 4 ").status == 200
    assert Alert.select().count() == 1


def test_a_changed_address_cannot_carry_an_unverified_text_to_staff(
    school: School, browser: Browser
) -> None:
    browser.sign_in(school.cast.rosa)
    form = compose(browser).form("/alerts/new")
    form.action = form.action.replace("seen=yes", "seen=no")
    assert form.submit().status == 403
    assert not Message.select().exists()


def test_the_second_person_says_yes_on_the_alerts_page(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.mara)
    page = browser.get(f"/alerts/{alert.public_id}")
    assert "2 people wait for it" in page.words
    page = page.form("/approve").submit()
    assert "0 of 4 have it. 4 are on their way." in page.words
    assert "Mara Example said yes." in page.words


def test_the_sender_sees_no_yes_to_press(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}")
    assert "Another account decides" in page.words
    with pytest.raises(AssertionError):
        page.form("/approve")


def test_a_no_is_shown(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.noor)
    page = browser.get(f"/alerts/{alert.public_id}").form("/decline").submit()
    assert "Noor Example said no." in page.words
    assert "0 of 2 have it" in page.words


@pytest.mark.parametrize("name", ["ines", "stranger", "amina", "dev", "luis"])
@pytest.mark.parametrize("path", ["", "/live", "/follow-up/all-clear"])
def test_who_has_no_business_here_sees_nothing(
    school: School, browser: Browser, name: str, path: str
) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(getattr(school.cast, name))
    page = browser.get(f"/alerts/{alert.public_id}{path}")
    assert page.status in (403, 404)
    assert alert.code not in page.words


@pytest.mark.parametrize("act", ["approve", "decline", "replies/x/deal-with"])
def test_ines_gets_404_for_every_act(school: School, browser: Browser, act: str) -> None:
    alert = send(school.site, school.cast.rosa)
    builders.Membership.create(
        account=school.cast.ines,
        role=Role.ADMINISTRATOR,
        site=school.cast.other_school,
        since=school.cast.ines.created_at,
        granted_by="test",
    )
    browser.sign_in(school.cast.ines)
    token = browser.get("/alerts/").form("/sign-out").values["csrf_token"]
    page = browser.post(f"/alerts/{alert.public_id}/{act}", {"csrf_token": token, "shown": "x"})
    assert page.status == 404
    assert len(heard(first(alert), MessageState.HELD)) == 2


def test_the_list_shows_only_alerts_of_ones_own_schools(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.ines)
    assert "No alert has been sent." in browser.get("/alerts/").words
    browser = Browser(browser.client.application)
    browser.sign_in(school.cast.carmen)
    assert alert.code in browser.get("/alerts/").words


def test_the_list_goes_on_by_key(
    school: School, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapidresponse.alerts.routes.PAGE", 2)
    codes = [send(school.site, school.cast.rosa).code for _ in range(3)]
    browser.sign_in(school.cast.rosa)
    page = browser.get("/alerts/")
    assert codes[0] not in page.words
    assert codes[0] in page.follow("Next page").words


def test_the_live_part_is_right_by_itself(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.lead, MessageState.READ)
    put(first(alert), school.teacher, MessageState.FAILED, "unregistered")
    browser.sign_in(school.cast.rosa)
    words = browser.get(f"/alerts/{alert.public_id}/live").words
    assert "1 of 4 has it. 2 wait for a second person. 1 needs a call." in words
    assert "Signal does not know their number." in words
    assert "Ana" not in words


def test_an_all_clear_needs_its_box_ticked(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}").follow("All clear").follow("Normal")
    form = page.form("/follow-up/all-clear")
    assert form.submit().status == 422
    assert "All clear given" in form.submit(seen="y").words


@pytest.mark.parametrize(
    ("act", "choices", "kind"),
    [
        ("Update", ["Counsel has been called"], VersionKind.UPDATE),
        ("Correction", ["Staff looked"], VersionKind.CORRECTION),
    ],
)
def test_what_follows_is_chosen_by_links(
    school: School, browser: Browser, act: str, choices: list[str], kind: VersionKind
) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}").follow(act)
    for words in choices:
        page = page.follow(words)
    page.form("/follow-up").submit()
    assert AlertVersion.get(AlertVersion.number == 2).kind is kind


def test_an_update_may_be_sent_to_more_people(school: School, browser: Browser) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1",), seen=False))
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}").follow("Update").follow("Still there")
    page = page.follow("Change: Who will hear?").follow("core and staff")
    page.form("/follow-up").submit()
    assert set(heard(AlertVersion.get(AlertVersion.number == 2)).values()) == {"A1", "A2"}


def test_a_page_left_open_while_somebody_else_wrote_is_refused(
    school: School, browser: Browser
) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}/follow-up/update?news=still_there")
    follow(alert, school.cast.mara, VersionKind.UPDATE)
    assert page.form("/follow-up").submit().status == 409
    assert AlertVersion.select().count() == 2


def test_what_people_wrote_waits_for_a_person_and_is_dealt_with(
    school: School, browser: Browser
) -> None:
    alert = send(school.site, school.cast.rosa)
    message = put(first(alert), school.teacher, MessageState.READ)
    hear(school.teacher, alert.started_at, "<b>Which gate?</b>", message, (acknowledge,))
    browser.sign_in(school.cast.rosa)
    page = browser.get(f"/alerts/{alert.public_id}")
    assert "<b>Which gate?</b>" in page.words
    assert "Which gate?" not in page.form("/deal-with").submit().words


@pytest.mark.parametrize("locale", i18n.catalogs())
def test_every_page_speaks_the_visitors_language(
    school: School, browser: Browser, locale: str
) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.rosa)
    for path in ("/alerts/", "/alerts/new", f"/alerts/{alert.public_id}"):
        page = browser.get(path, query={"language": locale})
        assert page.root.get("lang") == i18n.language(locale).tag


@pytest.mark.parametrize(
    "path", ["new?type=T1&place=x&to=A7", "new?type=T15&posture=normal&to=A1 A5"]
)
def test_a_strange_address_is_no_error_of_ours(school: School, browser: Browser, path: str) -> None:
    browser.sign_in(school.cast.rosa)
    assert browser.get(f"/alerts/{path}").status in (200, 400, 422)


@pytest.mark.parametrize(
    "query",
    [
        {"_scheme": "javascript", "_external": "1"},
        {"_anchor": "x"},
        {"public_id": "x", "word": "y"},
    ],
)
def test_a_crafted_address_bends_no_link(
    school: School, browser: Browser, query: dict[str, str]
) -> None:
    browser.sign_in(school.cast.rosa)
    alert = send(school.site, school.cast.rosa)
    for path in ("/alerts/new", f"/alerts/{alert.public_id}/follow-up/update"):
        page = browser.get(path, query={"type": "T1", **query})
        choices = [link for link in page.links() if "place=" in link or "news=" in link]
        assert choices
        assert all(link.startswith(f"{path}?") for link in choices)
        assert not any(name in link for link in choices for name in query)
