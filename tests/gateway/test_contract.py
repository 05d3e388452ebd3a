"""The gateway's contract, section 8, part one: life signs, sending and its refusals.

The number of each case is in its name, so that what is missing can be counted.
"""

import pytest
import requests

from tests.gateway.wire import A, B, C, Wire

GROUP = "group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0="
PREFIX = "Couldn't process request - "
TOGETHER = (
    "Signal Messenger {} cannot be specified together in one request!"
    " Please split them up into multiple REST API calls."
)


def test_case_01_about_says_which_gateway_it_is(wire: Wire) -> None:
    about = wire.ask("GET", "/v1/about").json()
    assert about["versions"] == ["v1", "v2"]
    assert about["build"] == 2
    assert about["mode"] == wire.mode


def test_case_02_health_is_no_sign_of_the_daemon(wire: Wire) -> None:
    if wire.simulator:
        wire.simulator.settings.daemon_down = True
    health = wire.ask("GET", "/v1/health")
    assert (health.status_code, health.content) == (204, b"")


def test_case_03_and_04_a_send_answers_in_the_profiles_shape(wire: Wire) -> None:
    response = wire.send(B)
    body = response.json()
    assert response.status_code == 201
    assert isinstance(body, list) is wire.head
    sent = body[0] if wire.head else body
    assert set(sent) == {"timestamp"}
    assert isinstance(sent["timestamp"], str)
    assert len(sent["timestamp"]) == 13


def test_case_05_many_recipients_share_one_timestamp(wire: Wire) -> None:
    timestamp = wire.timestamp(wire.send(B, C))
    assert len(wire.ours.state.with_timestamp(timestamp)) == 2


def test_case_06_to_08_one_of_two_is_unregistered(wire: Wire) -> None:
    wire.fail(C, "unregistered")
    response = wire.send(B, C)
    if wire.head:
        failed = response.json()[0]["errors"]["recipients"]
        assert failed == [{"number": C, "reason": "UNREGISTERED_FAILURE"}]
    elif wire.json_rpc:
        assert set(response.json()) == {"timestamp"}
    else:
        error = wire.error(response)
        start = f'Failed to send (some) messages:{C}: Unregistered user "{C}"'
        assert error.startswith(start)
        assert error.removeprefix(start).isdecimal()
        assert len(error.removeprefix(start)) == 13
    assert wire.arrived(B) == ["hello"]


def test_case_09_to_11_an_untrusted_key(wire: Wire) -> None:
    wire.fail(B, "identity")
    error = wire.error(wire.send(B))
    if wire.json_rpc and wire.head:
        assert error == "Unable to complete request due to untrusted recipient keys"
    elif wire.json_rpc:
        assert error == "Failed to send message due to untrusted identities"
    else:
        assert error.endswith("Failed to send message due to untrusted identities\n")
        assert ('"type": "IDENTITY_FAILURE"' in error) is wire.head
        assert (f'Untrusted Identity for "{B}"' in error) is not wire.head
    assert wire.arrived(B) == []


@pytest.mark.parametrize("token", ["tok-1", ""])
def test_case_12_13_and_15_a_rate_limit(wire: Wire, token: str) -> None:
    wire.fail(B, "rate_limited", token=token)
    response = wire.send(B)
    if wire.json_rpc:
        body = response.json()
        assert response.status_code == 429
        assert "rate-limit-challenge" in body["error"]
        assert body["challenge_tokens"] == [token]
        assert body["account"] == A
        return
    error = wire.error(response)
    assert error.endswith("Failed to send message due to rate limiting\n")
    assert ("tok-1" in error) is bool(token)
    if wire.head:
        assert ('"retryAfterSeconds": 86400' in error) is bool(token)
    else:
        assert ("CAPTCHA proof required" in error) is bool(token)


def test_case_14_a_rate_limit_without_data(wire: Wire) -> None:
    wire.fail(B, "rate_limited_without_data")
    response = wire.send(B)
    body = response.json()
    assert response.status_code == (429 if wire.json_rpc else 400)
    assert body["error"].startswith("Rate limit reached\n")
    assert "challenge_tokens" not in body


def test_case_16_mixed_failures_and_nobody_reached(wire: Wire) -> None:
    wire.fail(B, "rate_limited")
    wire.fail(C, "unregistered")
    error = wire.error(wire.send(B, C))
    assert error == "Failed to send message" if wire.json_rpc else error.endswith("message\n")


def test_case_17_a_partial_rate_limit_hides_its_token(wire: Wire) -> None:
    wire.fail(C, "rate_limited", token="tok-1")
    response = wire.send(B, C)
    if wire.head:
        row = response.json()[0]["errors"]["recipients"][0]
        assert (row["number"], row["reason"]) == (C, "RATE_LIMIT_FAILURE")
        assert "tok-1" not in response.text
    assert wire.arrived(B) == ["hello"]


def test_case_18_a_repeated_recipient_gets_one_message(wire: Wire) -> None:
    wire.timestamp(wire.send(B, B))
    assert wire.arrived(B) == ["hello"]


@pytest.mark.parametrize("given", [{"recipients": []}, {}, {"recipients": None}])
def test_case_19_no_recipients(wire: Wire, given: dict[str, object]) -> None:
    response = wire.ask("POST", "/v2/send", json={"number": A, "message": "x", **given})
    assert wire.error(response) == PREFIX + "please provide at least one recipient"


@pytest.mark.parametrize(
    "body",
    [
        b"{bad",
        b"",
        b'{"number": "+12135550100", "recipients": "+12135550122"}',
        b'{"number": "+12135550100", "recipients": ["+12135550122"], "quote_timestamp": "1700"}',
    ],
)
def test_case_20_a_body_that_cannot_be_read(wire: Wire, body: bytes) -> None:
    response = wire.ask("POST", "/v2/send", data=body)
    assert wire.error(response) == PREFIX + "invalid request"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_case_21_the_undocumented_recipient(wire: Wire) -> None:
    body = {"number": A, "recipient": B, "message": "x"}
    wire.timestamp(wire.ask("POST", "/v2/send", json=body))


def test_case_22_no_number(wire: Wire) -> None:
    response = wire.ask("POST", "/v2/send", json={"recipients": [B], "message": "x"})
    assert wire.error(response) == PREFIX + "please provide a valid number"


def test_case_23_an_account_that_is_not_there(wire: Wire) -> None:
    body = {"number": "+12135550199", "recipients": [B], "message": "x"}
    error = wire.error(wire.ask("POST", "/v2/send", json=body))
    gone = "User +12135550199 is not registered.\n"
    assert error == ("Specified account does not exist" if wire.json_rpc else gone)


@pytest.mark.parametrize(
    ("recipients", "error"),
    [
        ([GROUP, B], TOGETHER.format("Groups and phone numbers")),
        ([GROUP, "alice.01"], TOGETHER.format("Groups and usernames")),
        ([B, "alice.01"], TOGETHER.format("phone numbers and usernames")),
        (
            [GROUP, GROUP],
            "A signal message cannot be sent to more than one group at once!"
            " Please use multiple REST API calls for that.",
        ),
        (["group.aGVsbG8="], "Invalid identifier group.aGVsbG8="),
        (["group.!!!!!!!!!!!!!!!!!"], "Invalid identifier group.!!!!!!!!!!!!!!!!!"),
        (["group.ZUhoNGVIaDRlSGg0ZUhoNGVIaDRlQT09"], "Invalid Signal group size (16"),
        (["group.bm9wZQ=="], "Invalid Signal group size (3"),
    ],
)
def test_case_24_and_25_recipients_that_do_not_go(
    wire: Wire, recipients: list[str], error: str
) -> None:
    assert wire.error(wire.send(*recipients)) == error


@pytest.mark.parametrize("recipient", ["group.abc", "12135550122", "AAECAwQFBgcICQ="])
def test_case_25_things_that_are_taken_for_usernames(wire: Wire, recipient: str) -> None:
    assert "Failed to send" in wire.error(wire.send(recipient))


def test_case_26_a_group_that_may_not_be_written_to(wire: Wire) -> None:
    error = wire.error(wire.send(GROUP))
    assert error.startswith("Group not found: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")


def test_case_27_a_uuid(wire: Wire) -> None:
    phone = wire.ours.state.put_phone({"number": B})
    wire.timestamp(wire.send(phone.uuid))
    assert wire.arrived(B) == ["hello"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"view_once": True}, "'view_once' can only be set for image attachments!"),
        ({"base64_attachments": ["%%%"]}, "illegal base64 data at input byte 0"),
        ({"base64_attachments": [""]}, "The base64 data does not exist."),
        ({"sticker": "abc"}, PREFIX + "please provide valid sticker delimiter"),
        (
            {"link_preview": {"url": "http://e.org", "title": "t"}},
            "Link Preview URL must start with https://..",
        ),
        (
            {"link_preview": {"url": "https://e.org", "title": "t"}},
            "Link Preview URL is missing in the message!",
        ),
    ],
)
def test_case_28_contents_that_do_not_go(wire: Wire, more: dict[str, object], error: str) -> None:
    assert wire.error(wire.send(B, **more)) == error


def test_case_29_unpaired_markers_vanish(wire: Wire) -> None:
    wire.timestamp(wire.send(B, message="2*3 **b**", text_mode="styled"))
    [message] = wire.ours.state.thread(wire.ours.state.phone(B))
    assert (message.text, message.styles) == ("23 b", ["3:1:BOLD"])


def test_case_30_an_empty_message(wire: Wire) -> None:
    error = wire.error(wire.send(B, message=""))
    assert error.startswith("Sending empty message is not allowed, either a message")
    assert error.endswith("\n") is not wire.json_rpc


def test_case_56_wrong_paths_and_methods(wire: Wire) -> None:
    for method, path in (("GET", "/v2/send"), ("GET", "/v1/nope"), ("DELETE", "/v1/about")):
        response = wire.ask(method, path)
        assert (response.status_code, response.text) == (404, "404 page not found")
        assert response.headers["Content-Type"] == "text/plain"


def test_case_57_timestamps_are_distinct(wire: Wire) -> None:
    with requests.Session() as session:
        body = {"number": A, "recipients": [B], "message": "x", "notify_self": False}
        answers = [session.post(wire.url + "/v2/send", json=body, timeout=5) for _ in range(20)]
    stamps = [wire.timestamp(answer) for answer in answers]
    assert len(set(stamps)) == 20


def test_keys_in_any_case_unknown_keys_and_any_content_type(wire: Wire) -> None:
    body = f'{{"Number": "{A}", "RECIPIENTS": ["{B}"], "message": "x", "nonsense": 1}}'
    headers = {"Content-Type": "text/plain"}
    wire.timestamp(wire.ask("POST", "/v2/send", data=body, headers=headers))


def test_a_trailing_slash_is_redirected(wire: Wire) -> None:
    assert wire.ask("GET", "/v1/about/", allow_redirects=False).status_code == 301
    assert wire.ask("GET", "/v1/about/").status_code == 200


def test_the_old_send_answers_with_an_object(wire: Wire) -> None:
    body = {"number": A, "recipients": [B], "message": "x"}
    answer = wire.ask("POST", "/v1/send", json=body)
    assert isinstance(answer.json(), dict)
