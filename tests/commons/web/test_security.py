"""Forms need their token, and nothing leads off the site; tests/gates pins the headers."""

from pathlib import Path
from typing import Any

import pytest

from app import create_app
from commons.web.security import CSRF_EXEMPT, IMPORTS, SESSION_FREE, safe_next
from tests import builders, page
from tests.conftest import settings_for


def test_a_form_without_its_token_is_refused_in_words(browser: page.Browser) -> None:
    answer = browser.post("/sign-out", {})
    assert answer.status == 400
    assert "open for too long" in answer.words


def test_a_form_sent_from_another_site_is_refused(
    browser: page.Browser, cast: builders.Cast
) -> None:
    form = browser.sign_in(cast.rosa).form("/sign-out")
    refused = browser.post("/sign-out", form.values, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status == 403


def test_the_routes_without_a_token_stand_in_one_list(app: Any) -> None:
    assert set(CSRF_EXEMPT) == {"gateway.receive"}
    assert set(SESSION_FREE) == {"answers.show", "answers.answer"}
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= CSRF_EXEMPT | SESSION_FREE | IMPORTS


def test_a_body_that_is_too_large_is_refused(browser: page.Browser) -> None:
    answer = browser.post("/sign-in", {"name": "x" * 300_000})
    assert answer.status == 413


@pytest.mark.parametrize(
    "address", ["/return/%00", "/sites?after=a%00b", "/sites/%00", "/sign-in?next=%00"]
)
def test_an_address_with_a_nul_is_a_bad_request(
    browser: page.Browser, cast: builders.Cast, address: str
) -> None:
    browser.sign_in(cast.rosa)
    assert browser.get(address).status == 400


def test_a_field_with_a_nul_is_a_bad_request(browser: page.Browser, cast: builders.Cast) -> None:
    browser.sign_in(cast.rosa)
    form = browser.get(f"/sites/{cast.lincoln.public_id}/roster/look-up").form("/look-up")
    assert form.submit(number="213\x00 555 0142").status == 400


def test_an_installation_refuses_another_host_name(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "sqlcipher:///unused", demonstration="no")
    client = create_app(settings, bind=False).test_client()
    assert client.get("/static/css/base.css", base_url="https://evil.example").status_code == 400
    client.get("/static/css/base.css", base_url=page.ADDRESS).close()


def test_a_phone_on_the_network_is_told_why_it_cannot_sign_in(app: Any) -> None:
    answer = app.test_client().get("/sign-in", base_url="http://192.168.1.20:8000")
    assert answer.status_code == 200
    assert "https" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "",
     None, "/a\r\nSet-Cookie: x", "\\\\evil.example"],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_off_the_site(target: str | None) -> None:
    assert safe_next(target, "/home") == "/home"


def test_after_signing_in_one_goes_on_where_one_was() -> None:
    assert safe_next("/sites/x?y=1", "/home") == "/sites/x?y=1"


def test_cookies_are_for_this_host_only_and_closed_to_scripts(
    browser: page.Browser, cast: builders.Cast
) -> None:
    browser.sign_in(cast.rosa)
    cookie = browser.client.get_cookie("__Host-farolito", domain="farolito.test")
    assert cookie is not None
    assert cookie.secure
    assert cookie.http_only
    assert cookie.same_site == "Strict"
