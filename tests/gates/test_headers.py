"""Every answer of every route carries exactly these headers, and every cookie these attributes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from peewee import OperationalError
from werkzeug.exceptions import ImATeapot

from commons import clock
from commons.errors import Conflict, NotFound, RateLimited
from commons.web import security
from rapidresponse.alerts import drawing
from rapidresponse.alerts.models import VersionKind
from tests import builders, page
from tests.page import ADDRESS
from tests.rapidresponse.alerts.answers.test_links import copy, link
from tests.rapidresponse.alerts.public_page.test_public_page import approved, path
from tests.rapidresponse.alerts.school import School, follow
from tests.test_routes import address, an_alert

pytestmark = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
# Written out, so that a change of `security.HEADERS` is a change of two files.
PINNED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Strict-Transport-Security": "max-age=31536000",
}
# What else an answer may say; a header that is new needs a reason to be here.
MAY = {
    "Accept-Ranges", "Allow", "Cache-Control", "Clear-Site-Data", "Content-Disposition",
    "Content-Length", "Content-Type", "Date", "ETag", "HX-Redirect", "Last-Modified", "Location",
    "Retry-After", "Set-Cookie", "Vary",
}  # fmt: skip
# What a public page says as well, which is packed and in a language that the browser chose.
PUBLIC_MAY = {"Content-Encoding", "Content-Language"}
SHORTLY = "public, max-age=15"
YEAR, KEPT_NOT = "public, max-age=31536000, immutable", "no-store"
# A style sheet without its fingerprint is asked for again each time.
UNMARKED = "no-cache"
COOKIES = {
    "__Host-farolito": {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"},
    "__Host-device": {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"},
    # A link from elsewhere opens in the language that was chosen.
    "__Host-language": {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"},
}
Answer = tuple[str, Any]


def answers(app: Any, cast: builders.Cast) -> Iterator[Answer]:
    """Yield what every route says to somebody, to nobody, to each method, well and badly asked."""
    alert = an_alert(cast)
    for who in (cast.rosa, cast.dana, None):
        browser = page.Browser(app)
        if who is not None:
            browser.sign_in(who)
        for rule in app.url_map.iter_rules():
            where = address(rule, cast.lincoln, alert)
            for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT"):
                # Without a token, which is as far as these may come.
                if method == "GET" or who is cast.rosa:
                    yield f"{method} {where}", ask(browser, where, method)
    yield from hard_cases(page.Browser(app))
    yield from behind_links(app, School.make(cast))


def behind_links(app: Any, school: School) -> Iterator[Answer]:
    """Yield what pages without a session say, to a browser that is signed in all the same."""
    browser = page.Browser(app)
    browser.sign_in(school.cast.rosa)
    alert = approved(school)
    public, answer = path(alert), link(copy(alert, school.teacher))
    shown = ask(browser, public)
    assert shown.status_code == 200
    yield public, shown
    fresh = {"If-None-Match": shown.headers["ETag"]}
    yield "a public page, as before", ask(browser, public, headers=fresh)
    packed = {"Accept-Encoding": "gzip"}
    yield "a public page, packed", ask(browser, f"{public}/es?language=ko", headers=packed)
    yield "its style", ask(browser, drawing.style_path())
    nowhere = f"{public}/nowhere?language=es"
    for where in (public, nowhere, answer, f"{answer}?language=es", "/a/x", "/p/x.css"):
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT"):
            yield f"{method} {where}", ask(browser, where, method, data={"answer": "safe"})
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        for where, status in ((public, 404), (answer, 410)):
            ended = ask(browser, where)
            assert ended.status_code == status
            yield f"{where} has ended", ended


def ask(browser: page.Browser, where: str, method: str = "GET", **given: Any) -> Any:
    answer = browser.client.open(where, method=method, base_url=ADDRESS, **given)
    answer.close()
    return answer


def hard_cases(browser: page.Browser) -> Iterator[Answer]:
    yield "nowhere", ask(browser, "/nothing-here")
    yield "too large", ask(browser, "/sign-in", "POST", data={"name": "x" * 300_000})
    cross = {"Sec-Fetch-Site": "cross-site"}
    yield "from another site", ask(browser, "/sign-out", "POST", headers=cross)
    yield "a language", ask(browser, "/?language=es")
    sheet = browser.get("/").root.iter("link")
    marked = next(one.get("href", "") for one in sheet if "base.css" in one.get("href", ""))
    answer = ask(browser, marked)
    yield marked, answer
    fresh = {"If-None-Match": answer.headers["ETag"]}
    yield "static, as before", ask(browser, marked, headers=fresh)
    yield "static, nowhere", ask(browser, "/static/css/none.css?v=1")
    yield "static, outside", ask(browser, "/static/../app.py")


def faults(label: str, answer: Any) -> Iterator[str]:
    """Yield what an answer's headers have too much, too little, or otherwise."""
    for name, wanted in PINNED.items():
        found = answer.headers.getlist(name)
        if found != [wanted]:
            yield f"{label}: {name} is {found}"
    may = MAY
    if answer.request.path.startswith(("/a/", "/p/")):
        may = MAY - {"Set-Cookie"} | PUBLIC_MAY
    for name in set(answer.headers.keys()) - set(PINNED) - may:
        yield f"{label}: nobody knows why it says {name}"
    found = answer.headers.getlist("Cache-Control")
    if found != [kept_how_long(answer)]:
        yield f"{label}: Cache-Control is {found}"
    for cookie in answer.headers.getlist("Set-Cookie"):
        yield from cookie_faults(label, cookie)


def kept_how_long(answer: Any) -> str:
    asked = answer.request
    if asked.path.startswith("/p/") and answer.status_code in (200, 304):
        return YEAR if asked.path.endswith(".css") else SHORTLY
    file = asked.path.startswith("/static/") and asked.method in ("GET", "HEAD")
    if file and answer.status_code in (200, 304):
        return YEAR if "v" in asked.args else UNMARKED
    return KEPT_NOT


def cookie_faults(label: str, cookie: str) -> Iterator[str]:
    name, *attributes = (part.strip() for part in cookie.split(";"))
    name = name.partition("=")[0]
    lasting = ("Max-Age=", "Expires=")
    said = {one for one in attributes if not one.startswith(lasting)}
    if name not in COOKIES:
        yield f"{label}: nobody knows the cookie {name}"
    elif said != COOKIES[name]:
        yield f"{label}: the cookie {name} has {sorted(said)}"


def all_faults(given: Iterator[Answer]) -> list[str]:
    return [fault for label, answer in given for fault in faults(label, answer)]


def test_every_answer_carries_exactly_the_pinned_headers(app: Any, cast: builders.Cast) -> None:
    seen = list(answers(app, cast))
    assert all_faults(iter(seen)) == []
    links = [label for label, answer in seen if answer.request.path.startswith(("/a/", "/p/"))]
    assert len(links) > 30
    statuses = {answer.status_code for _label, answer in seen}
    assert statuses >= {200, 303, 304, 400, 403, 404, 405, 410, 413}
    cookies = "".join(answer.headers.get("Set-Cookie", "") for _label, answer in seen)
    assert "__Host-farolito=" in cookies
    assert "__Host-language=" in cookies


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("+18055550177"), 500),
        (OperationalError("gone"), 503),
        (RateLimited("Wait.", 9), 429),
        (Conflict("Twice."), 409),
        (NotFound("Nothing."), 404),
        (ImATeapot(), 418),
    ],
)
def test_every_error_carries_them_and_nothing_of_what_went_wrong(
    app: Any, browser: page.Browser, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setitem(app.view_functions, "privacy.show", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = ask(browser, "/privacy")
    assert answer.status_code == status
    assert all_faults(iter([("an error", answer)])) == []
    text = answer.get_data(as_text=True)
    assert "5550177" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", [*PINNED, "Cache-Control"])
def test_an_answer_without_one_is_seen(browser: page.Browser, name: str) -> None:
    answer = ask(browser, "/privacy")
    assert all_faults(iter([("x", answer)])) == []
    del answer.headers[name]
    assert all_faults(iter([("x", answer)])) == [f"x: {name} is []"]


def too_much(answer: Any) -> None:
    answer.headers["X-Powered-By"] = "Farolito"


def twice(answer: Any) -> None:
    answer.headers.add("Content-Security-Policy", "default-src *")


def open_cookie(answer: Any) -> None:
    answer.headers["Set-Cookie"] = "__Host-farolito=x; Secure; Path=/; SameSite=Strict"


def unknown_cookie(answer: Any) -> None:
    answer.headers["Set-Cookie"] = "track=x; Secure; HttpOnly; Path=/; SameSite=Strict"


def kept(answer: Any) -> None:
    answer.headers["Cache-Control"] = "private, max-age=60"


def test_a_cookie_of_a_page_behind_a_link_is_seen(browser: page.Browser) -> None:
    answer = ask(browser, "/a/x")
    assert all_faults(iter([("x", answer)])) == []
    answer.headers["Set-Cookie"] = "__Host-language=es; Secure; HttpOnly; Path=/; SameSite=Lax"
    assert all_faults(iter([("x", answer)])) == ["x: nobody knows why it says Set-Cookie"]


@pytest.mark.parametrize("spoil", [too_much, twice, open_cookie, unknown_cookie, kept])
def test_an_answer_with_too_much_is_seen(
    browser: page.Browser, spoil: Callable[[Any], None]
) -> None:
    answer = ask(browser, "/privacy")
    spoil(answer)
    assert len(all_faults(iter([("x", answer)]))) == 1


def test_a_route_that_sets_its_own_policy_is_seen(
    app: Any, browser: page.Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {**security.HEADERS, "Content-Security-Policy": "default-src *"}
    monkeypatch.setattr(security, "HEADERS", given)
    seen = all_faults(iter([("x", ask(browser, "/privacy"))]))
    assert [fault.split(" is ")[0] for fault in seen] == ["x: Content-Security-Policy"]
