"""The gateway's contract, section 8, part four: its smaller routes and its groups."""

import pytest

from tests.gateway.wire import A, B, C, Wire

PREFIX = "Couldn't process request - "


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "please either provide a safety number (preferred & more secure)"),
        ({"verified_safety_number": "1", "trust_all_known_keys": True}, "at once!"),
        ({"verified_safety_number": ""}, "please provide a valid safety number"),
    ],
)
def test_case_40_trust_without_saying_which(
    wire: Wire, body: dict[str, object], error: str
) -> None:
    assert error in wire.error(wire.ask("PUT", f"/v1/identities/{A}/trust/{B}", json=body))


def test_case_41_identities_fail_with_500(wire: Wire) -> None:
    response = wire.ask("GET", "/v1/identities/+12135550199")
    gone = "User +12135550199 is not registered.\n"
    expected = "Specified account does not exist" if wire.json_rpc else gone
    assert wire.error(response, 500) == expected


def test_case_42_to_46_groups(wire: Wire) -> None:
    path = f"/v1/groups/{A}"
    unknown = "group.QUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOD0="
    response = wire.ask("GET", f"{path}/{unknown}")
    assert (response.status_code, response.text) == (200, "null")
    refused = wire.ask("PUT", f"{path}/{unknown}", json={"name": "New"})
    assert refused.status_code == (204 if wire.json_rpc else 400)
    missing = wire.ask("POST", f"{path}/{unknown}/members", json={"members": [B]})
    assert wire.error(missing, 404) == f"No group with that group id ({unknown}) found"

    wire.ours.state.put_phone({"number": C, "profile_shared": False})
    made = wire.ask("POST", path, json={"name": "Alerts", "members": [B, C]})
    assert made.status_code == 201
    group = made.json()["id"]
    shown = wire.ask("GET", f"{path}/{group}").json()
    assert shown["members"] == [A, B]
    assert shown["pending_invites"] == [C]
    assert ("member" in shown) is wire.head
    wire.timestamp(wire.send(group))
    assert (wire.arrived(B), wire.arrived(C)) == (["hello"], [])

    empty = wire.ask("POST", f"{path}/{group}/members", json={"members": []})
    assert wire.error(empty) == PREFIX + "group members missing"
    assert wire.ask("DELETE", f"{path}/{group}/members", json={"members": []}).status_code == 204
    left = wire.ask("DELETE", f"{path}/{group}")
    assert (left.status_code, left.content) == (200, b"")
    error = wire.error(wire.send(group))
    assert error.startswith("User is not a member in group: Alerts (")


def test_case_26_a_group_for_announcements(wire: Wire) -> None:
    permissions = {"send_messages": "only-admins"}
    made = wire.ask("POST", f"/v1/groups/{A}", json={"name": "News", "permissions": permissions})
    for group in wire.ours.state.groups.values():
        group.account_admin = False
    error = wire.error(wire.send(made.json()["id"]))
    assert error.startswith("User is not allowed to send message to group: News (")


def test_case_47_search(wire: Wire) -> None:
    wire.fail(C, "unregistered")
    found = wire.ask("GET", f"/v1/search/{A}", params={"numbers": [B, C]}).json()
    assert {"number": B, "registered": True} in found
    assert {"number": C, "registered": False} in found
    raw = wire.ask("GET", f"/v1/search/{A}?numbers={B}").json()
    assert raw[0]["number"] == " " + B[1:]
    none = wire.ask("GET", f"/v1/search/{A}")
    assert wire.error(none) == "Please provide numbers to query for"


def test_case_47_search_under_a_limit(wire: Wire) -> None:
    wire.ours.settings.search_limited = True
    error = wire.error(wire.ask("GET", f"/v1/search/{A}", params={"numbers": B}))
    assert error.startswith("Rate limit reached\nNext attempt may be tried at ")


def test_case_48_receipts(wire: Wire) -> None:
    body = {"recipient": B, "receipt_type": "delivered", "timestamp": 5}
    path = f"/v1/receipts/{A}"
    error = wire.error(wire.ask("POST", path, json=body))
    assert error == PREFIX + "receipt type must be read or viewed"
    message = wire.ours.people.say(B, "hello")
    body |= {"receipt_type": "viewed", "timestamp": message.timestamp}
    assert wire.ask("POST", path, json=body).status_code == 204
    assert message.read
    del body["recipient"]
    assert wire.error(wire.ask("POST", path, json=body)) == PREFIX + "recipient missing"


def test_case_49_registering(wire: Wire) -> None:
    path = "/v1/register/+12135550144"
    error = wire.error(wire.ask("POST", path))
    assert error.startswith("Captcha required for verification, use --captcha CAPTCHA\n")
    broken = wire.ask("POST", path, data=b"{x")
    assert wire.error(broken) == PREFIX + "invalid request."
    assert broken.headers["Content-Type"] == "application/json; charset=utf-8"
    asked = wire.ask("POST", path, json={"captcha": "signalcaptcha://x"})
    assert (asked.status_code, asked.content) == (201, b"")
    wrong = wire.ask("POST", path + "/verify/123-456", json={"pin": "9"})
    assert "Invalid pin" in wire.error(wrong)
    assert wire.ask("POST", path + "/verify/123-456").status_code == 201
    assert "+12135550144" in wire.ask("GET", "/v1/accounts").json()


def test_case_50_lifting_a_rate_limit(wire: Wire) -> None:
    wire.fail(B, "rate_limited", token="tok-1")
    path = f"/v1/accounts/{A}/rate-limit-challenge"
    captcha = {"captcha": "signalcaptcha://x"}
    error = wire.error(wire.ask("POST", path, json=captcha))
    assert error == PREFIX + "challenge token missing"
    bad = {"challenge_token": "tok-1", "captcha": "bad"}
    assert wire.error(wire.ask("POST", path, json=bad)).startswith("Captcha rejected")
    good = {"challenge_token": "tok-1", **captcha}
    assert wire.ask("POST", path, json=good).status_code == 204
    wire.timestamp(wire.send(B))


def test_contacts_give_the_uuid_of_whoever_was_written_to(wire: Wire) -> None:
    path = f"/v1/contacts/{A}"
    assert wire.ask("GET", path, params={"all_recipients": "true"}).json() == []
    wire.send(B)
    [row] = wire.ask("GET", path, params={"all_recipients": "true"}).json()
    assert (row["number"], row["uuid"]) == (B, wire.ours.state.phone(B).uuid)
    assert wire.ask("GET", path).json() == []
    assert wire.ask("PUT", path, json={"recipient": B, "name": "Front desk"}).status_code == 204
    assert wire.ask("GET", path).json()[0]["name"] == "Front desk"


def test_reactions_typing_and_taking_back(wire: Wire) -> None:
    timestamp = wire.timestamp(wire.send(B))
    subject = {"recipient": B, "target_author": A, "timestamp": timestamp}
    path = f"/v1/reactions/{A}"
    assert wire.error(wire.ask("POST", path, json=subject)) == PREFIX + "reaction missing"
    assert wire.ask("POST", path, json={**subject, "reaction": "👍"}).status_code == 204
    assert wire.ask("DELETE", path, json=subject).status_code == 204
    typing = f"/v1/typing-indicator/{A}"
    assert wire.ask("PUT", typing, json={"recipient": B}).status_code == 204
    back = wire.ask("DELETE", f"/v1/remote-delete/{A}", json=subject)
    assert back.status_code == 201
    assert len(back.json()["timestamp"]) == 13
    [message] = wire.ours.state.thread(wire.ours.state.phone(B))
    assert message.deleted


def test_profile_and_trust_mode(wire: Wire) -> None:
    path = f"/v1/profiles/{A}"
    assert wire.ask("PUT", path, json={"name": "School Alerts"}).status_code == 204
    nameless = wire.ask("PUT", path, json={"about": "x"})
    assert wire.error(nameless) == PREFIX + "profile name missing"
    settings = f"/v1/configuration/{A}/settings"
    assert wire.ask("GET", settings).json() == {"trust_mode": "on-first-use"}
    answer = wire.ask("POST", settings, json={"trust_mode": "always"})
    assert answer.status_code == (400 if wire.json_rpc else 204)
