"""The pages that show the phones."""

import http.client
import re
from collections.abc import Iterator

import html5lib
import pytest
import requests

from commons.messaging.simulator import Simulator

A, B, C = "+12135550100", "+12135550122", "+12135550133"
PHONE = "/phones/%2B12135550122"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)


@pytest.fixture
def phones() -> Iterator[Simulator]:
    with Simulator(account=A, app_url="http://127.0.0.1:8000") as simulator:
        put = simulator.state.put_phone
        put({"number": B, "name": "Front desk", "language": "fa", "site": "Lincoln"})
        put({"number": C, "name": "<b>Parent</b>", "language": "es", "site": "Hoover"})
        body = {"number": A, "recipients": [B], "message": "سلام"}
        requests.post(simulator.url + "/v2/send", json=body, timeout=5)
        yield simulator


def page(simulator: Simulator, path: str) -> str:
    """The text of a page, which must be well formed, safe, and have one heading."""
    response = requests.get(simulator.url + path, timeout=5)
    assert response.status_code == 200, path
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    html5lib.HTMLParser(strict=True).parse(response.text)
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*src=)", response.text)
    if "part=" not in path:
        assert response.text.count("<h1") == 1
        assert "no message leaves this computer" in response.text
        for label in re.findall(r'<label for="([^"]+)"', response.text):
            assert f'id="{label}"' in response.text
    return response.text


def post(simulator: Simulator, path: str, **fields: str) -> str:
    """Send a form; gives where it leads."""
    response = requests.post(simulator.url + path, data=fields, timeout=5, allow_redirects=False)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def test_the_wall_shows_every_phone(phones: Simulator) -> None:
    text = page(phones, "/")
    assert "Front desk" in text
    assert "&lt;b&gt;Parent&lt;/b&gt;" in text
    assert 'lang="fa"' in text
    assert 'class="screen" dir="rtl"' in text
    assert "سلام" in text


@pytest.mark.parametrize("query", ["site=Lincoln", "language=fa", "state=arrived", "search=0122"])
def test_the_wall_can_be_narrowed(phones: Simulator, query: str) -> None:
    text = page(phones, "/?" + query)
    assert "Front desk" in text
    assert "Parent" not in text


def test_sixty_phones_a_page(phones: Simulator) -> None:
    for number in range(200, 300):
        phones.state.put_phone({"number": f"+1213555{number:04d}"})
    assert page(phones, "/").count('class="phone phone-') == 60
    assert page(phones, "/?page=2").count('class="phone phone-') == 42
    assert "Page 2 of 2" in page(phones, "/?page=99")


def test_what_changes_comes_without_its_frame(phones: Simulator) -> None:
    for path in ("/?part=grid", PHONE + "?part=thread"):
        response = requests.get(phones.url + path, timeout=5)
        assert "<h1" not in response.text
        assert "سلام" in response.text


def test_a_page_reloads_by_itself_only_when_asked(phones: Simulator) -> None:
    asked = requests.get(phones.url + "/?live=on", timeout=5)
    assert asked.headers["Refresh"] == "3"
    assert "Refresh" not in requests.get(phones.url + "/", timeout=5).headers
    assert "hx-trigger" in page(phones, "/")
    assert "hx-trigger" not in page(phones, "/?live=off")


def test_an_owner_reads_reacts_and_replies(phones: Simulator) -> None:
    assert post(phones, PHONE + "/read", live="off") == PHONE + "?live=off"
    post(phones, PHONE + "/react")
    [message] = phones.state.thread(phones.state.phone(B))
    post(phones, PHONE + "/say", text="STOP", quote=str(message.timestamp))
    assert message.read
    assert message.reaction == "👍"
    reply = phones.state.thread(phones.state.phone(B))[1]
    assert (reply.text, reply.quote_timestamp) == ("STOP", message.timestamp)
    assert "STOP" in page(phones, PHONE)


def test_a_phone_is_made_to_fail_and_to_work_again(phones: Simulator) -> None:
    post(phones, PHONE + "/failure", mode="rate_limited", token="tok")
    assert phones.state.phone(B).plan.token == "tok"
    assert "Signal limits us" in page(phones, "/")
    post(phones, PHONE + "/failure", mode="ok", token="")
    post(phones, PHONE + "/key-change")
    assert "Safety number changed" in page(phones, PHONE)
    post(phones, PHONE + "/trust")
    assert phones.state.phone(B).trusted


def test_a_crowd_acts_and_the_filter_stays(phones: Simulator) -> None:
    where = post(phones, "/crowd", act="reply", count="5", site="Lincoln", live="off")
    assert where == "/?site=Lincoln&live=off"
    assert phones.state.thread(phones.state.phone(B))[-1].text == "1"


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/crowd", {"act": "dance"}, 422),
        (PHONE + "/failure", {"mode": "sulking"}, 422),
        ("/phones/%2B12135550199/read", {}, 404),
    ],
)
def test_a_form_that_does_not_fit(
    phones: Simulator, path: str, fields: dict[str, str], status: int
) -> None:
    response = requests.post(phones.url + path, data=fields, timeout=5)
    assert response.status_code == status
    assert response.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_another_site_changes_nothing(
    phones: Simulator, headers: dict[str, str]
) -> None:
    response = requests.post(phones.url + PHONE + "/read", headers=headers, timeout=5)
    assert response.status_code == 403
    assert phones.state.thread(phones.state.phone(B))[0].read is False


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../pyproject.toml",
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2fetc/passwd",
        "/static/css",
        "/static/js/CHECKSUMS",
    ],
)
def test_no_file_outside_the_static_folder(phones: Simulator, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", phones.port, timeout=5)
    connection.request("GET", path)
    assert connection.getresponse().status == 404
    connection.close()


def test_the_style_sheet_is_served(phones: Simulator) -> None:
    response = requests.get(phones.url + "/static/css/simulator.css", timeout=5)
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
